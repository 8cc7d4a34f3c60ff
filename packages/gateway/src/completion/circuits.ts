import type { Clock } from '../clock.ts'

/** What may be done with a target: asked as usual, passed over, or asked once to see whether it is back. */
export type CircuitState = 'closed' | 'open' | 'probe'

/**
 * One circuit for each target. It opens after {@link FAILURES} failures in a row, lets a single request through when its
 * cool-down ends, and closes when that succeeds; each probe that fails doubles the cool-down, up to
 * {@link LONGEST_COOL_DOWN_MS}. A probe without a result for as long as its cool-down makes room for the next.
 */
export class Circuits {
  readonly #clock: Clock
  readonly #random: () => number
  /** Only targets whose last answer was a failure are here. */
  readonly #failing = new Map<string, Circuit>()

  /** @param random from 0 up to 1 */
  constructor(clock: Clock, random: () => number) {
    this.#clock = clock
    this.#random = random
  }

  /** To be asked before a target is tried. `probe` is answered to one caller at a time, who reports what came of it. */
  enter(key: string): CircuitState {
    const circuit = this.#failing.get(key)
    if (!circuit || circuit.failures < FAILURES) return 'closed'
    const now = this.#clock.monotonicMs()
    if (now < circuit.openUntilMs) return 'open'
    circuit.probing = true
    circuit.openUntilMs = now + circuit.coolDownMs
    return 'probe'
  }

  /** Milliseconds until the target may be tried; 0 when it may be now. */
  opensInMs(key: string): number {
    const circuit = this.#failing.get(key)
    if (!circuit || circuit.failures < FAILURES) return 0
    return Math.max(0, circuit.openUntilMs - this.#clock.monotonicMs())
  }

  /** The target answered, if only to refuse a request that was at fault itself. */
  succeeded(key: string): void {
    if (this.#failing.size > 0) this.#failing.delete(key)
  }

  /** @param probe whether it was the one that was let through */
  failed(key: string, probe = false): void {
    const now = this.#clock.monotonicMs()
    const circuit = this.#failing.get(key)
    if (!circuit || (circuit.failures < FAILURES && now - circuit.lastMs > FORGET_MS)) {
      this.#makeRoom()
      this.#failing.set(key, { failures: 1, lastMs: now, coolDownMs: 0, openUntilMs: 0, probing: false })
      return
    }
    // What was under way when the circuit opened may still fail: that is no news.
    if (circuit.failures >= FAILURES && !(circuit.probing && probe)) return
    circuit.lastMs = now
    circuit.probing = false
    circuit.failures++
    if (circuit.failures < FAILURES) return
    circuit.coolDownMs = Math.min(circuit.coolDownMs * 2 || FIRST_COOL_DOWN_MS, LONGEST_COOL_DOWN_MS)
    circuit.openUntilMs = now + circuit.coolDownMs * (0.8 + 0.2 * this.#random())
  }

  /** The probe ended without telling whether the target works: the next may probe it at once. */
  undecided(key: string): void {
    const circuit = this.#failing.get(key)
    if (!circuit?.probing) return
    circuit.probing = false
    circuit.openUntilMs = 0
  }

  /** Names of models may come from clients: what is remembered of them is bounded, the oldest goes first. */
  #makeRoom(): void {
    if (this.#failing.size < MOST_TARGETS) return
    const oldest = this.#failing.keys().next()
    if (!oldest.done) this.#failing.delete(oldest.value)
  }
}

type Circuit = { failures: number; lastMs: number; coolDownMs: number; openUntilMs: number; probing: boolean }

const FAILURES = 5
/** Failures further apart than this are not in a row. */
const FORGET_MS = 60_000
const FIRST_COOL_DOWN_MS = 5_000
/** A target that has recovered is used again within this and the time of one answer. */
const LONGEST_COOL_DOWN_MS = 20_000
const MOST_TARGETS = 10_000
