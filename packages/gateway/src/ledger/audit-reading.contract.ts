import type { AuditFilter } from '@vm-x/contract'
import { expect, test } from 'vitest'
import { exchangeId } from '../exchange-id.ts'
import type { AuditScope, AuditStore, AuditTailPosition } from './audit-store.ts'
import { bytesOf, HOSTILE, newPlace, refusedRecord } from './exchange-record.fixture.ts'
import type { Attempt, ExchangeRecord } from './exchange-record.ts'

/** What every audit store promises of filters, exports and live tails. */
export function auditReadingContract(store: () => AuditStore): void {
  const append = (...records: object[]) => store().append(records.map(bytesOf))
  const listed = async (scope: AuditScope, filter: AuditFilter) =>
    idsOf((await store().list(scope, { limit: 100, ...filter })).records)

  test.each(SAME)('a filter by %s finds the records that have exactly this value', async (field, value, other) => {
    const { scope, record } = newPlace(NOON)
    const wanted = record({ [field]: value })
    await append(wanted, record({ [field]: other }), { ...refusedRecord(), ...scope }, newPlace(NOON).record(wanted))
    expect(await listed(scope, { [field]: value })).toEqual([wanted.id])
  })

  test('a filter by status or class of status finds what has it', async () => {
    const { scope, record } = newPlace(NOON)
    const records = [200, 204, 400, 429, 499, 500, 503, 0].map((status) => record({ status }))
    await append(...records)
    const statuses = async (filter: AuditFilter) =>
      (await store().list(scope, { limit: 100, ...filter })).records.map(({ status }) => status).sort()
    expect(await statuses({ statusClass: '2xx' })).toEqual([200, 204])
    expect(await statuses({ statusClass: '4xx' })).toEqual([400, 429, 499])
    expect(await statuses({ statusClass: '5xx' })).toEqual([500, 503])
    for (const status of [204, 429, 503, 0]) expect(await statuses({ status })).toEqual([status])
    expect(await statuses({ status: 429, statusClass: '5xx' })).toEqual([])
  })

  test('a span of time begins with `from` and ends before `to`', async () => {
    const { scope, record } = newPlace(NOON)
    const records = [0, 1, 2, 3].map((ms) => record({ startedAt: NOON + ms }))
    await append(...records)
    const span = { from: iso(NOON + 1), to: iso(NOON + 3) }
    expect(await listed(scope, span)).toEqual(idsOf([records[2], records[1]]))
    expect(await listed(scope, { from: '2026-01-15T14:00:00.003+02:00' })).toEqual(idsOf([records[3]]))
  })

  test('text of errors is looked for in the outcome and in all attempts, as it is, whatever its case', async () => {
    const { scope, record } = newPlace(NOON)
    const attempts = [
      attempt({ outcome: 'provider_unavailable', fault: 'ECONNREFUSED' }),
      attempt({ outcome: 'provider_rate_limited', providerCode: `50%_off\\${HOSTILE}` }),
      attempt({ outcome: 'target_busy', limit: 'connection minute requests' }),
      attempt({}),
    ]
    const cured = record({ decision: { targets: [], attempts } })
    const failed = record({ outcome: 'provider_timeout', status: 504, startedAt: NOON - 1 })
    await append(cured, failed, record({ decision: { targets: [], attempts: [attempt({}), attempt({})] } }))
    const found = (errorText: string) => listed(scope, { errorText })
    expect(await found('provider_')).toEqual([cured.id, failed.id])
    expect(await found('econnref')).toEqual([cured.id])
    expect(await found('MINUTE requests')).toEqual([cured.id])
    expect(await found('Timeout')).toEqual([failed.id])
    for (const part of [HOSTILE, '0%_OFF\\"quote"']) expect(await found(part)).toEqual([cured.id])
    for (const nowhere of ['5_%', 'o_k', 'main', "' or 1=1 --"]) expect(await found(nowhere)).toEqual([])
  })

  test('filters hold together, on every page', async () => {
    const { scope, record } = newPlace(NOON)
    const apiKeyId = exchangeId()
    const wanted = Array.from({ length: 5 }, (_, index) => record({ apiKeyId, model: 'm', startedAt: NOON - index }))
    await append(
      ...wanted,
      record({ apiKeyId }),
      record({ model: 'm' }),
      newPlace(NOON).record({ apiKeyId, model: 'm' }),
    )
    const found: string[] = []
    let cursor: string | undefined
    do {
      const page = await store().list(scope, { limit: 2, cursor, apiKeyId, model: 'm', operation: 'chat' })
      found.push(...idsOf(page.records))
      cursor = page.next
    } while (cursor)
    expect(found).toEqual(idsOf(wanted))
  })

  test('hostile text in a filter is a value that nothing has', async () => {
    const { scope, record } = newPlace(NOON)
    await append(record({ model: HOSTILE }), record())
    expect(await listed(scope, { model: HOSTILE })).toHaveLength(1)
    expect(await listed(scope, { model: "' or 1=1 --" })).toEqual([])
  })

  test('an export gives each record once, newest first, over many pages, and nothing of other environments', async () => {
    const { scope, record } = newPlace(NOON)
    const records = Array.from({ length: 1203 }, (_, index) => record({ startedAt: NOON - Math.floor(index / 700) }))
    await append(...records, newPlace(NOON).record(), refusedRecord())
    const found: ExchangeRecord[] = []
    for await (const exported of store().each(scope, {})) found.push(exported)
    expect(found.map(({ startedAt }) => startedAt)).toEqual(
      found.map(({ startedAt }) => startedAt).sort((a, b) => b - a),
    )
    expect(new Set(idsOf(found))).toEqual(new Set(idsOf(records)))
    expect(found).toHaveLength(records.length)
    for await (const exported of store().each(scope, { model: 'none' })) expect(exported).toBeUndefined()
  })

  test('a tail begins with what comes after, and gives each matching record once, in the order of arrival', async () => {
    const { scope, record } = newPlace(NOON)
    await append(record(), record())
    let position: AuditTailPosition | undefined
    const next = async (limit = 10) => {
      const answer = await store().tail(scope, { limit, model: 'm' }, position)
      position = answer.position
      return idsOf(answer.records)
    }
    expect(await next()).toEqual([])
    const [first, second, third] = [5, -3_600_000, 7].map((ms) => record({ model: 'm', startedAt: NOON + ms }))
    await append(first ?? {})
    await append(record({ model: 'other' }), newPlace(NOON).record({ model: 'm' }), refusedRecord())
    expect(await next()).toEqual(idsOf([first]))
    expect(await next()).toEqual([])
    await append(second ?? {})
    await append(third ?? {})
    expect(await next(1)).toEqual(idsOf([second]))
    expect(await next(1)).toEqual(idsOf([third]))
    await append(first ?? {}, second ?? {})
    expect(await next(1)).toEqual([])
  })

  test('a tail of an environment without records gives its first one', async () => {
    const { scope, record } = newPlace(NOON)
    const { position } = await store().tail(scope, { limit: 10 })
    const first = record()
    await append(newPlace(NOON).record(), first)
    expect((await store().tail(scope, { limit: 10 }, position)).records).toEqual([first])
  })

  test("nothing is read of an environment under another workspace's id", async () => {
    const { scope, record } = newPlace(NOON)
    const foreign = { ...scope, workspaceId: exchangeId() }
    const { position } = await store().tail(foreign, { limit: 10 })
    await append(record())
    expect((await store().tail(foreign, { limit: 10 }, position)).records).toEqual([])
    for await (const exported of store().each(foreign, {})) expect(exported).toBeUndefined()
  })
}

const NOON = Date.UTC(2026, 0, 15, 12)
const iso = (ms: number) => new Date(ms).toISOString()
const idsOf = (records: readonly ({ id: string } | undefined)[]) => records.map((record) => record?.id ?? '')

/** A field, a value of it, and another one. */
const SAME: [keyof AuditFilter & keyof ExchangeRecord, string, string][] = [
  ...(['apiKeyId', 'userId', 'resourceId', 'connectionId'] as const).map((field): [typeof field, string, string] => [
    field,
    exchangeId(),
    exchangeId(),
  ]),
  ...(['correlationId', 'clientRequestId', 'provider', 'model', 'requestedModel', 'user'] as const).map(
    (field): [typeof field, string, string] => [field, `${HOSTILE}a`, `${HOSTILE}A`],
  ),
  ['operation', 'embedding', 'chat'],
  ['outcome', 'target_busy', 'ok'],
  ['outcome', 'ok', 'target_busy'],
]

const attempt = (changes: Partial<Attempt>): Attempt => ({
  connectionId: 'c',
  connection: 'main',
  provider: 'demo',
  model: 'm',
  outcome: 'ok',
  sent: true,
  ...changes,
})
