import { describe } from 'vitest'
import { auditStoreContract } from './audit-store.contract.ts'
import { MemoryAuditStore } from './memory-audit-store.ts'

describe('MemoryAuditStore', () =>
  auditStoreContract(async () => ({ store: new MemoryAuditStore(), close: async () => {} })))
