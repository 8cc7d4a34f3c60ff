import type { UsageMetric } from '@vm-x/contract'
import { exchangeId } from '../exchange-id.ts'
import { HOSTILE } from './exchange-record.fixture.ts'
import type { ExchangeRecord } from './exchange-record.ts'

export const NOON = Date.UTC(2026, 0, 15, 12)
export const [CONNECTION, RESOURCE, KEY, USER] = [exchangeId(), exchangeId(), exchangeId(), exchangeId()]

/** Five exchanges whose every number is exact in binary. */
export function exchanges(record: (changes: Partial<ExchangeRecord>) => ExchangeRecord): object[] {
  const usage = (input: number, cachedInput: number, output: number, reasoning: number) =>
    ({ input, cachedInput, output, reasoning, source: 'reported' }) as const
  const { usage: _usage, timeToFirstTokenMs: _first, provider: _provider, model: _model, ...bare } = record({})
  const refused = { ...bare, id: exchangeId(), outcome: 'capacity_exceeded', status: 429, durationMs: 0.5 }
  const { timeToFirstTokenMs: _time, ...whole } = record({ model: 'b', provider: 'demo', usage: usage(40, 0, 0, 0) })
  return [
    record({ model: 'a', usage: usage(10, 2, 4, 1), durationMs: 500, timeToFirstTokenMs: 40 }),
    record({
      model: 'a',
      usage: usage(20, 4, 8, 2),
      durationMs: 1000,
      timeToFirstTokenMs: 120,
      startedAt: NOON + 59_999,
    }),
    { ...whole, id: exchangeId(), operation: 'embedding', durationMs: 250, userId: USER, startedAt: NOON + 60_000 },
    record({
      model: HOSTILE,
      user: HOSTILE,
      connectionId: CONNECTION,
      resourceId: RESOURCE,
      apiKeyId: KEY,
      usage: usage(30, 0, 16, 0),
      durationMs: 4000,
      timeToFirstTokenMs: 160,
      startedAt: NOON + 3_600_000,
    }),
    { ...refused, startedAt: NOON - 60_000 },
  ]
}

const of = (measure: string, aggregates: readonly string[], values: readonly number[]) =>
  Object.fromEntries(values.map((value, index) => [`${measure}.${aggregates[index]}`, value]))
const RATES = ['avg', 'min', 'max', 'p50', 'p90', 'p95', 'p99']
const COUNTS = ['sum', ...RATES]
/** What each measure of {@link exchanges} comes to, aggregate by aggregate. */
export const TOTALS: Partial<Record<UsageMetric, number>> = {
  'requests.sum': 5,
  'errors.sum': 1,
  'errors.avg': 0.2,
  ...of('inputTokens', COUNTS, [100, 20, 0, 40, 20, 36, 38, 39.6]),
  ...of('cachedInputTokens', COUNTS, [6, 1.2, 0, 4, 0, 3.2, 3.6, 3.92]),
  ...of('outputTokens', COUNTS, [28, 5.6, 0, 16, 4, 12.8, 14.4, 15.68]),
  ...of('reasoningTokens', COUNTS, [3, 0.6, 0, 2, 0, 1.6, 1.8, 1.96]),
  ...of('totalTokens', COUNTS, [128, 25.6, 0, 46, 28, 43.6, 44.8, 45.76]),
  ...of('durationMs', COUNTS, [5750.5, 1150.1, 0.5, 4000, 500, 2800, 3400, 3880]),
  ...of('timeToFirstTokenMs', RATES, [320 / 3, 40, 160, 120, 152, 156, 159.2]),
  ...of('tokensPerSecond', RATES, [20 / 3, 4, 8, 8, 8, 8, 8]),
}
