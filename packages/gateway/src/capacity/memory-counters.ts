import { type CalendarWindow, type CapacityItem, LEASE_MS, SUB_WINDOW_MS, SUB_WINDOWS } from './capacity-store.ts'

/** One moment by both clocks. What slides goes by the one that never jumps, the calendar by the wall. */
export type Moment = { wallMs: number; monotonicMs: number }

/** What one item of a reservation took, and where. */
export type Entry = {
  readonly item: CapacityItem
  counter: Counter
  /** The calendar's window that it was taken in, by its start; or since when a place is held. */
  mark: number
  /** The part of the minute that it was taken in. */
  subWindow: SubWindow | undefined
  tokens: number
}

/** What is used of one key. `requests` and `tokens` are right after `moveTo`. */
export interface Counter {
  requests: number
  tokens: number
  /** Nobody finds it any more. */
  dropped: boolean
  /** It was used again since somebody last looked. */
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

/** What was used in half a second. */
type SubWindow = {
  readonly number: number
  requests: number
  tokens: number
  left: boolean
  next: SubWindow | undefined
}

/**
 * The last 60 seconds: the sub-windows in which something was used, oldest first, and their sums. A counter that is
 * seldom used is small, for clients may name many.
 */
export class MinuteCounter implements Counter {
  requests = 0
  tokens = 0
  dropped = false
  touched = false
  /** The number of the current sub-window, which never goes back. */
  #head = 0
  #oldest: SubWindow | undefined
  #newest: SubWindow | undefined

  moveTo(now: Moment): void {
    const current = Math.floor(now.monotonicMs / SUB_WINDOW_MS)
    if (current <= this.#head) return
    this.#head = current
    while (this.#oldest && this.#oldest.number <= current - SUB_WINDOWS) this.#oldest = this.#leave(this.#oldest)
    if (!this.#oldest) this.#newest = undefined
  }

  take(entry: Entry): void {
    entry.subWindow = this.#current()
    this.#add(entry.subWindow, 1, entry.tokens)
  }

  correct({ subWindow }: Entry, requests: number, tokens: number): void {
    if (subWindow && !subWindow.left) this.#add(subWindow, requests, tokens)
    else if (tokens > 0) this.#add(this.#current(), 0, tokens)
  }

  end(): void {}

  renew(): void {}

  roomInMs(measure: 'requests' | 'tokens', needed: number, size: number, now: Moment): number {
    if (needed > size) return Number.POSITIVE_INFINITY
    let excess = this[measure] + needed - size
    for (let each = this.#oldest; each; each = each.next) {
      excess -= each[measure]
      if (excess <= 0) return (each.number + SUB_WINDOWS) * SUB_WINDOW_MS - now.monotonicMs
    }
    return this.resetMs(now)
  }

  resetMs(now: Moment): number {
    return ((this.#newest?.number ?? this.#head) + SUB_WINDOWS) * SUB_WINDOW_MS - now.monotonicMs
  }

  idle(now: Moment): boolean {
    this.moveTo(now)
    return this.requests === 0 && this.tokens === 0
  }

  #current(): SubWindow {
    const newest = this.#newest
    if (newest?.number === this.#head) return newest
    const current = { number: this.#head, requests: 0, tokens: 0, left: false, next: undefined }
    if (newest) newest.next = current
    else this.#oldest = current
    this.#newest = current
    return current
  }

  /** Answers the one after it. */
  #leave(oldest: SubWindow): SubWindow | undefined {
    const { next } = oldest
    this.requests -= oldest.requests
    this.tokens -= oldest.tokens
    oldest.left = true
    // A long stream holds on to its own sub-window alone.
    oldest.next = undefined
    return next
  }

  #add(subWindow: SubWindow, requests: number, tokens: number): void {
    this.requests += requests
    this.tokens += tokens
    subWindow.requests += requests
    subWindow.tokens += tokens
  }
}

/** One window of the calendar, replaced by the next; or a lifetime, which has no end. */
export class WindowCounter implements Counter {
  requests = 0
  tokens = 0
  dropped = false
  touched = false
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
  touched = false
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
