import type { AuditFilter } from '@vm-x/contract'
import type { AuditScope, ExchangeRecord } from '@vm-x/gateway'
import { auditStoreContract, bytesOf, exchangeRecord } from '@vm-x/gateway/testing'
import { type KyselyPlugin, sql } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { HeavyReads } from '../db/heavy-reads.ts'
import type { OpenedDatabase } from '../db/open.ts'
import { testDatabases } from '../db/test-databases.ts'
import { InvalidCursor, SqlAuditStore } from './sql-audit-store.ts'

const decision: ExchangeRecord['decision'] = {
  rules: [
    { index: 0, result: 'not_matched', conditions: [{ field: 'tokens.input', op: 'gt', result: false }] },
    { index: 1, result: 'failed' },
  ],
  secondaryModel: 1,
  targets: [{ connectionId: 'c', connection: 'main', model: 'm' }],
  attempts: [
    {
      connectionId: 'c',
      connection: 'main',
      provider: 'demo',
      model: 'm',
      outcome: 'target_busy',
      sent: false,
      waitedMs: 12.5,
      probe: true,
      limit: 'connection minute requests',
    },
  ],
}

describe.each(testDatabases)('on $kind', ({ open }) => {
  auditStoreContract(async () => {
    const database = await open()
    return { store: new SqlAuditStore(database), close: database.close }
  })

  describe('in its table', () => {
    let database: OpenedDatabase
    let store: SqlAuditStore
    beforeAll(async () => {
      database = await open()
      store = new SqlAuditStore(database)
    })
    afterAll(() => database?.close())

    const newPlace = () => {
      const scope = { workspaceId: uuidv7(), environmentId: uuidv7() }
      return { scope, record: () => exchangeRecord(scope) }
    }

    /** As if the transaction of the row had taken its time. */
    const storeLate = ({ id, environmentId, workspaceId }: ExchangeRecord, secondsAgo: number) =>
      sql`insert into audit_exchange (id, at, workspace_id, environment_id, operation, outcome, status, stream, duration_ms,
          source_address, record, recorded_at)
        values (${id}, now(), ${workspaceId}, ${environmentId}, 'chat', 'ok', 200, false, 1, '::1',
          ${JSON.stringify({ id })}, clock_timestamp() - make_interval(secs => ${secondsAgo}))`.execute(database.db)

    test('the whole decision comes back as it was made; the user and the errors have columns of their own', async () => {
      const { scope } = newPlace()
      const record = exchangeRecord({ ...scope, decision, user: 'user-7' })
      await store.append([bytesOf(record)])
      expect(await store.get('operator', record.id)).toEqual(record)
      const rows = database.db.selectFrom('audit_exchange').where('id', '=', record.id)
      expect(await rows.select(['end_user', 'error_text']).execute()).toEqual([
        { end_user: 'user-7', error_text: 'target_busy connection minute requests' },
      ])
    })

    test('text of errors of any length and script fits into its index', async () => {
      const { scope } = newPlace()
      const long = Array.from({ length: 3000 }, (_, index) => String.fromCodePoint(0x1_f300 + (index % 700))).join('')
      const attempts = decision.attempts.map((attempt) => ({ ...attempt, providerCode: long }))
      const record = exchangeRecord({ ...scope, decision: { ...decision, attempts } })
      await store.append([bytesOf(record)])
      const { records } = await store.list(scope, { limit: 1, errorText: long.slice(0, 20) })
      expect(records).toEqual([record])
    })

    test.each(['0001-01-01T00:00:00Z', '9999-12-31T23:59:59-23:59'])('%s is a time like others', async (time) => {
      const { scope, record } = newPlace()
      const one = record()
      await store.append([bytesOf(one)])
      const past = time.startsWith('0')
      expect((await store.list(scope, { limit: 1, from: time })).records).toEqual(past ? [one] : [])
      expect((await store.list(scope, { limit: 1, to: time })).records).toEqual(past ? [] : [one])
      const arrived = Date.parse(time) * 100
      const { records } = await store.tail(scope, { limit: 1 }, { arrived, seen: new Map() })
      expect(records).toEqual(past ? [one] : [])
    })

    test.each(['8640000000000000', '253402300800000', '-1', 'NaN'])('a cursor of the time %s is none', async (time) => {
      const cursor = Buffer.from(`${time}.${uuidv7()}`).toString('base64url')
      await expect(store.list(newPlace().scope, { limit: 1, cursor })).rejects.toThrow(InvalidCursor)
    })

    test('where rows to look at are bounded, what no index answers is refused for a span with more of them', async () => {
      const { scope } = newPlace()
      const records = [0, 1, 2].map((ms) => exchangeRecord({ ...scope, startedAt: Date.UTC(2026, 0, 1) + ms }))
      await store.append(records.map(bytesOf))
      const bounded = new SqlAuditStore({ ...database, mostRowsARead: 2 })
      const searched = { operation: 'chat', outcome: 'ok' } as const
      const read = (filter: AuditFilter & { cursor?: string }) => bounded.list(scope, { limit: 1, ...filter })
      const refused = { name: 'ReadRefused', reason: 'too_many_rows' }
      await expect(read(searched)).rejects.toMatchObject(refused)
      await expect(bounded.each(scope, searched)[Symbol.asyncIterator]().next()).rejects.toMatchObject(refused)
      for (const filter of [{}, { operation: 'chat' }] as const) expect((await read(filter)).records).toHaveLength(1)
      expect((await read({ ...searched, from: '2026-01-01T00:00:00.001Z' })).records).toEqual([records[2]])
      expect((await read({ ...searched, to: '2026-01-01T00:00:00.002Z' })).records).toEqual([records[1]])
      const { next: cursor = '' } = await read({})
      expect((await read({ ...searched, cursor })).records).toEqual([records[1]])
    })

    test('to find a part of the text of errors, those alone that have one are looked at', async () => {
      const { scope, record } = newPlace()
      const failed = () => exchangeRecord({ ...scope, outcome: 'provider_timeout', status: 504 })
      await store.append([record(), record(), record(), failed(), failed()].map(bytesOf))
      const bounded = new SqlAuditStore({ ...database, mostRowsARead: 2 })
      expect((await bounded.list(scope, { limit: 9, errorText: 'time' })).records).toHaveLength(2)
      await store.append([bytesOf(failed())])
      await expect(bounded.list(scope, { limit: 9, errorText: 'x' })).rejects.toMatchObject({ reason: 'too_many_rows' })
    })

    test('a page takes its turn, and the pages of an export wait for theirs, each', async () => {
      const { scope, record } = newPlace()
      await store.append(Array.from({ length: 501 }, () => bytesOf(record())))
      const heavyReads = new HeavyReads({ atOnce: 1, waiting: 0 })
      const taking = new SqlAuditStore({ ...database, heavyReads })
      const [held, free] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
      const first = heavyReads.run(() => held.promise)
      await expect(taking.list(scope, { limit: 1 })).rejects.toMatchObject({ name: 'ReadRefused', reason: 'busy' })
      const exported = taking.each(scope, {})
      const next = exported.next()
      held.resolve()
      await first
      expect((await next).value).toMatchObject(scope)
      for (let count = 1; count < 500; count++) await exported.next()
      const second = heavyReads.run(() => free.promise)
      const last = exported.next()
      free.resolve()
      await second
      expect((await last).done).toBe(false)
      expect((await exported.next()).done).toBe(true)
    })

    test('a tail gives what a slow transaction made visible after later rows', async () => {
      const { scope, record } = newPlace()
      const [before, late] = [record(), record()]
      await store.append([bytesOf(before)])
      const { position } = await store.tail(scope, { limit: 10 })
      await storeLate(late, 25)
      const next = await store.tail(scope, { limit: 10 }, position)
      expect(next.records).toEqual([{ id: late.id }])
      expect((await store.tail(scope, { limit: 10 }, next.position)).records).toEqual([])
    })

    test('a tail tells rows apart that arrived before it began, also where many did', async () => {
      const { scope, record } = newPlace()
      await store.append(Array.from({ length: 50 }, () => bytesOf(record())))
      const { position } = await store.tail(scope, { limit: 2 })
      const fresh = [record(), record(), record()]
      for (const one of fresh) await store.append([bytesOf(one)])
      const first = await store.tail(scope, { limit: 2 }, position)
      const second = await store.tail(scope, { limit: 2 }, first.position)
      expect([...first.records, ...second.records]).toEqual(fresh)
    })

    test('reads ask the reader alone, and an export asks no more once its consumer has stopped', async () => {
      const { scope, record } = newPlace()
      await store.append(Array.from({ length: 501 }, () => bytesOf(record())))
      let queries = 0
      const counting: KyselyPlugin = {
        transformQuery: ({ node }) => node,
        transformResult: async ({ result }) => {
          queries++
          return result
        },
      }
      const reading = new SqlAuditStore({
        ...database,
        reader: database.reader.withPlugin(counting),
        get db(): never {
          throw new Error('The writer was asked')
        },
      })
      for await (const _ of reading.each(scope, {})) break
      expect(queries).toBe(1)
      let count = 0
      for await (const _ of reading.each(scope, {})) count++
      expect([count, queries]).toEqual([501, 3])
      await readAll(reading, scope)
      expect(queries).toBeGreaterThan(6)
    })
  })
})

async function readAll(store: SqlAuditStore, scope: AuditScope): Promise<void> {
  await store.get(scope, uuidv7())
  await store.list(scope, { limit: 1 })
  const { position } = await store.tail(scope, { limit: 1 })
  await store.tail(scope, { limit: 1 }, position)
}
