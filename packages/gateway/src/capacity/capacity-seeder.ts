import type { EnvironmentSnapshot } from '../catalog/snapshot.ts'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { CapacityHistory, ChargedQuery, ChargedRow, ChargeGroup } from './capacity-history.ts'
import type { CapacityStore } from './capacity-store.ts'
import { type CompiledLimit, counterOf, type LimitedApiKey, type Limits, windowOf } from './limits.ts'

export type SeederParts = {
  readonly store: CapacityStore
  readonly history: CapacityHistory
  readonly limits: Limits
  readonly clock: Clock
  readonly log: Log
}

/**
 * Charges the windows of an hour and more with what was used of them before this process knew their limits: once for
 * each limit, and again with what was used while a limit was gone for a time. If the history can't be read, requests go on with what is counted here, and it is tried again when the
 * configuration is next read.
 */
export class CapacitySeeder {
  readonly #parts: SeederParts
  /** By the limit's key, since when its use is counted here. */
  readonly #countedSince = new Map<string, number>()
  /** By the limit's key; a promise while its history is being read. */
  readonly #seeded = new Map<string, Promise<void> | 'done'>()
  /** By the limit's key, since when its use is not counted here although it once was: the limit is gone. */
  readonly #goneSince = new Map<string, number>()
  /** By the environment or API key, the keys of the limits that it had when it was last read. */
  readonly #present = new Map<string, ReadonlySet<string>>()
  readonly #seenKeys = new WeakSet<LimitedApiKey>()
  #failing = false

  constructor(parts: SeederParts) {
    this.#parts = parts
  }

  /** To be awaited before the environment takes requests. Never rejects; undefined when there is nothing to wait for. */
  environment(snapshot: EnvironmentSnapshot): Promise<void> | undefined {
    const owned = this.#parts.limits.ofAll(snapshot).map(withOwner)
    return this.#seed(snapshot, snapshot.id, owned)
  }

  /** To be asked with each request: it costs next to nothing once the key is known. Otherwise as {@link environment}. */
  apiKey(snapshot: EnvironmentSnapshot, apiKey: LimitedApiKey): Promise<void> | undefined {
    if (this.#seenKeys.has(apiKey)) return undefined
    const limits = this.#parts.limits.ofApiKey(snapshot, apiKey)
    const waiting = this.#seed(snapshot, apiKey.id, limits.map(withOwner))
    const seen = () => {
      this.#seenKeys.add(apiKey)
    }
    if (waiting) return waiting.then(seen)
    seen()
    return undefined
  }

  /** @param holderId the environment or API key that has exactly these */
  #seed(snapshot: EnvironmentSnapshot, holderId: string, all: readonly OwnedLimit[]): Promise<void> | undefined {
    const owned = all.filter(({ limit }) => limit.period !== 'minute' && limit.period !== 'concurrent')
    const waiting = new Set<Promise<void>>()
    const unknown = new Map<string, { query: ChargedQuery; owned: OwnedLimit[] }>()
    const nowMs = this.#parts.clock.now()
    this.#notePresent(holderId, owned, nowMs)
    for (const each of owned) {
      const { key } = each.limit
      const seeded = this.#seeded.get(key)
      if (seeded === 'done') continue
      if (seeded) {
        waiting.add(seeded)
        continue
      }
      const beforeMs = this.#countedSince.get(key) ?? nowMs
      this.#countedSince.set(key, beforeMs)
      const query = queryFor(snapshot, each, { goneSinceMs: this.#goneSince.get(key) ?? 0, beforeMs, nowMs })
      const same = JSON.stringify(query)
      const group = unknown.get(same) ?? { query, owned: [] }
      unknown.set(same, group)
      group.owned.push(each)
    }
    for (const { query, owned } of unknown.values()) waiting.add(this.#read(query, owned, nowMs))
    return waiting.size === 0 ? undefined : Promise.all(waiting).then(() => {})
  }

  #notePresent(holderId: string, owned: readonly OwnedLimit[], nowMs: number): void {
    const keys = new Set(owned.map(({ limit }) => limit.key))
    for (const key of this.#present.get(holderId) ?? []) {
      if (keys.has(key) || this.#seeded.get(key) !== 'done') continue
      this.#seeded.delete(key)
      this.#countedSince.delete(key)
      this.#goneSince.set(key, nowMs)
    }
    if (keys.size > 0) this.#present.set(holderId, keys)
    else this.#present.delete(holderId)
  }

  #read(query: ChargedQuery, owned: readonly OwnedLimit[], nowMs: number): Promise<void> {
    if (query.sinceMs >= query.beforeMs) {
      this.#mark(owned, 'done')
      return Promise.resolve()
    }
    const reading = this.#parts.history.charged(query).then(
      (rows) => {
        this.#charge(rows, owned, nowMs)
        this.#mark(owned, 'done')
        this.#failing = false
      },
      (error: unknown) => {
        for (const { limit } of owned) this.#seeded.delete(limit.key)
        if (!this.#failing)
          this.#parts.log.error(
            { err: error },
            'What was used of limits before the start is not known: counting from it',
          )
        this.#failing = true
      },
    )
    this.#mark(owned, reading)
    return reading
  }

  #charge(rows: readonly ChargedRow[], owned: readonly OwnedLimit[], nowMs: number): void {
    const rowsOf = Map.groupBy(rows, ownerKey)
    const charges = owned.flatMap(({ limit, owner }) =>
      (rowsOf.get(ownerKey(owner)) ?? []).map(({ sourceAddress, user, requests, tokens }) => {
        const values = { sourceAddress: sourceAddress ?? '', user: user ?? undefined }
        return { ...counterOf(limit, values, nowMs), requests, tokens }
      }),
    )
    this.#parts.store.charge(charges)
  }

