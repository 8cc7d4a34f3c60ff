import { hash } from 'node:crypto'
import type { Limit } from '@vm-x/contract'
import type { ApiKeyEntry, LimitsEntry } from '../catalog/catalog.ts'
import type { Connection, EnvironmentSnapshot, Resource, Target } from '../catalog/snapshot.ts'
import { type CapacityCounter, type CapacityWindow, CONCURRENT, LIFETIME, MINUTE } from './capacity-store.ts'
import { Calendar, type CalendarPeriod } from './windows.ts'

/** What a limit sits on. */
export type Owner = 'workspace' | 'environment' | 'api-key' | 'resource' | 'connection' | 'connection model'

export type LimitedApiKey = Pick<ApiKeyEntry, 'id' | 'limits'>

export type CompiledLimit = {
  readonly owner: Owner
  /** Of a model's limit, that of its connection. */
  readonly ownerId: string
  /** Of a model's limit, its name. */
  readonly model: string | undefined
  readonly period: Limit['period'] | 'concurrent'
  readonly dimension: Limit['dimension']
  /** It is the provider's own word, not configured. */
  readonly discovered?: true
  /** Of its counter, without the dimension's value. */
  readonly key: string
  /** Infinity: no limit. */
  readonly maxRequests: number
  readonly maxTokens: number
  readonly reserve: Limit['reserve']
  /** What the windows of its period are read from. */
  readonly calendar: Calendar
}

/** Limits as they are counted, compiled once for each owner and as long as its configuration is in memory. */
export class Limits {
  readonly #calendars = new Map<string, Calendar>()
  readonly #compiled = new WeakMap<object, readonly CompiledLimit[]>()
  readonly #models = new WeakMap<Connection, Map<string, readonly CompiledLimit[]>>()

  /** Of the workspace and the environment. */
  ofEnvironment(snapshot: EnvironmentSnapshot): readonly CompiledLimit[] {
    const compiled = this.#compiled.get(snapshot)
    if (compiled) return compiled
    return this.#keep(snapshot, [
      ...this.#compile(snapshot, { owner: 'workspace', ownerId: snapshot.workspaceId }, snapshot.workspaceLimits),
      ...this.#compile(snapshot, { owner: 'environment', ownerId: snapshot.id }, snapshot.limits),
    ])
  }

  /** Of all that is configured in the environment, and of its workspace; not those of its API keys. */
  ofAll(snapshot: EnvironmentSnapshot): readonly CompiledLimit[] {
    const limits = [...this.ofEnvironment(snapshot)]
    for (const resource of snapshot.resources.values()) limits.push(...this.ofResource(snapshot, resource))
    for (const connection of snapshot.connections.values()) {
      limits.push(...this.ofConnection(snapshot, connection))
      for (const [model, about] of Object.entries(connection.models))
        limits.push(...this.ofModel(snapshot, { connection, model, about }))
    }
    return limits
  }

  ofApiKey(snapshot: EnvironmentSnapshot, apiKey: LimitedApiKey): readonly CompiledLimit[] {
    if (areNone(apiKey.limits)) return NONE
    const compiled = this.#compiled.get(apiKey)
    if (compiled) return compiled
    return this.#keep(apiKey, this.#compile(snapshot, { owner: 'api-key', ownerId: apiKey.id }, apiKey.limits))
  }

  ofResource(snapshot: EnvironmentSnapshot, resource: Resource): readonly CompiledLimit[] {
    if (areNone(resource.limits)) return NONE
    const compiled = this.#compiled.get(resource)
    if (compiled) return compiled
    return this.#keep(resource, this.#compile(snapshot, { owner: 'resource', ownerId: resource.id }, resource.limits))
  }

  ofConnection(snapshot: EnvironmentSnapshot, connection: Connection): readonly CompiledLimit[] {
    if (areNone(connection.limits)) return NONE
    const compiled = this.#compiled.get(connection)
    if (compiled) return compiled
    const its = { owner: 'connection', ownerId: connection.id } as const
    return this.#keep(connection, this.#compile(snapshot, its, connection.limits))
  }

  /** Of the model alone, besides those of its connection. */
  ofModel(
    snapshot: EnvironmentSnapshot,
    { connection, model, about }: Pick<Target, 'about' | 'connection' | 'model'>,
  ): readonly CompiledLimit[] {
    if (areNone(about.limits)) return NONE
    const models = this.#models.get(connection) ?? new Map<string, readonly CompiledLimit[]>()
    this.#models.set(connection, models)
    const compiled = models.get(model)
    if (compiled) return compiled
    const its = { owner: 'connection model', ownerId: connection.id, model } as const
    const limits = this.#compile(snapshot, its, about.limits)
    models.set(model, limits)
    return limits
  }

  #keep(owner: object, limits: readonly CompiledLimit[]): readonly CompiledLimit[] {
    this.#compiled.set(owner, limits)
    return limits
  }

  #compile(
    { workspaceId, timeZone }: EnvironmentSnapshot,
    whose: { readonly owner: Owner; readonly ownerId: string; readonly model?: string },
    { capacity, maxConcurrent }: LimitsEntry,
  ): readonly CompiledLimit[] {
    const { owner, ownerId, model } = whose
    const ownerKey = keyOf(whose)
    const calendar = this.#calendar(timeZone)
    const limits: CompiledLimit[] = []
    for (const { enabled, period, dimension, requests, tokens, reserve } of capacity) {
      if (!enabled) continue
      limits.push({
        owner,
        ownerId,
        model,
        period,
        dimension,
        // Another time zone has other windows: its counts begin anew, from what was used of those.
        key: `{${workspaceId}} ${period}${slides(period) ? '' : `@${timeZone}`}${dimension ? `/${dimension}` : ''} ${ownerKey}`,
        maxRequests: requests ?? Number.POSITIVE_INFINITY,
        maxTokens: tokens ?? Number.POSITIVE_INFINITY,
        reserve,
        calendar,
      })
    }
    if (maxConcurrent !== null) {
      limits.push({
        owner,
        ownerId,
        model,
        period: 'concurrent',
        dimension: undefined,
        key: `{${workspaceId}} concurrent ${ownerKey}`,
        maxRequests: maxConcurrent,
        maxTokens: Number.POSITIVE_INFINITY,
        reserve: 'expected',
        calendar,
      })
    }
    return limits
  }

  #calendar(timeZone: string): Calendar {
    const calendar = this.#calendars.get(timeZone) ?? new Calendar(timeZone)
    this.#calendars.set(timeZone, calendar)
    return calendar
  }
}

