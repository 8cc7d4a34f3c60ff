import type { Target } from '../catalog/snapshot.ts'
import type { Clock } from '../clock.ts'

/**
 * Targets that are not asked for a while because their provider said so. Whom a 429 concerns is the target, as with
 * circuits: providers count by model. A hold ends by itself, and no answer makes it longer than {@link LONGEST_HOLD_MS}:
 * after that one request finds out whether it still holds, so nonsense costs a request in a minute and no more.
 */
export class Holds {
  readonly #clock: Clock
  readonly #announce: (target: Target, holdMs: number) => void
  readonly #held = new Map<string, Hold>()

  /** @param announce tells other replicas */
  constructor(clock: Clock, announce: (target: Target, holdMs: number) => void = () => {}) {
    this.#clock = clock
    this.#announce = announce
  }

  /** Milliseconds for which the target is not to be asked; 0 when it may be now. */
  heldMs(key: string): number {
    if (this.#held.size === 0) return 0
    const hold = this.#held.get(key)
    if (!hold) return 0
    const leftMs = hold.untilMs - this.#clock.monotonicMs()
    if (leftMs > TIMERS_MS) return leftMs
    this.#held.delete(key)
    return 0
  }

  /** Its provider asks to be left alone for so long. */
  hold(target: Target, ms: number): void {
    const hold = this.#extend(target.key, ms)
    // Each of many requests under way may be told the same a little later.
    if (!hold || hold.untilMs - hold.announcedMs < LEAST_NEWS_MS) return
    hold.announcedMs = hold.untilMs
    this.#announce(target, hold.untilMs - this.#clock.monotonicMs())
  }

  /** Another replica was told so. */
  heard(key: string, ms: number): void {
    const hold = this.#extend(key, ms)
    if (hold) hold.announcedMs = hold.untilMs
  }

  /** Undefined where it is held for as long already. */
  #extend(key: string, ms: number): Hold | undefined {
    const untilMs = this.#clock.monotonicMs() + Math.min(ms, LONGEST_HOLD_MS)
    const hold = this.#held.get(key)
    if (!hold) return this.#keep(key, untilMs)
    if (hold.untilMs >= untilMs) return undefined
    hold.untilMs = untilMs
    return hold
  }

  #keep(key: string, untilMs: number): Hold {
    if (this.#held.size >= MOST_TARGETS) {
      const oldest = this.#held.keys().next()
      if (!oldest.done) this.#held.delete(oldest.value)
    }
    const hold = { untilMs, announcedMs: Number.NEGATIVE_INFINITY }
    this.#held.set(key, hold)
    return hold
  }
}

/** By the monotonic clock. */
type Hold = { untilMs: number; announcedMs: number }

/** A longer wait is the client's to plan: SDKs are told not to retry then either. */
export const LONGEST_HOLD_MS = 60_000
const LEAST_NEWS_MS = 250
/** The timer of a client that was told how long to wait may be so early; the provider counts from before we heard of it. */
const TIMERS_MS = 5
/** Models that are called directly have names that clients choose. */
const MOST_TARGETS = 10_000
