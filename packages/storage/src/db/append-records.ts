import { BatchRejected } from '@vm-x/gateway'
import type { OpenedDatabase } from './open.ts'

/** Cardinality, data, constraint and size: what the data brings with it whatever the state of the server. */
const DATA_FAULTS = /^(21|22|23|54)/

/** Stores records with `insert`, see {@link OpenedDatabase.bulkInsert}. Throws {@link BatchRejected} when the data is at fault. */
export async function appendRecords(
  database: OpenedDatabase,
  records: readonly Buffer[],
  insert: string,
): Promise<void> {
  if (records.length === 0) return
  try {
    await database.bulkInsert(records, insert)
  } catch (error) {
    const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined
    if (error instanceof Error && typeof code === 'string' && DATA_FAULTS.test(code))
      throw new BatchRejected(`${error.message} (SQLSTATE ${code})`, { cause: error })
    throw error
  }
}
