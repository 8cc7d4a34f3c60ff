import { type AiConnection, type AiConnectionInput, type ConnectionModel, SECRET_MASK } from '@vm-x/contract'
import type { ModelEntry } from '@vm-x/gateway'
import type { Database } from '@vm-x/storage'
import type { Selectable } from 'kysely'
import { trackedOf } from '../change/tracked-row.ts'

export type ConnectionRow = Selectable<Database['ai_connection']>

/** As the API and the audit show it: of a credential, that there is one. */
export const presentConnection = (row: ConnectionRow): AiConnection => ({
  id: row.id,
  name: row.name,
  provider: row.provider,
  config: row.base_url === null ? {} : { baseUrl: row.base_url },
  credentials: row.sealed_api_key === null ? null : { apiKey: SECRET_MASK },
  allowedModels: row.allowed_models,
  models: Object.fromEntries(Object.entries(row.models).map(([model, entry]) => [model, modelOf(entry)])),
  timeouts: row.timeouts,
  capacity: row.capacity,
  maxConcurrent: row.max_concurrent,
  discoveredCapacity: row.discovered_capacity,
  enabled: row.enabled,
  origin: row.origin,
  ...trackedOf(row),
})

const modelOf = ({ contextTokens, maxOutputTokens, limits }: ModelEntry): ConnectionModel => ({
  contextTokens,
  maxOutputTokens,
  capacity: [...limits.capacity],
  maxConcurrent: limits.maxConcurrent,
})

/** All that the API sets, but the credential. */
export const connectionColumns = (connection: Omit<AiConnectionInput, 'credentials'>) => ({
  name: connection.name,
  provider: connection.provider,
  base_url: connection.config.baseUrl ?? null,
  allowed_models: connection.allowedModels,
  models: JSON.stringify(
    Object.fromEntries(Object.entries(connection.models).map(([model, about]) => [model, entryOf(about)])),
  ),
  timeouts: JSON.stringify(connection.timeouts),
  capacity: JSON.stringify(connection.capacity),
  max_concurrent: connection.maxConcurrent,
  discovered_capacity: connection.discoveredCapacity,
  enabled: connection.enabled,
})

const entryOf = ({ contextTokens, maxOutputTokens, capacity, maxConcurrent }: ConnectionModel): ModelEntry => ({
  contextTokens,
  maxOutputTokens,
  limits: { capacity, maxConcurrent },
})

/** Of an event about the connection. */
export const connectionEvent = ({ id, name, workspace_id, environment_id }: ConnectionRow, verb: string) => ({
  action: `ai-connection:${verb}`,
  kind: 'ai-connection',
  id,
  name,
  workspaceId: workspace_id,
  environmentId: environment_id,
})
