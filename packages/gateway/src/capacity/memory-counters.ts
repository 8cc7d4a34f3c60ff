import { type CalendarWindow, type CapacityItem, LEASE_MS, SUB_WINDOW_MS, SUB_WINDOWS } from './capacity-store.ts'

/** One moment by both clocks. What slides goes by the one that never jumps, the calendar by the wall. */
export type Moment = { wallMs: number; monotonicMs: number }

/** What one item of a reservation took, and where. */
export type Entry = {
  readonly item: CapacityItem
  counter: Counter
  /** The window that it was taken in, as the counter numbers them. */
  mark: number
  tokens: number
}

/** What is used of one key. `requests` and `tokens` are right after `moveTo`. */
export interface Counter {
  requests: number
  tokens: number
  /** Nobody finds it any more. */
  dropped: boolean
  /** It was used since somebody last looked. */
  touched: boolean
  moveTo(now: Moment, item: Pick<CapacityItem, 'window'>): void
  /** Takes a request and the entry's tokens, and marks the entry. */
  take(entry: Entry, now: Moment): void
  /** Corrects what the entry took; one of tokens upwards counts now if the entry's window has left. */
  correct(entry: Entry, requests: number, tokens: number): void
  /** The request is over. */
  end(entry: Entry, now: Moment): void
  renew(entry: Entry, now: Moment): void
  /** Milliseconds until there is room for what is `needed` of a measure; Infinity: never. */
  roomInMs(measure: 'requests' | 'tokens', needed: number, size: number, now: Moment): number
  /** Milliseconds until nothing is counted any more. */
  resetMs(now: Moment): number
  /** It says nothing that a new counter would not say. */
  idle(now: Moment): boolean
}

/** The mark of an entry whose counter was dropped meanwhile. */
export const LEFT = Number.NEGATIVE_INFINITY

/** The last 60 seconds: a ring of sub-windows and their running sums. */
export class MinuteCounter implements Counter {
  requests = 0
  tokens = 0
  dropped = false
  touched = true
  /** The number of the current sub-window, which never goes back. */
  #head = 0
  readonly #requests = new Uint32Array(SUB_WINDOWS)
  /** Only where tokens are limited: counters of one kind may be many. */
  #tokens: Float64Array | undefined

