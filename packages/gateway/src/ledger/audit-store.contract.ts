import { afterAll, beforeAll, expect, test } from 'vitest'
import { auditReadingContract } from './audit-reading.contract.ts'
import type { AuditScope, AuditStore } from './audit-store.ts'
import { bytesOf, exchangeRecord, HOSTILE, refusedRecord } from './exchange-record.fixture.ts'
import { BatchRejected } from './record-sink.ts'

/** What every audit store promises. @param open an empty store, closed after the last test */
export function auditStoreContract(open: () => Promise<{ store: AuditStore; close: () => Promise<void> }>): void {
  let store: AuditStore
  let close: () => Promise<void>
  beforeAll(async () => {
    const opened = await open()
    store = opened.store
    close = opened.close
  })
  afterAll(() => close?.())

  const append = (...records: object[]) => store.append(records.map(bytesOf))
  let environments = 0
  const inEnvironment = (environmentId: string): AuditScope => ({ workspaceId: WORKSPACE, environmentId })
  const newEnvironment = () => `01900000-0000-7000-9000-${String(++environments).padStart(12, '0')}`

  test('gives back each record as it was appended', async () => {
    const records = [exchangeRecord(), refusedRecord(), exchangeRecord({ outcome: 'interrupted', status: 500 })]
    await append(...records)
    for (const record of records) expect(await store.get('operator', record.id)).toEqual(record)
  })

  test('keeps hostile text as it is', async () => {
    const record = exchangeRecord({
      requestedModel: HOSTILE,
      clientRequestId: HOSTILE,
      metadata: { [HOSTILE]: HOSTILE },
    })
    await append(record, exchangeRecord())
    expect(await store.get('operator', record.id)).toEqual(record)
  })

  test('a record that is appended again, alone or beside new ones, is there once and unchanged', async () => {
    const environmentId = newEnvironment()
    const record = exchangeRecord({ environmentId })
    const fresh = exchangeRecord({ environmentId })
    await append(record)
    await append({ ...record, status: 418 }, fresh, fresh)
    const { records } = await store.list(inEnvironment(environmentId), { limit: 10 })
    expect(records.map(({ id }) => id).sort()).toEqual([record.id, fresh.id].sort())
    expect(await store.get('operator', record.id)).toEqual(record)
  })

  test.each<[string, string | Buffer]>([
    ['not JSON', '{"id":'],
    ['an id that is none', JSON.stringify({ ...exchangeRecord(), id: 'x' })],
    ['no time', JSON.stringify({ ...exchangeRecord(), startedAt: undefined })],
    ['a time beyond all calendars', JSON.stringify({ ...exchangeRecord(), startedAt: 1e300 })],
    ['a NUL, which no database text holds', JSON.stringify(exchangeRecord({ requestedModel: '\0' }))],
    ['half of a surrogate pair', JSON.stringify(exchangeRecord({ requestedModel: '\ud83d' }))],
    ['a list', '[]'],
    ['a number', '1'],
    ['null', 'null'],
    ['nothing', ''],
    ['bytes that are no UTF-8', Buffer.from(JSON.stringify(exchangeRecord({ requestedModel: 'ÿ' })), 'latin1')],
  ])(
    'one poisoned record (%s) rejects its batch, stores nothing of it and does no harm to the next',
    async (_name, poison) => {
      const environmentId = newEnvironment()
      const good = bytesOf(exchangeRecord({ environmentId }))
      await expect(store.append([good, Buffer.from(poison), good])).rejects.toThrow(BatchRejected)
      expect((await store.list(inEnvironment(environmentId), { limit: 10 })).records).toEqual([])
      await store.append([good])
      expect((await store.list(inEnvironment(environmentId), { limit: 10 })).records).toHaveLength(1)
    },
  )

  test('an empty batch is nothing', async () => {
    await store.append([])
  })

  test('an environment sees its own records only', async () => {
    const [mine, theirs] = [newEnvironment(), newEnvironment()]
    const record = exchangeRecord({ environmentId: mine })
    await append(record, exchangeRecord({ environmentId: theirs }), refusedRecord())
    expect((await store.list(inEnvironment(mine), { limit: 10 })).records).toEqual([record])
    expect(await store.get(inEnvironment(mine), record.id)).toEqual(record)
    expect(await store.get(inEnvironment(theirs), record.id)).toBeUndefined()
  })

  test("an environment under another workspace's id is empty", async () => {
    const environmentId = newEnvironment()
    const record = exchangeRecord({ environmentId })
    await append(record)
    const scope = { workspaceId: newEnvironment(), environmentId }
    expect(await store.list(scope, { limit: 10 })).toEqual({ records: [] })
    expect(await store.get(scope, record.id)).toBeUndefined()
  })

  test('an id that does not exist, or is none, is not found', async () => {
    expect(await store.get('operator', exchangeRecord().id)).toBeUndefined()
    expect(await store.get('operator', "' or 1=1 --")).toBeUndefined()
  })

  test('pages newest first, each record once, also where times are equal and when new ones arrive between pages', async () => {
    const environmentId = newEnvironment()
    const start = Date.UTC(2026, 0, 31, 23, 59, 59, 998)
    const records = Array.from({ length: 11 }, (_, index) =>
      exchangeRecord({ environmentId, startedAt: start + Math.floor(index / 3) }),
    )
    await append(...records)
    const pages: string[][] = []
    let cursor: string | undefined
    do {
      const page = await store.list(inEnvironment(environmentId), { limit: 4, ...(cursor !== undefined && { cursor }) })
      pages.push(page.records.map(({ id }) => id))
      cursor = page.next
      await append(exchangeRecord({ environmentId, startedAt: start + 1000 }))
    } while (cursor !== undefined)
    const newestFirst = records
      .toSorted((a, b) => b.startedAt - a.startedAt || (a.id < b.id ? 1 : -1))
      .map(({ id }) => id)
    expect(pages.map(({ length }) => length)).toEqual([4, 4, 3])
    expect(pages.flat()).toEqual(newestFirst)
  })

  test('the last page has no next, also when it is exactly full', async () => {
    const environmentId = newEnvironment()
    await append(exchangeRecord({ environmentId }), exchangeRecord({ environmentId }))
    const page = await store.list(inEnvironment(environmentId), { limit: 2 })
    expect(page.records).toHaveLength(2)
    expect(page.next).toBeUndefined()
  })

  test("one environment's cursor shows nothing of another", async () => {
    const [mine, theirs] = [newEnvironment(), newEnvironment()]
    await append(
      exchangeRecord({ environmentId: mine }),
      exchangeRecord({ environmentId: mine }),
      exchangeRecord({ environmentId: theirs }),
    )
    const { next } = await store.list(inEnvironment(mine), { limit: 1 })
    const { records } = await store.list(inEnvironment(theirs), {
      limit: 10,
      ...(next !== undefined && { cursor: next }),
    })
    expect(records.every((record) => record.environmentId === theirs)).toBe(true)
  })

  test.each(['', 'x', 'bm90IGEgY3Vyc29y', Buffer.from("1' or 1=1.2").toString('base64url')])(
    'a cursor that is none (%j) is an error that says so',
    async (cursor) => {
      await expect(store.list('operator', { limit: 1, cursor })).rejects.toThrow('The cursor is not valid')
    },
  )

  auditReadingContract(() => store)
}

const { workspaceId: WORKSPACE = '' } = exchangeRecord()
