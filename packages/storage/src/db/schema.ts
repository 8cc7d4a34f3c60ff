import type { FallbackCause, Limit, PolicyDocument, Pool, Retries, Rule, Timeouts } from '@vm-x/contract'
import type { ConnectionEntry, ExchangeRecord, ResourceEntry } from '@vm-x/gateway'
import type { ColumnType, Generated } from 'kysely'

/** The tables, as Kysely sees them. Every id is a UUID made by the application. */
export type Database = {
  workspace: WorkspaceTable
  environment: EnvironmentTable
  ai_connection: AiConnectionTable
  ai_resource: AiResourceTable
  ai_resource_revision: AiResourceRevisionTable
  api_key: ApiKeyTable
  pool_definition: PoolDefinitionTable
  user: UserTable
  user_credential: UserCredentialTable
  user_session: UserSessionTable
  sign_in_throttle: SignInThrottleTable
  installation_secret: InstallationSecretTable
  role: RoleTable
  user_role: UserRoleTable
  workspace_member: WorkspaceMemberTable
  management_event: ManagementEventTable
  configuration_version: ConfigurationVersionTable
  configuration_change: ConfigurationChangeTable
  seen_replicas: SeenReplicasTable
  audit_exchange: AuditExchangeTable
  usage_event: UsageEventTable
}

/** What first put a row there. */
export type Origin = 'config' | 'environment' | 'first-start' | 'cli' | 'api'

export type StoredTarget = { connectionId: string; model: string }

/** On every table. `version` starts at 1 and grows with each change. */
type Tracked = {
  created_at: Generated<Date>
  updated_at: ColumnType<Date, Date | undefined, Date>
  created_by: string
  updated_by: string
  version: Generated<number>
}

/** Written as JSON text, read as the value. */
type Json<T> = ColumnType<T, string, string>
/** The same, with a default. */
type DefaultJson<T> = ColumnType<T, string | undefined, string>

/** On everything that limits can sit on. */
type Limited = { capacity: DefaultJson<Limit[]>; max_concurrent: ColumnType<number | null, number | null | undefined> }

export type WorkspaceTable = Tracked & Limited & { id: string; name: string; time_zone: string }

export type EnvironmentTable = Tracked & Limited & { id: string; workspace_id: string; name: string }

/** Everything below an environment. */
type InEnvironment = Tracked &
  Limited & {
    id: string
    workspace_id: string
    environment_id: string
    name: string
    enabled: boolean
    origin: Origin
  }

export type AiConnectionTable = InEnvironment & {
  provider: string
  base_url: string | null
  sealed_api_key: string | null
  /** Null: every model. */
  allowed_models: string[] | null
  models: DefaultJson<ConnectionEntry['models']>
  timeouts: DefaultJson<Timeouts>
  discovered_capacity: Generated<ConnectionEntry['discoveredCapacity']>
}

export type AiResourceTable = InEnvironment & {
  description: string
  model: Json<StoredTarget>
  fallback: Json<{ enabled: boolean; models: StoredTarget[]; on?: FallbackCause[] }>
  routing: DefaultJson<Rule<StoredTarget>[]>
  secondary_models: DefaultJson<ResourceEntry['secondaryModels']>
  timeouts: DefaultJson<Timeouts>
  retries: DefaultJson<Retries>
}

export type ApiKeyTable = InEnvironment & {
  public_id: string
  /** Hex SHA-256 of the whole key. */
  hash: string
  /** `all`, or ids of resources. */
  resources: Json<'all' | string[]>
  /** Ids of connections. */
  connections: string[]
  labels: string[]
  expires_at: Date | null
  description: Generated<string>
  /** Addresses that the key may be used from; null: all. */
  allowed_cidrs: string[] | null
  /** The secret before the last rotation, which works until `previous_until`. */
  previous_hash: string | null
  previous_until: Date | null
}

/** A resource as it was saved, `revision` being its version then. */
export type AiResourceRevisionTable = {
  id: string
  workspace_id: string
  environment_id: string
  resource_id: string
  revision: number
  document: Json<object>
  created_at: Generated<Date>
  created_by: string
}

export type PoolDefinitionTable = Tracked & { environment_id: string; workspace_id: string; pools: Json<Pool[]> }

export type UserState = 'active' | 'disabled' | 'must_change_password'

