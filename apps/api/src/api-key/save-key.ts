import { type Database, type EnvironmentContext, inEnvironment } from '@vm-x/storage'
import type { Updateable } from 'kysely'
import type { Change } from '../change/changes.ts'
import { touchedBy } from '../change/tracked-row.ts'
import { type ApiKeyRow, type ConfiguredKey, configuredKey, keyEvent } from './present-api-key.ts'

/** Saves what is another about a key: a next version, and an event. */
export async function saveKey(
  change: Change,
  context: EnvironmentContext,
  row: ApiKeyRow,
  { verb = 'update', ...columns }: Updateable<Database['api_key']> & { readonly verb?: 'update' | 'rotate' },
): Promise<ConfiguredKey> {
  const saved = await inEnvironment(change.trx, context)
    .updateTable('api_key')
    .set({ ...columns, ...touchedBy(change.author) })
    .where('id', '=', row.id)
    .returningAll()
    .executeTakeFirstOrThrow()
  const after = configuredKey(saved)
  change.affects(context.environmentId)
  await change.record({ ...keyEvent(saved, verb), before: configuredKey(row), after })
  return after
}
