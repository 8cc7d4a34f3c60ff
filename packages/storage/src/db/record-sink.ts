import { BatchRejected, type RecordSink } from '@vm-x/gateway'
import { AUDIT_INSERT } from '../audit/sql-audit-store.ts'
import { USAGE_INSERT } from '../usage/sql-usage-store.ts'
import { appendRecords } from './append-records.ts'
import type { OpenedDatabase } from './open.ts'

/**
 * Takes records to the audit and to the usage of one database, which gets them once: in one transfer, one transaction.
 * Of a record that only the usage refuses, the audit has its row all the same.
 */
export const sqlRecordSink = (database: OpenedDatabase): RecordSink => ({
  append: async (records) => {
    try {
      await appendRecords(database, records, BOTH_INSERTS)
    } catch (error) {
      if (error instanceof BatchRejected && records.length === 1) await appendRecords(database, records, AUDIT_INSERT)
      throw error
    }
  },
})

const BOTH_INSERTS = `with audited as (${AUDIT_INSERT}) ${USAGE_INSERT}`
