import type { FallbackCause, Limit, Retries, Rule, Timeouts } from '@vm-x/contract'
import type { ConnectionEntry, ExchangeRecord, ResourceEntry } from '@vm-x/gateway'
import type { ColumnType, Generated } from 'kysely'

/** The tables, as Kysely sees them. Every id is a UUID made by the application. */
export type Database = {
  workspace: WorkspaceTable
  environment: EnvironmentTable
  ai_connection: AiConnectionTable
  ai_resource: AiResourceTable
  api_key: ApiKeyTable
  audit_exchange: AuditExchangeTable
  usage_event: UsageEventTable
}

/** What first put a row there. */
export type Origin = 'config' | 'environment' | 'first-start' | 'cli'

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
}

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
}
