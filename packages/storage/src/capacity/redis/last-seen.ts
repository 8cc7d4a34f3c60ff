import type { CapacityCounter, CapacityWindow } from '@vm-x/gateway'
import { scriptWindow } from './redis-receipt.ts'

type Seen = { window: CapacityWindow; requests: number; tokens: number; atMs: number }

/** What Redis last said is used of each counter: what this replica goes by when Redis is away, or has lost it. */
export class LastSeen {
  readonly #seen = new Map<string, Seen>()

  /** @param atMs by the store's clock */
  note({ key, window }: CapacityCounter, requests: number, tokens: number, atMs: number): void {
    if (window.kind === 'concurrent') return
    const seen = this.#seen.get(key)
    if (seen) {
      seen.window = window
      seen.requests = requests
      seen.tokens = tokens
      seen.atMs = atMs
      return
    }
    this.#seen.set(key, { window, requests, tokens, atMs })
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
  *entries(nowMs: number): Generator<{ key: string; entry: unknown[] }> {
    for (const [key, seen] of this.#seen)
      if (counts(seen, nowMs)) yield { key, entry: [...scriptWindow(seen.window), seen.requests, seen.tokens] }
  }
}

const counts = ({ window, atMs }: Seen, nowMs: number): boolean =>
  window.kind === 'minute' ? nowMs - atMs < MINUTE_MS : endOf(window, atMs) > nowMs

/** When the window ends that held this moment. */
function endOf(window: CapacityWindow, atMs: number): number {
  if (window.kind !== 'calendar') return Number.POSITIVE_INFINITY
  return atMs < window.endMs ? window.endMs : window.nextEndMs
}

const MINUTE_MS = 60_500
const MOST_SEEN = 20_000
