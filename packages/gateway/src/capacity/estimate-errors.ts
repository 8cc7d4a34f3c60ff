import type { Clock } from '../clock.ts'
import type { ReportedAnswer } from './estimates.ts'
import { Lessons } from './lessons.ts'
import { addSums } from './shared-knowledge.ts'

/** How far estimates were off what providers reported, of the answers that are counted. */
export type EstimateError = {
  /** Answers with tokens that the provider counted. */
  readonly answers: number
  /** Mean of |expected − reported| ÷ reported. */
  readonly meanError: number
  /** Sums of tokens: expected before the answer, taken of limits for it, and reported after it. */
  readonly expectedTokens: number
  readonly reservedTokens: number
  readonly reportedTokens: number
  /** When the first of them was counted; milliseconds since the epoch. */
  readonly sinceMs: number
}

/** The error of estimates by target, by resource and by environment; of this process, and of all that share. */
export class EstimateErrors {
  /** By the key of a target, the id of a resource, and that of an environment. */
  readonly lessons: Lessons
  readonly #clock: Clock
  readonly #sums = [0, 0, 0, 0, 0]
  readonly #sinceMs: number

  constructor(clock: Clock, sharing: boolean) {
    this.#clock = clock
    this.#sinceMs = clock.now()
    this.lessons = new Lessons('error', sharing)
  }

  add({ target, outputKey, estimate, reservedTokens, reported }: ReportedAnswer): void {
    const used = reported.input + reported.output
    if (used <= 0) return
    const expected = estimate.input + estimate.output
    const sums = [1, Math.abs(expected - used) / used, expected, reservedTokens, used]
    const { workspaceId, environmentId } = target.connection
    const nowMs = this.#clock.now()
    addSums(this.#sums, sums, false)
    this.lessons.add(workspaceId, target.key, sums, nowMs, target.invented)
    if (outputKey !== target.key) this.lessons.add(workspaceId, outputKey, sums, nowMs)
    this.lessons.add(workspaceId, environmentId, sums, nowMs)
  }

  /** Of the target, resource or environment, as it was last told by others or counted here; undefined while there is none. */
  of(key: string): EstimateError | undefined {
    const sums = this.lessons.sums(key)
    return sums && asError(sums, this.lessons.sinceMs(key) ?? this.#sinceMs)
  }

  /** Of all that this process has seen since it began. */
  ofThisProcess(): EstimateError | undefined {
    return asError(this.#sums, this.#sinceMs)
  }
}

/** Undefined where nothing was counted. */
function asError([answers = 0, errors = 0, ...sums]: readonly number[], sinceMs: number): EstimateError | undefined {
  const [expectedTokens = 0, reservedTokens = 0, reportedTokens = 0] = sums
  if (answers === 0) return undefined
  return { answers, meanError: errors / answers, expectedTokens, reservedTokens, reportedTokens, sinceMs }
}
