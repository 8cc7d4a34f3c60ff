import { describe } from 'vitest'
import { MemoryUsageStore } from './memory-usage-store.ts'
import { usageStoreContract } from './usage-store.contract.ts'

describe('MemoryUsageStore', () =>
  usageStoreContract(async () => ({ store: new MemoryUsageStore(), close: async () => {} })))
