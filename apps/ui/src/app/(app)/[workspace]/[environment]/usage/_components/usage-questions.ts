import type { UsageAnswer, UsageDimension, UsageMetric } from '@vm-x/contract'
import { type Bucket, bucketFor } from '../../../../../../components/charts/time-labels.ts'
import { SPANS, type TimeSpan } from '../../../../../../components/time-spans.ts'

export type Filter = { readonly [Name in 'resourceId' | 'connectionId' | 'apiKeyId']?: readonly string[] }

/** A span of time with both ends, as ISO 8601. */
export type Bounds = { readonly from: string; readonly to: string }

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
/** The API answers for no longer one. */
const LONGEST_MS = 400 * DAY_MS

/** Both ends of what was chosen; one that is open ends now, or begins 30 days before. */
export function closedSpan({ span, from, to }: TimeSpan, nowMs: number): Bounds {
  const end = to ? Date.parse(to) : nowMs
  const begin = from ? Date.parse(from) : end - SPANS[span ?? (to ? '30d' : '24h')].ms
  // A span that ends before it begins, or is longer than what can be asked, becomes the nearest one that can.
  const first = Math.max(0, Math.min(Math.max(begin, end - LONGEST_MS), end - MINUTE_MS))
  return { from: new Date(first).toISOString(), to: new Date(end).toISOString() }
}

export const lengthMs = ({ from, to }: Bounds) => Date.parse(to) - Date.parse(from)

/** The span of the same length right before. */
export function spanBefore(bounds: Bounds): Bounds | undefined {
  const from = Date.parse(bounds.from) - lengthMs(bounds)
  return from < 0 ? undefined : { from: new Date(from).toISOString(), to: bounds.from }
}

export const TOTALS = [
  'requests.sum',
  'errors.sum',
  'inputTokens.sum',
  'cachedInputTokens.sum',
  'outputTokens.sum',
  'durationMs.p50',
  'durationMs.p95',
  'timeToFirstTokenMs.p50',
  'timeToFirstTokenMs.p95',
] as const satisfies readonly UsageMetric[]

export const OVER_TIME = [
  'requests.sum',
  'errors.sum',
  'inputTokens.sum',
  'outputTokens.sum',
  'durationMs.p50',
  'durationMs.p95',
  'timeToFirstTokenMs.p50',
] as const satisfies readonly UsageMetric[]

export const totalsQuestion = (bounds: Bounds, filter: Filter) => question(bounds, filter, { metrics: [...TOTALS] })

export const seriesQuestion = (bounds: Bounds, filter: Filter, timeZone: string) =>
  question(bounds, filter, { metrics: [...OVER_TIME], bucket: bucketFor(lengthMs(bounds)), timeZone })

export const breakdownQuestion = (bounds: Bounds, filter: Filter, by: UsageDimension) =>
  question(bounds, filter, {
    metrics: [...TOTALS],
    groupBy: [by],
    orderBy: [{ by: 'requests.sum' as const, direction: 'desc' as const }],
    limit: MOST_GROUPS,
  })

const MOST_GROUPS = 500

type Rest = {
  metrics: UsageMetric[]
  bucket?: Bucket
  timeZone?: string
  groupBy?: UsageDimension[]
  orderBy?: { by: UsageMetric; direction: 'desc' }[]
  limit?: number
}

const question = (bounds: Bounds, filter: Filter, rest: Rest) => ({
  ...bounds,
  filter: Object.fromEntries(Object.entries(filter).map(([name, ids]) => [name, [...ids]])),
  ...rest,
})

type Values = UsageAnswer['rows'][number]['values']

export const figure = (values: Values | undefined, metric: UsageMetric): number | null => values?.[metric] ?? null

/** Counts are 0 where there was no exchange, everything else is nothing. */
export function overTime({ times = [], rows }: UsageAnswer, metric: UsageMetric): (number | null)[] {
  const byTime = new Map(rows.map(({ time, values }) => [time, values]))
  const none = metric.endsWith('.sum') ? 0 : null
  return times.map((time) => figure(byTime.get(time), metric) ?? none)
}

/** How much more or less than before, in words; nothing where there is nothing to compare. */
export function comparedTo(now: number | null, before: number | null | undefined): string | undefined {
  if (now === null || before === null || before === undefined) return undefined
  if (before === 0) return now === 0 ? undefined : 'none before'
  const change = (now - before) / before
  if (Math.abs(change) < 0.005) return 'as before'
  const times = now / before
  if (times >= 10) return `${Math.round(times)} times as before`
  return `${change > 0 ? '+' : '−'}${Math.round(Math.abs(change) * 100)}% to before`
}
