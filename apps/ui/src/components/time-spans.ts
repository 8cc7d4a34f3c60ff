const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** Spans of time that end now, by what they are called in addresses of pages. */
export const SPANS = {
  '15m': { label: 'Last 15 minutes', ms: HOUR_MS / 4 },
  '1h': { label: 'Last hour', ms: HOUR_MS },
  '24h': { label: 'Last 24 hours', ms: DAY_MS },
  '7d': { label: 'Last 7 days', ms: 7 * DAY_MS },
  '30d': { label: 'Last 30 days', ms: 30 * DAY_MS },
  '90d': { label: 'Last 90 days', ms: 90 * DAY_MS },
} as const

export type SpanName = keyof typeof SPANS

export const isSpanName = (text: string | null | undefined): text is SpanName =>
  typeof text === 'string' && Object.hasOwn(SPANS, text)

/** Either a span that ends now, or one of its own, open where an end is left out. Moments are ISO 8601 in UTC. */
export type TimeSpan = { readonly span?: SpanName; readonly from?: string; readonly to?: string }

/** Reads it from an address; what is no time is left out. */
export function timeSpanOf(params: Pick<URLSearchParams, 'get'>): TimeSpan {
  const span = params.get('span')
  if (isSpanName(span)) return { span }
  const from = momentOf(params.get('from'))
  const to = momentOf(params.get('to'))
  return { ...(from && { from }), ...(to && { to }) }
}

/** As the API takes it. A span that ends now begins before `nowMs`. */
export function boundsOf({ span, from, to }: TimeSpan, nowMs: number): { from?: string; to?: string } {
  if (span) return { from: new Date(nowMs - SPANS[span].ms).toISOString() }
  return { ...(from && { from }), ...(to && { to }) }
}

function momentOf(text: string | null): string | undefined {
  // Browsers make a time of nearly any text.
  const ms = text && /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : Number.NaN
  return ms >= 0 && ms < Date.UTC(9999, 11, 31) ? new Date(ms).toISOString() : undefined
}
