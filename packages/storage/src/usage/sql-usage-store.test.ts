import { usageQuery } from '@vm-x/contract'
import { bytesOf, exchangeRecord, usageStoreContract } from '@vm-x/gateway/testing'
import { v7 as uuidv7 } from 'uuid'
import { describe, expect, test } from 'vitest'
import { HeavyReads } from '../db/heavy-reads.ts'
import { testDatabases } from '../db/test-databases.ts'
import { SqlUsageStore } from './sql-usage-store.ts'

describe.each(testDatabases)('on $kind', ({ open }) => {
  usageStoreContract(async () => {
    const database = await open()
    return { store: new SqlUsageStore(database), close: database.close }
  })

  test('reads ask the reader alone', async () => {
    const database = await open()
    const { id, workspaceId = '', environmentId = '', apiKeyId = '', startedAt } = exchangeRecord()
    await new SqlUsageStore(database).append([bytesOf(exchangeRecord({ id }))])
    const scope = { workspaceId, environmentId }
    const store = new SqlUsageStore({
      ...database,
      get db(): never {
        throw new Error('The writer was asked')
      },
    })
    const span = { from: '2026-01-01T00:00:00Z', to: '2026-02-01T00:00:00Z' }
    const { rows } = await store.query(scope, usageQuery.parse({ ...span, metrics: ['requests.sum'] }))
    expect(rows).toEqual([{ group: {}, values: { 'requests.sum': 1 } }])
    expect(await store.get(scope, id)).toMatchObject({ id })
    expect(await store.lastUsed(scope, [apiKeyId])).toEqual(new Map([[apiKeyId, new Date(startedAt)]]))
    await database.close()
  })

  test('where rows to look at are bounded, a span with more of them is refused', async () => {
    const database = await open()
    const { workspaceId = '', environmentId = '', startedAt } = exchangeRecord()
    const store = new SqlUsageStore({ ...database, mostRowsARead: 1 })
    await store.append([0, 1].map((ms) => bytesOf(exchangeRecord({ id: uuidv7(), startedAt: startedAt + ms }))))
    const ask = (toMs: number) => {
      const span = { from: new Date(startedAt).toISOString(), to: new Date(toMs).toISOString() }
      return store.query({ workspaceId, environmentId }, usageQuery.parse({ ...span, metrics: ['requests.sum'] }))
    }
    await expect(ask(startedAt + 2)).rejects.toMatchObject({ name: 'ReadRefused', reason: 'too_many_rows' })
    expect((await ask(startedAt + 1)).rows).toEqual([{ group: {}, values: { 'requests.sum': 1 } }])
    await database.close()
  })

  test('a query takes its turn, of any time', async () => {
    const database = await open()
    const store = new SqlUsageStore({ ...database, heavyReads: new HeavyReads({ atOnce: 0, waiting: 0 }) })
    const span = { from: '2026-01-01T00:00:00Z', to: '9999-12-31T23:59:59-23:59' }
    const query = { ...usageQuery.parse({ ...span, to: '2026-02-01T00:00:00Z', metrics: ['requests.sum'] }), ...span }
    await expect(store.query('operator', query)).rejects.toMatchObject({ name: 'ReadRefused', reason: 'busy' })
    expect((await new SqlUsageStore(database).query('operator', query)).rows).toHaveLength(1)
    await database.close()
  })
})
