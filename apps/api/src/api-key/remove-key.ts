import { type EnvironmentContext, inEnvironment } from '@vm-x/storage'
import type { Change } from '../change/changes.ts'
import { type ApiKeyRow, configuredKey, keyEvent } from './present-api-key.ts'

/** Revokes every API key of the environment, each with an event. The environment is locked by who calls. */
export async function removeAllKeys(change: Change, context: EnvironmentContext): Promise<void> {
  const scope = inEnvironment(change.trx, context)
  const rows = await scope.selectFrom('api_key').selectAll().orderBy('id').execute()
  await scope.deleteFrom('api_key').execute()
  for (const row of rows) await recordRemoval(change, row)
}

/** Revokes the key at whatever version it is. The environment is locked by who calls. */
export async function removeKey(change: Change, context: EnvironmentContext, row: ApiKeyRow): Promise<void> {
  await inEnvironment(change.trx, context).deleteFrom('api_key').where('id', '=', row.id).execute()
  await recordRemoval(change, row)
}

async function recordRemoval(change: Change, row: ApiKeyRow): Promise<void> {
  change.affects(row.environment_id)
  await change.record({ ...keyEvent(row, 'delete'), before: configuredKey(row), after: null })
}
