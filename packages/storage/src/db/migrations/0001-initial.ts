import { type Kysely, sql } from 'kysely'

/** Configuration, and the two tables that only ever grow. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [...configuration, ...appendOnly, ...exchanges, ...usage])
    await sql.raw(statement).execute(db)
}

const tracked = `
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by text not null,
  updated_by text not null,
  version bigint not null default 1`

const inEnvironment = `
  id uuid primary key,
  workspace_id uuid not null,
  environment_id uuid not null,
  name text not null,
  enabled boolean not null default true,
  origin text not null check (origin in ('config', 'environment', 'first-start', 'cli')),
  foreign key (workspace_id, environment_id) references environment (workspace_id, id)`

const configuration = [
  `create table workspace (id uuid primary key, name text not null, time_zone text not null default 'UTC', ${tracked})`,
  'create unique index workspace_name on workspace (lower(name))',
  `create table environment (
    id uuid primary key,
    workspace_id uuid not null references workspace (id),
    name text not null,
    ${tracked},
    unique (workspace_id, id))`,
  'create unique index environment_name on environment (workspace_id, lower(name))',
  `create table ai_connection (${inEnvironment},
    provider text not null,
    base_url text,
    sealed_api_key text,
    allowed_models text[],
    ${tracked})`,
  'create unique index ai_connection_name on ai_connection (environment_id, lower(name))',
  `create table ai_resource (${inEnvironment},
    description text not null default '',
    model jsonb not null,
    fallback jsonb not null,
    ${tracked})`,
  'create unique index ai_resource_name on ai_resource (environment_id, lower(name))',
  `create table api_key (${inEnvironment},
    public_id text not null constraint api_key_public_id unique,
    hash text not null constraint api_key_hash unique,
    resources jsonb not null,
    connections uuid[] not null default '{}',
    labels text[] not null default '{}',
    expires_at timestamptz,
    ${tracked})`,
  'create unique index api_key_name on api_key (environment_id, lower(name))',
]

const appendOnly = [
  `create function refuse_change() returns trigger language plpgsql as $$
  begin
    raise exception '% on % is refused: its rows are never changed or removed', tg_op, tg_table_name
      using errcode = 'insufficient_privilege';
  end $$`,

  // Statement triggers are not inherited by partitions, so each partition gets its own; "always" also holds where
  // a session replays as a replica.
  `create function refuse_changes_of(target regclass) returns void language plpgsql as $$
  begin
    execute format('create trigger append_only before update or delete or truncate on %s
      for each statement execute function refuse_change()', target);
    execute format('alter table %s enable always trigger append_only', target);
  end $$`,

  // A month that already has rows in the default partition stays there: they can't be moved.
  `create function append_only_partition(parent text, month date) returns void language plpgsql as $$
  declare
    first_day timestamptz := date_trunc('month', month::timestamp) at time zone 'UTC';
    next_month timestamptz := (date_trunc('month', month::timestamp) + interval '1 month') at time zone 'UTC';
    partition text := parent || to_char(month, '"_"YYYY"_"MM');
    has_rows boolean;
  begin
    if to_regclass(partition) is not null then return; end if;
    execute format('select exists (select from %I where at >= $1 and at < $2)', parent || '_default')
      into has_rows using first_day, next_month;
    if has_rows then return; end if;
    execute format('create table %I partition of %I for values from (%L) to (%L)', partition, parent, first_day, next_month);
    perform refuse_changes_of(partition::regclass);
  end $$`,
]

const exchanges = [
  `create table audit_exchange (
    id uuid not null,
    at timestamptz not null,
    workspace_id uuid,
    environment_id uuid,
    api_key_id uuid,
    resource_id uuid,
    connection_id uuid,
    correlation_id text,
    client_request_id text,
    operation text not null,
    outcome text not null,
    status integer not null,
    provider text,
    model text,
    requested_model text,
    stream boolean not null,
    duration_ms double precision not null,
    time_to_first_token_ms double precision,
    source_address text not null,
    record jsonb not null,
    primary key (id, at)
  ) partition by range (at)`,
  'create table audit_exchange_default partition of audit_exchange default',
  "select refuse_changes_of('audit_exchange'), refuse_changes_of('audit_exchange_default')",
  'create index audit_exchange_newest on audit_exchange (at desc, id desc)',
  'create index audit_exchange_environment on audit_exchange (environment_id, at desc, id desc)',
]

const usage = [
  `create table usage_event (
    id uuid not null,
    at timestamptz not null,
    workspace_id uuid,
    environment_id uuid,
    api_key_id uuid,
    resource_id uuid,
    connection_id uuid,
    provider text,
    model text,
    operation text not null,
    outcome text not null,
    status integer not null,
    input_tokens bigint not null,
    cached_input_tokens bigint not null,
    output_tokens bigint not null,
    reasoning_tokens bigint not null,
    usage_source text,
    duration_ms double precision not null,
    time_to_first_token_ms double precision,
    primary key (id, at)
  ) partition by range (at)`,
  'create table usage_event_default partition of usage_event default',
  "select refuse_changes_of('usage_event'), refuse_changes_of('usage_event_default')",
  'create index usage_event_environment on usage_event (environment_id, at desc)',
]
