import type { Clock } from '../clock.ts'

/** The stage of a call that took too long, as it is recorded. */
export type TimeFault =
  | 'connect_timeout'
  | 'first_byte_timeout'
  | 'first_token_timeout'
  | 'idle_timeout'
  | 'total_timeout'

/**
 * The time limits of one call: one for the stage it is in, one for all of it. Nothing is set up for a call but its place
 * among those that are looked at every {@link LOOK_EACH_MS}: it may be told so much later.
 */
export class TimeLimits {
  readonly #clock: Clock
  readonly #expired: (fault: TimeFault) => void
  readonly #totalDue: number
  #fault: TimeFault = 'total_timeout'
  #limitMs = Number.POSITIVE_INFINITY
  #since: number
  #paused = false

  /** @param expired called with the limit that was passed; nothing is watched any more until the next stage */
  constructor(clock: Clock, totalMs: number, expired: (fault: TimeFault) => void) {
    this.#clock = clock
    this.#expired = expired
    this.#since = clock.monotonicMs()
    this.#totalDue = this.#since + totalMs
  }

  /** A stage begins, which may take `limitMs`, or may be silent for so long between two {@link touch}es. */
  enter(fault: TimeFault, limitMs: number): void {
    this.#fault = fault
    this.#limitMs = limitMs
    this.#paused = false
    this.touch()
    watch(this)
  }

  /** The stage may take no more than `limitMs` from its last {@link touch}. */
  hasten(limitMs: number): void {
    this.#limitMs = Math.min(limitMs, this.#limitMs)
  }

  /** Something has come: the stage's time begins anew. */
  touch(): void {
    this.#since = this.#clock.monotonicMs()
  }

  /** The other side is not waited for: only the time of the whole call runs, until {@link resume}. */
  pause(): void {
    this.#paused = true
  }

  resume(): void {
    if (!this.#paused) return
    this.#paused = false
    this.touch()
  }

  /** Nothing is watched from now on. */
  stop(): void {
    watched.delete(this)
  }

  look(): void {
    const now = this.#clock.monotonicMs()
    const total = now >= this.#totalDue
    if (!total && (this.#paused || now < this.#since + this.#limitMs)) return
    watched.delete(this)
    this.#expired(total ? 'total_timeout' : this.#fault)
  }
}

const watched = new Set<TimeLimits>()
let looking: NodeJS.Timeout | undefined

function watch(limits: TimeLimits): void {
  watched.add(limits)
  looking ??= setInterval(lookAtAll, LOOK_EACH_MS).unref()
}

function lookAtAll(): void {
  for (const limits of watched) limits.look()
  if (watched.size > 0) return
  clearInterval(looking)
  looking = undefined
}

const LOOK_EACH_MS = 25
