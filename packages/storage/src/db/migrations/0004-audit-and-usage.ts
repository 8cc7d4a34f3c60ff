import { type Kysely, sql } from 'kysely'

/** What reading the audit and the usage by more than time needs. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [...exchanges, ...usage]) await sql.raw(statement).execute(db)
}

/**
 * For a page of one environment, newest first, of the rows that have one value in the column. Without the id, which rows of
 * one millisecond are sorted by when they are read: there are so many of these indexes that their width is what they cost.
 */
const newestBy = (column: string, where = `${column} is not null`) =>
  `create index audit_exchange_${column} on audit_exchange (environment_id, ${column}, at desc) where ${where}`

const exchanges = [
  `alter table audit_exchange
    add column user_id uuid,
    add column error_text text,
    add column recorded_at timestamptz`,
  // When the row arrived, not when its transaction began: what a live tail goes by, since exchanges do not end in the
  // order in which they began. Rows from before have neither this nor the text of their errors: they can't be changed.
  'alter table audit_exchange alter column recorded_at set default clock_timestamp()',
  'create index audit_exchange_recorded on audit_exchange (environment_id, recorded_at, id)',
  ...[
    'api_key_id',
    'user_id',
    'resource_id',
    'connection_id',
    'correlation_id',
    'client_request_id',
    'provider',
    'model',
    'requested_model',
    'end_user',
  ].map((column) => newestBy(column)),
  // Of what nearly all rows have, a page is soon found without an index.
  newestBy('operation', "operation <> 'chat'"),
  newestBy('outcome', "outcome <> 'ok'"),
  newestBy('status', 'status <> 200'),
  `create index audit_exchange_failed on audit_exchange (environment_id, (status / 100), at desc, id desc)
    where status >= 400`,
  // The text is in the index so that looking for a part of it reads no rows but those that have it.
  `create index audit_exchange_error on audit_exchange (environment_id, at desc, id desc) include (error_text)
    where error_text is not null`,
]

const usage = [
  'alter table usage_event add column user_id uuid',
  `create index usage_event_api_key on usage_event (environment_id, api_key_id, at desc)
    where api_key_id is not null`,
]
