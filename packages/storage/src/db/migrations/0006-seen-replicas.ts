import { type Kysely, sql } from 'kysely'

/** How many replicas there were when it was last known, for one that starts while what counts them is away. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `create table seen_replicas (
        singleton boolean primary key default true check (singleton),
        replicas integer not null check (replicas > 0))`,
    )
    .execute(db)
}
