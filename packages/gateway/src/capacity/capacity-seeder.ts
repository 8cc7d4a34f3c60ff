import type { EnvironmentSnapshot } from '../catalog/snapshot.ts'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { CapacityHistory, ChargedQuery, ChargeGroup } from './capacity-history.ts'
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
 * Charges the windows of an hour and more with what was used of them before their limits were counted: of each limit
 * once, whichever process is first, and anew when it was gone for a time or the store has lost its counters. If that
 * can't be read, requests go on with what is counted, and it is tried again when the configuration is next read.
 */
export class CapacitySeeder {
  readonly #parts: SeederParts
  /** By the limit's key, what this process has seen to, or is seeing to. */
  readonly #known = new Map<string, Known>()
  /** By the environment or API key, the keys of the limits that it had when it was last read. */
  readonly #present = new Map<string, ReadonlySet<string>>()
  readonly #seenKeys = new WeakSet<LimitedApiKey>()
  #failing = false

  constructor(parts: SeederParts) {
    this.#parts = parts
    parts.store.onLoss((workspaceId) => this.#chargeAgain(workspaceId))
  }

  /** To be awaited before the environment takes requests. Never rejects; undefined when there is nothing to wait for. */
  environment(snapshot: EnvironmentSnapshot): Promise<void> | undefined {
    return this.#seed(snapshot, snapshot.id, this.#parts.limits.ofAll(snapshot))
  }

  /** To be asked with each request: it costs next to nothing once the key is known. Otherwise as {@link environment}. */
  apiKey(snapshot: EnvironmentSnapshot, apiKey: LimitedApiKey): Promise<void> | undefined {
    if (this.#seenKeys.has(apiKey)) return undefined
    const waiting = this.#seed(snapshot, apiKey.id, this.#parts.limits.ofApiKey(snapshot, apiKey))
    const seen = () => {
      this.#seenKeys.add(apiKey)
    }
    if (waiting) return waiting.then(seen)
    seen()
    return undefined
  }

  /** @param holderId the environment or API key that has exactly these */
  #seed(
    { id: environmentId, workspaceId }: EnvironmentSnapshot,
    holderId: string,
    all: readonly CompiledLimit[],
  ): Promise<void> | undefined {
    const limits = all.filter(({ period }) => period !== 'minute' && period !== 'concurrent')
    this.#notePresent(holderId, limits)
    const waiting = new Set<Promise<void>>()
    const unknown: OwnedLimit[] = []
    for (const limit of limits) {
      const known = this.#known.get(limit.key)
      if (!known) unknown.push({ limit, owner: ownerOf(limit), environmentId, workspaceId })
      else if (known.charging) waiting.add(known.charging)
    }
    if (unknown.length > 0) waiting.add(this.#charge(unknown))
    return waiting.size === 0 ? undefined : Promise.all(waiting).then(() => {})
  }

  #notePresent(holderId: string, limits: readonly CompiledLimit[]): void {
    const keys = new Set(limits.map(({ key }) => key))
    const gone = [...(this.#present.get(holderId) ?? [])].filter((key) => !keys.has(key) && this.#known.delete(key))
    if (gone.length > 0) void this.#parts.store.forget(gone)
    if (keys.size > 0) this.#present.set(holderId, keys)
    else this.#present.delete(holderId)
  }

  #chargeAgain(workspaceId: string): void {
    const lost = [...this.#known.values()].filter(({ owned }) => owned.workspaceId === workspaceId)
    if (lost.length > 0) void this.#charge(lost.map(({ owned }) => owned))
  }

  /** Of one workspace. Never rejects. */
  #charge(all: readonly OwnedLimit[]): Promise<void> {
    const charging = this.#chargeEach(all).then(
      () => {
        for (const { limit } of all) settle(this.#known.get(limit.key), charging)
        this.#failing = false
      },
      (error: unknown) => {
        for (const { limit } of all)
          if (this.#known.get(limit.key)?.charging === charging) this.#known.delete(limit.key)
        if (!this.#failing)
          this.#parts.log.error(
            { err: error },
            'What was used of limits before they were counted is not known: counting goes on without it',
          )
        this.#failing = true
      },
    )
    for (const owned of all) this.#known.set(owned.limit.key, { owned, charging })
    return charging
  }

  async #chargeEach(all: readonly OwnedLimit[]): Promise<void> {
    const { store, history, clock } = this.#parts
    const nowMs = clock.now()
    const begun = await store.begin(all.map(({ limit }) => limit.key))
    const groups = new Map<string, { query: ChargedQuery; sinceMs: number; members: OwnedLimit[] }>()
    for (const [index, owned] of all.entries()) {
      const { sinceMs = nowMs, complete = false } = begun[index] ?? {}
      if (complete) continue
      const query = queryFor(owned, sinceMs, nowMs)
      const same = JSON.stringify(query)
      const group = groups.get(same) ?? { query, sinceMs, members: [] }
      groups.set(same, group)
      group.members.push(owned)
    }
    const readings = [...groups.values()].map(async ({ query, sinceMs, members }) => {
      const rows = query.sinceMs < query.beforeMs ? await history.charged(query) : []
      const rowsOf = Map.groupBy(rows, ownerKey)
      for (const { limit, owner } of members) {
        const charges = (rowsOf.get(ownerKey(owner)) ?? []).map(({ sourceAddress, user, requests, tokens }) => {
          const values = { sourceAddress: sourceAddress ?? '', user: user ?? undefined }
          return { ...counterOf(limit, values, nowMs), requests, tokens }
        })
        await store.charge(limit.key, sinceMs, charges)
      }
    })
    await Promise.all(readings)
  }
}

type Known = {
  readonly owned: OwnedLimit
  /** Undefined once it is complete. */
  charging: Promise<void> | undefined
}

function settle(known: Known | undefined, charging: Promise<void>): void {
  if (known?.charging === charging) known.charging = undefined
}

/** A limit, and whose requests it counts. */
type OwnedLimit = {
  readonly limit: CompiledLimit
  readonly owner: OwnerIds
  readonly environmentId: string
  readonly workspaceId: string
}
type OwnerIds = { readonly [K in 'apiKeyId' | 'connectionId' | 'model' | 'resourceId']?: string | null }

function ownerOf({ owner, ownerId, model }: CompiledLimit): OwnerIds {
  switch (owner) {
    case 'api-key':
      return { apiKeyId: ownerId }
    case 'resource':
      return { resourceId: ownerId }
    case 'connection':
      return { connectionId: ownerId }
    case 'connection model':
      return { connectionId: ownerId, model: model ?? null }
    default:
      return {}
  }
}

const OWNER_IDS = ['apiKeyId', 'connectionId', 'model', 'resourceId'] as const

const ownerKey = (ids: OwnerIds): string => JSON.stringify(OWNER_IDS.map((id) => ids[id] ?? null))

/** Limits of one kind and period are asked for together, but each key alone: there may be many. */
function queryFor(
  { limit, owner, environmentId, workspaceId }: OwnedLimit,
  beforeMs: number,
  nowMs: number,
): ChargedQuery {
  const window = windowOf(limit, nowMs)
  const by: ChargeGroup[] = OWNER_IDS.filter((id) => owner[id] !== undefined)
  if (limit.dimension) by.push(limit.dimension === 'source-ip' ? 'sourceAddress' : 'user')
  const apiKeyId = owner.apiKeyId ?? undefined
  return {
    scope: limit.owner === 'workspace' ? { workspaceId } : { environmentId, ...(apiKeyId && { apiKeyId }) },
    counted: owner.connectionId === undefined ? 'exchanges' : 'attempts',
    sinceMs: window.kind === 'calendar' ? window.startMs : 0,
    beforeMs,
    by,
  }
}
