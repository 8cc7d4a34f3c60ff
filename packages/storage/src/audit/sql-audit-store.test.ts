import { auditStoreContract } from '@vm-x/gateway/testing'
import { describe } from 'vitest'
import { testDatabases } from '../db/test-databases.ts'
import { SqlAuditStore } from './sql-audit-store.ts'

describe.each(testDatabases)('on $kind', ({ open }) => {
  auditStoreContract(async () => {
    const database = await open()
    return { store: new SqlAuditStore(database), close: database.close }
  })
})
