import type { Clock } from '../clock.ts'

/** The stage of a call that took too long, as it is recorded. */
export type TimeFault =
  | 'connect_timeout'
  | 'first_byte_timeout'
  | 'first_token_timeout'
  | 'idle_timeout'
  | 'total_timeout'

/** Told when a limit was passed; nothing is watched any more until the next stage. */
export interface TimedCall {
  expired(fault: TimeFault): void
}

/**
 * The time limits of one call: one for the stage it is in, one for all of it. Nothing is set up for a call but its place
 * among those that are looked at every {@link LOOK_EACH_MS}: it may be told so much later.
 */
export class TimeLimits {
  readonly #clock: Clock
  readonly #call: TimedCall
  readonly #totalDue: number
  #fault: TimeFault = 'total_timeout'
  #limitMs = Number.POSITIVE_INFINITY
  #since: number
  #paused = false
  #watch: Watch | undefined

  constructor(clock: Clock, totalMs: number, call: TimedCall) {
    this.#clock = clock
    this.#call = call
    this.#since = clock.monotonicMs()
    this.#totalDue = this.#since + totalMs
  }

  /** A stage begins, which may take `limitMs`, or may be silent for so long between two {@link touch}es. */
  enter(fault: TimeFault, limitMs: number): void {
    this.#fault = fault
    this.#limitMs = limitMs
    this.#paused = false
    this.touch()
    if (this.#watch) return
    this.#watch = new Watch(this)
    watch(this.#watch)
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
    this.#watch?.end()
    this.#watch = undefined
  }

  look(): void {
    const now = this.#clock.monotonicMs()
    const total = now >= this.#totalDue
    if (!total && (this.#paused || now < this.#since + this.#limitMs)) return
    this.stop()
    this.#call.expired(total ? 'total_timeout' : this.#fault)
  }
}

/** A place among those that are looked at. One that has ended holds nothing of its call, however long it is still there. */
class Watch {
  #limits: TimeLimits | undefined

  constructor(limits: TimeLimits) {
    this.#limits = limits
  }

  get ended(): boolean {
    return this.#limits === undefined
  }

  end(): void {
    this.#limits = undefined
  }

  look(): void {
    this.#limits?.look()
  }
}

/**
 * A list and no `Set`: in V8 each table that a set outgrows points to the next one, so that once one of them is old all
 * that ever was in the set outlives young collections, and with it whole requests.
 */
let watched: Watch[] = []
let looking: NodeJS.Timeout | undefined

function watch(one: Watch): void {
  watched.push(one)
  looking ??= setInterval(lookAtAll, LOOK_EACH_MS).unref()
}

function lookAtAll(): void {
  for (const one of watched) one.look()
  watched = watched.filter(({ ended }) => !ended)
  if (watched.length > 0) return
  clearInterval(looking)
  looking = undefined
}

const LOOK_EACH_MS = 25