export type UserTable = Tracked & {
  id: string
  /** Lower case. */
  email: string
  email_verified: Generated<boolean>
  name: string
  image: string | null
  state: UserState
}

/** How a user proves who they are: a password (`provider_id` is `credential`), or later an identity elsewhere. */
export type UserCredentialTable = {
  id: string
  user_id: string
  account_id: string
  provider_id: string
  /** A salted hash. */
  password: string | null
  access_token: string | null
  refresh_token: string | null
  id_token: string | null
  access_token_expires_at: Date | null
  refresh_token_expires_at: Date | null
  scope: string | null
  created_at: Generated<Date>
  updated_at: ColumnType<Date, Date | undefined, Date>
}

export type UserSessionTable = {
  id: string
  user_id: string
  token: string
  expires_at: Date
  ip_address: string | null
  user_agent: string | null
  created_at: Generated<Date>
  updated_at: ColumnType<Date, Date | undefined, Date>
}

/** Failed sign-ins of an account, from an address, or of one from the other. */
export type SignInThrottleTable = {
  /** A hash of what is counted. */
  subject: string
  failures: number
  last_attempt_at: Date
  blocked_until: Date | null
  /** When the account was last signed in to from the address. */
  succeeded_at: Date | null
}

/** What all replicas share and nobody configures, sealed by the vault. */
export type InstallationSecretTable = { name: string; sealed: string; created_at: Generated<Date> }

export type RoleTable = Tracked & {
  id: string
  name: string
  description: Generated<string>
  built_in: Generated<boolean>
  policy: Json<PolicyDocument>
}

export type UserRoleTable = { user_id: string; role_id: string; created_at: Generated<Date>; created_by: string }

export type WorkspaceMemberTable = Tracked & { workspace_id: string; user_id: string; role: 'owner' | 'member' }

/** A change through the management API: inserted in the transaction of the change, never changed or removed. */
export type ManagementEventTable = {
  id: string
  at: Generated<Date>
  workspace_id: string | null
  environment_id: string | null
  actor_kind: 'user' | 'system'
  actor_id: string | null
  actor_name: string
  action: string
  object_kind: string
  object_id: string
  object_name: string | null
  /** Null where there was nothing. Secrets are masked. */
  before: ColumnType<object | null, string | null, never>
  after: ColumnType<object | null, string | null, never>
  source_address: string | null
  user_agent: string | null
  request_id: string | null
}

/** One row; grows with every change that the request path must see. */
export type ConfigurationVersionTable = { singleton: Generated<boolean>; version: number }

/** The version at which an environment, or what it takes from its workspace, last changed. */
export type ConfigurationChangeTable = { environment_id: string; version: number }

/** At most one row: how many replicas there were when one last saw another number than before. */
export type SeenReplicasTable = { singleton: Generated<boolean>; replicas: number }

/** Selected from and inserted into, nothing else; see `append_only_partition` in the first migration. */
export type AuditExchangeTable = {
  id: string
  at: Date
  workspace_id: string | null
  environment_id: string | null
  api_key_id: string | null
  resource_id: string | null
  connection_id: string | null
  correlation_id: string | null
  client_request_id: string | null
  operation: string
  outcome: string
  status: number
  provider: string | null
  model: string | null
  requested_model: string | null
  stream: boolean
  duration_ms: number
  time_to_first_token_ms: number | null
  source_address: string
  end_user: string | null
  record: Json<ExchangeRecord>
  user_id: string | null
  /** What went wrong, in codes; null also in rows of versions that did not keep it. */
  error_text: string | null
  /** Null in rows of versions that did not keep it. */
  recorded_at: Generated<Date | null>
}

export type UsageEventTable = {
  id: string
  at: Date
  workspace_id: string | null
  environment_id: string | null
  api_key_id: string | null
  resource_id: string | null
  connection_id: string | null
  provider: string | null
  model: string | null
  operation: string
  outcome: string
  status: number
  input_tokens: number
  cached_input_tokens: number
  output_tokens: number
  reasoning_tokens: number
  usage_source: string | null
  duration_ms: number
  time_to_first_token_ms: number | null
  end_user: string | null
  source_address: string | null
  /** One for each HTTP request that reached a provider; null in rows of versions that did not keep it. */
  sent: Json<StoredTarget[]> | null
  user_id: string | null
}
