import type { CalendarWindow } from './capacity-store.ts'

export type CalendarPeriod = 'hour' | 'day' | 'week' | 'month'

/**
 * The calendar of one time zone. Days begin when the zone's date changes, also where a change of its clocks leaves
 * midnight out or repeats it; weeks begin on Monday.
 */
export class Calendar {
  readonly #format: Intl.DateTimeFormat
  readonly #current = new Map<CalendarPeriod, CalendarWindow>()

  /** @param timeZone an IANA name */
  constructor(timeZone: string) {
    this.#format = new Intl.DateTimeFormat('en-US', { ...FIELDS, timeZone, calendar: 'gregory', hourCycle: 'h23' })
  }

  /** The window that holds the moment; computed once for all of its moments. */
  window(period: CalendarPeriod, atMs: number): CalendarWindow {
    const current = this.#current.get(period)
    if (current && current.startMs <= atMs && atMs < current.endMs) return current
    const { startMs, endMs } = this.#bounds(period, atMs)
    const window: CalendarWindow = { kind: 'calendar', startMs, endMs, nextEndMs: this.#bounds(period, endMs).endMs }
    this.#current.set(period, window)
    return window
  }

  #bounds(period: CalendarPeriod, atMs: number): { startMs: number; endMs: number } {
    const local = atMs + this.#offsetMs(atMs)
    if (period === 'hour') {
      const startMs = atMs - mod(local, HOUR_MS)
      return { startMs, endMs: startMs + HOUR_MS }
    }
    const [start, end] = localBounds(period, local)
    return { startMs: this.#instantOf(start), endMs: this.#instantOf(end) }
  }

  /** The first moment at which the zone's clocks show this time or a later one that day. */
  #instantOf(local: number): number {
    const early = local - this.#offsetMs(local - DAY_MS)
    const late = local - this.#offsetMs(local + DAY_MS)
    const shows = (atMs: number) => atMs + this.#offsetMs(atMs) === local
    if (shows(early) && shows(late)) return Math.min(early, late)
    if (shows(early)) return early
    if (shows(late)) return late
    return this.#firstChange(Math.min(early, late), Math.max(early, late))
  }

  /** The clocks jump over the time somewhere in (before, after]: when? */
  #firstChange(before: number, after: number): number {
    const offset = this.#offsetMs(before)
    let low = before
    let high = after
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2)
      if (this.#offsetMs(middle) === offset) low = middle
      else high = middle
    }
    return high
  }

  /** What the zone's clocks are ahead of UTC. */
  #offsetMs(atMs: number): number {
    const shown: Record<string, number> = {}
    for (const { type, value } of this.#format.formatToParts(atMs)) shown[type] = Number(value)
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = shown
    return Date.UTC(year, month - 1, day, hour, minute, second) - (atMs - mod(atMs, 1000))
  }
}

const FIELDS = {
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
  hour: 'numeric',
  minute: 'numeric',
  second: 'numeric',
} as const
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** The epoch was a Thursday, three days after a Monday. */
const MONDAY_MS = 3 * DAY_MS

/** Start and end by the zone's own clocks, written as if they showed UTC. */
function localBounds(period: 'day' | 'week' | 'month', local: number): [number, number] {
  const day = local - mod(local, DAY_MS)
  if (period === 'day') return [day, day + DAY_MS]
  if (period === 'week') {
    const monday = day - mod(day + MONDAY_MS, 7 * DAY_MS)
    return [monday, monday + 7 * DAY_MS]
  }
  const date = new Date(local)
  const year = date.getUTCFullYear()
  const month = date.getUTCMonth()
  return [Date.UTC(year, month, 1), Date.UTC(year, month + 1, 1)]
}

const mod = (value: number, by: number) => ((value % by) + by) % by
