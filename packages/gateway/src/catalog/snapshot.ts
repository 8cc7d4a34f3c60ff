import { DEFAULT_RETRIES, DEFAULT_TIMEOUTS, type FallbackCause, type Retries, type Timeouts } from '@vm-x/contract'
import type { Routing } from '../routing/routing.ts'
import type {
  ConnectionEntry,
  EnvironmentEntry,
  LimitsEntry,
  ModelEntry,
  ResourceEntry,
  TargetEntry,
} from './catalog.ts'

export type Connection = ConnectionEntry & { readonly workspaceId: string; readonly environmentId: string }

export type Target = {
  readonly connection: Connection
  readonly model: string
  /** `<connection id>/<model>`: what circuits, statistics and estimates go by. */
  readonly key: string
  /** What the connection says about the model. */
  readonly about: ModelEntry
  readonly timeouts: ResolvedTimeouts
  /** A client alone names the model, configuration doesn't: there may be any number of such. */
  readonly invented?: true
}

export type ResolvedTimeouts = { readonly [K in keyof Required<Timeouts>]: number }
export type ResolvedRetries = { readonly [K in keyof Required<Retries>]: number }

export type Resource = {
  readonly id: string
  readonly name: string
  /** Undefined while its connection is off or doesn't allow the model. */
  readonly primary: Target | undefined
  readonly secondary: readonly { readonly name: string | null; readonly target: Target | undefined }[]
  readonly fallbacks: readonly Target[]
  /** Null: after every error that another target may cure. */
  readonly fallbackOn: ReadonlySet<FallbackCause> | null
  readonly routing: Routing
  readonly retries: ResolvedRetries
  readonly totalMs: number
  readonly limits: LimitsEntry
}

/** One environment, compiled for look-ups by name. Names are matched without regard to case. */
export type EnvironmentSnapshot = {
  readonly id: string
  readonly workspaceId: string
  readonly timeZone: string
  readonly workspaceLimits: LimitsEntry
  readonly limits: LimitsEntry
  readonly resources: ReadonlyMap<string, Resource>
  readonly connections: ReadonlyMap<string, Connection>
}

/** Rules as they are stored, and how to find the targets and connections that they name. */
export type RoutingSource = {
  /** What sticky splits are told apart by. */
  readonly resourceId: string
  readonly rules: ResourceEntry['routing']
  /** Undefined while the connection is off or doesn't allow the model. */
  readonly targetOf: (entry: TargetEntry) => Target | undefined
  /** By name, without regard to case; undefined when there is none. */
  readonly connectionNamed: (name: string) => { readonly id: string } | undefined
}

export type CompileRouting = (source: RoutingSource) => Routing

export const nameKey = (name: string) => name.toLowerCase()

/**
 * Compiles an environment. Disabled resources, and targets whose connection is off or doesn't allow the model, are left
 * out.
 */
export function compileSnapshot(entry: EnvironmentEntry, compileRouting: CompileRouting): EnvironmentSnapshot {
  const byId = new Map<string, Connection>()
  const connections = new Map<string, Connection>()
  for (const connection of entry.connections) {
    if (!connection.enabled) continue
    const compiled = { ...connection, workspaceId: entry.workspaceId, environmentId: entry.id }
    byId.set(connection.id, compiled)
    connections.set(nameKey(connection.name), compiled)
  }
  const resources = new Map<string, Resource>()
  for (const resource of entry.resources) {
    if (!resource.enabled) continue
    const targetOf = ({ connectionId, model }: TargetEntry): Target | undefined => {
      const connection = byId.get(connectionId)
      return connection && allowsModel(connection, model)
        ? compileTarget(connection, model, resource.timeouts)
        : undefined
    }
    resources.set(nameKey(resource.name), {
      id: resource.id,
      name: resource.name,
      primary: targetOf(resource.model),
      secondary: resource.secondaryModels.map((model) => ({ name: model.name, target: targetOf(model) })),
      fallbacks: resource.fallbackModels.flatMap((model) => targetOf(model) ?? []),
      fallbackOn: resource.fallbackOn && new Set(resource.fallbackOn),
      routing: compileRouting({
        resourceId: resource.id,
        rules: resource.routing,
        targetOf,
        connectionNamed: (name) => connections.get(nameKey(name)),
      }),
      retries: withDefaults(DEFAULT_RETRIES, resource.retries),
      totalMs: resource.timeouts.totalMs ?? DEFAULT_TIMEOUTS.totalMs,
      limits: resource.limits,
    })
  }
  const { id, workspaceId, timeZone, workspaceLimits, limits } = entry
  return { id, workspaceId, timeZone, workspaceLimits, limits, resources, connections }
}

/** A target of a resource, or one that is called directly. */
export function compileTarget(connection: Connection, model: string, timeouts: Timeouts = {}): Target {
  return {
    connection,
    model,
    key: `${connection.id}/${model}`,
    about: Object.hasOwn(connection.models, model) ? (connection.models[model] ?? UNKNOWN) : UNKNOWN,
    timeouts: withDefaults(withDefaults(DEFAULT_TIMEOUTS, connection.timeouts), timeouts),
  }
}

const UNKNOWN: ModelEntry = {
  contextTokens: null,
  maxOutputTokens: null,
  limits: { capacity: [], maxConcurrent: null },
}

const withDefaults = <T extends object>(defaults: T, given: { readonly [K in keyof T]?: T[K] | undefined }): T => ({
  ...defaults,
  ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
})

export const allowsModel = (connection: ConnectionEntry, model: string) =>
  connection.allowedModels === null || connection.allowedModels.includes(model)
