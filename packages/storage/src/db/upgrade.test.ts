import { sql } from 'kysely'
import { Migrator } from 'kysely/migration'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { SqlAuditStore } from '../audit/sql-audit-store.ts'
import { SqlCatalog } from '../catalog/sql-catalog.ts'
import { SqlCapacityHistory } from '../usage/sql-capacity-history.ts'
import { SqlUsageStore } from '../usage/sql-usage-store.ts'
import { migrate } from './migrate.ts'
import * as initial from './migrations/0001-initial.ts'
import type { OpenedDatabase } from './open.ts'
import { testDatabases } from './test-databases.ts'

const id = (number: number) => `01900000-0000-7000-8000-${String(number).padStart(12, '0')}`
const [workspace, environment, connection, resource, key, exchange] = [id(1), id(2), id(3), id(4), id(5), id(6)]
const scope = `workspace_id, environment_id, id, name, origin, created_by, updated_by`
const ids = (own: string, name: string) =>
  `'${workspace}', '${environment}', '${own}', '${name}', 'config', 'test', 'test'`
const of = 'id, at, workspace_id, environment_id, connection_id, operation, outcome, status, model, duration_ms'
const values = `'${exchange}', '2026-01-02', '${workspace}', '${environment}', '${connection}', 'chat', 'ok', 200, 'm', 1`

/** Rows as the first version wrote them. */
const before = [
  `insert into workspace (id, name, time_zone, created_by, updated_by) values ('${workspace}', 'w', 'Asia/Tokyo', 't', 't')`,
  `insert into environment (id, workspace_id, name, created_by, updated_by) values ('${environment}', '${workspace}', 'e', 't', 't')`,
  `insert into ai_connection (${scope}, provider) values (${ids(connection, 'c')}, 'demo')`,
  `insert into ai_resource (${scope}, model, fallback) values (${ids(resource, 'r')},
    '{"connectionId":"${connection}","model":"m"}', '{"enabled":true,"models":[{"connectionId":"${connection}","model":"n"}]}')`,
  `insert into api_key (${scope}, public_id, hash, resources) values (${ids(key, 'k')}, 'p', 'h', '"all"')`,
  `insert into audit_exchange (${of}, stream, source_address, record) values (${values}, false, '::1', '{"id":"${exchange}"}')`,
  `insert into usage_event (${of}, input_tokens, cached_input_tokens, output_tokens, reasoning_tokens) values (${values}, 3, 0, 4, 0)`,
]

describe.each(testDatabases)('on $kind', ({ openEmpty }) => {
  let database: OpenedDatabase
  beforeAll(async () => {
    database = await openEmpty()
    const provider = { getMigrations: async () => ({ '0001-initial': initial }) }
    const { error } = await new Migrator({ db: database.db, provider }).migrateToLatest()
    if (error) throw error
    for (const statement of before) await sql.raw(statement).execute(database.db)
    await migrate(database.db)
  })
  afterAll(() => database?.close())

  const unlimited = { capacity: [], maxConcurrent: null }
  const failover = { timeouts: {}, limits: unlimited }

  test('what the first version stored goes on as it was, with nothing limited and no rules', async () => {
    const catalog = new SqlCatalog(database.db)
    expect(await catalog.environment(environment)).toMatchObject({
      timeZone: 'Asia/Tokyo',
      workspaceLimits: unlimited,
      limits: unlimited,
      connections: [{ id: connection, models: {}, discoveredCapacity: 'ignore', ...failover }],
      resources: [
        {
          id: resource,
          model: { connectionId: connection, model: 'm' },
          fallbackModels: [{ connectionId: connection, model: 'n' }],
          fallbackOn: null,
          routing: [],
          secondaryModels: [],
          retries: {},
          ...failover,
        },
      ],
    })
    expect(await catalog.apiKey('h')).toMatchObject({ id: key, resources: 'all', labels: [], limits: unlimited })
  })

  test('its records can be read, and count', async () => {
    const audit = new SqlAuditStore(database)
    expect(await audit.get('operator', exchange)).toEqual({ id: exchange })
    const scope = { workspaceId: workspace, environmentId: environment }
    expect(await audit.list(scope, { limit: 10, model: 'm' })).toEqual({ records: [{ id: exchange }] })
    expect((await audit.tail(scope, { limit: 10 }, (await audit.tail(scope, { limit: 10 })).position)).records).toEqual(
      [],
    )
    expect(await new SqlUsageStore(database).get('operator', exchange)).toMatchObject({ inputTokens: 3 })
    const history = new SqlCapacityHistory(database.db)
    const query = { scope: { workspaceId: workspace }, counted: 'exchanges', sinceMs: 0, beforeMs: Date.now() } as const
    expect(await history.charged({ ...query, by: [] })).toEqual([{ requests: 1, tokens: 7 }])
  })
})
