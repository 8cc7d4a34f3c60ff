import { afterAll, beforeAll, expect, test } from 'vitest'
import { bytesOf, exchangeRecord, HOSTILE, refusedRecord } from './exchange-record.fixture.ts'
import { BatchRejected } from './record-sink.ts'
import { usageQueryContract } from './usage-query.contract.ts'
import type { UsageStore } from './usage-store.ts'

/** What every usage store promises. @param open an empty store, closed after the last test */
export function usageStoreContract(open: () => Promise<{ store: UsageStore; close: () => Promise<void> }>): void {
  let store: UsageStore
  let close: () => Promise<void>
  beforeAll(async () => {
    const opened = await open()
    store = opened.store
    close = opened.close
  })
  afterAll(() => close?.())

  const append = (...records: object[]) => store.append(records.map(bytesOf))

  test('one row an exchange, with what it used', async () => {
    const record = exchangeRecord({ model: HOSTILE, user: 'end-user' })
    await append(record)
    expect(await store.get('operator', record.id)).toEqual({
      id: record.id,
      at: record.startedAt,
      workspaceId: record.workspaceId,
      environmentId: record.environmentId,
      apiKeyId: record.apiKeyId,
      userId: null,
      resourceId: record.resourceId,
      connectionId: record.connectionId,
      provider: 'openai',
      model: HOSTILE,
      user: 'end-user',
      operation: 'chat',
      outcome: 'ok',
      status: 200,
      inputTokens: 120,
      cachedInputTokens: 20,
      outputTokens: 40,
      reasoningTokens: 10,
      usageSource: 'reported',
      durationMs: 812.25,
      timeToFirstTokenMs: 90.5,
    })
  })

  test('an exchange without usage counts as zero tokens, and what is not known is null', async () => {
    const record = refusedRecord()
    await append(record)
    expect(await store.get('operator', record.id)).toEqual({
      id: record.id,
      at: record.startedAt,
      workspaceId: null,
      environmentId: null,
      apiKeyId: null,
      userId: null,
      resourceId: null,
      connectionId: null,
      provider: null,
      model: null,
      user: null,
      operation: 'chat',
      outcome: 'invalid_api_key',
      status: 401,
      inputTokens: 0,
      cachedInputTokens: 0,
      outputTokens: 0,
      reasoningTokens: 0,
      usageSource: null,
      durationMs: 1,
      timeToFirstTokenMs: null,
    })
  })

  test('a record that is appended again changes nothing', async () => {
    const record = exchangeRecord()
    await append(record, record)
    const before = await store.get('operator', record.id)
    await append({ ...record, status: 500 })
    expect(await store.get('operator', record.id)).toEqual(before)
  })

  test.each([
    ['not JSON', '{"id":'],
    ['a count that is none', JSON.stringify({ ...exchangeRecord(), usage: { input: 'many' } })],
    ['a list', '[]'],
  ])('one poisoned record (%s) rejects its batch and stores nothing of it', async (_name, poison) => {
    const good = exchangeRecord()
    await expect(store.append([bytesOf(good), Buffer.from(poison)])).rejects.toThrow(BatchRejected)
    expect(await store.get('operator', good.id)).toBeUndefined()
    await append(good)
    expect(await store.get('operator', good.id)).toBeDefined()
  })

  test('an environment sees its own rows only', async () => {
    const { id, workspaceId = '', environmentId = '' } = exchangeRecord()
    await append(exchangeRecord({ id }))
    expect(await store.get({ workspaceId, environmentId }, id)).toBeDefined()
    expect(await store.get({ workspaceId, environmentId: id }, id)).toBeUndefined()
    expect(await store.get({ workspaceId: id, environmentId }, id)).toBeUndefined()
    expect(await store.get('operator', 'x')).toBeUndefined()
  })

  usageQueryContract(() => store)
}
