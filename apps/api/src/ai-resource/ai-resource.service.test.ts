// biome-ignore-all lint/suspicious/noThenProperty: the name that people write
import { type AiResourceInput, aiResourceInput, compilePolicy } from '@vm-x/contract'
import { silentLog } from '@vm-x/gateway'
import { type Database, inEnvironment, inWorkspace } from '@vm-x/storage'
import { testDatabases } from '@vm-x/storage/testing'
import type { Kysely } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { systemAuthor } from '../change/author.ts'
import { type Change, Changes } from '../change/changes.ts'
import type { Management } from '../http/management.ts'
import { AiResourceService } from './ai-resource.service.ts'
import { resourcesUsing } from './resources-using.ts'

const by = { created_by: 'test', updated_by: 'test' }
const author = systemAuthor('test')
const firstPage = { limit: 50 }
const admin = compilePolicy([{ statements: [{ effect: 'allow', actions: ['*'], resources: ['*'] }] }])

const problem = (code: string, ...paths: string[]) =>
  expect.objectContaining({ code, errors: paths.map((path) => expect.objectContaining({ path })) })

describe.each(testDatabases)('AI resources on $kind', ({ open }) => {
  let database: Awaited<ReturnType<typeof open>>
  let service: AiResourceService
  let affected: ReadonlySet<string>[]
  let workspaceId: string

  beforeAll(async () => {
    database = await open()
    service = new AiResourceService({ db: database.db } as Management)
    workspaceId = uuidv7()
    const { db } = database
    await db
      .insertInto('workspace')
      .values({ id: workspaceId, name: 'w', time_zone: 'UTC', ...by })
      .execute()
  })
  afterAll(() => database.close())
  beforeEach(() => {
    affected = []
  })

  const run = <Result>(work: (change: Change) => Promise<Result>) =>
    new Changes({ db: database.db, refresh: async (ids) => void affected.push(ids), log: silentLog }).run(author, work)

  async function freshEnvironment() {
    const environmentId = uuidv7()
    const context = { workspaceId, environmentId }
    await inWorkspace(database.db, context)
      .insertInto('environment', { id: environmentId, name: environmentId, ...by })
      .execute()
    const connection = async (name: string, allowed_models: string[] | null = null) => {
      const row = { id: uuidv7(), name, provider: 'demo', allowed_models, enabled: true, origin: 'api' as const, ...by }
      await inEnvironment(database.db, context).insertInto('ai_connection', row).execute()
      return row.id
    }
    const connectionId = await connection('c')
    const input = (fields: object = {}): AiResourceInput =>
      aiResourceInput.parse({ name: 'r', model: { connectionId, model: 'm' }, ...fields })
    const create = (fields: object = {}) => run((change) => service.create(change, context, input(fields)))
    const update = (id: string, version: number, patch: object) =>
      run((change) => service.update(change, context, id, version, patch))
    return { context, connection, connectionId, input, create, update }
  }

  const eventsOf = (db: Kysely<Database>, environmentId: string) =>
    db
      .selectFrom('management_event')
      .where('environment_id', '=', environmentId)
      .select(['action', 'object_id', 'before', 'after'])
      .orderBy('id')
      .execute()

  it('are read as they were created', async () => {
    const { context, connectionId, input, create } = await freshEnvironment()
    const target = { connectionId, model: 'm' }
    const fields = {
      description: 'd',
      routing: [{ when: { field: 'random', op: 'lt', value: 0.5 }, then: { target }, traffic: 50 }],
      secondaryModels: [{ name: 's', ...target }, target],
      fallback: { models: [target], on: ['provider_timeout'] },
      timeouts: { totalMs: 1000 },
      retries: { max: 0 },
      capacity: [{ period: 'minute', requests: 5 }],
      maxConcurrent: 3,
      enabled: false,
    }
    const created = await create(fields)
    expect(created).toEqual({ ...input(fields), ...tracked, id: expect.any(String), origin: 'api', version: 1 })
    expect(await service.get(context, created.id)).toEqual(created)
    expect(affected).toEqual([new Set([context.environmentId])])
    expect(await eventsOf(database.db, context.environmentId)).toEqual([
      { action: 'ai-resource:create', object_id: created.id, before: null, after: created },
    ])
  })

  it('keep their origin, and their version when nothing differs', async () => {
    const { context, input, update } = await freshEnvironment()
    const created = await run((change) => service.create(change, context, input(), 'config'))
    expect(await update(created.id, 1, { name: 'r', fallback: created.fallback })).toEqual(created)
    const changed = await update(created.id, 1, { description: 'new' })
    expect(changed).toEqual({ ...created, description: 'new', version: 2, updatedAt: expect.any(String) })
    expect(await eventsOf(database.db, context.environmentId)).toHaveLength(2)
    expect((await service.revisions(context, created.id, firstPage)).items).toHaveLength(2)
  })

  it('are changed by whoever has read them last', async () => {
    const { create, update } = await freshEnvironment()
    const { id } = await create()
    await update(id, 1, { description: 'new' })
    await expect(update(id, 1, { description: 'newer' })).rejects.toEqual(problem('version_mismatch'))
  })

  it('have names that are unique in the environment, whatever the case', async () => {
    const { create, update } = await freshEnvironment()
    const first = await create({ name: 'Fast' })
    await expect(create({ name: 'fast' })).rejects.toEqual(problem('name_taken'))
    const second = await create({ name: 'other' })
    await expect(update(second.id, 1, { name: 'FAST' })).rejects.toEqual(problem('name_taken'))
    expect((await update(first.id, 1, { name: 'fast' })).name).toBe('fast')
    await (await freshEnvironment()).create({ name: 'fast' })
  })

  it('name connections of their own environment alone', async () => {
    const here = await freshEnvironment()
    const { connectionId } = await freshEnvironment()
    const foreign = { connectionId, model: 'm' }
    const wrong = { model: foreign, fallback: { models: [{ ...foreign, model: 'n' }] } }
    const refused = problem('invalid_fields', 'model.connectionId', 'fallback.models[0].connectionId')
    await expect(here.create(wrong)).rejects.toEqual(refused)
    const { id } = await here.create()
    await expect(here.update(id, 1, wrong)).rejects.toEqual(refused)
  })

  it('can still be turned off after they have become wrong, but not routed anew', async () => {
    const { context, connection, create, update } = await freshEnvironment()
    const connectionId = await connection('limited', ['m'])
    const { id } = await create({ model: { connectionId, model: 'm' } })
    const connections = inEnvironment(database.db, context).updateTable('ai_connection')
    await connections
      .set({ allowed_models: ['n'] })
      .where('id', '=', connectionId)
      .execute()
    await expect(update(id, 1, { model: { connectionId, model: 'k' } })).rejects.toEqual(
      problem('invalid_fields', 'model.model'),
    )
    expect(await update(id, 1, { enabled: false })).toMatchObject({ enabled: false, version: 2 })
  })

  it('keep every saved state, and can become what they were', async () => {
    const { context, create, update } = await freshEnvironment()
    const first = await create({ name: 'first', retries: { max: 1 }, capacity: [{ period: 'day', tokens: 1 }] })
    await update(first.id, 1, { name: 'second', retries: {}, capacity: [], enabled: false })
    const { items } = await service.revisions(context, first.id, firstPage)
    expect(items.map(({ revision, createdBy }) => [revision, createdBy])).toEqual([
      [1, 'test'],
      [2, 'test'],
    ])
    const revisionId = items[0]?.id ?? ''
    const { document } = await service.revision(context, first.id, revisionId)
    expect(document).toMatchObject({ name: 'first', retries: { max: 1 } })
    expect(Object.keys(document)).not.toContain('id')
    const restored = await run((change) => service.restore(change, context, first.id, 2, revisionId))
    expect(restored).toEqual({ ...first, version: 3, updatedAt: expect.any(String) })
    await expect(run((change) => service.restore(change, context, first.id, 2, revisionId))).rejects.toEqual(
      problem('version_mismatch'),
    )
    const { items: after, next } = await service.revisions(context, first.id, { limit: 2 })
    expect(after.map(({ revision }) => revision)).toEqual([1, 2])
    expect((await service.revisions(context, first.id, { limit: 2, cursor: next })).items).toMatchObject([
      { revision: 3 },
    ])
  })

  it('do not become what could not be saved now', async () => {
    const { context, connection, connectionId, create, update } = await freshEnvironment()
    const gone = await connection('gone')
    const target = { connectionId: gone, model: 'm' }
    const { id } = await create({ model: target, secondaryModels: [target] })
    await update(id, 1, { model: { connectionId, model: 'm' }, secondaryModels: [] })
    await inEnvironment(database.db, context).deleteFrom('ai_connection').where('id', '=', gone).execute()
    const [revision] = (await service.revisions(context, id, firstPage)).items
    await expect(run((change) => service.restore(change, context, id, 2, revision?.id ?? ''))).rejects.toEqual(
      problem('invalid_fields', 'model.connectionId', 'secondaryModels[0].connectionId'),
    )
  })

  it('have no revision of another resource', async () => {
    const { context, create } = await freshEnvironment()
    const [one, other] = [await create({ name: 'one' }), await create({ name: 'other' })]
    const [revision] = (await service.revisions(context, other.id, firstPage)).items
    const revisionId = revision?.id ?? ''
    await expect(service.revision(context, one.id, revisionId)).rejects.toEqual(problem('not_found'))
    await expect(run((change) => service.restore(change, context, one.id, 1, revisionId))).rejects.toEqual(
      problem('not_found'),
    )
  })

  it('keep the state in which a release left them that kept none', async () => {
    const { context, create, update } = await freshEnvironment()
    const { id } = await create({ description: 'old' })
    await inEnvironment(database.db, context).deleteFrom('ai_resource_revision').execute()
    await update(id, 1, { description: 'new' })
    const { items } = await service.revisions(context, id, firstPage)
    expect(items.map(({ revision }) => revision)).toEqual([1, 2])
    expect((await service.revision(context, id, items[0]?.id ?? '')).document).toMatchObject({ description: 'old' })
  })

  it('are taken from the keys and the pool that name them when they are deleted', async () => {
    const { context, create } = await freshEnvironment()
    const [goes, stays] = [await create({ name: 'goes' }), await create({ name: 'stays' })]
    const scope = inEnvironment(database.db, context)
    const keyed = { public_id: uuidv7(), hash: uuidv7(), connections: [], labels: [], expires_at: null }
    const resources = JSON.stringify([goes.id, stays.id])
    const common = { enabled: true, origin: 'api' as const, ...by }
    await scope.insertInto('api_key', { id: uuidv7(), name: 'k', ...keyed, resources, ...common }).execute()
    const pool = { id: uuidv7(), name: 'p', minReservation: 0, maxReservation: 100, reservation: 'adaptive' as const }
    const pools = JSON.stringify([{ ...pool, resources: [goes.id, stays.id] }])
    await scope.insertInto('pool_definition', { pools, ...by }).execute()
    await expect(run((change) => service.remove(change, context, goes.id, 2))).rejects.toEqual(
      problem('version_mismatch'),
    )
    await run((change) => service.remove(change, context, goes.id, 1))
    await expect(service.get(context, goes.id)).rejects.toEqual(problem('not_found'))
    expect(await scope.selectFrom('api_key').select(['resources', 'version']).execute()).toEqual([
      { resources: [stays.id], version: 2 },
    ])
    expect(await scope.selectFrom('pool_definition').select(['pools', 'version']).execute()).toEqual([
      { pools: [{ ...pool, resources: [stays.id] }], version: 2 },
    ])
    const revised = await scope.selectFrom('ai_resource_revision').select('resource_id').execute()
    expect(revised).toEqual([{ resource_id: stays.id }])
    const last = (await eventsOf(database.db, context.environmentId)).at(-1)
    expect(last).toEqual({ action: 'ai-resource:delete', object_id: goes.id, before: goes, after: null })
  })

  it('are listed as far as the policy lets them be seen', async () => {
    const { context, create } = await freshEnvironment()
    const [shown, hidden] = [await create({ name: 'shown' }), await create({ name: 'hidden' })]
    expect((await service.list(context, admin, firstPage)).items).toEqual([shown, hidden])
    const denied = {
      effect: 'deny' as const,
      actions: ['ai-resource:get'],
      resources: [`workspace:*/environment:*/ai-resource:${hidden.id}`],
    }
    const allowed = { effect: 'allow' as const, actions: ['*'], resources: ['*'] }
    const policy = compilePolicy([{ statements: [allowed, denied] }])
    expect((await service.list(context, policy, firstPage)).items).toEqual([shown])
  })

  it('tell wherever they name a connection', async () => {
    const { context, connection, create } = await freshEnvironment()
    const connectionId = await connection('wanted')
    const to = (model: string) => ({ connectionId, model })
    const below = (value: number) => ({ field: 'random', op: 'lt', value })
    const split = [{ target: to('d'), weight: 100 }]
    const { id } = await create({
      name: 'everywhere',
      model: to('a'),
      routing: [
        { when: below(0.1), then: { target: to('b') } },
        { when: below(0.2), then: { balance: 'round-robin', targets: [to('c'), to('a')] } },
        { when: below(0.3), then: { split } },
        { when: below(0.4), then: { block: 'no' } },
      ],
      secondaryModels: [to('e')],
      fallback: { enabled: false, models: [to('f')] },
    })
    await create({ name: 'elsewhere' })
    const off = await create({ name: 'off', secondaryModels: [to('a')], enabled: false })
    expect(await run((change) => resourcesUsing(change, context, { id: connectionId, name: 'Watched' }))).toEqual([
      { kind: 'ai-resource', id, name: 'everywhere', models: ['a', 'b', 'c', 'd', 'e', 'f'], watches: false },
      { kind: 'ai-resource', id: off.id, name: 'off', models: ['a'], watches: false },
    ])
  })
})

const tracked = {
  createdAt: expect.any(String),
  updatedAt: expect.any(String),
  createdBy: 'test',
  updatedBy: 'test',
}
