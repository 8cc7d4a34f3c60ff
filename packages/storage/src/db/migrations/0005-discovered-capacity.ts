import { type Kysely, sql } from 'kysely'

/** Whether limits that a provider tells of itself are kept; connections from before go on as they were. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `alter table ai_connection add column discovered_capacity text not null default 'ignore'
        check (discovered_capacity in ('ignore', 'enforce'))`,
    )
    .execute(db)
}
