/** A calendar window, known by its start. Milliseconds since the epoch; ends are not part of it. */
export type CalendarWindow = {
  readonly kind: 'calendar'
  readonly startMs: number
  /** The start of the next one, and the end of that: the store's clock decides which of the two it is. */
  readonly endMs: number
  readonly nextEndMs: number
}

/**
 * Over what a counter counts. `minute`: the last 60 seconds, in 121 sub-windows of half a second of which the oldest
 * counts in full. `calendar`: one window of the calendar. `lifetime`: ever. `concurrent`: what is held right now.
 */
export type CapacityWindow =
  | { readonly kind: 'minute' }
  | CalendarWindow
  | { readonly kind: 'lifetime' }
  | { readonly kind: 'concurrent' }

export const MINUTE: CapacityWindow = { kind: 'minute' }
export const LIFETIME: CapacityWindow = { kind: 'lifetime' }
export const CONCURRENT: CapacityWindow = { kind: 'concurrent' }

export const SUB_WINDOW_MS = 500
export const SUB_WINDOWS = 121

export type CapacityCounter = {
  /** One counter each. Begins with `{<workspaceId>}`, so that all of a request's counters live in one place. */
  readonly key: string
  readonly window: CapacityWindow
  /** Its key holds a value that clients choose: where there are too many, such counters are forgotten first. */
  readonly forgettable: boolean
}

/** One request asked of one counter. */
export type CapacityItem = CapacityCounter & {
  /** Infinity: no limit. Of `concurrent`: how many may be held. */
  readonly maxRequests: number
  /** Infinity: no limit. */
  readonly maxTokens: number
  /** How many tokens to reserve. */
  readonly tokens: number
}

/** What is left right after a reservation. Infinity where there is no limit. */
export type Remaining = {
  readonly requests: number
  readonly tokens: number
  /** Milliseconds until all of the limit is free again if nobody asks; Infinity if never, or if nobody can know. */
  readonly resetMs: number
}

/** What was reserved in one part; only the store that made it can read it. */
export type Receipt = { readonly leased: boolean }

/** What is used of one counter. */
export type Used = {
  readonly requests: number
  readonly tokens: number
  /** Milliseconds until all of it is free again if nobody asks; 0 where nothing is used, Infinity if never or unknown. */
  readonly resetMs: number
}

export type Look = {
  /** One for each counter that was asked for. */
  readonly used: readonly Used[]
  /** For each family that was asked for, how many of its counters are in use. */
  readonly members: readonly number[]
  /** The store's time. */
  readonly atMs: number
}

export type Granted = {
  readonly granted: true
  /** One for each part. */
  readonly receipts: readonly Receipt[]
  /** For each part, for each of its items. */
  readonly remaining: readonly (readonly Remaining[])[]
  /** Grows with each answer of the store. */
  readonly seq: number
  /** The store's time. */
  readonly atMs: number
}

export type Denied = {
  readonly granted: false
  /** The limit that refuses: the one that would free last in the first part that has a full one. */
  readonly part: number
  readonly item: number
  readonly measure: 'requests' | 'tokens'
  /** Of that limit; what is asked of it can never fit if `needed > size`. */
  readonly size: number
  readonly used: number
  readonly needed: number
  /**
   * Where processes can't count together at the moment: one of as many shares of `size` is what is `used` here, and how
   * large it is for this request.
   */
  readonly share?: { readonly of: number; readonly size: number }
  /**
   * If nobody else asks, all limits of that part have room then, and not one sub-window earlier. Undefined: never. For
   * `concurrent` no more than an expectation, from how long places were held lately.
   */
  readonly retryAfterMs: number | undefined
  readonly seq: number
  readonly atMs: number
}

export type Reservation = Granted | Denied

/**
 * PORT. Counts what is used of limits, and lends what is left. `reserve` is one atomic decision; a store in process
 * answers at once, one elsewhere with a promise.
 *
 * Corrections never fail and are not waited for. Each is made in the window of the reservation; one upwards whose window
 * has left is charged to the current one. A receipt ends once, by `settle` or `release`: whatever comes later changes
 * nothing.
 */
export interface CapacityStore {
  /**
   * Takes one request, and each item's tokens, of all items of all parts, or nothing. A denial is a value. Parts are
   * ended apart. No two items have the same key.
   */
  reserve(parts: readonly (readonly CapacityItem[])[]): Reservation | Promise<Reservation>
  /** The request goes on and has used this many tokens: charges what is more than was charged so far. */
  progress(receipt: Receipt, tokens: number): void
  /** The request has ended and used this many tokens; it stays counted as a request and no longer as concurrent. */
  settle(receipt: Receipt, tokens: number): void
  /** Gives everything back. */
  release(receipt: Receipt): void
  /** Keeps the concurrent places of these for another {@link LEASE_MS}; takes those again that had run out. */
  renew(receipts: Iterable<Receipt>): void
  /**
   * What is used right now, of all of these at once. Charges nothing, and makes no counter. Rejects with `unavailable`
   * where it can't be read.
   * @param families see {@link familyOf}: counters whose keys hold values that clients chose, to be told how many there are
   */
  peek(counters: readonly CapacityCounter[], families: readonly CapacityFamily[]): Look | Promise<Look>
  /**
   * Since when what is used of these limits of one workspace is counted; from now on for those of which it was not.
   * @param limitKeys what the keys of each limit's counters begin with: see {@link familyOf}
   */
  begin(limitKeys: readonly string[]): readonly Beginning[] | Promise<readonly Beginning[]>
  /**
   * Adds what was used of a limit before it began to be counted; once, whoever asks and however often: ignored where that
   * is complete, or where the limit has begun anew since, or of windows that have ended meanwhile. Complete once it
   * resolves.
   */
  charge(limitKey: string, sinceMs: number, charges: readonly Charge[]): void | Promise<void>
  /** These limits are gone: what was used of them is forgotten. One that comes back begins anew. Never rejects. */
  forget(limitKeys: readonly string[]): void | Promise<void>
  /** From now on told whenever the counters of a workspace were found lost, and begin anew. */
  onLoss(listener: (workspaceId: string) => void): void
}

/** Counters whose keys hold values that clients chose, by what those keys begin with. */
export type CapacityFamily = { readonly key: string; readonly window: CapacityWindow }

export type Beginning = {
  /** By the store's clock. */
  readonly sinceMs: number
  /** What was used before has been added. */
  readonly complete: boolean
}

/** What was used of one counter. */
export type Charge = CapacityCounter & { readonly requests: number; readonly tokens: number }

/** How long a concurrent place is held without renewal, so that a process that died gives its places back. */
export const LEASE_MS = 30_000

/** What the keys of all counters of one limit with a dimension begin with: all before the value, ` =…` or ` #…`. */
export function familyOf(key: string): string {
  const end = key.search(/ [=#]/)
  return end < 0 ? key : key.slice(0, end)
}
