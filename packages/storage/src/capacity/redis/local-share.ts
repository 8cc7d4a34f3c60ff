import { type CapacityItem, type Clock, MemoryCapacityStore, type Receipt, type Reservation } from '@vm-x/gateway'
import type { LastSeen } from './last-seen.ts'
import { isPlaces, type RedisReceipt } from './redis-receipt.ts'

/**
 * What this replica admits while Redis is away: of each limit one of as many shares as there are replicas, rounded down
 * but at least one request, beginning with its share of what was used when Redis last told. A request that is larger than
 * the share of its limit of tokens is admitted where it fits into the limit and nothing else has been. What was admitted
 * counts on when Redis comes and goes: several absences in a minute have one share together.
 */
export class LocalShare {
  readonly #store: MemoryCapacityStore
  readonly #seen: LastSeen
  #replicas = 1
  /** Counters that have begun with their share of what was seen, since Redis is away. No more than were seen. */
  readonly #begun = new Set<string>()

  constructor(clock: Clock, seen: LastSeen) {
    this.#store = new MemoryCapacityStore(clock)
    this.#seen = seen
  }

  /** Redis is away from now on. @param places of requests under way */
  leave(replicas: number, places: Iterable<RedisReceipt>): void {
    this.#replicas = Math.max(1, replicas)
    this.#begun.clear()
    for (const receipt of places) {
      if (receipt.local) this.renew(receipt.local)
      else receipt.local = this.#hold(receipt.items)
    }
  }

  /** @param nowMs by the clock of Redis */
  reserve(parts: readonly (readonly CapacityItem[])[], nowMs: number): Reservation {
    const answer = this.#store.reserve(parts.map((items) => items.map((item) => this.#share(item, nowMs))))
    const refused = answer.granted ? undefined : parts[answer.part]?.[answer.item]
    if (answer.granted || !refused || this.#replicas === 1) return answer
    const size = answer.measure === 'requests' ? refused.maxRequests : refused.maxTokens
    return { ...answer, size, share: { of: this.#replicas, size: answer.size } }
  }

  progress(receipt: Receipt, tokens: number): void {
    this.#store.progress(receipt, tokens)
  }

  settle(receipt: Receipt, tokens: number): void {
    this.#store.settle(receipt, tokens)
  }

  release(receipt: Receipt): void {
    this.#store.release(receipt)
  }

  renew(receipt: Receipt): void {
    this.#store.renew([receipt])
  }

  #hold(items: readonly CapacityItem[]): Receipt | undefined {
    const places = items.filter(isPlaces).map((item) => ({ ...item, maxRequests: Number.POSITIVE_INFINITY }))
    const held = this.#store.reserve([places])
    return held.granted ? held.receipts[0] : undefined
  }

  #share(item: CapacityItem, nowMs: number): CapacityItem {
    const { maxRequests, maxTokens, tokens } = item
    this.#begin(item, nowMs)
    return {
      ...item,
      maxRequests: maxRequests < 1 ? maxRequests : Math.max(1, this.#of(maxRequests)),
      maxTokens: Math.max(this.#of(maxTokens), Math.min(tokens, maxTokens)),
    }
  }

  #begin(item: CapacityItem, nowMs: number): void {
    if (this.#begun.has(item.key)) return
    const seen = this.#seen.get(item.key, nowMs)
    if (!seen) return
    this.#begun.add(item.key)
    const [here] = this.#store.peek([item], []).used
    const requests = Math.max(0, this.#of(seen.requests) - (here?.requests ?? 0))
    const tokens = Math.max(0, this.#of(seen.tokens) - (here?.tokens ?? 0))
    if (requests > 0 || tokens > 0) this.#store.add([{ ...item, requests, tokens }])
  }

  #of(whole: number): number {
    return whole === Number.POSITIVE_INFINITY ? whole : Math.floor(whole / this.#replicas)
  }
}
