import { type CapacityItem, type Clock, MemoryCapacityStore, type Receipt, type Reservation } from '@vm-x/gateway'
import type { LastSeen } from './last-seen.ts'
import { isPlaces, type RedisReceipt } from './redis-receipt.ts'

/**
 * What this replica admits while Redis is away: of each limit one of as many shares as there are replicas, beginning
 * with its share of what was used when Redis last told. A request that is larger than the share of its limit of tokens is
 * admitted where it fits into the limit and nothing else has been.
 */
export class LocalShare {
  readonly #store: MemoryCapacityStore
  readonly #seen: LastSeen
  readonly #replicas: number
  readonly #known = new Set<string>()

  constructor(clock: Clock, seen: LastSeen, replicas: number, places: Iterable<RedisReceipt>) {
    this.#store = new MemoryCapacityStore(clock)
    this.#seen = seen
    this.#replicas = Math.max(1, replicas)
    for (const receipt of places) receipt.local = this.#hold(receipt.items)
  }

  reserve(parts: readonly (readonly CapacityItem[])[]): Reservation {
    return this.#store.reserve(parts.map((items) => items.map((item) => this.#share(item))))
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

  /** The places that a request under way has had since before. */
  #hold(items: readonly CapacityItem[]): Receipt | undefined {
    const places = items.filter(isPlaces).map((item) => ({ ...item, maxRequests: Number.POSITIVE_INFINITY }))
    const held = this.#store.reserve([places])
    return held.granted ? held.receipts[0] : undefined
  }

  #share(item: CapacityItem): CapacityItem {
    const { key, maxRequests, maxTokens, tokens } = item
    if (!this.#known.has(key)) this.#begin(item)
    return {
      ...item,
      maxRequests: maxRequests < 1 ? maxRequests : Math.max(1, this.#of(maxRequests)),
      maxTokens: Math.max(this.#of(maxTokens), Math.min(tokens, maxTokens)),
    }
  }

  #begin(item: CapacityItem): void {
    this.#known.add(item.key)
    const used = this.#seen.get(item.key)
    if (!used) return
    const [begun] = this.#store.begin([item.key])
    const share = { ...item, requests: this.#of(used.requests), tokens: this.#of(used.tokens) }
    this.#store.charge(item.key, begun?.sinceMs ?? 0, [share])
  }

  #of(whole: number): number {
    return whole === Number.POSITIVE_INFINITY ? whole : Math.floor(whole / this.#replicas)
  }
}
