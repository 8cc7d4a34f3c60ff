import { z } from 'zod'
import { timeZone } from '../time-zone.ts'
import { exchangeOperation, exchangeOutcome, exchangeText } from './audit.ts'
import { isSpan, moment } from './moment.ts'
import { IN_ENVIRONMENT, permission, route } from './route.ts'

const OF_COUNTS = ['sum', 'avg', 'min', 'max', 'p50', 'p90', 'p95', 'p99'] as const
const OF_RATES = ['avg', 'min', 'max', 'p50', 'p90', 'p95', 'p99'] as const

/** What is measured of each exchange, and how it can be drawn together. `errors` is 1 for every outcome but `ok`. */
export const USAGE_MEASURES = {
  requests: ['sum'],
  errors: ['sum', 'avg'],
  inputTokens: OF_COUNTS,
  cachedInputTokens: OF_COUNTS,
  outputTokens: OF_COUNTS,
  reasoningTokens: OF_COUNTS,
  totalTokens: OF_COUNTS,
  durationMs: OF_COUNTS,
  timeToFirstTokenMs: OF_RATES,
  tokensPerSecond: OF_RATES,
} as const

export type UsageMeasure = keyof typeof USAGE_MEASURES
export type UsageAggregate = (typeof OF_COUNTS)[number]
export type UsageMetric = { [M in UsageMeasure]: `${M}.${(typeof USAGE_MEASURES)[M][number]}` }[UsageMeasure]

const metrics = Object.entries(USAGE_MEASURES).flatMap(([measure, aggregates]) =>
  aggregates.map((aggregate) => `${measure}.${aggregate}`),
) as [UsageMetric, ...UsageMetric[]]

export const usageMetric = z.enum(metrics)
export const usageBucket = z.enum(['second', 'minute', 'hour', 'day', 'week', 'month'])

export const usageDimension = z.enum([
  'connectionId',
  'provider',
  'model',
  'resourceId',
  'apiKeyId',
  'userId',
  'user',
  'operation',
  'outcome',
  'status',
])

const oneOf = <Value extends z.ZodType>(value: Value) => z.array(value).min(1).max(100)
const ids = oneOf(z.uuid().nullable())
const texts = oneOf(exchangeText.nullable())

/** For each dimension that is named, the values that count; null: exchanges that have none. */
export const usageFilter = z
  .strictObject({
    connectionId: ids,
    provider: texts,
    model: texts,
    resourceId: ids,
    apiKeyId: ids,
    userId: ids,
    user: texts,
    operation: oneOf(exchangeOperation),
    outcome: oneOf(exchangeOutcome),
    status: oneOf(z.int().min(0).max(599)),
  })
  .partial()

const orderBy = z.strictObject({
  by: z.union([z.literal('time'), usageDimension, usageMetric]),
  direction: z.enum(['asc', 'desc']),
})

const unique = (values: readonly unknown[]) => new Set(values).size === values.length
const ONCE = 'must name each only once'

/** Each of them sorts all exchanges of each group. */
const MOST_PERCENTILES = 8
const MOST_VALUES = 50_000
const hasFewPercentiles = (metrics: readonly UsageMetric[]) =>
  metrics.filter((metric) => /\.p\d+$/.test(metric)).length <= MOST_PERCENTILES

/**
 * Sums, averages and percentiles over the exchanges that came from `from` up to `to`, in total or for each value of
 * `groupBy`, in all or for each `bucket` of time. Buckets begin where the clocks of `timeZone` say.
 */
