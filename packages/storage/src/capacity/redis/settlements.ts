import type { CapacityCounter, CapacityWindow } from '@vm-x/gateway'
import { scriptWindow } from './redis-receipt.ts'

/** One flush: sent as often as it takes, done once. */
export type Batch = { readonly seq: number; readonly keys: readonly string[]; readonly entries: readonly unknown[] }

/** Corrections on their way to Redis, added up for each counter. */
export class Settlements {
  readonly #kept = new Map<string, Pending>()
  /** Of values that clients choose, apart: they must not push out the others. */
  readonly #forgettable = new Map<string, Pending>()
  #seq = 0

  /** Counters with corrections. */
  get size(): number {
    return this.#kept.size + this.#forgettable.size
  }

  /** What it takes to send all of them. */
  get batches(): number {
    return Math.ceil(this.size / MOST_COUNTERS)
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

  /** A place that was granted without Redis. */
  hold(counter: CapacityCounter, lease: string): void {
    this.#of(counter).kept.set(lease, 'new')
  }

  keep(counter: CapacityCounter, lease: string): void {
    const { kept } = this.#of(counter)
    if (!kept.has(lease)) kept.set(lease, 'known')
  }

  end(counter: CapacityCounter, lease: string): void {
    const { ended, kept } = this.#of(counter)
    const known = kept.get(lease) !== 'new'
    kept.delete(lease)
    if (known) ended.push(lease)
  }

  /** Some of what is pending, which is its caller's to send from now on. */
  next(): Batch {
    const keys: string[] = []
    const entries: unknown[] = []
    const take = (all: Map<string, Pending>, most: number) => {
      for (const [key, pending] of all) {
        if (keys.length >= most) return
        keys.push(key)
        entries.push(entryOf(pending))
        all.delete(key)
      }
    }
    take(this.#kept, MOST_COUNTERS - Math.min(this.#forgettable.size, MOST_COUNTERS / 2))
    take(this.#forgettable, MOST_COUNTERS)
    return { seq: ++this.#seq, keys, entries }
  }

  #of({ key, window, forgettable }: CapacityCounter): Pending {
    const all = forgettable ? this.#forgettable : this.#kept
    const pending = all.get(key)
    if (pending) {
      pending.window = window
      return pending
    }
    const added: Pending = { window, marks: [], ended: [], kept: new Map() }
    all.set(key, added)
    if (this.#forgettable.size > MOST_FORGETTABLE) this.#dropOldest()
    return added
  }

  /** Redis has been away for long: what dimensions clients invent must not fill the memory. */
  #dropOldest(): void {
    const oldest = this.#forgettable.keys().next()
    if (!oldest.done) this.#forgettable.delete(oldest.value)
  }
}

/** In one script, which no other can interrupt. */
const MOST_COUNTERS = 500
const MOST_FORGETTABLE = 100_000

type Pending = {
  window: CapacityWindow
  marks: Amounts[]
  readonly ended: string[]
  /** Leases that go on, and whether Redis has ever heard of them. */
  readonly kept: Map<string, 'known' | 'new'>
}

function entryOf({ window, marks, ended, kept }: Pending): unknown[] {
  if (window.kind === 'concurrent') return [...scriptWindow(window), ended, [...kept.keys()]]
  // What was taken first: no counter goes below zero.
  const inOrder = [...marks.filter(({ taken }) => taken), ...marks.filter(({ taken }) => !taken)]
  return [
    ...scriptWindow(window),
    ...inOrder.flatMap(({ mark, requests, up, down, taken }) => [mark, requests, up, down, taken ? 1 : 0]),
  ]
}

type Amounts = { readonly mark: number; readonly taken: boolean; requests: number; up: number; down: number }

function amountsOf({ window, marks }: Pending, mark: number, taken: boolean): Amounts {
  const known = marks.findLast((each) => each.mark === mark && each.taken === taken)
  if (known) return known
  const added = { mark, taken, requests: 0, up: 0, down: 0 }
  // Of the minute, the oldest of these has left long ago; of windows there are never that many.
  if (marks.length === MOST_MARKS && window.kind === 'minute') marks.shift()
  marks.push(added)
  return added
}

const MOST_MARKS = 300
