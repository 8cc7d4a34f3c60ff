import { type EnvironmentContext, inEnvironment } from '@vm-x/storage'
import { type SqlBool, sql } from 'kysely'
import type { Change, Reading } from '../change/changes.ts'
import type { UsedBy } from '../http/problem.ts'
import { saveKey } from './save-key.ts'

/** The API keys of the environment that may call the connection directly, oldest first. */
export async function keysNaming(
  reading: Reading,
  context: EnvironmentContext,
  connectionId: string,
): Promise<UsedBy[]> {
  const rows = await naming(reading, context, connectionId).execute()
  return rows.map(({ id, name }) => ({ kind: 'api-key', id, name }))
}

/** The API keys of the environment, oldest first. */
export const keysIn = (change: Change, context: EnvironmentContext) =>
  inEnvironment(change.trx, context).selectFrom('api_key').select(['id', 'name']).orderBy('id').execute()

/** Takes the connection from every API key of the environment that names it: each has a next version and an event. */
export async function forgetConnection(
  change: Change,
  context: EnvironmentContext,
  connectionId: string,
): Promise<void> {
  for (const row of await naming(change, context, connectionId).execute())
    await saveKey(change, context, row, { connections: row.connections.filter((id) => id !== connectionId) })
}

const naming = ({ trx }: Reading, context: EnvironmentContext, connectionId: string) =>
  inEnvironment(trx, context)
    .selectFrom('api_key')
    .where(sql<SqlBool>`${connectionId} = any (connections)`)
    .selectAll()
    .orderBy('id')
