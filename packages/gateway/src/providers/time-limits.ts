import type { Clock } from '../clock.ts'

/** The stage of a call that took too long, as it is recorded. */
export type TimeFault =
  | 'connect_timeout'
  | 'first_byte_timeout'
  | 'first_token_timeout'
  | 'idle_timeout'
  | 'total_timeout'

/**
 * The time limits of one call: one for the stage it is in, one for all of it. A single timer serves both; what happens
 * often only notes the time, and the timer looks at it when it fires.
 */
export class TimeLimits {
  readonly #clock: Clock
  readonly #expired: (fault: TimeFault) => void
  readonly #totalDue: number
  #fault: TimeFault = 'total_timeout'
  #limitMs = Number.POSITIVE_INFINITY
  #since = 0
  #paused = false
  #timer: NodeJS.Timeout | undefined
  #timerDue = Number.POSITIVE_INFINITY

  /** @param expired called with the limit that was passed; nothing is watched any more until the next stage */
  constructor(clock: Clock, totalMs: number, expired: (fault: TimeFault) => void) {
    this.#clock = clock
    this.#expired = expired
    this.#totalDue = clock.monotonicMs() + totalMs
  }

  /** A stage begins, which may take `limitMs`, or may be silent for so long between two {@link touch}es. */
  enter(fault: TimeFault, limitMs: number): void {
    this.#fault = fault
    this.#limitMs = limitMs
    this.#paused = false
    this.#since = this.#clock.monotonicMs()
    this.#arm(this.#since)
  }

  /** The stage may take no more than `limitMs` from its last {@link touch}. */
  hasten(limitMs: number): void {
    this.#limitMs = Math.min(limitMs, this.#limitMs)
    this.#arm(this.#clock.monotonicMs())
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
    this.#since = this.#clock.monotonicMs()
    this.#arm(this.#since)
  }

  /** Nothing is watched from now on. */
  stop(): void {
    clearTimeout(this.#timer)
    this.#timerDue = Number.NEGATIVE_INFINITY
  }

  /** A timer that fires too early arms itself anew; only one that would fire too late is replaced. */
  #arm(now: number): void {
    const due = this.#paused ? this.#totalDue : Math.min(this.#since + this.#limitMs, this.#totalDue)
    if (this.#timerDue <= due) return
    clearTimeout(this.#timer)
    this.#timerDue = due
    this.#timer = setTimeout(this.#look, Math.max(1, Math.ceil(due - now)))
  }

  readonly #look = (): void => {
    this.#timerDue = Number.POSITIVE_INFINITY
    const now = this.#clock.monotonicMs()
    const total = now >= this.#totalDue
    if (!total && (this.#paused || now < this.#since + this.#limitMs)) return this.#arm(now)
    this.#expired(total ? 'total_timeout' : this.#fault)
  }
}
