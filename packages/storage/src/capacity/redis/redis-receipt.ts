import type { CapacityItem, CapacityWindow, Receipt } from '@vm-x/gateway'

/** Reservations that are lost together: those of one book in Redis, or those made here that were sent there together. */
export type Generation = {
  lost: boolean
  /** Of those made here, once they were sent. */
  countedIn: Generation | undefined
}

export const newGeneration = (): Generation => ({ lost: false, countedIn: undefined })

/** What is counted now holds nothing of these. */
export const isLost = ({ lost, countedIn }: Generation): boolean => lost || countedIn?.lost === true

/** What was reserved in one part, wherever it was counted. */
export class RedisReceipt implements Receipt {
  readonly items: readonly CapacityItem[]
  /** For each item, the sub-window of the minute or the start of the window that it was taken in. */
  readonly marks: readonly number[]
  /** The name of the places that it holds. */
  readonly lease: string
  readonly leased: boolean
  readonly generation: Generation
  /** By a clock that never jumps. */
  readonly takenAtMs = performance.now()
  /** The most tokens that its progress has charged. */
  progressed = 0
  open = true
  /** What it has borrowed of this replica's own share, while Redis is away. */
  local: Receipt | undefined

  constructor(items: readonly CapacityItem[], marks: readonly number[], lease: string, generation: Generation) {
    this.items = items
    this.marks = marks
    this.lease = lease
    this.leased = items.some(isPlaces)
    this.generation = generation
  }
}

export const isOpen = (receipt: Receipt): receipt is RedisReceipt => receipt instanceof RedisReceipt && receipt.open

export const isPlaces = ({ window }: { readonly window: CapacityWindow }) => window.kind === 'concurrent'

/** `m` the minute, `w` a window of the calendar or a lifetime, `p` places. */
export type CounterKind = 'm' | 'w' | 'p'

/** As scripts know windows: its kind, start, end, and the end of the next one; a lifetime ends at -1. */
export type ScriptWindow = readonly [kind: CounterKind, startMs: number, endMs: number, nextEndMs: number]

export function scriptWindow(window: CapacityWindow): ScriptWindow {
  switch (window.kind) {
    case 'minute':
      return ['m', 0, 0, 0]
    case 'concurrent':
      return ['p', 0, 0, 0]
    case 'lifetime':
      return ['w', 0, -1, -1]
    default:
      return ['w', window.startMs, window.endMs, window.nextEndMs]
  }
}
