import { type EnvironmentContext, inEnvironment } from '@vm-x/storage'
import type { Change } from '../change/changes.ts'
import { type ConnectionRow, connectionEvent, presentConnection } from './present-connection.ts'

/** Deletes a connection that nothing uses any more. The environment and the row are locked by who calls. */
export async function removeConnection(change: Change, context: EnvironmentContext, row: ConnectionRow): Promise<void> {
  await inEnvironment(change.trx, context).deleteFrom('ai_connection').where('id', '=', row.id).execute()
  await recordRemoval(change, row)
}

/**
 * Deletes every connection of the environment, each with an event; what uses them has to go first. The environment is
 * locked by who calls.
 */
export async function removeAllConnections(change: Change, context: EnvironmentContext): Promise<void> {
  const scope = inEnvironment(change.trx, context)
  const rows = await scope.selectFrom('ai_connection').selectAll().orderBy('id').forUpdate().execute()
  await scope.deleteFrom('ai_connection').execute()
  for (const row of rows) await recordRemoval(change, row)
}

async function recordRemoval(change: Change, row: ConnectionRow): Promise<void> {
  change.affects(row.environment_id)
  await change.record({ ...connectionEvent(row, 'delete'), before: presentConnection(row), after: null })
}
