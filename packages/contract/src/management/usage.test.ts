import { expect, test } from 'vitest'
import { usageMetric, usageQuery } from './usage.ts'

const DAY = { from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z' }
const wrong = (query: object) =>
  usageQuery
    .safeParse({ ...DAY, metrics: ['requests.sum'], ...query })
    .error?.issues.map(({ path }) => path.join('.')) ?? []

test('what is left out has a value: all exchanges, one row, in UTC', () => {
  expect(usageQuery.parse({ ...DAY, metrics: ['requests.sum'] })).toEqual({
    ...DAY,
    timeZone: 'UTC',
    metrics: ['requests.sum'],
    groupBy: [],
    filter: {},
    orderBy: [],
    limit: 1000,
  })
})

test('each measure has the aggregates that mean something', () => {
  expect(usageMetric.options).toContain('durationMs.p99')
  expect(usageMetric.options).not.toContain('requests.p50')
  expect(usageMetric.options).not.toContain('timeToFirstTokenMs.sum')
})

test('the span is named and bounded, and so is the number of buckets', () => {
  expect(wrong({ to: DAY.from })).toEqual(['to'])
  expect(wrong({ from: undefined })).toEqual(['from'])
  expect(wrong({ to: '2027-02-05T00:00:00Z' })).toEqual([])
  expect(wrong({ to: '2027-02-06T00:00:00Z' })).toEqual(['to'])
  expect(wrong({ bucket: 'minute' })).toEqual([])
  expect(wrong({ bucket: 'second' })).toEqual(['bucket'])
  expect(wrong({ bucket: 'hour', to: '2026-03-25T08:00:00Z' })).toEqual([])
  expect(wrong({ bucket: 'hour', to: '2026-03-25T08:00:01Z' })).toEqual(['bucket'])
})

test('what sorts, and what the answer can hold, is bounded', () => {
  const percentiles = usageMetric.options.filter((metric) => /\.p9/.test(metric))
  expect(wrong({ metrics: percentiles.slice(0, 8) })).toEqual([])
  expect(wrong({ metrics: percentiles.slice(0, 9) })).toEqual(['metrics'])
  const others = usageMetric.options.filter((metric) => !percentiles.includes(metric) && !/\.p50/.test(metric))
  const all = [...percentiles.slice(0, 8), ...others.slice(0, 16)]
  expect(wrong({ metrics: all, limit: 2083 })).toEqual([])
  expect(wrong({ metrics: all, limit: 2084 })).toEqual(['limit'])
  expect(wrong({ metrics: all.slice(0, 5), limit: 10_000 })).toEqual([])
})

test('an order is by what is asked for', () => {
  const orderBy = (by: string) => [{ by, direction: 'asc' }]
  expect(wrong({ orderBy: orderBy('requests.sum') })).toEqual([])
  expect(wrong({ groupBy: ['model'], orderBy: orderBy('model') })).toEqual([])
  expect(wrong({ bucket: 'hour', orderBy: orderBy('time') })).toEqual([])
  for (const by of ['time', 'model', 'errors.sum'])
    expect(wrong({ orderBy: orderBy(by) }), by).toEqual(['orderBy.0.by'])
})

test.each([
  ['metrics', []],
  ['metrics', ['requests.sum', 'requests.sum']],
  ['metrics.0', ['count(*)']],
  ['groupBy', ['model', 'model']],
  ['groupBy.0', ['id; drop table usage_event']],
  ['groupBy', ['model', 'provider', 'user', 'status', 'outcome']],
  ['timeZone', '+01:00'],
  ['timeZone', 'Mars/Olympus'],
  ['bucket', 'year'],
  ['limit', 10_001],
  ['filter.connectionId.0', { connectionId: ['x'] }],
  ['filter.model', { model: [] }],
  ['filter.model.0', { model: ['a\0'] }],
  ['filter.status.0', { status: ['200'] }],
  ['filter', { workspaceId: ['01900000-0000-7000-8000-000000000001'] }],
])('refuses %s: %j', (path, value) => {
  expect(wrong({ [path.split('.')[0] ?? '']: value })).toEqual([path])
})
