import type { Clock } from '../clock.ts'
import type {
  Beginning,
  CapacityCounter,
  CapacityFamily,
  CapacityItem,
  CapacityStore,
  Charge,
  Denied,
  Granted,
  Look,
  Receipt,
  Remaining,
  Reservation,
  Used,
} from './capacity-store.ts'
import { familyOf } from './capacity-store.ts'
import { CounterShelf } from './counter-shelf.ts'
import {
  type Counter,
  type Entry,
  LEFT,
  LeaseCounter,
  MinuteCounter,
  type Moment,
  WindowCounter,
} from './memory-counters.ts'

/** Counts in this process, for this process. Answers at once. */
export class MemoryCapacityStore implements CapacityStore {
  readonly #clock: Clock
  readonly #now: Moment = { wallMs: 0, monotonicMs: 0 }
  readonly #kept = new CounterShelf(Number.POSITIVE_INFINITY)
  readonly #forgettable: CounterShelf
  /** By the limit's key. */
  readonly #beginnings = new Map<string, Beginning>()
  #seq = 0

  /** @param mostForgettable how many counters of values that clients choose are kept */
  constructor(clock: Clock, mostForgettable = 100_000) {
    this.#clock = clock
    this.#forgettable = new CounterShelf(mostForgettable)
  }

  /** Counters in memory. */
  get size(): number {
    return this.#kept.size + this.#forgettable.size
  }

  reserve(parts: readonly (readonly CapacityItem[])[]): Reservation {
    const now = this.#moment()
    this.#kept.sweep(now)
    this.#forgettable.sweep(now)
    // Arrays are made in one piece, here and below: one that grows begins with room for sixteen.
    const receipts = parts.map((items) => this.#receipt(items, now))
    for (const [part, { entries }] of receipts.entries())
      if (entries.some(isFull)) return this.#deny(part, entries, now)
    return this.#grant(receipts, now)
  }

  progress(receipt: Receipt, tokens: number): void {
    if (!isOpen(receipt)) return
    const now = this.#moment()
    for (const entry of receipt.entries) if (tokens > entry.tokens) this.#correct(entry, 0, tokens, now)
  }

  settle(receipt: Receipt, tokens: number): void {
    this.#end(receipt, 0, tokens)
  }

  release(receipt: Receipt): void {
    this.#end(receipt, -1, 0)
  }

  renew(receipts: Iterable<Receipt>): void {
    const now = this.#moment()
    for (const receipt of receipts) {
      if (isOpen(receipt)) for (const entry of receipt.entries) this.#live(entry, now).renew(entry, now)
    }
  }

  peek(counters: readonly CapacityCounter[], families: readonly CapacityFamily[]): Look {
    const now = this.#moment()
    const used = counters.map((counter) => this.#used(counter, now))
    return { used, members: this.#members(families, now), atMs: now.wallMs }
  }

  begin(limitKeys: readonly string[]): readonly Beginning[] {
    const sinceMs = this.#clock.now()
    return limitKeys.map((key) => {
      const begun = this.#beginnings.get(key) ?? { sinceMs, complete: false }
      this.#beginnings.set(key, begun)
      return begun
    })
  }

  charge(limitKey: string, sinceMs: number, charges: readonly Charge[]): void {
    const begun = this.#beginnings.get(limitKey)
    if (!begun || begun.complete || begun.sinceMs !== sinceMs) return
    this.#beginnings.set(limitKey, { sinceMs, complete: true })
    const { wallMs } = this.#moment()
    this.add(charges.filter(({ window }) => window.kind !== 'calendar' || wallMs < window.endMs))
  }

  /** What was used elsewhere: adds it, as often as it is asked to. */
  add(charges: readonly Charge[]): void {
    const now = this.#moment()
    for (const { requests, tokens, ...counter } of charges) {
      const item = { ...counter, maxRequests: Number.POSITIVE_INFINITY, maxTokens: Number.POSITIVE_INFINITY, tokens }
      const entry: Entry = { item, counter: this.#counter(item, now), mark: LEFT, subWindow: undefined, tokens }
      entry.counter.take(entry, now)
      entry.counter.correct(entry, requests - 1, 0)
    }
  }

  forget(limitKeys: readonly string[]): void {
    const gone = new Set(limitKeys)
    for (const key of gone) {
      this.#beginnings.delete(key)
      this.#kept.drop(key)
    }
    for (const [key] of this.#forgettable.entries()) if (gone.has(familyOf(key))) this.#forgettable.drop(key)
  }

  /** What is in memory is never lost alone. */
  onLoss(): void {}

  #moment(): Moment {
    this.#now.wallMs = this.#clock.now()
    this.#now.monotonicMs = this.#clock.monotonicMs()
    return this.#now
  }

  #used(asked: CapacityCounter, now: Moment): Used {
    const counter = (asked.forgettable ? this.#forgettable : this.#kept).peek(asked.key)
    counter?.moveTo(now, asked)
    if (!counter || (counter.requests === 0 && counter.tokens === 0)) return NOTHING_USED
    return { requests: counter.requests, tokens: counter.tokens, resetMs: counter.resetMs(now) }
  }

  /** One walk over all values of all limits, which takes milliseconds where there are very many. */
  #members(families: readonly CapacityFamily[], now: Moment): readonly number[] {
    const counts = new Map(families.map(({ key }) => [key, 0]))
    if (counts.size === 0) return []
    for (const [key, counter] of this.#forgettable.entries()) {
      const family = familyOf(key)
      const count = counts.get(family)
      if (count !== undefined && !counter.idle(now)) counts.set(family, count + 1)
    }
    return families.map(({ key }) => counts.get(key) ?? 0)
  }

  #receipt(items: readonly CapacityItem[], now: Moment): MemoryReceipt {
    const entries = items.map((item) => {
      return { item, counter: this.#counter(item, now), mark: LEFT, subWindow: undefined, tokens: item.tokens }
    })
    return new MemoryReceipt(entries)
  }

  #counter(item: CapacityItem, now: Moment): Counter {
    const shelf = item.forgettable ? this.#forgettable : this.#kept
    let counter = shelf.get(item.key)
    if (!counter) {
      counter = newCounter(item)
      shelf.add(item.key, counter)
    }
    counter.moveTo(now, item)
    return counter
  }

  /** The entry's counter as it is now; another one of the same key if it was dropped. */
  #live(entry: Entry, now: Moment): Counter {
    if (entry.counter.dropped) {
      entry.counter = this.#counter(entry.item, now)
      entry.mark = LEFT
      entry.subWindow = undefined
    } else entry.counter.moveTo(now, entry.item)
    return entry.counter
  }

  #grant(receipts: readonly MemoryReceipt[], now: Moment): Granted {
    const remaining = receipts.map((receipt) => receipt.entries.map((entry) => take(receipt, entry, now)))
    return { granted: true, receipts, remaining, seq: ++this.#seq, atMs: now.wallMs }
  }

  #deny(part: number, entries: readonly Entry[], now: Moment): Denied {
    let last: Refused = { item: 0, measure: 'requests', size: 0, used: 0, needed: 0 }
    let latestMs = Number.NEGATIVE_INFINITY
    for (const [index, { counter, item, tokens }] of entries.entries()) {
      for (const measure of MEASURES) {
        const size = measure === 'requests' ? item.maxRequests : item.maxTokens
        const needed = measure === 'requests' ? 1 : tokens
        const used = counter[measure]
        if (used + needed <= size) continue
        const roomInMs = counter.roomInMs(measure, needed, size, now)
        if (roomInMs <= latestMs) continue
        latestMs = roomInMs
        last = { item: index, measure, size, used, needed }
      }
    }
    const retryAfterMs = Number.isFinite(latestMs) ? latestMs : undefined
    return { granted: false, part, ...last, retryAfterMs, seq: ++this.#seq, atMs: now.wallMs }
  }

  #end(receipt: Receipt, requests: number, tokens: number): void {
    if (!isOpen(receipt)) return
    receipt.open = false
    const now = this.#moment()
    for (const entry of receipt.entries) {
      this.#correct(entry, requests, tokens, now)
      entry.counter.end(entry, now)
    }
  }

