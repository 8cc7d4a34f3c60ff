import type { ExchangeRecord } from '@vm-x/gateway'
import { auditStoreContract, bytesOf, exchangeRecord } from '@vm-x/gateway/testing'
import { describe, expect, test } from 'vitest'
import { testDatabases } from '../db/test-databases.ts'
import { SqlAuditStore } from './sql-audit-store.ts'

const decision: ExchangeRecord['decision'] = {
  rules: [
    { index: 0, result: 'not_matched', conditions: [{ field: 'tokens.input', op: 'gt', result: false }] },
    { index: 1, result: 'failed' },
  ],
  secondaryModel: 1,
  targets: [{ connectionId: 'c', connection: 'main', model: 'm' }],
  attempts: [
    {
      connectionId: 'c',
      connection: 'main',
      provider: 'demo',
      model: 'm',
      outcome: 'target_busy',
      sent: false,
      waitedMs: 12.5,
      probe: true,
      limit: 'connection minute requests',
    },
  ],
}

describe.each(testDatabases)('on $kind', ({ open }) => {
  auditStoreContract(async () => {
    const database = await open()
    return { store: new SqlAuditStore(database), close: database.close }
  })

  test('the whole decision comes back as it was made, and the user has a column of its own', async () => {
    const database = await open()
    const record = exchangeRecord({ decision, user: 'user-7' })
    await new SqlAuditStore(database).append([bytesOf(record)])
    expect(await new SqlAuditStore(database).get('operator', record.id)).toEqual(record)
    expect(await database.db.selectFrom('audit_exchange').select('end_user').execute()).toEqual([
      { end_user: 'user-7' },
    ])
    await database.close()
  })
})
