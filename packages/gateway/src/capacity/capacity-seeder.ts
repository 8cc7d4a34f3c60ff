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
 * once, whichever process is first, and anew when it was gone for a time or the store has lost its counters. Where that
 * can't be found out, requests go on with what is counted, and it is tried again: when the store says that it has lost
 * something or is back, when the configuration is next read, and with a request, but none waits for that.
 */
export class CapacitySeeder {
  readonly #parts: SeederParts
  readonly #mostKeys: number
  /** By the limit's key, what this process has seen to, or is to see to. */
  readonly #known = new Map<string, Known>()
  readonly #environments = new Map<string, Holder>()
  /** Those that were read longest ago first. */
  readonly #apiKeys = new Map<string, Holder>()
  readonly #seenKeys = new WeakMap<LimitedApiKey, Holder>()
  /** The keys of the limits of which it could not be found out. */
  readonly #failed = new Set<string>()
  /** By the clock that never jumps, when it is tried again at the earliest. */
  #retryAtMs = Number.POSITIVE_INFINITY

  /** @param mostKeys whose limits are kept in memory: a key beyond is asked for again when it is next used */
  constructor(parts: SeederParts, mostKeys: number = MOST_KEYS) {
    this.#parts = parts
    this.#mostKeys = mostKeys
    parts.store.onLoss((workspaceId) => this.#chargeAgain(workspaceId))
  }

  /** To be awaited before the environment takes requests. Never rejects; undefined when there is nothing to wait for. */
  environment(snapshot: EnvironmentSnapshot): Promise<void> | undefined {
    const limits = this.#parts.limits.ofAll(snapshot).filter(isLong)
    this.#hold(this.#environments, snapshot.id, limits)
    return this.#seed(snapshot, limits, true)
  }

  /** To be asked with each request: it costs next to nothing once the key is known. Otherwise as {@link environment}. */
  apiKey(snapshot: EnvironmentSnapshot, apiKey: LimitedApiKey): Promise<void> | undefined {
    if (this.#failed.size > 0 && this.#parts.clock.monotonicMs() >= this.#retryAtMs) this.#chargeFailed()
    if (this.#seenKeys.get(apiKey)?.kept) return undefined
    const limits = this.#parts.limits.ofApiKey(snapshot, apiKey).filter(isLong)
    const holder = this.#hold(this.#apiKeys, apiKey.id, limits)
    this.#dropOldKeys()
    const waiting = this.#seed(snapshot, limits, false)
    const seen = () => {
      this.#seenKeys.set(apiKey, holder)
    }
    if (waiting) return waiting.then(seen)
    seen()
    return undefined
  }

  /** The environment does not exist any more. What its workspace is limited to goes on in others. */
  environmentGone(environmentId: string): void {
    const keys = this.#environments.get(environmentId)?.keys ?? []
    this.#environments.delete(environmentId)
    const elsewhere = new Set([...this.#environments.values()].flatMap((holder) => [...holder.keys]))
    const its: string[] = []
    for (const key of keys) {
      const known = this.#known.get(key)
      if (known && known.owned.limit.owner !== 'workspace') its.push(key)
      if (!elsewhere.has(key)) this.#drop(key)
    }
    if (its.length > 0) void this.#parts.store.forget(its)
  }

  /** Notes what an environment or API key has, and that what it had before and has no more is gone. */
  #hold(holders: Map<string, Holder>, id: string, limits: readonly CompiledLimit[]): Holder {
    const keys = new Set(limits.map(({ key }) => key))
    const before = holders.get(id)
    const gone = [...(before?.keys ?? [])].filter((key) => !keys.has(key) && this.#drop(key))
    if (gone.length > 0) void this.#parts.store.forget(gone)
    holders.delete(id)
    if (keys.size === 0) return NOTHING
    const holder = before ?? { keys, kept: true }
    holder.keys = keys
    holders.set(id, holder)
    return holder
  }

  #dropOldKeys(): void {
    for (const [id, holder] of this.#apiKeys) {
      if (this.#apiKeys.size <= this.#mostKeys) return
      this.#apiKeys.delete(id)
      holder.kept = false
      for (const key of holder.keys) this.#drop(key)
    }
  }

  #drop(key: string): boolean {
    this.#failed.delete(key)
    return this.#known.delete(key)
  }

  #seed(
    { id: environmentId, workspaceId }: EnvironmentSnapshot,
    limits: readonly CompiledLimit[],
    isToRetry: boolean,
  ): Promise<void> | undefined {
    const waiting = new Set<Promise<void>>()
    const unknown: OwnedLimit[] = []
    for (const limit of limits) {
      const known = this.#known.get(limit.key)
      if (!known) unknown.push({ limit, owner: ownerOf(limit), environmentId, workspaceId })
      else if (this.#failed.has(limit.key)) {
        if (isToRetry) unknown.push(known.owned)
      } else if (known.charging) waiting.add(known.charging)
    }
    if (unknown.length > 0) waiting.add(this.#charge(unknown))
    return waiting.size === 0 ? undefined : Promise.all(waiting).then(() => {})
  }

  #chargeAgain(workspaceId: string): void {
    const lost = [...this.#known.values()].filter(({ owned }) => owned.workspaceId === workspaceId)
    if (lost.length > 0) void this.#charge(lost.map(({ owned }) => owned))
  }

  #chargeFailed(): void {
    this.#retryAtMs = Number.POSITIVE_INFINITY
    const failed = [...this.#failed].flatMap((key) => {
      const known = this.#known.get(key)
      return known && !known.charging ? [known.owned] : []
    })
    for (const all of Map.groupBy(failed, ({ workspaceId }) => workspaceId).values()) void this.#charge(all)
  }

  /** Of one workspace. Never rejects. Of two that are under way for the same limit, the later one counts. */
  #charge(all: readonly OwnedLimit[]): Promise<void> {
    const startMs = this.#parts.clock.monotonicMs()
    const charging = this.#chargeEach(all).then((failures) => {
      const wereFailing = this.#failed.size > 0
      let failure: { readonly err: unknown } | undefined
      for (const owned of all) {
        const known = this.#known.get(owned.limit.key)
        if (known?.charging !== charging) continue
        known.charging = undefined
        const err = failures.get(owned)
        if (err === undefined) this.#failed.delete(owned.limit.key)
        else {
          this.#failed.add(owned.limit.key)
          failure = { err }
        }
      }
      if (!failure) return
      const nowMs = this.#parts.clock.monotonicMs()
      this.#retryAtMs = nowMs + Math.max(RETRY_MS, REST * (nowMs - startMs))
      if (!wereFailing)
        this.#parts.log.warn(
          { reason: failure.err instanceof Error ? failure.err.message : String(failure.err) },
          'What was used of limits before they were counted is not known: counting goes on without it until it is',
        )
    })
    for (const owned of all) this.#known.set(owned.limit.key, { owned, charging })
    return charging
  }

  /** Answers why what could not be charged could not be. */
  async #chargeEach(all: readonly OwnedLimit[]): Promise<ReadonlyMap<OwnedLimit, unknown>> {
    const { store, history, clock } = this.#parts
    const failures = new Map<OwnedLimit, unknown>()
    const failed = (members: readonly OwnedLimit[], error: unknown) => {
      for (const owned of members) failures.set(owned, error ?? new Error('It failed without a reason'))
    }
    const nowMs = clock.now()
    const groups = new Map<string, { query: ChargedQuery; sinceMs: number; members: OwnedLimit[] }>()
    try {
      const begun = await store.begin(all.map(({ limit }) => limit.key))
      for (const [index, owned] of all.entries()) {
        const { sinceMs = nowMs, complete = false } = begun[index] ?? {}
        if (complete) continue
        const query = queryFor(owned, sinceMs, nowMs)
        const same = JSON.stringify(query)
        const group = groups.get(same) ?? { query, sinceMs, members: [] }
        groups.set(same, group)
        group.members.push(owned)
      }
    } catch (error) {
      failed(all, error)
      return failures
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
    const outcomes = await Promise.allSettled(readings)
    for (const [index, { members }] of [...groups.values()].entries()) {
      const outcome = outcomes[index]
      if (outcome?.status === 'rejected') failed(members, outcome.reason)
    }
    return failures
  }
}

/** As many as the gateway keeps in memory at all. */
const MOST_KEYS = 50_000
const RETRY_MS = 1_000
/** What takes long to fail is left alone for longer: so many times as long as it took. */
const REST = 10

type Known = {
  readonly owned: OwnedLimit
  /** Undefined while nothing is under way. */
  charging: Promise<void> | undefined
}

/** An environment or API key. */
type Holder = {
  /** Of the limits that it had when it was last read. */
  keys: ReadonlySet<string>
  /** False once they were dropped from memory. */
  kept: boolean
}

const NOTHING: Holder = { keys: new Set(), kept: true }

const isLong = ({ period }: CompiledLimit) => period !== 'minute' && period !== 'concurrent'

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
