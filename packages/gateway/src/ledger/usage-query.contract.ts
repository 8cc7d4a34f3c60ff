import { type UsageMetric, usageMetric, usageQuery } from '@vm-x/contract'
import { beforeAll, expect, test } from 'vitest'
import { exchangeId } from '../exchange-id.ts'
import { bytesOf, HOSTILE, newPlace, refusedRecord } from './exchange-record.fixture.ts'
import { CONNECTION, exchanges, KEY, NOON, RESOURCE, TOTALS, USER } from './usage-query.fixture.ts'
import type { UsageStore } from './usage-store.ts'

/** What every usage store promises of queries: the same numbers. */
export function usageQueryContract(store: () => UsageStore): void {
  const { scope, record } = newPlace(NOON)
  const append = (...records: object[]) => store().append(records.map(bytesOf))
  const ask = (query: object, of = scope) => store().query(of, usageQuery.parse({ ...DAY, ...query }))
  const rowsOf = async (query: object) => (await ask(query)).rows

  beforeAll(() => append(...exchanges(record), ...exchanges(newPlace(NOON).record), refusedRecord()))

  test('every metric over all exchanges', async () => {
    const values: Partial<Record<UsageMetric, number>> = {}
    for (let start = 0; start < ALL.length; start += 8) {
      const { rows, truncated } = await ask({ metrics: ALL.slice(start, start + 8) })
      expect(truncated).toBe(false)
      expect(rows).toHaveLength(1)
      Object.assign(values, rows[0]?.values)
    }
    expect(Object.keys(values).sort()).toEqual(ALL.toSorted())
    for (const metric of ALL) expect(values[metric], metric).toBeCloseTo(TOTALS[metric] ?? Number.NaN, 9)
  })

  test('nothing in the span is one row without groups: no requests, no average', async () => {
    const nothing = { from: '2020-01-01T00:00:00Z', to: '2020-01-02T00:00:00Z' }
    const metrics = ['requests.sum', 'durationMs.sum', 'errors.avg', 'durationMs.p95', 'inputTokens.max']
    expect(await ask({ ...nothing, metrics })).toEqual({
      rows: [
        {
          group: {},
          values: {
            'requests.sum': 0,
            'durationMs.sum': 0,
            'errors.avg': null,
            'durationMs.p95': null,
            'inputTokens.max': null,
          },
        },
      ],
      truncated: false,
    })
    expect(await rowsOf({ ...nothing, metrics, groupBy: ['model'] })).toEqual([])
  })

  test('groups are told apart by all dimensions, what is not known is a group of its own', async () => {
    expect(await rowsOf({ metrics: COUNT, groupBy: ['model', 'status'] })).toEqual(
      [
        ['a', 200, 2],
        ['b', 200, 1],
        [HOSTILE, 200, 1],
        [null, 429, 1],
      ]
        .toSorted(([a], [b]) => (a === null ? 1 : b === null ? -1 : String(a) < String(b) ? -1 : 1))
        .map(([model, status, count]) => ({ group: { model, status }, values: { 'requests.sum': count } })),
    )
  })

  test.each([
    ['connectionId', CONNECTION],
    ['provider', 'demo'],
    ['model', HOSTILE],
    ['resourceId', RESOURCE],
    ['apiKeyId', KEY],
    ['userId', USER],
    ['user', HOSTILE],
    ['operation', 'embedding'],
    ['outcome', 'capacity_exceeded'],
    ['status', 429],
  ])('filters by %s, and groups by it', async (dimension, value) => {
    const [row, ...more] = await rowsOf({ metrics: COUNT, groupBy: [dimension], filter: { [dimension]: [value] } })
    expect(row?.group).toEqual({ [dimension]: value })
    expect(more).toEqual([])
    const all = await rowsOf({ metrics: COUNT, groupBy: [dimension] })
    expect(all.length).toBeGreaterThan(1)
    expect(all).toContainEqual(row)
  })

  test('a filter holds several values, null among them, and filters hold together', async () => {
    const count = async (filter: object) => (await rowsOf({ metrics: COUNT, filter }))[0]?.values['requests.sum']
    expect(await count({ model: ['a', null] })).toBe(3)
    expect(await count({ model: [null] })).toBe(1)
    expect(await count({ userId: [null] })).toBe(4)
    expect(await count({ model: ['a', 'b'], provider: ['demo'] })).toBe(1)
    expect(await count({ model: ["' or 1=1 --"] })).toBe(0)
  })

  test('rows come in the order that is asked for, null last; what is beyond the limit is said to be there', async () => {
    const models = async (direction: string, more = {}) => {
      const orderBy = [{ by: 'model', direction }]
      const answer = await ask({ metrics: COUNT, groupBy: ['model'], orderBy, ...more })
      return { models: answer.rows.map(({ group }) => group.model), truncated: answer.truncated }
    }
    const [first, second, third] = [HOSTILE, 'a', 'b'].sort()
    expect(await models('asc')).toEqual({ models: [first, second, third, null], truncated: false })
    expect(await models('desc')).toEqual({ models: [third, second, first, null], truncated: false })
    expect(await models('desc', { limit: 4 })).toMatchObject({ truncated: false })
    expect(await models('desc', { limit: 2 })).toEqual({ models: [third, second], truncated: true })
    const byCount = await rowsOf({
      metrics: COUNT,
      groupBy: ['model'],
      orderBy: [{ by: 'requests.sum', direction: 'desc' }],
    })
    expect(byCount.map(({ group }) => group.model)).toEqual(['a', first, third, null].filter((m) => m !== undefined))
    const byFirstToken = { by: 'timeToFirstTokenMs.p50', direction: 'desc' }
    const slowest = await rowsOf({
      metrics: ['timeToFirstTokenMs.p50'],
      groupBy: ['provider', 'model'],
      orderBy: [byFirstToken],
    })
    expect(slowest.map(({ values }) => values['timeToFirstTokenMs.p50'])).toEqual([160, 80, null, null])
  })

  test('text is ordered by code points, not by a language', async () => {
    const place = newPlace(NOON)
    const names = ['Z', 'a', 'ä', 'B', '_', '\uff5e', '😀']
    await append(...names.map((model) => place.record({ model })))
    const { rows } = await ask({ metrics: COUNT, groupBy: ['model'] }, place.scope)
    expect(rows.map(({ group }) => group.model)).toEqual(['B', 'Z', '_', 'a', 'ä', '\uff5e', '😀'])
  })

  test('only buckets with exchanges have rows; the times of all are given', async () => {
    const hours = Array.from({ length: 4 }, (_, hour) => `2026-01-15T1${hour}:00:00.000Z`)
    expect(
      await ask({ from: '2026-01-15T10:30:00Z', to: '2026-01-15T13:30:00Z', bucket: 'hour', metrics: COUNT }),
    ).toEqual({
      times: hours,
      rows: [
        { time: hours[1], group: {}, values: { 'requests.sum': 1 } },
        { time: hours[2], group: {}, values: { 'requests.sum': 3 } },
        { time: hours[3], group: {}, values: { 'requests.sum': 1 } },
      ],
      truncated: false,
    })
  })

  test.each([
    [
      'second',
      'UTC',
      '2026-01-01T00:00:00.250Z',
      '2026-01-01T00:00:01.500Z',
      ['2026-01-01T00:00:00', '2026-01-01T00:00:01'],
    ],
    [
      'minute',
      'Asia/Kolkata',
      '2026-01-01T00:00:59Z',
      '2026-01-01T00:01:01Z',
      ['2026-01-01T00:00:00', '2026-01-01T00:01:00'],
    ],
    [
      'hour',
      'Asia/Kolkata',
      '2026-01-01T00:00:00Z',
      '2026-01-01T00:45:00Z',
      ['2025-12-31T23:30:00', '2026-01-01T00:30:00'],
    ],
    [
      'day',
      'America/New_York',
      '2026-01-01T04:59:59Z',
      '2026-01-01T05:00:01Z',
      ['2025-12-31T05:00:00', '2026-01-01T05:00:00'],
    ],
    ['week', 'UTC', '2026-01-04T12:00:00Z', '2026-01-05T12:00:00Z', ['2025-12-29T00:00:00', '2026-01-05T00:00:00']],
    [
      'month',
      'Asia/Tokyo',
      '2026-01-31T12:00:00Z',
      '2026-01-31T16:00:00Z',
      ['2025-12-31T15:00:00', '2026-01-31T15:00:00'],
    ],
    [
      'day',
      'Europe/Berlin',
      '2026-03-29T12:00:00Z',
      '2026-03-30T12:00:00Z',
      ['2026-03-28T23:00:00', '2026-03-29T22:00:00'],
    ],
    [
      'day',
      'Europe/Berlin',
      '2026-10-25T12:00:00Z',
      '2026-10-26T12:00:00Z',
      ['2026-10-24T22:00:00', '2026-10-25T23:00:00'],
    ],
    [
      'hour',
      'Europe/Berlin',
      '2026-10-25T00:30:00Z',
      '2026-10-25T01:30:00Z',
      ['2026-10-25T00:00:00', '2026-10-25T01:00:00'],
    ],
    [
      'day',
      'Africa/Cairo',
      '2026-04-23T12:00:00Z',
      '2026-04-24T12:00:00Z',
      ['2026-04-22T22:00:00', '2026-04-23T22:00:00'],
    ],
    ['day', 'America/Havana', '2026-11-01T04:30:00Z', '2026-11-01T05:30:00Z', ['2026-11-01T04:00:00']],
    [
      'hour',
      'Australia/Lord_Howe',
      '2026-04-04T14:45:00Z',
      '2026-04-04T15:15:00Z',
      ['2026-04-04T14:00:00', '2026-04-04T15:00:00'],
    ],
  ])('a bucket of one %s begins where the clocks of %s say (%s, %s)', async (bucket, timeZone, early, late, times) => {
    const place = newPlace(NOON)
    const moments = [early, late].map((text) => Date.parse(text))
    await append(...moments.map((startedAt) => place.record({ startedAt })))
    const span = { from: early, to: new Date((moments[1] ?? 0) + 1).toISOString() }
    const answer = await ask({ ...span, bucket, timeZone, metrics: COUNT }, place.scope)
    expect(answer.times).toEqual(times.map((time) => `${time}.000Z`))
    expect(answer.rows.map(({ time }) => time)).toEqual(answer.times)
  })

  test('days follow the clocks through a change of them', async () => {
    const span = { from: '2026-03-27T23:00:00Z', to: '2026-03-30T22:00:01Z' }
    const place = newPlace(NOON)
    const [lastOfShortDay, firstOfNext] = ['2026-03-29T21:59:59.999Z', '2026-03-29T22:00:00Z']
    await append(...[lastOfShortDay, firstOfNext].map((text) => place.record({ startedAt: Date.parse(text) })))
    const answer = await ask({ ...span, bucket: 'day', timeZone: 'Europe/Berlin', metrics: COUNT }, place.scope)
    expect(answer.times).toEqual(['27T23', '28T23', '29T22', '30T22'].map((time) => `2026-03-${time}:00:00.000Z`))
    expect(answer.rows.map(({ time }) => time)).toEqual([answer.times?.[1], answer.times?.[2]])
  })

  test('the span begins with `from` and ends before `to`', async () => {
    const span = { from: iso(NOON), to: iso(NOON + 60_000) }
    expect(await rowsOf({ ...span, metrics: COUNT })).toEqual([{ group: {}, values: { 'requests.sum': 2 } }])
  })

  test('counts beyond 32 bits are exact numbers', async () => {
    const place = newPlace(NOON)
    const usage = {
      input: 3_000_000_001,
      cachedInput: 0,
      output: 5_000_000_000,
      reasoning: 0,
      source: 'reported' as const,
    }
    await append(place.record({ usage }), place.record({ usage }))
    const metrics = ['totalTokens.sum', 'totalTokens.max', 'inputTokens.avg', 'outputTokens.p50']
    expect((await ask({ metrics }, place.scope)).rows[0]?.values).toEqual({
      'totalTokens.sum': 16_000_000_002,
      'totalTokens.max': 8_000_000_001,
      'inputTokens.avg': 3_000_000_001,
      'outputTokens.p50': 5_000_000_000,
    })
  })

  test('no query sees another environment, or an environment under another workspace', async () => {
    for (const of of [
      newPlace(NOON).scope,
      { ...scope, workspaceId: exchangeId() },
      { ...scope, environmentId: exchangeId() },
    ])
      expect((await ask({ metrics: COUNT, groupBy: ['model'] }, of)).rows).toEqual([])
  })

  test('a key was last used when its latest exchange came; of other environments, nothing is known', async () => {
    const other = newPlace(NOON)
    const [unused, theirs] = [exchangeId(), exchangeId()]
    await append(other.record({ apiKeyId: theirs }))
    const lastUsed = await store().lastUsed(scope, [KEY, unused, theirs])
    expect(lastUsed).toEqual(new Map([[KEY, new Date(NOON + 3_600_000)]]))
    expect(await store().lastUsed({ ...scope, workspaceId: exchangeId() }, [KEY])).toEqual(new Map())
    expect(await store().lastUsed(scope, [])).toEqual(new Map())
  })
}

const DAY = { from: '2026-01-15T00:00:00Z', to: '2026-01-16T00:00:00Z' }
const COUNT = ['requests.sum']
const ALL: readonly UsageMetric[] = usageMetric.options
const iso = (ms: number) => new Date(ms).toISOString()
