import { type RawBuilder, sql } from 'kysely'
import type { OpenedDatabase } from './open.ts'
import { ReadRefused } from './read-refused.ts'

/** Throws {@link ReadRefused} when `rows`, a query, has more rows than one read of this database may look at. */
export async function requireFewRows(
  { reader, mostRowsARead }: Pick<OpenedDatabase, 'reader' | 'mostRowsARead'>,
  rows: RawBuilder<unknown>,
): Promise<void> {
  if (!Number.isFinite(mostRowsARead)) return
  const counted = await sql<{ count: number }>`
    select count(*) from (${rows} limit ${mostRowsARead + 1}) as looked_at`.execute(reader)
  if (Number(counted.rows[0]?.count) > mostRowsARead) throw new ReadRefused('too_many_rows')
}
