import type { UseFormReturn } from 'react-hook-form'
import type { AiConnection, AiResource } from '@/client/queries'

/** What of a resource people edit. */
export type ResourceValues = Pick<
  AiResource,
  | 'name'
  | 'description'
  | 'model'
  | 'routing'
  | 'secondaryModels'
  | 'fallback'
  | 'timeouts'
  | 'retries'
  | 'capacity'
  | 'maxConcurrent'
  | 'enabled'
>

export const NEW_RESOURCE: ResourceValues = {
  name: '',
  description: '',
  model: { connectionId: '', model: '' },
  routing: [],
  secondaryModels: [],
  fallback: { enabled: false, models: [], on: null },
  timeouts: {},
  retries: {},
  capacity: [],
  maxConcurrent: null,
  enabled: true,
}

export const valuesOf = (resource: AiResource): ResourceValues => ({
  name: resource.name,
  description: resource.description,
  model: resource.model,
  routing: resource.routing,
  secondaryModels: resource.secondaryModels,
  fallback: resource.fallback,
  timeouts: resource.timeouts,
  retries: resource.retries,
  capacity: resource.capacity,
  maxConcurrent: resource.maxConcurrent,
  enabled: resource.enabled,
})

/** A name of at most 64 characters that says where it comes from. */
export const nameOfCopy = (name: string) => `${name.slice(0, 59)}-copy`

/** What people call the fields, where changes are shown. */
export const FIELD_LABELS: Readonly<Record<keyof ResourceValues, string>> = {
  name: 'Name',
  description: 'Description',
  model: 'Primary model',
  routing: 'Routing rules',
  secondaryModels: 'Secondary models',
  fallback: 'Fallback chain',
  timeouts: 'Time limits',
  retries: 'Retries',
  capacity: 'Limits per period',
  maxConcurrent: 'Requests at the same time',
  enabled: 'Enabled',
}

/** What each tab of the editor is given. */
export type TabProps = {
  readonly form: UseFormReturn<ResourceValues>
  readonly values: ResourceValues
  readonly set: SetValue
  /** By path, with dots: `fallback.models.0.model`. */
  readonly errors: Readonly<Record<string, string>>
  readonly connections: readonly AiConnection[]
  /** It may be looked at only. */
  readonly readOnly: boolean
}

export type SetValue = <Name extends keyof ResourceValues>(name: Name, value: ResourceValues[Name]) => void
