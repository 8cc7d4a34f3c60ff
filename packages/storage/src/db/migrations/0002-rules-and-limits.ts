import { type Kysely, sql } from 'kysely'

/** Routing, limits and failover; and what counting against limits again after a restart needs to know of an exchange. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [...configuration, ...exchanges]) await sql.raw(statement).execute(db)
}

const limits = "add column capacity jsonb not null default '[]', add column max_concurrent bigint"

const configuration = [
  `alter table workspace ${limits}`,
  `alter table environment ${limits}`,
  `alter table api_key ${limits}`,
  `alter table ai_connection ${limits},
    add column models jsonb not null default '{}',
    add column timeouts jsonb not null default '{}'`,
  `alter table ai_resource ${limits},
    add column routing jsonb not null default '[]',
    add column secondary_models jsonb not null default '[]',
    add column timeouts jsonb not null default '{}',
    add column retries jsonb not null default '{}'`,
]

// Rows from before have no list of requests: they can't be changed, so readers go by the target that answered.
const exchanges = [
  'alter table audit_exchange add column end_user text',
  `alter table usage_event
    add column end_user text,
    add column source_address text,
    add column sent jsonb`,
]
