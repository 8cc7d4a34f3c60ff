import type { Counter, Moment } from './memory-counters.ts'

/** Counters by their key. Idle ones are found and dropped little by little; past the bound others are forgotten too. */
export class CounterShelf {
  readonly #most: number
  readonly #counters = new Map<string, Counter>()
  #sweep = this.#counters.entries()

  /** @param most the bound; of those past it, one goes that was not used lately */
  constructor(most: number) {
    this.#most = most
  }

  get size(): number {
    return this.#counters.size
  }

  get(key: string): Counter | undefined {
    const counter = this.#counters.get(key)
    if (counter) counter.touched = true
    return counter
  }

  add(key: string, counter: Counter): void {
    this.#counters.set(key, counter)
    if (this.#counters.size > this.#most) this.#forgetOne()
  }

  /** Looks at two counters, more than one request usually adds, and drops them if they are idle. */
  sweep(now: Moment): void {
    for (let looks = 0; looks < 2; looks++) {
      const next = this.#sweep.next()
      if (next.done) {
        this.#sweep = this.#counters.entries()
        return
      }
      const [key, counter] = next.value
      if (counter.idle(now)) this.#drop(key, counter)
    }
  }

  /** The oldest that was not used since it last was the oldest; after a few looks the oldest, whatever it is. */
  #forgetOne(): void {
    let looks = 0
    for (const [key, counter] of this.#counters) {
      if (!counter.touched || ++looks === MOST_LOOKS) return this.#drop(key, counter)
      counter.touched = false
      this.#counters.delete(key)
      this.#counters.set(key, counter)
    }
  }

  #drop(key: string, counter: Counter): void {
    counter.dropped = true
    this.#counters.delete(key)
  }
}

const MOST_LOOKS = 8
