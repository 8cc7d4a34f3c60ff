import type { Attempt, CapacityHistory, ChargedQuery, ExchangeRecord } from '@vm-x/gateway'
import { bytesOf, exchangeRecord, HOSTILE, refusedRecord } from '@vm-x/gateway/testing'
import { sql } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { OpenedDatabase } from '../db/open.ts'
import { inWorkspace } from '../db/scope.ts'
import { testDatabases } from '../db/test-databases.ts'
import { SqlCapacityHistory } from './sql-capacity-history.ts'
import { SqlUsageStore } from './sql-usage-store.ts'

const [workspaceId, environmentId, sibling, foreign] = [uuidv7(), uuidv7(), uuidv7(), uuidv7()]
const [key, resource, main, spare] = [uuidv7(), uuidv7(), uuidv7(), uuidv7()]
const noon = Date.UTC(2026, 0, 15, 12)

const attempt = (connectionId: string, changes: Partial<Attempt> = {}): Attempt => ({
  connectionId,
  connection: 'name',
  provider: 'demo',
  model: 'm',
  outcome: 'ok',
  sent: true,
  ...changes,
})

/** An exchange that used 160 tokens. */
const record = (attempts: Attempt[], changes: Partial<ExchangeRecord> = {}) =>
  exchangeRecord({
    workspaceId,
    environmentId,
    apiKeyId: key,
    resourceId: resource,
    connectionId: main,
    model: 'm',
    startedAt: noon,
    decision: { targets: [], attempts },
    ...changes,
  })

const refused = { ...refusedRecord(), workspaceId, environmentId, apiKeyId: key, startedAt: noon }
const withoutTarget = (): Partial<ExchangeRecord> => {
  const { connectionId: _connection, model: _model, usage: _usage, ...rest } = record([])
  return rest
}

const records = [
  record([attempt(main)], { sourceAddress: '192.0.2.1', user: HOSTILE }),
  record(
    [
      attempt(main, { outcome: 'provider_unavailable' }),
      attempt(main, { outcome: 'provider_unavailable' }),
      attempt(spare, { outcome: 'circuit_open', sent: false }),
      attempt(spare),
    ],
    { connectionId: spare, sourceAddress: '192.0.2.2' },
  ),
  { ...withoutTarget(), id: uuidv7(), decision: { targets: [], attempts: [attempt(main, { model: 'other' })] } },
  { ...withoutTarget(), id: uuidv7(), decision: { targets: [], attempts: [attempt(main, { sent: false })] } },
  refused,
  record([attempt(main)], { environmentId: sibling }),
  record([attempt(main)], { workspaceId: foreign, environmentId: foreign }),
  record([attempt(main)], { startedAt: noon + 3_600_000 }),
]