  moveTo(now: Moment): void {
    const current = Math.floor(now.monotonicMs / SUB_WINDOW_MS)
    if (current <= this.#head) return
    if (current - this.#head >= SUB_WINDOWS) this.#clear()
    else for (let each = this.#head + 1; each <= current; each++) this.#leave(each % SUB_WINDOWS)
    this.#head = current
  }

  take(entry: Entry): void {
    entry.mark = this.#head
    this.#add(this.#head, 1, limitsTokens(entry) ? entry.tokens : 0)
  }

  correct(entry: Entry, requests: number, tokens: number): void {
    const counted = limitsTokens(entry) ? tokens : 0
    if (entry.mark > this.#head - SUB_WINDOWS) this.#add(entry.mark, requests, counted)
    else if (counted > 0) this.#add(this.#head, 0, counted)
  }

  end(): void {}

  renew(): void {}

  roomInMs(measure: 'requests' | 'tokens', needed: number, size: number, now: Moment): number {
    if (needed > size) return Number.POSITIVE_INFINITY
    const ring = measure === 'requests' ? this.#requests : this.#tokens
    const excess = this[measure] + needed - size
    let freed = 0
    for (let ahead = 1; ahead <= SUB_WINDOWS; ahead++) {
      freed += ring?.[(this.#head + ahead) % SUB_WINDOWS] ?? 0
      if (freed >= excess) return (this.#head + ahead) * SUB_WINDOW_MS - now.monotonicMs
    }
    return this.resetMs(now)
  }

  resetMs(now: Moment): number {
    return (this.#head + SUB_WINDOWS) * SUB_WINDOW_MS - now.monotonicMs
  }

  idle(now: Moment): boolean {
    this.moveTo(now)
    return this.requests === 0 && this.tokens === 0
  }

  #add(subWindow: number, requests: number, tokens: number): void {
    const slot = subWindow % SUB_WINDOWS
    this.requests += requests
    this.#requests[slot] = (this.#requests[slot] ?? 0) + requests
    if (tokens === 0) return
    this.#tokens ??= new Float64Array(SUB_WINDOWS)
    this.tokens += tokens
    this.#tokens[slot] = (this.#tokens[slot] ?? 0) + tokens
  }

  #leave(slot: number): void {
    this.requests -= this.#requests[slot] ?? 0
    this.#requests[slot] = 0
    if (!this.#tokens) return
    this.tokens -= this.#tokens[slot] ?? 0
    this.#tokens[slot] = 0
  }

  #clear(): void {
    this.requests = 0
    this.tokens = 0
    this.#requests.fill(0)
    this.#tokens?.fill(0)
  }
}

const limitsTokens = ({ item }: Entry) => item.maxTokens !== Number.POSITIVE_INFINITY

/** One window of the calendar, replaced by the next; or a lifetime, which has no end. */
export class WindowCounter implements Counter {
  requests = 0
  tokens = 0
  dropped = false
  touched = true
  #startMs = 0
  #endMs = Number.POSITIVE_INFINITY

  moveTo(now: Moment, { window }: Pick<CapacityItem, 'window'>): void {
    if (window.kind === 'calendar') this.#turn(now, window)
  }

  take(entry: Entry): void {
    entry.mark = this.#startMs
    this.correct(entry, 1, entry.tokens)
  }

  correct({ mark }: Entry, requests: number, tokens: number): void {
    if (mark === this.#startMs) this.requests += requests
    if (mark === this.#startMs || tokens > 0) this.tokens += tokens
  }

  end(): void {}

  renew(): void {}

  roomInMs(_measure: 'requests' | 'tokens', needed: number, size: number, now: Moment): number {
    return needed > size ? Number.POSITIVE_INFINITY : this.resetMs(now)
  }

  resetMs(now: Moment): number {
    return this.#endMs - now.wallMs
  }

  idle(now: Moment): boolean {
    return now.wallMs >= this.#endMs
  }

  #turn({ wallMs }: Moment, { startMs, endMs, nextEndMs }: CalendarWindow): void {
    const turned = wallMs >= endMs
    const start = turned ? endMs : startMs
    if (start <= this.#startMs) return
    this.#startMs = start
    this.#endMs = turned ? nextEndMs : endMs
    this.requests = 0
    this.tokens = 0
  }
}

/** What is held right now: leases, each until it is given back or was not renewed. */
export class LeaseCounter implements Counter {
  tokens = 0
  dropped = false
  touched = true
  /** When each runs out; the first to do so comes first. */
  readonly #leases = new Map<Entry, number>()
  /** Moving average of how long places are held. */
  #heldMs = 0

  get requests(): number {
    return this.#leases.size
  }

  moveTo({ monotonicMs }: Moment): void {
    for (const [entry, untilMs] of this.#leases) {
      if (untilMs > monotonicMs) return
      this.#leases.delete(entry)
    }
  }

  take(entry: Entry, now: Moment): void {
    entry.mark = now.monotonicMs
    this.#leases.set(entry, now.monotonicMs + LEASE_MS)
  }

  correct(): void {}

  end(entry: Entry, now: Moment): void {
    this.#leases.delete(entry)
    const heldMs = Math.max(1, now.monotonicMs - entry.mark)
    this.#heldMs += (heldMs - this.#heldMs) * (this.#heldMs === 0 ? 1 : 0.1)
  }

  renew(entry: Entry, now: Moment): void {
    this.#leases.delete(entry)
    this.#leases.set(entry, now.monotonicMs + LEASE_MS)
  }

  roomInMs(_measure: 'requests' | 'tokens', needed: number, size: number): number {
    if (needed > size) return Number.POSITIVE_INFINITY
    return this.#heldMs === 0 ? UNKNOWN_HOLD_MS : Math.min(LEASE_MS, this.#heldMs / size)
  }

  resetMs(): number {
    return Number.POSITIVE_INFINITY
  }

  idle(now: Moment): boolean {
    this.moveTo(now)
    return this.#leases.size === 0
  }
}

/** The hint of a limit of which nobody has given a place back yet. */
const UNKNOWN_HOLD_MS = 1_000
