import type { Counter, Moment } from './memory-counters.ts'

/** Counters by their key. Idle ones are found and dropped little by little; past the bound others are forgotten too. */
export class CounterShelf {
  readonly #most: number
  readonly #counters = new Map<string, Counter>()
  /** Goes round and round. From the beginning, all that was ever deleted there would have to be passed each time. */
  #hand = this.#counters.entries()

  /** @param most the bound, at least 1; past it, one goes that was not used lately */
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

  /** Without counting as a use of it. */
  peek(key: string): Counter | undefined {
    return this.#counters.get(key)
  }

  entries(): Iterable<[string, Counter]> {
    return this.#counters
  }

  add(key: string, counter: Counter): void {
    this.#counters.set(key, counter)
    if (this.#counters.size > this.#most) this.#forgetOneBut(counter)
  }

  drop(key: string): void {
    const counter = this.#counters.get(key)
    if (counter) this.#drop(key, counter)
  }

  /** Looks at two counters, more than one request usually adds, and drops them if they are idle. */
  sweep(now: Moment): void {
    for (let looks = 0; looks < 2; looks++) {
      const next = this.#next()
      if (!next) return
      const [key, counter] = next
      if (counter.idle(now)) this.#drop(key, counter)
    }
  }

  /** The CLOCK algorithm: the next that was not used again since the hand came by; after a few looks whatever is next. */
  #forgetOneBut(added: Counter): void {
    for (let looks = 1; ; ) {
      const next = this.#next()
      if (!next || next[1] === added) continue
      const [key, counter] = next
      if (!counter.touched || ++looks > MOST_LOOKS) return this.#drop(key, counter)
      counter.touched = false
    }
  }

  /** Undefined once in each round. */
  #next(): [string, Counter] | undefined {
    const next = this.#hand.next()
    if (!next.done) return next.value
    this.#hand = this.#counters.entries()
    return undefined
  }

  #drop(key: string, counter: Counter): void {
    counter.dropped = true
    this.#counters.delete(key)
  }
}

const MOST_LOOKS = 8
