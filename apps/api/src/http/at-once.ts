import { Problem } from './problem.ts'

/** Work of one kind in this process, of which only so much may be under way: more is refused, nothing waits. */
export class AtOnce {
  readonly #most: number
  readonly #refusal: string
  #underWay = 0

  /** @param refusal what is said of it, after the number: `providers are being asked` */
  constructor(most: number, refusal: string) {
    this.#most = most
    this.#refusal = refusal
  }

  /** Throws `unavailable`. */
  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#underWay >= this.#most)
      throw new Problem('unavailable', `${this.#most} ${this.#refusal}: try again`, { retryAfterMs: 1000 })
    this.#underWay++
    try {
      return await work()
    } finally {
      this.#underWay--
    }
  }
}