describe.each(testDatabases)('on $kind', ({ open }) => {
  let database: OpenedDatabase
  let history: CapacityHistory
  beforeAll(async () => {
    database = await open()
    const by = { created_by: 'test', updated_by: 'test' }
    for (const [id, environments] of [
      [workspaceId, [environmentId, sibling]],
      [foreign, [foreign]],
    ] as const) {
      await database.db
        .insertInto('workspace')
        .values({ id, name: id, time_zone: 'UTC', ...by })
        .execute()
      for (const environment of environments)
        await inWorkspace(database.db, { workspaceId: id })
          .insertInto('environment', { id: environment, name: environment, ...by })
          .execute()
    }
    await new SqlUsageStore(database).append(records.map(bytesOf))
    history = new SqlCapacityHistory(database.db)
  })
  afterAll(() => database?.close())

  const charged = async (query: Partial<ChargedQuery>) => {
    const rows = await history.charged({
      scope: { environmentId },
      counted: 'exchanges',
      sinceMs: noon,
      beforeMs: noon + 1,
      by: [],
      ...query,
    })
    return rows.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
  }

  test('an exchange that reached a provider is one request, however many attempts it took; others are none', async () => {
    expect(await charged({})).toEqual([{ requests: 3, tokens: 320 }])
    expect(await charged({ by: ['apiKeyId', 'resourceId'] })).toEqual([
      { apiKeyId: key, resourceId: resource, requests: 3, tokens: 320 },
    ])
  })

  test('each attempt that was sent is a request to its target, and the tokens are those of the one that answered', async () => {
    expect(await charged({ counted: 'attempts', by: ['connectionId', 'model'] })).toEqual(
      [
        { connectionId: main, model: 'm', requests: 3, tokens: 160 },
        { connectionId: main, model: 'other', requests: 1, tokens: 0 },
        { connectionId: spare, model: 'm', requests: 1, tokens: 160 },
      ].toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
    )
    expect(await charged({ counted: 'attempts' })).toEqual([{ requests: 5, tokens: 320 }])
  })

  test('what is counted by address or user is told apart by it, null where there is none', async () => {
    expect(await charged({ by: ['sourceAddress'] })).toEqual([
      { sourceAddress: '192.0.2.1', requests: 1, tokens: 160 },
      { sourceAddress: '192.0.2.2', requests: 1, tokens: 160 },
      { sourceAddress: '192.0.2.7', requests: 1, tokens: 0 },
    ])
    const users = await charged({ by: ['user'] })
    expect(users).toHaveLength(2)
    expect(users).toContainEqual({ user: HOSTILE, requests: 1, tokens: 160 })
    expect(users).toContainEqual({ user: null, requests: 2, tokens: 160 })
  })

  test('a scope is one key, an environment, or all of a workspace, and nothing of any other', async () => {
    expect(await charged({ scope: { workspaceId } })).toEqual([{ requests: 4, tokens: 480 }])
    expect(await charged({ scope: { environmentId, apiKeyId: key } })).toEqual([{ requests: 3, tokens: 320 }])
    expect(await charged({ scope: { environmentId, apiKeyId: uuidv7() } })).toEqual([])
    expect(await charged({ scope: { environmentId: foreign } })).toEqual([{ requests: 1, tokens: 160 }])
    expect(await charged({ scope: { workspaceId: uuidv7() } })).toEqual([])
  })

  test('the span begins with its first millisecond and ends before its last', async () => {
    expect(await charged({ sinceMs: 0, beforeMs: noon })).toEqual([])
    expect(await charged({ sinceMs: noon + 3_600_000, beforeMs: noon + 3_600_001 })).toEqual([
      { requests: 1, tokens: 160 },
    ])
    expect(await charged({ sinceMs: 0, beforeMs: noon + 3_600_001 })).toEqual([{ requests: 4, tokens: 480 }])
  })

  test('an exchange that a crash interrupted counts for the target that it was being sent to', async () => {
    const at = Date.UTC(2026, 0, 16)
    const pending = attempt(main, { outcome: 'pending', sent: false })
    const failed = attempt(spare, { outcome: 'provider_unavailable' })
    const interrupted = { startedAt: at, outcome: 'interrupted' } as const
    const others = { ...withoutTarget(), id: uuidv7(), ...interrupted, decision: { targets: [], attempts: [] } }
    await new SqlUsageStore(database).append(
      [record([pending], interrupted), record([failed, pending], interrupted), others].map(bytesOf),
    )
    const span = { sinceMs: at, beforeMs: at + 1 }
    expect(await charged(span)).toEqual([{ requests: 2, tokens: 320 }])
    expect(await charged({ ...span, counted: 'attempts', by: ['connectionId', 'model'] })).toEqual(
      [
        { connectionId: main, model: 'm', requests: 2, tokens: 320 },
        { connectionId: spare, model: 'm', requests: 1, tokens: 0 },
      ].toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
    )
  })

  test('a row that does not say what was sent counts as one request to the target that answered', async () => {
    await sql`
      insert into usage_event (id, at, workspace_id, environment_id, connection_id, model, operation, outcome, status,
        input_tokens, cached_input_tokens, output_tokens, reasoning_tokens, duration_ms)
      select gen_random_uuid(), '2025-01-01', ${workspaceId}, ${environmentId}, connection::uuid, 'm', 'chat', 'ok', 200,
        1, 0, 2, 0, 1 from (values (${main}), (null)) as v (connection)`.execute(database.db)
    const span = { sinceMs: 0, beforeMs: Date.UTC(2025, 5, 1) }
    expect(await charged(span)).toEqual([{ requests: 1, tokens: 3 }])
    expect(await charged({ ...span, counted: 'attempts', by: ['connectionId', 'model'] })).toEqual([
      { connectionId: main, model: 'm', requests: 1, tokens: 3 },
    ])
  })
})
