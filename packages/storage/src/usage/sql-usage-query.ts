import type { UsageAggregate, UsageAnswer, UsageDimension, UsageMeasure, UsageMetric, UsageQuery } from '@vm-x/contract'
import { type AuditScope, bucketStarts } from '@vm-x/gateway'
import { type Kysely, type RawBuilder, type SqlBool, sql } from 'kysely'
import { inExchangeScope } from '../db/exchange-scope.ts'
import { instant } from '../db/instant.ts'
import type { Database } from '../db/schema.ts'

/** Answers a usage query from the rows of `usage_event`. Of the query, only values become parameters: all else is chosen here. */
export async function queryUsage(db: Kysely<Database>, scope: AuditScope, query: UsageQuery): Promise<UsageAnswer> {
  const { bucket, groupBy, metrics, limit } = query
  const [from, to] = [instant(query.from), instant(query.to)]
  const starts = bucket && bucketStarts(bucket, query.timeZone, from.getTime(), to.getTime()).map(iso)
  const groups = groupBy.map((dimension) => DIMENSIONS[dimension].column)
  if (starts) groups.unshift(sql.ref(TIME))
  const { rows } = await sql<Record<string, Value>>`
    select ${sql.join([
      ...(starts ? [sql.ref(TIME)] : []),
      ...groupBy.map((dimension) => sql`${DIMENSIONS[dimension].column} as ${sql.id(dimension)}`),
      ...metrics.map((metric) => sql`${measured(metric)} as ${sql.id(metric)}`),
    ])}
    from (
      select *, ${starts ? sql`width_bucket(at, ${starts}::timestamptz[])` : sql`0`} as ${sql.id(TIME)}
      from usage_event
      where ${inExchangeScope(scope)} and at >= ${from} and at < ${to}
        and ${filtered(query)}) as exchange
    group by ${groups.length === 0 ? sql`()` : sql.join(groups)}
    ${inOrder(query)}
    limit ${limit + 1}`.execute(db)
  return {
    ...(starts && { times: starts }),
    rows: rows.slice(0, limit).map((row) => ({
      ...(starts && { time: starts[Number(row[TIME]) - 1] ?? '' }),
      group: Object.fromEntries(groupBy.map((dimension) => [dimension, row[dimension] ?? null])),
      values: Object.fromEntries(metrics.map((metric) => [metric, row[metric] as number | null])),
    })),
    truncated: rows.length > limit,
  }
}

type Value = string | number | null

/** The place of the row's bucket among all of them, counted from 1. */
const TIME = 'time'

const DIMENSIONS: Record<UsageDimension, { column: RawBuilder<unknown>; type: 'uuid' | 'text' | 'integer' }> = {
  connectionId: { column: sql.ref('connection_id'), type: 'uuid' },
  provider: { column: sql.ref('provider'), type: 'text' },
  model: { column: sql.ref('model'), type: 'text' },
  resourceId: { column: sql.ref('resource_id'), type: 'uuid' },
  apiKeyId: { column: sql.ref('api_key_id'), type: 'uuid' },
  userId: { column: sql.ref('user_id'), type: 'uuid' },
  user: { column: sql.ref('end_user'), type: 'text' },
  operation: { column: sql.ref('operation'), type: 'text' },
  outcome: { column: sql.ref('outcome'), type: 'text' },
  status: { column: sql.ref('status'), type: 'integer' },
}

const MEASURES: Record<UsageMeasure, RawBuilder<number>> = {
  requests: sql`1`,
  errors: sql`(case when outcome = 'ok' then 0 else 1 end)`,
  inputTokens: sql`input_tokens`,
  cachedInputTokens: sql`cached_input_tokens`,
  outputTokens: sql`output_tokens`,
  reasoningTokens: sql`reasoning_tokens`,
  totalTokens: sql`(input_tokens + output_tokens)`,
  durationMs: sql`duration_ms`,
  timeToFirstTokenMs: sql`time_to_first_token_ms`,
  tokensPerSecond: sql`(case when output_tokens > 0 and duration_ms > 0 then output_tokens * 1000 / duration_ms end)`,
}

/** Counts are added up as whole numbers; everything else is of double precision, as it is in the process. */
function measured(metric: UsageMetric): RawBuilder<number | null> {
  const [measure, aggregate] = metric.split('.') as [UsageMeasure, UsageAggregate]
  const value = MEASURES[measure]
  const number = sql`${value}::double precision`
  switch (aggregate) {
    case 'sum':
      return measure === 'durationMs' ? sql`coalesce(sum(${value}), 0)` : sql`coalesce(sum(${value}), 0)::bigint`
    case 'avg':
      return sql`avg(${number})`
    case 'min':
      return sql`min(${number})`
    case 'max':
      return sql`max(${number})`
    default:
      return sql`percentile_cont(${sql.lit(Number(aggregate.slice(1)) / 100)}) within group (order by ${number})`
  }
}

function filtered({ filter }: UsageQuery): RawBuilder<SqlBool> {
  const conditions = Object.entries(filter).flatMap(([dimension, values]) => {
    if (values === undefined) return []
    const { column, type } = DIMENSIONS[dimension as UsageDimension]
    const named = values.filter((value) => value !== null)
    const any = sql`${column} = any(${named}::${sql.raw(type)}[])`
    return named.length < values.length ? sql`(${any} or ${column} is null)` : any
  })
  return conditions.length === 0 ? sql`true` : sql`${sql.join(conditions, sql` and `)}`
}

/** What the query's own order leaves open is decided by time, then by groups. Text is ordered by code points. */
function inOrder({ orderBy, bucket, groupBy }: UsageQuery): RawBuilder<unknown> {
  const rest = [...(bucket ? ([TIME] as const) : []), ...groupBy].map((by) => ({ by, direction: 'asc' }) as const)
  const orders = [...orderBy, ...rest].map(({ by, direction }) => {
    const order = direction === 'asc' ? sql`asc nulls last` : sql`desc nulls last`
    return sql`${ordered(by)} ${order}`
  })
  return orders.length === 0 ? sql`` : sql`order by ${sql.join(orders)}`
}

function ordered(by: UsageQuery['orderBy'][number]['by']): RawBuilder<unknown> {
  if (by === TIME) return sql.ref(TIME)
  if (isMetric(by)) return measured(by)
  const { column, type } = DIMENSIONS[by]
  return type === 'text' ? sql`${column} collate "C"` : column
}

const isMetric = (by: UsageDimension | UsageMetric): by is UsageMetric => by.includes('.')

const iso = (ms: number) => new Date(ms).toISOString()
