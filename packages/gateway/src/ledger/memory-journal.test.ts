import { describe } from 'vitest'
import { journalContract } from './journal.contract.ts'
import { MemoryJournal } from './memory-journal.ts'

describe('MemoryJournal', () =>
  journalContract(async () => {
    let last: MemoryJournal | undefined
    return {
      open: async (options) => {
        last = new MemoryJournal({ ...options, ...(last && { predecessor: last }) })
        return last
      },
      remove: async () => {},
    }
  }))
