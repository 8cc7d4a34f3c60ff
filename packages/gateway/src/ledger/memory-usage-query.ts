import type {
  UsageAggregate,
  UsageAnswer,
  UsageAnswerRow,
  UsageDimension,
  UsageMeasure,
  UsageMetric,
  UsageQuery,
} from '@vm-x/contract'
import { bucketStarts } from './usage-buckets.ts'
import type { UsageRow } from './usage-store.ts'

/** Answers a usage query from rows in memory; they are in scope. */
export function queryUsage(rows: readonly UsageRow[], query: UsageQuery): UsageAnswer {
  const [fromMs, toMs] = [Date.parse(query.from), Date.parse(query.to)]
  const starts = query.bucket && bucketStarts(query.bucket, query.timeZone, fromMs, toMs)
  const groups = new Map<string, Group>()
  if (!starts && query.groupBy.length === 0) groups.set(keyOf(undefined, []), { of: [], rows: [] })
  for (const row of rows) {
    if (row.at < fromMs || row.at >= toMs || !passes(query, row)) continue
    const of = query.groupBy.map((dimension) => row[dimension])
    const startMs = starts?.findLast((start) => start <= row.at)
    const key = keyOf(startMs, of)
    const group = groups.get(key) ?? { startMs, of, rows: [] }
    group.rows.push(row)
    groups.set(key, group)
  }
  const found = [...groups.values()].map((group) => answerRow(query, group)).sort(inOrder(query))
  return {
    ...(starts && { times: starts.map(iso) }),
    rows: found.slice(0, query.limit),
    truncated: found.length > query.limit,
  }
}

type Value = string | number | null
type Group = { startMs?: number | undefined; of: Value[]; rows: UsageRow[] }

const keyOf = (startMs: number | undefined, of: readonly Value[]) => JSON.stringify([startMs, ...of])

const passes = ({ filter }: UsageQuery, row: UsageRow) =>
  Object.entries(filter).every(
    ([dimension, values]) => values === undefined || (values as Value[]).includes(row[dimension as UsageDimension]),
  )

const answerRow = ({ groupBy, metrics }: UsageQuery, { startMs, of, rows }: Group): UsageAnswerRow => ({
  ...(startMs !== undefined && { time: iso(startMs) }),
  group: Object.fromEntries(groupBy.map((dimension, index) => [dimension, of[index] ?? null])),
  values: Object.fromEntries(metrics.map((metric) => [metric, measured(metric, rows)])),
})

function measured(metric: UsageMetric, rows: readonly UsageRow[]): number | null {
  const [measure, aggregate] = metric.split('.') as [UsageMeasure, UsageAggregate]
  const values = rows.map(MEASURES[measure]).filter((value) => value !== null)
  const sum = values.reduce((total, value) => total + value, 0)
  if (aggregate === 'sum') return sum
  if (values.length === 0) return null
  if (aggregate === 'avg') return sum / values.length
  const sorted = values.toSorted((a, b) => a - b)
  if (aggregate === 'min') return sorted[0] ?? null
  if (aggregate === 'max') return sorted.at(-1) ?? null
  return percentile(sorted, Number(aggregate.slice(1)) / 100)
}

/** https://www.postgresql.org/docs/current/functions-aggregate.html#FUNCTIONS-ORDEREDSET-TABLE, `percentile_cont` */
function percentile(sorted: readonly number[], fraction: number): number {
  const rank = fraction * (sorted.length - 1)
  const low = sorted[Math.floor(rank)] ?? 0
  const high = sorted[Math.ceil(rank)] ?? low
  return low + (rank - Math.floor(rank)) * (high - low)
}

const MEASURES: Record<UsageMeasure, (row: UsageRow) => number | null> = {
  requests: () => 1,
  errors: ({ outcome }) => (outcome === 'ok' ? 0 : 1),
  inputTokens: (row) => row.inputTokens,
  cachedInputTokens: (row) => row.cachedInputTokens,
  outputTokens: (row) => row.outputTokens,
  reasoningTokens: (row) => row.reasoningTokens,
  totalTokens: ({ inputTokens, outputTokens }) => inputTokens + outputTokens,
  durationMs: (row) => row.durationMs,
  timeToFirstTokenMs: (row) => row.timeToFirstTokenMs,
  tokensPerSecond: ({ outputTokens, durationMs }) =>
    outputTokens > 0 && durationMs > 0 ? (outputTokens * 1000) / durationMs : null,
}

/** What the query's own order leaves open is decided by time, then by groups. */
function inOrder({ orderBy, bucket, groupBy }: UsageQuery): (a: UsageAnswerRow, b: UsageAnswerRow) => number {
  const rest = [...(bucket ? (['time'] as const) : []), ...groupBy].map((by) => ({ by, direction: 'asc' }) as const)
  const orders = [...orderBy, ...rest].map(({ by, direction }) => {
    const value = (row: UsageAnswerRow): Value =>
      (by === 'time' ? row.time : by.includes('.') ? row.values[by as UsageMetric] : row.group[by as UsageDimension]) ??
      null
    return (a: UsageAnswerRow, b: UsageAnswerRow) => compare(value(a), value(b), direction === 'asc' ? 1 : -1)
  })
  return (a, b) => orders.reduce((sofar, order) => sofar || order(a, b), 0)
}

/** Null last in either direction; text by its code points, as the databases are told to. */
function compare(a: Value, b: Value, sign: 1 | -1): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1
  if (typeof a === 'number' && typeof b === 'number') return sign * (a - b)
  return sign * Buffer.compare(Buffer.from(String(a)), Buffer.from(String(b)))
}

const iso = (ms: number) => new Date(ms).toISOString()
