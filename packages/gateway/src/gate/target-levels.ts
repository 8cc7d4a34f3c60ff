import type { Clock } from '../clock.ts'
import type { Level } from './rate-limit-headers.ts'

/** What was last seen of the limits of targets, until they have recovered. */
export class TargetLevels {
  readonly #clock: Clock
  readonly #seen = new Map<string, { percent: number; untilMs: number }>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Of the tightest limit, 0 to 100; undefined while none is known. */
  remainingPercent(targetKey: string): number | undefined {
    const seen = this.#seen.get(targetKey)
    return seen && this.#clock.monotonicMs() < seen.untilMs ? seen.percent : undefined
  }

  note(targetKey: string, levels: readonly Level[]): void {
    let least = Number.POSITIVE_INFINITY
    let resetMs = 0
    for (const level of levels) {
      const percent = 100 * Math.min(share(level.requests, level.maxRequests), share(level.tokens, level.maxTokens))
      if (percent >= least) continue
      least = percent
      resetMs = level.resetMs
    }
    if (least !== Number.POSITIVE_INFINITY) this.#keep(targetKey, Math.max(0, least), resetMs)
  }

  /** @param retryAfterMs undefined: it will not recover */
  exhausted(targetKey: string, retryAfterMs: number | undefined): void {
    this.#keep(targetKey, 0, retryAfterMs ?? Number.POSITIVE_INFINITY)
  }

  #keep(targetKey: string, percent: number, resetMs: number): void {
    this.#seen.set(targetKey, { percent, untilMs: this.#clock.monotonicMs() + resetMs })
    if (this.#seen.size <= MOST_TARGETS) return
    const oldest = this.#seen.keys().next()
    if (!oldest.done) this.#seen.delete(oldest.value)
  }
}

/** Models that are called directly have names that clients choose. */
const MOST_TARGETS = 10_000

/** Zero of zero is nothing. */
const share = (left: number, of: number) => (of === Number.POSITIVE_INFINITY ? 1 : of === 0 ? 0 : left / of)