  #mark(owned: readonly OwnedLimit[], state: Promise<void> | 'done'): void {
    for (const { limit } of owned) {
      this.#seeded.set(limit.key, state)
      if (state === 'done') this.#goneSince.delete(limit.key)
    }
  }
}

/** A limit, and whose requests it counts. */
type OwnedLimit = { readonly limit: CompiledLimit; readonly owner: OwnerIds }
type OwnerIds = { readonly [K in 'apiKeyId' | 'connectionId' | 'model' | 'resourceId']?: string | null }

function withOwner(limit: CompiledLimit): OwnedLimit {
  const { owner, ownerId, model } = limit
  switch (owner) {
    case 'api-key':
      return { limit, owner: { apiKeyId: ownerId } }
    case 'resource':
      return { limit, owner: { resourceId: ownerId } }
    case 'connection':
      return { limit, owner: { connectionId: ownerId } }
    case 'connection model':
      return { limit, owner: { connectionId: ownerId, model: model ?? null } }
    default:
      return { limit, owner: {} }
  }
}

const OWNER_IDS = ['apiKeyId', 'connectionId', 'model', 'resourceId'] as const

const ownerKey = (ids: OwnerIds): string => JSON.stringify(OWNER_IDS.map((id) => ids[id] ?? null))

/** Limits of one kind and period are asked for together, but each key alone: there may be many. */
function queryFor(
  { id: environmentId, workspaceId }: EnvironmentSnapshot,
  { limit, owner }: OwnedLimit,
  { goneSinceMs, beforeMs, nowMs }: { goneSinceMs: number; beforeMs: number; nowMs: number },
): ChargedQuery {
  const window = windowOf(limit, nowMs)
  const by: ChargeGroup[] = OWNER_IDS.filter((id) => owner[id] !== undefined)
  if (limit.dimension) by.push(limit.dimension === 'source-ip' ? 'sourceAddress' : 'user')
  const apiKeyId = owner.apiKeyId ?? undefined
  return {
    scope: limit.owner === 'workspace' ? { workspaceId } : { environmentId, ...(apiKeyId && { apiKeyId }) },
    counted: owner.connectionId === undefined ? 'exchanges' : 'attempts',
    sinceMs: Math.max(goneSinceMs, window.kind === 'calendar' ? window.startMs : 0),
    beforeMs,
    by,
  }
}
