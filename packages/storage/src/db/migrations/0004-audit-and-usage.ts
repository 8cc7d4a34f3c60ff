import { type Kysely, sql } from 'kysely'

/** What reading the audit and the usage by more than time needs. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [...exchanges, ...usage]) await sql.raw(statement).execute(db)
}

const exchanges = [
  // When the row arrived: what a live tail goes by, since exchanges do not end in the order in which they began.
  `alter table audit_exchange
    add column user_id uuid,
    add column recorded_at timestamptz not null default now()`,
  'create index audit_exchange_recorded on audit_exchange (environment_id, recorded_at, id)',
]

const usage = ['alter table usage_event add column user_id uuid']
