import { KeptByTarget } from '../catalog/kept-by-target.ts'
import type { Target } from '../catalog/snapshot.ts'
import type { Clock } from '../clock.ts'

/**
 * What may be done with a target: asked as usual, left alone, asked once to see whether its provider still refuses, or
 * left alone until another request has seen that.
 */
export type HoldState = 'free' | 'held' | 'probe' | 'probed'

/**
 * Targets that are not asked for a while because their provider said so. Whom a 429 concerns is the target, as with
 * circuits: providers count by model. A hold ends by itself, and no answer makes it longer than {@link LONGEST_HOLD_MS}:
 * after that one request finds out whether it still holds, so nonsense costs a request in a minute and no more. The others
 * wait for what it is told, {@link PROBE_MS} at most: a provider that refuses says so at once.
 */
export class Holds {
  readonly #clock: Clock
  readonly #announce: (target: Target, holdMs: number) => void
  readonly #held = new KeptByTarget<Hold>()

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
    const nowMs = this.#clock.monotonicMs()
    const leftMs = hold.untilMs - nowMs
    if (leftMs > TIMERS_MS) return leftMs
    return hold.probeUntilMs === undefined ? 0 : Math.min(LOOK_MS, Math.max(0, hold.probeUntilMs - nowMs))
  }

  /**
   * To be asked before a target is. `probe` is answered to one caller at a time, who reports what came of it by
   * {@link answered} or {@link unanswered}.
   */
  enter(key: string): HoldState {
    const hold = this.#held.size === 0 ? undefined : this.#held.get(key)
    if (!hold) return 'free'
    const nowMs = this.#clock.monotonicMs()
    if (hold.untilMs - nowMs > TIMERS_MS) return 'held'
    if (hold.probeUntilMs !== undefined && nowMs < hold.probeUntilMs) return 'probed'
    // No refusal is an answer too, and nobody waits any longer for the end of an old hold.
    if (hold.probeUntilMs !== undefined || nowMs - hold.untilMs > FORGET_MS) {
      this.#held.delete(key)
      return 'free'
    }
    hold.probeUntilMs = nowMs + PROBE_MS
    return 'probe'
  }

  /** The probe was answered: the target is free, unless it was told to hold again. */
  answered(key: string): void {
    if (this.#held.get(key)?.probeUntilMs !== undefined) this.#held.delete(key)
  }

  /** The probe ended without telling whether the provider still refuses: the next may be it. */
  unanswered(key: string): void {
    const hold = this.#held.get(key)
    if (hold) hold.probeUntilMs = undefined
  }

  /** Its provider asks to be left alone for so long. */
  hold(target: Target, ms: number): void {
    const hold = this.#extend(target.key, ms, target.invented)
    // Each of many requests under way may be told the same a little later.
    if (!hold || hold.untilMs - hold.announcedMs < LEAST_NEWS_MS) return
    hold.announcedMs = hold.untilMs
    if (target.invented) return
    this.#announce(target, hold.untilMs - this.#clock.monotonicMs())
  }

  /** Another replica was told so. */
  heard(key: string, ms: number): void {
    const hold = this.#extend(key, ms)
    if (hold) hold.announcedMs = hold.untilMs
  }

  /** Undefined where it is held for as long already. */
  #extend(key: string, ms: number, invented = false): Hold | undefined {
    const untilMs = this.#clock.monotonicMs() + Math.min(ms, LONGEST_HOLD_MS)
    const hold = this.#held.find(key, invented) ?? this.#keep(key, invented)
    if (hold.untilMs >= untilMs) return undefined
    hold.untilMs = untilMs
    hold.probeUntilMs = undefined
    return hold
  }

  #keep(key: string, invented: boolean): Hold {
    const never = Number.NEGATIVE_INFINITY
    const hold: Hold = { untilMs: never, announcedMs: never, probeUntilMs: undefined }
    this.#held.set(key, hold, invented)
    return hold
  }
}

/** By the monotonic clock. */
type Hold = {
  untilMs: number
  announcedMs: number
  /** How long others wait for what a probe finds out; undefined while there is none. */
  probeUntilMs: number | undefined
}

/** A longer wait is the client's to plan: SDKs are told not to retry then either. */
export const LONGEST_HOLD_MS = 60_000
const LEAST_NEWS_MS = 250
/** The timer of a client that was told how long to wait may be so early; the provider counts from before we heard of it. */
const TIMERS_MS = 5
/** Longer than a provider takes to refuse. */
const PROBE_MS = 1_000
/** How often who waits for a probe looks for what it has found. */
const LOOK_MS = 250
/** More than those who wait for the end of a hold wait beyond it. */
const FORGET_MS = LONGEST_HOLD_MS / 4
