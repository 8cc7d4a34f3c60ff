import type { Clock } from '../clock.ts'

/** A clock that moves only when it is told to. */
export class DrivenClock implements Clock {
  #ms = Date.UTC(2026, 0, 1)

  now(): number {
    return this.#ms
  }

  monotonicMs(): number {
    return this.#ms
  }

  advance(ms: number): void {
    this.#ms += ms
  }
}
