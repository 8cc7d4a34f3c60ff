import { usageQuery } from '@vm-x/contract'
import { bytesOf, exchangeRecord, usageStoreContract } from '@vm-x/gateway/testing'
import { describe, expect, test } from 'vitest'
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
})
