import { type CapacityCounter, type CapacityWindow, familyOf } from '@vm-x/gateway'
import { type ScriptWindow, scriptWindow } from './redis-receipt.ts'

/** One flush: sent as often as it takes, done once. */
export type Batch = {
  readonly seq: number
  readonly keys: readonly string[]
  /** Of the values of dimensions; entries name them by their place, from 1 on, or 0. */
  readonly families: readonly string[]
  readonly entries: readonly Entry[]
}

/** Its window, its family, and what the script is told of its marks or places. */
type Entry = readonly [window: ScriptWindow, family: number, ...told: readonly (number | readonly string[])[]]

type Correction = { readonly requests: number; readonly tokens: number; readonly pending: boolean }

/** Corrections on their way to Redis, added up for each counter. */
export class Settlements {
  readonly #kept = new Map<string, Pending>()
  /** Of values that clients choose, apart: they must not push out the others. */
  readonly #forgettable = new Map<string, Pending>()
  #seq = 0
  #endings = 0

  /** Counters with corrections. */
  get size(): number {
    return this.#kept.size + this.#forgettable.size
  }

  /** Somebody may be waiting for a place that was given back. */
  get endsPlaces(): boolean {
    return this.#endings > 0
  }

  /** What it takes to send all of them. */
  get batches(): number {
    return Math.ceil(this.size / MOST_COUNTERS)
  }

  /** Of what was reserved in the window of this mark. @param pending it was taken here, and is to be sent itself */
  correct(counter: CapacityCounter, mark: number, { requests, tokens, pending }: Correction): void {
    if (requests === 0 && tokens === 0) return
    const takesAway = requests < 0 || tokens < 0
    const amounts = amountsOf(this.#of(counter), mark, pending && takesAway)
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
    if (!known) return
    ended.push(lease)
    this.#endings++
  }

  /** Some of what is pending, which is its caller's to send from now on. */
  next(): Batch {
    const keys: string[] = []
    const families: string[] = []
    const entries: Entry[] = []
    const take = (all: Map<string, Pending>, most: number) => {
      for (const [key, pending] of all) {
        if (keys.length >= most) return
        keys.push(key)
        entries.push(entryOf(pending, all === this.#forgettable ? placeIn(families, familyOf(key)) : 0))
        all.delete(key)
        this.#endings -= pending.ended.length
      }
    }
    take(this.#kept, MOST_COUNTERS - Math.min(this.#forgettable.size, MOST_COUNTERS / 2))
    take(this.#forgettable, MOST_COUNTERS)
    return { seq: ++this.#seq, keys, families, entries }
  }

  /** What was reserved is not counted any more: there is nothing to take away of it. */
  takeNothingAway(): void {
    for (const all of [this.#kept, this.#forgettable])
      for (const { marks } of all.values())
        for (const amounts of marks) {
          if (amounts.taken) continue
          amounts.requests = 0
          amounts.down = 0
        }
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
    const oldest = this.#forgettable.entries().next()
    if (oldest.done) return
    const [key, { ended }] = oldest.value
    this.#forgettable.delete(key)
    this.#endings -= ended.length
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

function placeIn(families: string[], family: string): number {
  const known = families.indexOf(family)
  return 1 + (known < 0 ? families.push(family) - 1 : known)
}

function entryOf({ window, marks, ended, kept }: Pending, family: number): Entry {
  if (window.kind === 'concurrent') return [scriptWindow(window), family, ended, [...kept.keys()]]
  // What was taken first: no counter goes below zero.
  const inOrder = [...marks.filter(({ taken }) => taken), ...marks.filter(({ taken }) => !taken)]
  return [
    scriptWindow(window),
    family,
    ...inOrder.flatMap(({ mark, requests, up, down, taken }) => [mark, requests, up, down, taken ? 1 : 0]),
  ]
}

/** As {@link Settlements.takeNothingAway}, of what is on its way. */
export function takingNothingAway(batch: Batch): Batch {
  const entries = batch.entries.map((entry): Entry => {
    const [window, family, ...told] = entry
    if (window[0] === 'p') return entry
    const isOfTaken = (at: number) => told[at - (at % AMOUNTS) + AMOUNTS - 1] === 1
    return [window, family, ...told.map((each, at) => (TAKES_AWAY.has(at % AMOUNTS) && !isOfTaken(at) ? 0 : each))]
  })
  return { ...batch, entries }
}

/** How many an entry has of each mark, and the places of requests and tokens down. */
const AMOUNTS = 5
const TAKES_AWAY = new Set([1, 3])

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
