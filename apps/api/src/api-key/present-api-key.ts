import type { ApiKey } from '@vm-x/contract'
import type { Database } from '@vm-x/storage'
import type { Selectable } from 'kysely'
import { trackedOf } from '../change/tracked-row.ts'

export type ApiKeyRow = Selectable<Database['api_key']>

/** What is configured of a key: all but when it was used. */
export type ConfiguredKey = Omit<ApiKey, 'lastUsedAt'>

/** As people and the management audit see the key: hashes stay where they are. */
export const configuredKey = (row: ApiKeyRow): ConfiguredKey => ({
  id: row.id,
  publicId: row.public_id,
  name: row.name,
  description: row.description,
  enabled: row.enabled,
  resources: row.resources,
  connections: row.connections,
  labels: row.labels,
  capacity: row.capacity,
  maxConcurrent: row.max_concurrent,
  allowedCidrs: row.allowed_cidrs,
  expiresAt: row.expires_at?.toISOString() ?? null,
  previousUntil: row.previous_until?.toISOString() ?? null,
  origin: row.origin,
  ...trackedOf(row),
})

/** Of an event about the key. */
export const keyEvent = ({ id, name, workspace_id, environment_id }: ApiKeyRow, verb: string) => ({
  action: `api-key:${verb}`,
  kind: 'api-key',
  id,
  name,
  workspaceId: workspace_id,
  environmentId: environment_id,
})
