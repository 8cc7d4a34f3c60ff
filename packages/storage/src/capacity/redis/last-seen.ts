import type { CapacityCounter, CapacityWindow } from '@vm-x/gateway'
import { type ScriptWindow, scriptWindow } from './redis-receipt.ts'

type Seen = { window: CapacityWindow; forgettable: boolean; requests: number; tokens: number; atMs: number }

/** A counter as the script that restores it is told of it. */
export type LostCounter = { readonly key: string; readonly forgettable: boolean; readonly entry: readonly unknown[] }

/** What Redis last said is used of each counter: what this replica goes by when Redis is away, or has lost it. */
export class LastSeen {
  readonly #seen = new Map<string, Seen>()

  /** @param atMs by the store's clock */
  note({ key, window, forgettable }: CapacityCounter, requests: number, tokens: number, atMs: number): void {
    if (window.kind === 'concurrent') return
    const seen = this.#seen.get(key)
    if (seen) {
      seen.window = window
      seen.requests = requests
      seen.tokens = tokens
      seen.atMs = atMs
      return
    }
    this.#seen.set(key, { window, forgettable, requests, tokens, atMs })
    if (this.#seen.size <= MOST_SEEN) return
    const oldest = this.#seen.keys().next()
    if (!oldest.done) this.#seen.delete(oldest.value)
  }

  /** Undefined where nothing is known that still counts at this time of the store. */
  get(key: string, nowMs: number): { readonly requests: number; readonly tokens: number } | undefined {
    const seen = this.#seen.get(key)
    return seen && counts(seen, nowMs) ? seen : undefined
  }

  /** For the script that restores counters: those that still count at this time of the store. */
  *entries(nowMs: number): Generator<LostCounter> {
    for (const [key, seen] of this.#seen) {
      const { forgettable, requests, tokens } = seen
      if (counts(seen, nowMs)) yield { key, forgettable, entry: [...windowOf(seen), requests, tokens] }
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
const MOST_SEEN = 20_000