  #correct(entry: Entry, requests: number, tokens: number, now: Moment): void {
    this.#live(entry, now).correct(entry, requests, tokens - entry.tokens)
    entry.tokens = tokens
  }
}

const NOTHING_USED: Used = { requests: 0, tokens: 0, resetMs: 0 }

const isFull = ({ counter, item }: Entry) =>
  counter.requests + 1 > item.maxRequests || counter.tokens + item.tokens > item.maxTokens

function take(receipt: MemoryReceipt, entry: Entry, now: Moment): Remaining {
  const { counter, item } = entry
  counter.take(entry, now)
  if (counter instanceof LeaseCounter) receipt.leased = true
  return {
    requests: item.maxRequests - counter.requests,
    tokens: item.maxTokens - counter.tokens,
    resetMs: counter.resetMs(now),
  }
}

type Refused = Pick<Denied, 'item' | 'measure' | 'size' | 'used' | 'needed'>

const MEASURES = ['requests', 'tokens'] as const

class MemoryReceipt implements Receipt {
  readonly entries: readonly Entry[]
  leased = false
  open = true

  constructor(entries: readonly Entry[]) {
    this.entries = entries
  }
}

const isOpen = (receipt: Receipt): receipt is MemoryReceipt => receipt instanceof MemoryReceipt && receipt.open

function newCounter({ window }: CapacityItem): Counter {
  if (window.kind === 'minute') return new MinuteCounter()
  return window.kind === 'concurrent' ? new LeaseCounter() : new WindowCounter()
}
