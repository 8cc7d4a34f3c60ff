import { type Kysely, sql } from 'kysely'

/** People, what they may do and what they did; and what tells replicas that the configuration has changed. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [...people, ...configuration, ...changes]) await sql.raw(statement).execute(db)
}

const tracked = `
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by text not null,
  updated_by text not null,
  version bigint not null default 1`

const people = [
  `create table "user" (
    id uuid primary key,
    email text not null check (email = lower(email)),
    email_verified boolean not null default true,
    name text not null,
    image text,
    state text not null check (state in ('active', 'disabled', 'must_change_password')),
    ${tracked})`,
  'create unique index user_email on "user" (email)',
  `create table user_credential (
    id uuid primary key,
    user_id uuid not null references "user" (id) on delete cascade,
    account_id text not null,
    provider_id text not null,
    password text,
    access_token text,
    refresh_token text,
    id_token text,
    access_token_expires_at timestamptz,
    refresh_token_expires_at timestamptz,
    scope text,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    unique (provider_id, account_id))`,
  'create index user_credential_user on user_credential (user_id)',
  `create table user_session (
    id uuid primary key,
    user_id uuid not null references "user" (id) on delete cascade,
    token text not null unique,
    expires_at timestamptz not null,
    ip_address text,
    user_agent text,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now())`,
  'create index user_session_user on user_session (user_id)',
  `create table sign_in_throttle (
    subject text primary key,
    failures integer not null,
    last_attempt_at timestamptz not null,
    blocked_until timestamptz,
    succeeded_at timestamptz)`,
  'create index sign_in_throttle_last_attempt on sign_in_throttle (last_attempt_at)',
  `create table installation_secret (
    name text primary key,
    sealed text not null,
    created_at timestamptz not null default now())`,
  `create table role (
    id uuid primary key,
    name text not null,
    description text not null default '',
    built_in boolean not null default false,
    policy jsonb not null,
    ${tracked})`,
  'create unique index role_name on role (lower(name))',
  `create table user_role (
    user_id uuid not null references "user" (id) on delete cascade,
    role_id uuid not null references role (id),
    created_at timestamptz not null default now(),
    created_by text not null,
    primary key (user_id, role_id))`,
  'create index user_role_role on user_role (role_id)',
  `create table workspace_member (
    workspace_id uuid not null references workspace (id) on delete cascade,
    user_id uuid not null references "user" (id),
    role text not null check (role in ('owner', 'member')),
    ${tracked},
    primary key (workspace_id, user_id))`,
  'create index workspace_member_user on workspace_member (user_id)',
  `insert into role (id, name, description, built_in, policy, created_by, updated_by) values
    ('019ab000-0000-7000-8000-000000000001', 'admin', 'Everything', true,
      '{"statements":[{"effect":"allow","actions":["*"],"resources":["*"]}]}', 'system', 'system'),
    ('019ab000-0000-7000-8000-000000000002', 'power-user', 'Everything but users, roles and who has them', true,
      '{"statements":[{"effect":"allow","actions":["*"],"resources":["*"]},
        {"effect":"deny","actions":["user:*","user-session:*","role:*","role-member:*"],"resources":["*"]}]}', 'system', 'system'),
    ('019ab000-0000-7000-8000-000000000003', 'read-only', 'Every get, list and query', true,
      '{"statements":[{"effect":"allow","actions":["*:get","*:list","*:query"],"resources":["*"]}]}', 'system', 'system')`,
]

const configuration = [
  ...['ai_connection', 'ai_resource', 'api_key'].flatMap((table) => [
    `alter table ${table} drop constraint ${table}_origin_check`,
    `alter table ${table} add constraint ${table}_origin_check
      check (origin in ('config', 'environment', 'first-start', 'cli', 'api'))`,
  ]),
  `alter table api_key
    add column description text not null default '',
    add column allowed_cidrs text[],
    add column previous_hash text constraint api_key_previous_hash unique,
    add column previous_until timestamptz`,
  `create table ai_resource_revision (
    id uuid primary key,
    workspace_id uuid not null,
    environment_id uuid not null,
    resource_id uuid not null references ai_resource (id) on delete cascade,
    revision bigint not null,
    document jsonb not null,
    created_at timestamptz not null default now(),
    created_by text not null,
    unique (resource_id, revision))`,
  `create table pool_definition (
    environment_id uuid primary key references environment (id) on delete cascade,
    workspace_id uuid not null,
    pools jsonb not null,
    ${tracked},
    foreign key (workspace_id, environment_id) references environment (workspace_id, id) on delete cascade)`,
]

const changes = [
  `create table management_event (
    id uuid primary key,
    at timestamptz not null default now(),
    workspace_id uuid,
    environment_id uuid,
    actor_kind text not null check (actor_kind in ('user', 'system')),
    actor_id uuid,
    actor_name text not null,
    action text not null,
    object_kind text not null,
    object_id text not null,
    object_name text,
    before jsonb,
    after jsonb,
    source_address text,
    user_agent text,
    request_id text)`,
  "select refuse_changes_of('management_event')",
  // One for every filter: a page of what is rare, or never was, must not look at all there is.
  'create index management_event_workspace on management_event (workspace_id, id desc)',
  'create index management_event_environment on management_event (environment_id, id desc)',
  'create index management_event_actor on management_event (actor_id, id desc)',
  'create index management_event_action on management_event (action, id desc)',
  'create index management_event_object_kind on management_event (object_kind, id desc)',
  'create index management_event_object on management_event (object_id, id desc)',
  'create index management_event_at on management_event (at)',
  // The row lock makes versions visible in their order: who has seen one has seen all before it.
  `create table configuration_version (singleton boolean primary key default true check (singleton), version bigint not null)`,
  'insert into configuration_version (version) values (0)',
  'create table configuration_change (environment_id uuid primary key, version bigint not null)',
  'create index configuration_change_version on configuration_change (version)',
]
