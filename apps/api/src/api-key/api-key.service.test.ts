import { type ApiKeyInput, apiKeyInput } from '@vm-x/contract'
import { type Clock, generateApiKey, silentLog } from '@vm-x/gateway'
import { type EnvironmentContext, inEnvironment, inWorkspace, SqlCatalog } from '@vm-x/storage'
import { testDatabases } from '@vm-x/storage/testing'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemAuthor } from '../change/author.ts'
import { type Change, Changes } from '../change/changes.ts'
import type { Management } from '../http/management.ts'
import { ApiKeyService } from './api-key.service.ts'
import { forgetResource } from './forget-resource.ts'
import { forgetConnection, keysNaming } from './keys-naming.ts'

const by = { created_by: 'test', updated_by: 'test' }
const problem = (code: string, ...paths: string[]) =>
  expect.objectContaining({ code, errors: paths.map((path) => expect.objectContaining({ path })) })

describe.each(testDatabases)('API keys on $kind', ({ open }) => {
  const NOW = Date.parse('2026-05-05T05:05:05Z')
  const clock: Clock = { now: () => NOW, monotonicMs: () => 0 }
  let database: Awaited<ReturnType<typeof open>>
  let service: ApiKeyService
  const workspaceId = uuidv7()

  beforeAll(async () => {
    database = await open()
    const { db } = database
    const usage = { lastUsed: () => Promise.reject(new Error('the usage is away')) }
    service = new ApiKeyService({ db, clock, usage, log: silentLog } as unknown as Management)
    await db
      .insertInto('workspace')
      .values({ id: workspaceId, name: 'w', time_zone: 'UTC', ...by })
      .execute()
  })
  afterAll(() => database.close())

  const run = <Result>(work: (change: Change) => Promise<Result>) =>
    new Changes({ db: database.db, refresh: async () => {}, log: silentLog }).run(systemAuthor('test'), work)

  async function fresh() {
    const environmentId = uuidv7()
    const context: EnvironmentContext = { workspaceId, environmentId }
    await inWorkspace(database.db, context)
      .insertInto('environment', { id: environmentId, name: environmentId, ...by })
      .execute()
    const within = inEnvironment(database.db, context)
    const common = () => ({ id: uuidv7(), name: uuidv7(), enabled: true, origin: 'api' as const, ...by })
    const connection = async () => {
      const row = { ...common(), provider: 'demo', allowed_models: null }
      await within.insertInto('ai_connection', row).execute()
      return row.id
    }
    const resource = async () => {
      const model = JSON.stringify({ connectionId: uuidv7(), model: 'm' })
      const row = { ...common(), description: '', model, fallback: '{"enabled":false,"models":[]}' }
      await within.insertInto('ai_resource', row).execute()
      return row.id
    }
    const input = (fields: object = {}): ApiKeyInput => apiKeyInput.parse({ name: uuidv7(), ...fields })
    const create = (fields: object = {}, source = {}) =>
      run((change) => service.create(change, context, input(fields), source))
    const events = async (id: string) =>
      (
        await database.db
          .selectFrom('management_event')
          .where('object_id', '=', id)
          .select(['action', 'before', 'after'])
          .orderBy('id')
          .execute()
      ).map(({ action, before, after }) => ({ action, before, after }))
    return { context, connection, resource, create, events }
  }

  const known = async (hash: string) => (await new SqlCatalog(database.db).apiKey(hash))?.id

  it('can be made of a secret that exists already, which is not answered', async () => {
    const { create, events } = await fresh()
    const { publicId, hash } = generateApiKey()
    const key = await create({}, { origin: 'config', stored: { publicId, hash } })
    expect(key).toMatchObject({ publicId, origin: 'config' })
    expect(key).not.toHaveProperty('value')
    expect(await known(hash)).toBe(key.id)
    expect(await events(key.id)).toEqual([{ action: 'api-key:create', before: null, after: key }])
  })

  it('share no secret, whatever the environment, also not with one in its grace period', async () => {
    const { context, create } = await fresh()
    const elsewhere = await fresh()
    const [first, second] = [generateApiKey(), generateApiKey()]
    const { id } = await create({}, { stored: first })
    await expect(elsewhere.create({}, { stored: first })).rejects.toEqual(problem('invalid_fields', 'value'))
    await run((change) => service.rotate(change, context, id, { version: 1, graceSeconds: 60 }))
    const { publicId } = second
    await expect(elsewhere.create({}, { stored: { publicId, hash: first.hash } })).rejects.toEqual(
      problem('invalid_fields', 'value'),
    )
    const other = await elsewhere.create({}, { stored: second })
    const taken = run((change) => service.setSecret(change, elsewhere.context, other.id, first))
    await expect(taken).rejects.toEqual(problem('invalid_fields', 'value'))
  })

  it('leave a secret that works no more to another key', async () => {
    const { context, create } = await fresh()
    const elsewhere = await fresh()
    const first = generateApiKey()
    const { id } = await create({}, { stored: first })
    await run((change) => service.rotate(change, context, id, { version: 1, graceSeconds: 0 }))
    const taken = { publicId: generateApiKey().publicId, hash: first.hash }
    const other = await elsewhere.create({}, { stored: taken })
    expect(await new SqlCatalog(database.db).apiKey(first.hash)).toMatchObject({ id: other.id, secretEndsAt: null })
  })

  it('take a secret that exists already at once, and keep their version when they have it', async () => {
    const { context, create } = await fresh()
    const [first, second] = [generateApiKey(), generateApiKey()]
    const { id } = await create({}, { stored: first })
    const set = (stored: typeof first) => run((change) => service.setSecret(change, context, id, stored))
    expect(await set(first)).toMatchObject({ version: 1 })
    expect(await set(second)).toMatchObject({
      version: 2,
      publicId: second.publicId,
      previousUntil: expect.any(String),
    })
    const catalog = new SqlCatalog(database.db)
    expect(await catalog.apiKey(first.hash)).toMatchObject({ id, secretEndsAt: NOW })
    expect(await catalog.apiKey(second.hash)).toMatchObject({ id, secretEndsAt: null })
  })

  it('end the secret of before when the grace period has passed since the rotation', async () => {
    const { context, create } = await fresh()
    const stored = generateApiKey()
    const { id } = await create({}, { stored })
    const graceSeconds = 30 * 24 * 3600
    const rotated = await run((change) => service.rotate(change, context, id, { version: 1, graceSeconds }))
    const endsAt = NOW + graceSeconds * 1000
    expect(rotated.previousUntil).toBe(new Date(endsAt).toISOString())
    expect(await new SqlCatalog(database.db).apiKey(stored.hash)).toMatchObject({ id, secretEndsAt: endsAt })
  })

  it('may have expired already only where a configuration file says so', async () => {
    const { create } = await fresh()
    const expiresAt = new Date(NOW).toISOString()
    await expect(create({ expiresAt })).rejects.toEqual(problem('invalid_fields', 'expiresAt'))
    await expect(create({ expiresAt }, { origin: 'cli' })).rejects.toEqual(problem('invalid_fields', 'expiresAt'))
    expect(await create({ expiresAt }, { origin: 'config' })).toMatchObject({ expiresAt })
    await create({ expiresAt: new Date(NOW + 1).toISOString() })
  })

  it('are changed and deleted by whoever has read them last', async () => {
    const { context, create } = await fresh()
    const { id } = await create()
    await run((change) => service.update(change, context, id, 1, { description: 'new' }))
    const stale = problem('version_mismatch')
    await expect(run((change) => service.update(change, context, id, 1, { enabled: false }))).rejects.toEqual(stale)
    const rotation = { version: 1, graceSeconds: 0 }
    await expect(run((change) => service.rotate(change, context, id, rotation))).rejects.toEqual(stale)
    await expect(run((change) => service.remove(change, context, id, 1))).rejects.toEqual(stale)
  })

  it('are not there for another environment', async () => {
    const { create } = await fresh()
    const { context } = await fresh()
    const { id } = await create()
    const missing = problem('not_found')
    await expect(service.get(context, id)).rejects.toEqual(missing)
    await expect(run((change) => service.update(change, context, id, 1, {}))).rejects.toEqual(missing)
    await expect(run((change) => service.remove(change, context, id, 1))).rejects.toEqual(missing)
    await expect(run((change) => service.setSecret(change, context, id, generateApiKey()))).rejects.toEqual(missing)
  })

  it('are read also while nobody can tell when they were used', async () => {
    const { context, create } = await fresh()
    const { id } = await create()
    expect(await service.get(context, id)).toMatchObject({ id, lastUsedAt: null })
  })

  it('tell which of them name a connection, and forget it with an event', async () => {
    const { context, connection, create, events } = await fresh()
    const [gone, kept] = [await connection(), await connection()]
    const key = await create({ connections: [gone, kept] })
    const other = await create({ connections: [kept] })
    const naming = () => run((change) => keysNaming(change, context, gone))
    expect(await naming()).toEqual([{ kind: 'api-key', id: key.id, name: key.name }])
    await run((change) => forgetConnection(change, context, gone))
    expect(await naming()).toEqual([])
    const after = await service.get(context, key.id)
    expect(after).toMatchObject({ connections: [kept], version: 2 })
    const { lastUsedAt: _, ...shown } = after
    const { value: __, ...before } = key
    expect((await events(key.id)).at(-1)).toEqual({ action: 'api-key:update', before, after: shown })
    expect(await service.get(context, other.id)).toMatchObject({ version: 1 })
  })

  it('forget a resource that they list; those for all resources stay as they are', async () => {
    const { context, resource, create } = await fresh()
    const [gone, kept] = [await resource(), await resource()]
    const [listed, only, all] = [
      await create({ resources: [gone, kept] }),
      await create({ resources: [gone] }),
      await create({ resources: 'all' }),
    ]
    await run((change) => forgetResource(change, context, gone))
    const read = async ({ id }: { id: string }) => {
      const { resources, version } = await service.get(context, id)
      return { resources, version }
    }
    expect(await read(listed)).toEqual({ resources: [kept], version: 2 })
    expect(await read(only)).toEqual({ resources: [], version: 2 })
    expect(await read(all)).toEqual({ resources: 'all', version: 1 })
  })
})
