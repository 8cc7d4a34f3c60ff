import type { CapacityCounter, CapacityWindow } from '@vm-x/gateway'
import { type ScriptWindow, scriptWindow } from './redis-receipt.ts'

type Seen = {
  /** It was seen again since somebody last looked. */
  again: boolean
  window: CapacityWindow
  forgettable: boolean
  requests: number
  tokens: number
  atMs: number
}

/** A counter as the script that restores it is told of it. */
export type LostCounter = { readonly key: string; readonly forgettable: boolean; readonly entry: readonly unknown[] }

/** What Redis last said is used of each counter: what this replica goes by when Redis is away, or has lost it. */
export class LastSeen {
  readonly #kept = new Shelf()
  /** Of values that clients choose, apart: they must not push out the others. */
  readonly #forgettable = new Shelf()

  /** @param atMs by the store's clock */
  note({ key, window, forgettable }: CapacityCounter, requests: number, tokens: number, atMs: number): void {
    if (window.kind === 'concurrent') return
    const shelf = forgettable ? this.#forgettable : this.#kept
    const seen = shelf.all.get(key)
    if (seen) {
      seen.again = true
      seen.window = window
      seen.requests = requests
      seen.tokens = tokens
      seen.atMs = atMs
      return
    }
    shelf.add(key, { again: false, window, forgettable, requests, tokens, atMs })
  }

  /** Undefined where nothing is known that still counts at this time of the store. */
  get(key: string, nowMs: number): { readonly requests: number; readonly tokens: number } | undefined {
    const seen = this.#kept.all.get(key) ?? this.#forgettable.all.get(key)
    return seen && counts(seen, nowMs) ? seen : undefined
  }

  /** For the script that restores counters: those that still count at this time of the store. */
  *entries(nowMs: number): Generator<LostCounter> {
    for (const { all } of [this.#kept, this.#forgettable]) {
      for (const [key, seen] of all) {
        const { forgettable, requests, tokens } = seen
        if (counts(seen, nowMs)) yield { key, forgettable, entry: [...windowOf(seen), requests, tokens] }
      }
    }
  }
}

/** Bounded: where there are too many, one goes that was not seen again lately, by the CLOCK algorithm. */
class Shelf {
  readonly all = new Map<string, Seen>()
  #hand = this.all.entries()

  add(key: string, seen: Seen): void {
    if (this.all.size >= MOST_SEEN) this.#forgetOne()
    this.all.set(key, seen)
  }

  #forgetOne(): void {
    for (let looks = 1; ; ) {
      const next = this.#hand.next()
      if (next.done) {
        this.#hand = this.all.entries()
        continue
      }
      const [key, seen] = next.value
      if (!seen.again || ++looks > MOST_LOOKS) {
        this.all.delete(key)
        return
      }
      seen.again = false
    }
  }
}

const counts = ({ window, atMs }: Seen, nowMs: number): boolean =>
  window.kind === 'minute' ? nowMs - atMs < MINUTE_MS : endOf(window, atMs) > nowMs

/** The one that it was seen in. */
function windowOf({ window, atMs }: Seen): ScriptWindow {
  if (window.kind !== 'calendar' || atMs < window.endMs) return scriptWindow(window)
  return ['w', window.endMs, window.nextEndMs, window.nextEndMs]
}

/** When the window ends that held this moment. */
function endOf(window: CapacityWindow, atMs: number): number {
  if (window.kind !== 'calendar') return Number.POSITIVE_INFINITY
  return atMs < window.endMs ? window.endMs : window.nextEndMs
}

const MINUTE_MS = 60_500
/** Of each kind. */
const MOST_SEEN = 20_000
const MOST_LOOKS = 8
