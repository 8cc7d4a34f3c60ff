import { sql, type Transaction } from 'kysely'
import type { Database } from '../db/schema.ts'

/**
 * The last statement of a transaction that changes what the request path acts on: tells every replica, once the
 * transaction is committed, to read these environments anew. Answers the version of the change.
 *
 * Whoever comes here waits until the one before has ended. So versions become visible in their order, and whoever has
 * seen one has seen all before it.
 */
export async function recordChange(trx: Transaction<Database>, environmentIds: readonly string[]): Promise<number> {
  const { rows } = await sql<{ version: number }>`
    with changed as (
      update configuration_version set version = version + 1 returning version
    ), marked as (
      insert into configuration_change (environment_id, version)
      select environment_id, version
      from changed, (select distinct unnest(${environmentIds}::uuid[]) as environment_id) as environments
      on conflict (environment_id) do update set version = excluded.version
    )
    select version, pg_notify(${CHANGE_CHANNEL}, version::text) from changed`.execute(trx)
  const [row] = rows
  if (!row) throw new Error('The table configuration_version has lost its row')
  return row.version
}

/** Of the notifications on PostgreSQL. Their payload is the version. */
export const CHANGE_CHANNEL = 'vmx_configuration'
