import type { Database } from '@vm-x/storage'
import { type Kysely, sql } from 'kysely'

/** Every row of every table, but for when sessions were last seen: two of them are equal when nothing has changed. */
export async function dumpOf(db: Kysely<Database>): Promise<Record<string, string[]>> {
  const tables = await db.introspection.getTables()
  const dumped = tables.filter(({ isView }) => !isView).map(async ({ name }) => [name, await rowsOf(db, name)] as const)
  return Object.fromEntries(await Promise.all(dumped))
}

async function rowsOf(db: Kysely<Database>, table: string): Promise<string[]> {
  const hidden = table === 'user_session' ? sql` - 'updated_at' - 'expires_at'` : sql``
  const { rows } = await sql<{ row: string }>`
    select (to_jsonb(t)${hidden})::text as row from ${sql.table(table)} as t order by 1`.execute(db)
  return rows.map(({ row }) => row)
}
