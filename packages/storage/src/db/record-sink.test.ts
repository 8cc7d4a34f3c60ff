import { BatchRejected } from '@vm-x/gateway'
import { bytesOf, exchangeRecord } from '@vm-x/gateway/testing'
import { describe, expect, test } from 'vitest'
import type { OpenedDatabase } from './open.ts'
import { sqlRecordSink } from './record-sink.ts'
import { testDatabases } from './test-databases.ts'

describe.each(testDatabases)('on $kind', ({ open }) => {
  const idsOf = async ({ db }: OpenedDatabase) => {
    const [audit, usage] = await Promise.all(
      (['audit_exchange', 'usage_event'] as const).map((table) => db.selectFrom(table).select('id').execute()),
    )
    return { audit: audit?.map(({ id }) => id).sort(), usage: usage?.map(({ id }) => id).sort() }
  }

  test('records are in the audit and in the usage, once, however often they come', async () => {
    const database = await open()
    const sink = sqlRecordSink(database)
    const records = [exchangeRecord(), exchangeRecord(), exchangeRecord()]
    await sink.append(records.slice(0, 2).map(bytesOf))
    await sink.append(records.map(bytesOf))
    const ids = records.map(({ id }) => id).sort()
    expect(await idsOf(database)).toEqual({ audit: ids, usage: ids })
    await database.close()
  })

  test('a batch with a record that is at fault is rejected whole; alone, what only the usage refuses is audited', async () => {
    const database = await open()
    const sink = sqlRecordSink(database)
    const good = exchangeRecord()
    const usage = { input: 0.5, cachedInput: 0, output: 1, reasoning: 0, source: 'reported' as const }
    const bad = exchangeRecord({ usage })
    await expect(sink.append([good, bad].map(bytesOf))).rejects.toBeInstanceOf(BatchRejected)
    expect(await idsOf(database)).toEqual({ audit: [], usage: [] })
    await expect(sink.append([bytesOf(bad)])).rejects.toBeInstanceOf(BatchRejected)
    await sink.append([bytesOf(good)])
    expect(await idsOf(database)).toEqual({ audit: [good.id, bad.id].sort(), usage: [good.id] })
    await database.close()
  })
})
