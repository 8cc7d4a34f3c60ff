/** Lets something happen at most so often in each hour of this process. */
export class HourlyBound {
  readonly #most: number
  #began = Number.NEGATIVE_INFINITY
  #taken = 0

  constructor(most: number) {
    this.#most = most
  }

  /** Whether it may happen now; then it counts. */
  take(nowMs: number): boolean {
    if (nowMs - this.#began >= HOUR_MS) {
      this.#began = nowMs
      this.#taken = 0
    }
    if (this.#taken >= this.#most) return false
    this.#taken++
    return true
  }
}

const HOUR_MS = 60 * 60_000