export const usageQuery = z
  .strictObject({
    from: moment,
    to: moment.describe('Exclusive'),
    bucket: usageBucket.optional(),
    timeZone: timeZone.default('UTC'),
    metrics: z
      .array(usageMetric)
      .min(1)
      .max(24)
      .refine(unique, ONCE)
      .refine(hasFewPercentiles, `must name at most ${MOST_PERCENTILES} percentiles`)
      .describe(`At most ${MOST_PERCENTILES} of them percentiles; times \`limit\` at most ${MOST_VALUES}`),
    groupBy: z.array(usageDimension).max(4).refine(unique, ONCE).default([]),
    filter: usageFilter.default({}),
    orderBy: z.array(orderBy).max(8).default([]).describe('What it leaves open is ordered by time, then by groups'),
    limit: z.int().min(1).max(10_000).default(1000).describe('Of rows; `truncated` tells that there are more'),
  })
  .superRefine((query, context) => {
    const issue = (message: string, ...path: (string | number)[]) => context.addIssue({ code: 'custom', path, message })
    if (!isSpan(query)) return issue('must be after `from`', 'to')
    const spanMs = Date.parse(query.to) - Date.parse(query.from)
    if (spanMs > LONGEST_SPAN_DAYS * DAY_MS) issue(`must be at most ${LONGEST_SPAN_DAYS} days after \`from\``, 'to')
    else if (query.bucket && spanMs > MOST_BUCKETS * BUCKET_MS[query.bucket])
      issue(`makes more than ${MOST_BUCKETS} buckets: name a longer one or a shorter time`, 'bucket')
    if (query.limit * query.metrics.length > MOST_VALUES)
      issue(`must be at most ${Math.floor(MOST_VALUES / query.metrics.length)} for so many metrics`, 'limit')
    for (const [index, { by }] of query.orderBy.entries()) {
      const chosen = by === 'time' ? query.bucket !== undefined : [...query.groupBy, ...query.metrics].includes(by)
      if (!chosen) issue('must be one of `groupBy` or `metrics`, or `time` with a `bucket`', 'orderBy', index, 'by')
    }
  })

const LONGEST_SPAN_DAYS = 400
const MOST_BUCKETS = 2000
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const BUCKET_MS = {
  second: 1000,
  minute: 60_000,
  hour: HOUR_MS,
  day: DAY_MS,
  week: 7 * DAY_MS,
  month: 30 * DAY_MS,
} as const satisfies Record<z.infer<typeof usageBucket>, number>

export const usageAnswerRow = z.strictObject({
  time: z.iso.datetime().exactOptional().describe('Where its bucket begins; one of `times`'),
  group: z.partialRecord(usageDimension, z.union([z.string(), z.number(), z.null()])),
  values: z.partialRecord(usageMetric, z.number().nullable()).describe('Null: no exchange has such a value'),
})

/**
 * Only buckets and groups that have exchanges have rows; `times` has every bucket, in order. Without `bucket` and
 * `groupBy` there is always one row.
 */
export const usageAnswer = z.strictObject({
  times: z.array(z.iso.datetime()).exactOptional(),
  rows: z.array(usageAnswerRow),
  truncated: z.boolean(),
})

export const usageRoutes = {
  queryUsage: route({
    id: 'queryUsage',
    method: 'POST',
    path: '/workspaces/{workspaceId}/environments/{environmentId}/usage/query',
    tag: 'usage',
    summary: 'Measure what an environment uses',
    description:
      'An exchange counts within about a second after its answer has ended. A query that takes more than 10 seconds is ended, with 503 `unavailable`: ask for a shorter time, fewer metrics or fewer groups. 503 with `Retry-After`: too many are under way. On the embedded database a span with more than 250,000 exchanges of the environment is refused with 422.',
    access: permission('usage:query', `${IN_ENVIRONMENT}/usage`),
    body: usageQuery,
    status: 200,
    answer: usageAnswer,
  }),
}

export type UsageBucket = z.infer<typeof usageBucket>
export type UsageDimension = z.infer<typeof usageDimension>
export type UsageQuery = z.infer<typeof usageQuery>
export type UsageAnswerRow = z.infer<typeof usageAnswerRow>
export type UsageAnswer = z.infer<typeof usageAnswer>
