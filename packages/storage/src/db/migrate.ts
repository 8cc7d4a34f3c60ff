import { type Kysely, sql } from 'kysely'
import { type Migration, Migrator } from 'kysely/migration'
import * as initial from './migrations/0001-initial.ts'
import * as rulesAndLimits from './migrations/0002-rules-and-limits.ts'
import * as controlPlane from './migrations/0003-control-plane.ts'
import * as auditAndUsage from './migrations/0004-audit-and-usage.ts'
import * as discoveredCapacity from './migrations/0005-discovered-capacity.ts'
import * as seenReplicas from './migrations/0006-seen-replicas.ts'
import type { Database } from './schema.ts'

/** In this order; what has been released is never edited, only added to. */
const migrations: Record<string, Migration> = {
  '0001-initial': initial,
  '0002-rules-and-limits': rulesAndLimits,
  '0003-control-plane': controlPlane,
  '0004-audit-and-usage': auditAndUsage,
  '0005-discovered-capacity': discoveredCapacity,
  '0006-seen-replicas': seenReplicas,
}

/** Months, this one included, for which partitions are kept ready. Rows beyond go to the default partition. */
const PARTITIONS_AHEAD = 13

/** Read and changed by the serving role. */
const CHANGING_TABLES = [
  'workspace',
  'environment',
  'ai_connection',
  'ai_resource',
  'ai_resource_revision',
  'api_key',
  'pool_definition',
  'user',
  'user_credential',
  'user_session',
  'sign_in_throttle',
  'installation_secret',
  'role',
  'user_role',
  'workspace_member',
  'configuration_version',
  'configuration_change',
  'seen_replicas',
] as const
const PARTITIONED_TABLES = ['audit_exchange', 'usage_event'] as const
const APPEND_ONLY_TABLES = [...PARTITIONED_TABLES, 'management_event'] as const

/** The database was left by a newer version of the product. */
export class DatabaseTooNew extends Error {
  override readonly name = 'DatabaseTooNew'
}

/**
 * Brings the database to this version, all or nothing, and prepares partitions for the coming year; may be repeated.
 * With `servingRole`, that role gets exactly the rights that serving needs, and owns nothing.
 * Throws {@link DatabaseTooNew} when the database is newer than this version. `db` must have no statement timeout.
 */
export async function migrate(
  db: Kysely<Database>,
  options: { servingRole?: string } = {},
): Promise<{ applied: string[] }> {
  await pendingMigrations(db)
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } })
  const { error, results } = await migrator.migrateToLatest()
  if (error) throw error
  await db.transaction().execute(async (trx) => {
    await sql`select pg_advisory_xact_lock(hashtext('vm-x-ai:partitions'))`.execute(trx)
    for (const table of PARTITIONED_TABLES) {
      await sql`select append_only_partition(${table}, (now() at time zone 'UTC' + make_interval(months => ahead))::date)
        from generate_series(0, ${PARTITIONS_AHEAD - 1}::int) as ahead`.execute(trx)
    }
    if (options.servingRole !== undefined) await grantServing(trx, options.servingRole)
  })
  return { applied: (results ?? []).map(({ migrationName }) => migrationName) }
}

/** Names of migrations that the database lacks. Throws {@link DatabaseTooNew} when it has some that this version lacks. */
export async function pendingMigrations(db: Kysely<Database>): Promise<string[]> {
  const { rows: found } = await sql<{
    exists: boolean
  }>`select to_regclass('kysely_migration') is not null as exists`.execute(db)
  if (!found[0]?.exists) return Object.keys(migrations)
  const { rows: applied } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db)
  const unknown = applied.find(({ name }) => !Object.hasOwn(migrations, name))
  if (unknown) {
    throw new DatabaseTooNew(
      `The database was migrated by a newer version (${unknown.name}): run that version or a later one`,
    )
  }
  return Object.keys(migrations).filter((name) => !applied.some((row) => row.name === name))
}

async function grantServing(db: Kysely<Database>, role: string): Promise<void> {
  const to = sql.id(role)
  const { rows } = await sql<{ same: boolean }>`select current_user = ${role} as same`.execute(db)
  if (rows[0]?.same) return
  await sql`grant usage on schema public to ${to}`.execute(db)
  await sql`revoke all on ${list(APPEND_ONLY_TABLES)} from ${to}`.execute(db)
  await sql`grant select, insert on ${list(APPEND_ONLY_TABLES)} to ${to}`.execute(db)
  await sql`grant select, insert, update, delete on ${list(CHANGING_TABLES)} to ${to}`.execute(db)
  await sql`grant select on kysely_migration to ${to}`.execute(db)
}

const list = (tables: readonly string[]) => sql.join(tables.map((table) => sql.table(table)))
