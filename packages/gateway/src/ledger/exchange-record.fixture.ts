import { exchangeId } from '../exchange-id.ts'
import type { ExchangeRecord } from './exchange-record.ts'

/** A complete record with an id of its own, for tests. */
export const exchangeRecord = (changes: Partial<ExchangeRecord> = {}): ExchangeRecord => ({
  id: exchangeId(),
  correlationId: 'correlation-1',
  clientRequestId: 'client-1',
  workspaceId: '01900000-0000-7000-8000-000000000001',
  environmentId: '01900000-0000-7000-8000-000000000002',
  apiKeyId: '01900000-0000-7000-8000-000000000003',
  resourceId: '01900000-0000-7000-8000-000000000004',
  operation: 'chat',
  requestedModel: 'assistant',
  stream: true,
  startedAt: Date.UTC(2026, 0, 15, 12, 0, 0, 123),
  durationMs: 812.25,
  outcome: 'ok',
  status: 200,
  connectionId: '01900000-0000-7000-8000-000000000005',
  provider: 'openai',
  model: 'gpt-test',
  usage: { input: 120, cachedInput: 20, output: 40, reasoning: 10, source: 'reported' },
  estimate: { input: 100, output: 512 },
  timeToFirstTokenMs: 90.5,
  sourceAddress: '192.0.2.7',
  metadata: { team: 'search' },
  decision: { targets: [], attempts: [] },
  ...changes,
})

/** An environment of its own, and records in it, each with its own id. */
export function newPlace(startedAt: number) {
  const scope = { workspaceId: exchangeId(), environmentId: exchangeId() }
  const record = (changes: Partial<ExchangeRecord> = {}) =>
    exchangeRecord({ startedAt, ...changes, id: exchangeId(), ...scope })
  return { scope, record }
}

/** A record as journals and sinks pass it. */
export const bytesOf = (record: object): Buffer => Buffer.from(JSON.stringify(record))

/** A refusal that came before anything about the caller was known. */
export function refusedRecord(): ExchangeRecord {
  const { id, startedAt } = exchangeRecord()
  return {
    id,
    startedAt,
    operation: 'chat',
    stream: false,
    durationMs: 1,
    outcome: 'invalid_api_key',
    status: 401,
    sourceAddress: '192.0.2.8',
    decision: { targets: [], attempts: [] },
  }
}

/** Text that breaks out of careless quoting. */
export const HOSTILE = `"quote" 'single' \\backslash\\ \\. \\n tab\t line\nbreak\r return \u2028 \u2029 \u0001 emoji 😀 {"a":1} $1 ; drop table x --`
