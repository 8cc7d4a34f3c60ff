import type { CapacityCounter, CapacityWindow } from '@vm-x/gateway'
import { scriptWindow } from './redis-receipt.ts'

/** One flush: sent as often as it takes, done once. */
export type Batch = { readonly seq: number; readonly keys: readonly string[]; readonly entries: readonly unknown[] }

/** Corrections on their way to Redis, added up for each counter. */
export class Settlements {
  readonly #pending = new Map<string, Pending>()
  #seq = 0

  get size(): number {
    return this.#pending.size
  }

  /** Of what was reserved in the window of this mark. */
  correct(counter: CapacityCounter, mark: number, requests: number, tokens: number): void {
    if (requests === 0 && tokens === 0) return
    const amounts = amountsOf(this.#of(counter), mark, false)
    amounts.requests += requests
    if (tokens > 0) amounts.up += tokens
    else amounts.down += tokens
  }

  /** What was granted without Redis. */
  take(counter: CapacityCounter, mark: number, tokens: number): void {
    const amounts = amountsOf(this.#of(counter), mark, true)
    amounts.requests += 1
    amounts.up += tokens
  }

  end(counter: CapacityCounter, lease: string): void {
    const { ended, kept } = this.#of(counter)
    kept.delete(lease)
    ended.push(lease)
  }

  keep(counter: CapacityCounter, lease: string): void {
    this.#of(counter).kept.add(lease)
  }

  /** Some of what is pending, which is its caller's to send from now on. */
  next(): Batch {
    const keys: string[] = []
    const entries: unknown[] = []
    for (const [key, { window, marks, ended, kept }] of this.#pending) {
      keys.push(key)
      this.#pending.delete(key)
      if (window.kind === 'concurrent') entries.push([...scriptWindow(window), ended, [...kept]])
      else
        entries.push([
          ...scriptWindow(window),
          ...marks.flatMap(({ mark, requests, up, down, taken }) => [mark, requests, up, down, taken ? 1 : 0]),
        ])
      if (keys.length === MOST_COUNTERS) break
    }
    return { seq: ++this.#seq, keys, entries }
  }

  #of({ key, window }: CapacityCounter): Pending {
    const pending = this.#pending.get(key)
    if (pending) {
      pending.window = window
      return pending
    }
    const added: Pending = { window, marks: [], ended: [], kept: new Set() }
    this.#pending.set(key, added)
    if (this.#pending.size > MOST_PENDING) this.#dropOldest()
    return added
  }

  /** Redis has been away for long: what dimensions clients invent must not fill the memory. */
  #dropOldest(): void {
    const oldest = this.#pending.keys().next()
    if (!oldest.done) this.#pending.delete(oldest.value)
  }
}

/** In one script, which no other can interrupt. */
const MOST_COUNTERS = 500
const MOST_PENDING = 100_000

type Pending = { window: CapacityWindow; marks: Amounts[]; readonly ended: string[]; readonly kept: Set<string> }

type Amounts = { readonly mark: number; readonly taken: boolean; requests: number; up: number; down: number }

function amountsOf({ window, marks }: Pending, mark: number, taken: boolean): Amounts {
  for (const each of marks) if (each.mark === mark && each.taken === taken) return each
  const added = { mark, taken, requests: 0, up: 0, down: 0 }
  // Of the minute, the oldest of these has left long ago; of windows there are never that many.
  if (marks.length === MOST_MARKS && window.kind === 'minute') marks.shift()
  marks.push(added)
  return added
}

const MOST_MARKS = 300
