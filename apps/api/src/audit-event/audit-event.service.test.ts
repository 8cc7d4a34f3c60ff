import { compilePolicy } from '@vm-x/contract'
import { testDatabases } from '@vm-x/storage/testing'
import { CompiledQuery, createQueryId, type KyselyPlugin, type RootOperationNode, sql } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Management } from '../http/management.ts'
import { AuditEventService } from './audit-event.service.ts'

const policy = compilePolicy([])
const userId = uuidv7()

describe.each(testDatabases)('audit events on $kind', ({ open }) => {
  let database: Awaited<ReturnType<typeof open>>
  beforeAll(async () => {
    database = await open()
    await sql`
      insert into management_event (id, actor_kind, actor_name, action, object_kind, object_id)
      select gen_random_uuid(), 'system', 'test', 'role:update', 'role', n::text from generate_series(1, 20000) as n
    `.execute(database.db)
    await sql`analyze management_event`.execute(database.db)
  })
  afterAll(() => database.close())

  it.each([
    { environmentId: uuidv7() },
    { actorId: uuidv7() },
    { action: 'nothing:done' },
    { objectKind: 'nothing' },
    { objectId: 'nobody' },
    { to: '2020-01-01T00:00:00Z' },
    { from: '2100-01-01T00:00:00Z' },
  ])('of which there is none with %j are looked for with an index', async (filter) => {
    const asked: RootOperationNode[] = []
    const recording: KyselyPlugin = {
      transformQuery: ({ node }) => {
        asked.push(node)
        return node
      },
      transformResult: async ({ result }) => result,
    }
    const { db, heavyReads } = database
    const reads = { reader: db.withPlugin(recording), heavyReads }
    const service = new AuditEventService({ db, reads } as unknown as Management)
    expect(await service.list(userId, policy, { limit: 50, ...filter })).toEqual({ items: [] })
    const plans = await Promise.all(asked.map(planOf))
    expect(plans).toEqual([expect.stringContaining('Index Cond')])
    expect(plans[0]).not.toContain('Rows Removed by Filter: 20000')
  })

  async function planOf(node: RootOperationNode): Promise<string> {
    const query = database.db.getExecutor().compileQuery(node, createQueryId())
    const explained = CompiledQuery.raw(`explain analyze ${query.sql}`, [...query.parameters])
    const { rows } = await database.db.executeQuery<{ 'QUERY PLAN': string }>(explained)
    return rows.map((row) => row['QUERY PLAN']).join('\n')
  }
})
