export type Bucket = 'minute' | 'hour' | 'day' | 'week' | 'month'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** The length of the pieces in which a span of time is drawn: some dozens of them, two hundred at most. */
export function bucketFor(spanMs: number): Bucket {
  if (spanMs <= 3 * HOUR_MS) return 'minute'
  if (spanMs <= 8 * DAY_MS) return 'hour'
  if (spanMs <= 190 * DAY_MS) return 'day'
  return 'week'
}

const SHORT = {
  minute: { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  hour: { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  day: { day: 'numeric', month: 'short' },
  week: { day: 'numeric', month: 'short' },
  month: { month: 'short', year: 'numeric' },
} as const satisfies Record<Bucket, Intl.DateTimeFormatOptions>

const DAY = { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' } as const
const FULL = {
  minute: { ...DAY, ...SHORT.minute },
  hour: { ...DAY, ...SHORT.hour },
  day: DAY,
  week: DAY,
  month: { month: 'long', year: 'numeric' },
} as const satisfies Record<Bucket, Intl.DateTimeFormatOptions>

export type TimeLabels = {
  /** Below the axis: as short as can be told from its neighbours. */
  readonly tick: (at: string) => string
  readonly full: (at: string) => string
}

/** What the pieces of time that begin at given moments are called, by the clocks of a time zone. */
export function timeLabels(bucket: Bucket, timeZone: string, spanMs: number): TimeLabels {
  const over = bucket === 'hour' && spanMs > 2 * DAY_MS
  const short = new Intl.DateTimeFormat('en-GB', { ...(over ? SHORT.day : SHORT[bucket]), timeZone })
  const full = new Intl.DateTimeFormat('en-GB', { ...FULL[bucket], timeZone })
  return {
    tick: (at) => short.format(new Date(at)),
    full: (at) => `${bucket === 'week' ? 'Week from ' : ''}${full.format(new Date(at))}`,
  }
}

/** Which of so many places have a label: as many as have room, at even distances. */
export const hasLabel = (index: number, places: number, room: number): boolean =>
  index % Math.max(1, Math.ceil(places / room)) === 0
