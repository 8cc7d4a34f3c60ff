import { type AiResource, type AiResourceInput, aiResourceInput } from '@vm-x/contract'
import type { Database } from '@vm-x/storage'
import type { Selectable } from 'kysely'
import { trackedOf } from '../change/tracked-row.ts'

export type ResourceRow = Selectable<Database['ai_resource']>

export const presentedResource = (row: ResourceRow): AiResource => ({
  id: row.id,
  name: row.name,
  description: row.description,
  model: row.model,
  routing: row.routing,
  secondaryModels: row.secondary_models.map(({ name, connectionId, model }) => ({ name, connectionId, model })),
  fallback: { enabled: row.fallback.enabled, models: row.fallback.models, on: row.fallback.on ?? null },
  timeouts: row.timeouts,
  retries: row.retries,
  capacity: row.capacity,
  maxConcurrent: row.max_concurrent,
  enabled: row.enabled,
  origin: row.origin,
  ...trackedOf(row),
})

export const resourceColumns = (input: AiResourceInput) => ({
  name: input.name,
  description: input.description,
  model: JSON.stringify(input.model),
  routing: JSON.stringify(input.routing),
  secondary_models: JSON.stringify(input.secondaryModels),
  fallback: JSON.stringify({ ...input.fallback, on: input.fallback.on ?? undefined }),
  timeouts: JSON.stringify(input.timeouts),
  retries: JSON.stringify(input.retries),
  capacity: JSON.stringify(input.capacity),
  max_concurrent: input.maxConcurrent,
  enabled: input.enabled,
})

const INPUT_FIELDS = Object.keys(aiResourceInput.shape)

/** The resource in the form in which it would be created anew. */
export const inputOf = (resource: AiResource): Record<string, unknown> =>
  Object.fromEntries(Object.entries(resource).filter(([field]) => INPUT_FIELDS.includes(field)))

/** Of an event about the resource. */
export const resourceEvent = ({ id, name, workspace_id, environment_id }: ResourceRow, verb: string) => ({
  action: `ai-resource:${verb}`,
  kind: 'ai-resource',
  id,
  name,
  workspaceId: workspace_id,
  environmentId: environment_id,
})
