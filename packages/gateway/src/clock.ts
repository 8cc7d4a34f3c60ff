/** Where time is read, so that tests can move it. */
export interface Clock {
  /** Milliseconds since the Unix epoch, by the wall clock. */
  now(): number
  /** Milliseconds that only ever grow, for durations. */
  monotonicMs(): number
}

export const systemClock: Clock = { now: () => Date.now(), monotonicMs: () => performance.now() }
