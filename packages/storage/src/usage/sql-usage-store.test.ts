import { usageStoreContract } from '@vm-x/gateway/testing'
import { describe } from 'vitest'
import { testDatabases } from '../db/test-databases.ts'
import { SqlUsageStore } from './sql-usage-store.ts'

describe.each(testDatabases)('on $kind', ({ open }) => {
  usageStoreContract(async () => {
    const database = await open()
    return { store: new SqlUsageStore(database), close: database.close }
  })
})
