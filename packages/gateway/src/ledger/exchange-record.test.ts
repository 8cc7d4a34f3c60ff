import { type AuditExchange, auditExchange } from '@vm-x/contract'
import { expect, expectTypeOf, test } from 'vitest'
import { exchangeRecord, refusedRecord } from './exchange-record.fixture.ts'
import type { ExchangeRecord } from './exchange-record.ts'

/** As the management API shows it. */
const shown = (record: ExchangeRecord): AuditExchange => ({
  ...record,
  startedAt: new Date(record.startedAt).toISOString(),
})

test('the contract describes each field of a record, and no other', () => {
  expectTypeOf<Omit<AuditExchange, 'startedAt'>>().toEqualTypeOf<Omit<ExchangeRecord, 'startedAt'>>()
  for (const record of [exchangeRecord({ userId: exchangeRecord().id }), refusedRecord()])
    expect(auditExchange.parse(shown(record))).toEqual(shown(record))
})
