import { type EnvironmentContext, inEnvironment } from '@vm-x/storage'
import type { Change } from '../change/changes.ts'
import { touchedBy } from '../change/tracked-row.ts'
import { type ApiKeyRow, configuredKey, keyEvent } from './present-api-key.ts'

/** Saves what a key may call after something of it is gone: a next version, and an event. */
export async function saveGrants(
  change: Change,
  context: EnvironmentContext,
  row: ApiKeyRow,
  granted: { readonly resources?: readonly string[]; readonly connections?: string[] },
): Promise<void> {
  const { resources, connections = row.connections } = granted
  const saved = await inEnvironment(change.trx, context)
    .updateTable('api_key')
    .set({ resources: JSON.stringify(resources ?? row.resources), connections, ...touchedBy(change.author) })
    .where('id', '=', row.id)
    .returningAll()
    .executeTakeFirstOrThrow()
  change.affects(context.environmentId)
  await change.record({ ...keyEvent(row, 'update'), before: configuredKey(row), after: configuredKey(saved) })
}
