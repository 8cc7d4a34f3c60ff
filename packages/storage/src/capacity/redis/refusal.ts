import { type CapacityItem, type Denied, LEASE_MS, SUB_WINDOW_MS, SUB_WINDOWS } from '@vm-x/gateway'
import { isPlaces } from './redis-receipt.ts'

/** What was used in each sub-window before the current one: its number, requests and tokens, the oldest first. */
type Profile = { readonly stamp: string; readonly earlier: readonly number[] }

/** A full item, as the script tells of it. */
type Full = readonly [
  item: number,
  requests: number,
  tokens: number,
  headOrEnd: number,
  stamp?: string,
  earlier?: number[],
]

/**
 * Tells of refusals when to come back. Redis tells the profile of a minute with the first refusal that finds another one
 * than is known, and a few times in each half second: where more is corrected in it, hints go by the last one that was told.
 */
export class RefusalHints {
  readonly #profiles = new Map<string, Profile>()
  /** Of all profiles. */
  #numbers = 0
  /** By the key of places, moving average of how long they are held. */
  readonly #heldMs = new Map<string, number>()

  /** Of the profile that is known of this counter; empty if none is. */
  stamp(key: string): string {
    return this.#profiles.size === 0 ? '' : (this.#profiles.get(key)?.stamp ?? '')
  }

  held(key: string, ms: number): void {
    const known = this.#heldMs.get(key)
    const heldMs = Math.max(1, ms)
    remember(this.#heldMs, key, known === undefined ? heldMs : known + (heldMs - known) * 0.1)
  }

  /** @param items of all parts, one after the other @param answer of the script */
  denied(
    parts: readonly (readonly CapacityItem[])[],
    items: readonly CapacityItem[],
    answer: readonly unknown[],
  ): Denied {
    const [, atMs, seq, part, ...full] = answer as [0, number, number, number, ...Full[]]
    const before = parts.slice(0, part).reduce((sum, { length }) => sum + length, 0)
    let last = { item: 0, measure: 'requests' as Denied['measure'], size: 0, used: 0, needed: 0 }
    let latestMs = Number.NEGATIVE_INFINITY
    for (const each of full) {
      const [index, requests, tokens] = each
      const item = items[index]
      if (!item) throw new Error(`Redis has refused item ${index} of ${items.length}`)
      this.#note(item.key, each)
      for (const measure of MEASURES) {
        const [size, needed, used] =
          measure === 'requests' ? [item.maxRequests, 1, requests] : [item.maxTokens, item.tokens, tokens]
        if (used + needed <= size) continue
        const roomInMs = needed > size ? Number.POSITIVE_INFINITY : this.#roomInMs(item, each, measure, needed, atMs)
        if (roomInMs <= latestMs) continue
        latestMs = roomInMs
        last = { item: index - before, measure, size, used, needed }
      }
    }
    const retryAfterMs = Number.isFinite(latestMs) ? latestMs : undefined
    return { granted: false, part, ...last, retryAfterMs, seq, atMs }
  }

  #note(key: string, [, , , , stamp, earlier]: Full): void {
    if (stamp === undefined || !earlier) return
    this.#forget(key)
    this.#profiles.set(key, { stamp, earlier })
    this.#numbers += earlier.length
    while (this.#profiles.size > MOST_PROFILES || this.#numbers > MOST_NUMBERS) {
      const oldest = this.#profiles.keys().next()
      if (oldest.done || oldest.value === key) return
      this.#forget(oldest.value)
    }
  }

  #forget(key: string): void {
    this.#numbers -= this.#profiles.get(key)?.earlier.length ?? 0
    this.#profiles.delete(key)
  }

  #roomInMs(item: CapacityItem, full: Full, measure: Denied['measure'], needed: number, atMs: number): number {
    const [, requests, tokens, headOrEnd] = full
    if (isPlaces(item)) {
      const heldMs = this.#heldMs.get(item.key)
      return heldMs === undefined ? UNKNOWN_HOLD_MS : Math.min(LEASE_MS, heldMs / item.maxRequests)
    }
    if (item.window.kind !== 'minute') return headOrEnd < 0 ? Number.POSITIVE_INFINITY : headOrEnd - atMs
    const [used, size] = measure === 'requests' ? [requests, item.maxRequests] : [tokens, item.maxTokens]
    const offset = measure === 'requests' ? 1 : 2
    const earlier = this.#profiles.get(item.key)?.earlier ?? []
    let excess = used + needed - size
    for (let at = 0; at < earlier.length; at += 3) {
      const roomInMs = leavesAtMs(earlier[at] ?? 0) - atMs
      // The profile may be older than the answer.
      if (roomInMs <= 0) continue
      excess -= earlier[at + offset] ?? 0
      if (excess <= 0) return roomInMs
    }
    return leavesAtMs(headOrEnd) - atMs
  }
}

/** The moment at which a sub-window is no longer one of the minute's. */
export const leavesAtMs = (subWindow: number) => (subWindow + SUB_WINDOWS) * SUB_WINDOW_MS

const MEASURES = ['requests', 'tokens'] as const

/** The hint of a limit of which nobody has given a place back yet. */
const UNKNOWN_HOLD_MS = 1_000

function remember<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key)
  map.set(key, value)
  if (map.size <= MOST_REMEMBERED) return
  const oldest = map.keys().next()
  if (!oldest.done) map.delete(oldest.value)
}

const MOST_REMEMBERED = 1_000
/** As many counters as this replica knows anything of, and no more than takes 8 MB. */
const MOST_PROFILES = 20_000
const MOST_NUMBERS = 1_000_000