const NONE: readonly CompiledLimit[] = []

const keyOf = ({ owner, ownerId, model }: { owner: Owner; ownerId: string; model?: string }) =>
  model === undefined ? `${owner}:${ownerId}` : modelLimitKey(ownerId, model)

/** Encoded, a model's name can't look like the end of another key. */
export const modelLimitKey = (connectionId: string, model: string) =>
  `connection:${connectionId}/model:${encodeURIComponent(model.toWellFormed())}`

const slides = (period: Limit['period']) => period === 'minute' || period === 'lifetime'

const areNone = ({ capacity, maxConcurrent }: LimitsEntry) => capacity.length === 0 && maxConcurrent === null

/** What limits with a dimension tell requests apart by. */
export type DimensionValues = { readonly sourceAddress: string; readonly user: string | undefined }

/** The counter of a limit for such requests, at this moment of the wall clock. */
export function counterOf(limit: CompiledLimit, values: DimensionValues, atMs: number): CapacityCounter {
  const { dimension, key } = limit
  return {
    key: dimension === undefined ? key : key + boundedValue(dimension, values),
    window: windowOf(limit, atMs),
    forgettable: dimension !== undefined,
  }
}

export function windowOf({ period, calendar }: CompiledLimit, atMs: number): CapacityWindow {
  switch (period) {
    case 'minute':
      return MINUTE
    case 'lifetime':
      return LIFETIME
    case 'concurrent':
      return CONCURRENT
    default:
      return calendar.window(period satisfies CalendarPeriod, atMs)
  }
}

/** Milliseconds since the epoch; undefined where the limit has no window of the calendar. */
export function windowEndOf(limit: CompiledLimit, atMs: number): number | undefined {
  const window = windowOf(limit, atMs)
  return window.kind === 'calendar' ? window.endMs : undefined
}

/** A request without a `user` counts as the one whose name is empty. */
function boundedValue(dimension: 'source-ip' | 'user', { sourceAddress, user }: DimensionValues): string {
  const value = dimension === 'source-ip' ? sourceAddress : (user ?? '')
  return value.length <= LONGEST_VALUE ? ` =${value}` : ` #${hash('sha256', value, 'base64url')}`
}

const LONGEST_VALUE = 64
