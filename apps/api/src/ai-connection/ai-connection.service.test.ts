import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type AiConnectionInput,
  aiConnectionInput,
  aiConnectionPatch,
  compilePolicy,
  type Policy,
} from '@vm-x/contract'
import { silentLog, UpstreamAddressPolicy, type Vault } from '@vm-x/gateway'
import { inEnvironment, inWorkspace, openVault } from '@vm-x/storage'
import { testDatabases } from '@vm-x/storage/testing'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Author, systemAuthor } from '../change/author.ts'
import { type Change, Changes } from '../change/changes.ts'
import { AiConnectionService } from './ai-connection.service.ts'
import { connectionsIn } from './connections-in.ts'
import { usesOf } from './uses-of.ts'

const KEY = 'sk-a-secret-of-the-provider'
const MASKED = { apiKey: '••••••••' }
const by = { created_by: 'test', updated_by: 'test' }
const tracked = { createdAt: expect.any(String), updatedAt: expect.any(String), createdBy: 'test', updatedBy: 'test' }

const policy = (...denied: string[]): Policy =>
  compilePolicy([
    {
      statements: [
        { effect: 'allow', actions: ['*'], resources: ['*'] },
        ...(denied.length > 0 ? [{ effect: 'deny' as const, actions: denied, resources: ['*'] }] : []),
      ],
    },
  ])

const problem = (code: string, ...paths: string[]) =>
  expect.objectContaining({ code, errors: paths.map((path) => expect.objectContaining({ path })) })

const inUse = (...names: string[]) =>
  expect.objectContaining({ code: 'in_use', usedBy: names.map((name) => expect.objectContaining({ name })) })

describe.each(testDatabases)('AI connections on $kind', ({ open }) => {
  let database: Awaited<ReturnType<typeof open>>
  let directory: string
  let vault: Vault
  let service: AiConnectionService
  let affected: ReadonlySet<string>[]
  const workspaceId = uuidv7()

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'vmx-connections-'))
    vault = await openVault(`libsodium:file=${join(directory, 'key')}`)
    database = await open()
    service = new AiConnectionService({
      db: database.db,
      vault,
      addresses: new UpstreamAddressPolicy('10.1.0.0/16:443'),
    })
    await database.db
      .insertInto('workspace')
      .values({ id: workspaceId, name: 'w', time_zone: 'UTC', ...by })
      .execute()
  })
  afterAll(async () => {
    await database?.close()
    rmSync(directory, { recursive: true, force: true })
  })
  beforeEach(() => {
    affected = []
  })

  const run = <Result>(work: (change: Change) => Promise<Result>, author: Author = systemAuthor('test')) =>
    new Changes({ db: database.db, refresh: async (ids) => void affected.push(ids), log: silentLog }).run(author, work)

  /** Somebody whose one role allows all but this. */
  async function personWithout(denied: string): Promise<Author> {
    const [userId, roleId] = [uuidv7(), uuidv7()]
    const statements = [
      { effect: 'allow', actions: ['*'], resources: ['*'] },
      { effect: 'deny', actions: [denied], resources: ['*'] },
    ]
    const { db } = database
    const user = { id: userId, email: `${userId}@example.com`, name: 'A person', state: 'active' as const }
    await db
      .insertInto('user')
      .values({ ...user, ...by })
      .execute()
    const role = { id: roleId, name: roleId, policy: JSON.stringify({ statements }) }
    await db
      .insertInto('role')
      .values({ ...role, ...by })
      .execute()
    await db.insertInto('user_role').values({ user_id: userId, role_id: roleId, created_by: 'test' }).execute()
    return { ...systemAuthor(user.name), kind: 'user', id: userId }
  }

  async function freshEnvironment() {
    const environmentId = uuidv7()
    const context = { workspaceId, environmentId }
    await inWorkspace(database.db, context)
      .insertInto('environment', { id: environmentId, name: environmentId, ...by })
      .execute()
    const scope = inEnvironment(database.db, context)
    const input = (fields: object = {}): AiConnectionInput =>
      aiConnectionInput.parse({ name: 'main', provider: 'openai', credentials: { apiKey: KEY }, ...fields })
    return {
      context,
      input,
      create: (fields: object = {}) => run((change) => service.create(change, context, input(fields))),
      update: (id: string, version: number, patch: object, author?: Author) =>
        run((change) => service.update(change, context, id, version, aiConnectionPatch.parse(patch)), author),
      remove: (id: string, version: number, cascade = false, author?: Author) =>
        run((change) => service.remove(change, context, id, version, cascade), author),
      /** What the vault opens of the stored credential. */
      held: async (id: string) => {
        const { sealed_api_key: sealed } = await service.row(context, id)
        return sealed === null ? null : await vault.open(sealed, { ...context, connectionId: id })
      },
      resource: async (name: string, connectionId: string, model: string, fallback?: string) => {
        const models = fallback === undefined ? [] : [{ connectionId: fallback, model: 'f' }]
        const row = {
          id: uuidv7(),
          name,
          description: '',
          model: JSON.stringify({ connectionId, model }),
          fallback: JSON.stringify({ enabled: true, models }),
          enabled: true,
          origin: 'api' as const,
          ...by,
        }
        await scope.insertInto('ai_resource', row).execute()
        return row.id
      },
      key: async (name: string, resources: string[], connections: string[]) => {
        const row = {
          id: uuidv7(),
          name,
          public_id: uuidv7(),
          hash: uuidv7(),
          resources: JSON.stringify(resources),
          connections,
          labels: [],
          enabled: true,
          origin: 'api' as const,
          ...by,
        }
        await scope.insertInto('api_key', row).execute()
        return row.id
      },
      events: () =>
        database.db
          .selectFrom('management_event')
          .where('environment_id', '=', environmentId)
          .selectAll()
          .orderBy('id')
          .execute(),
      names: async (table: 'ai_connection' | 'ai_resource' | 'api_key') =>
        (await scope.selectFrom(table).select('name').orderBy('id').execute()).map(({ name }) => name),
    }
  }

  describe('are created', () => {
    it('as they are read, with a mask for the credential, which the vault holds for this connection alone', async () => {
      const { context, create, held, events } = await freshEnvironment()
      const fields = {
        name: 'main',
        provider: 'azure-openai',
        config: { baseUrl: 'https://acme.openai.azure.com/openai/v1' },
        allowedModels: ['a', 'b'],
        models: { a: { contextTokens: 1000, maxOutputTokens: 10, capacity: [], maxConcurrent: 2 } },
        timeouts: { connectMs: 100 },
        maxConcurrent: 3,
        discoveredCapacity: 'enforce' as const,
        enabled: false,
      }
      const created = await create(fields)
      expect(created).toEqual({
        ...fields,
        ...tracked,
        id: expect.any(String),
        credentials: MASKED,
        capacity: [],
        origin: 'api',
        version: 1,
      })
      expect(await service.get(context, created.id)).toEqual(created)
      expect(await held(created.id)).toBe(KEY)
      expect(affected).toEqual([new Set([context.environmentId])])
      expect(await events()).toEqual([
        expect.objectContaining({
          action: 'ai-connection:create',
          object_id: created.id,
          before: null,
          after: created,
        }),
      ])
    })

    it('with defaults, without a credential where the provider needs none, and with the origin that is given', async () => {
      const { context, input } = await freshEnvironment()
      const plain = input({ provider: 'demo', credentials: undefined })
      const created = await run((change) => service.create(change, context, plain, 'first-start'))
      expect(created).toMatchObject({
        config: {},
        credentials: null,
        allowedModels: null,
        models: {},
        timeouts: {},
        enabled: true,
        origin: 'first-start',
      })
    })

    it('under names that are free without regard to case', async () => {
      const { create } = await freshEnvironment()
      await create()
      await expect(create({ name: 'MAIN' })).rejects.toEqual(problem('name_taken'))
      await (await freshEnvironment()).create()
    })

    const refusals: [string, object, string[]][] = [
      ['an unknown provider', { provider: 'nobody' }, ['provider']],
      ['no address where the provider has none', { provider: 'azure-openai' }, ['config.baseUrl']],
      ['no key where the provider needs one', { credentials: null }, ['credentials.apiKey']],
      ['an empty credential where a key is needed', { credentials: {} }, ['credentials.apiKey']],
      ['a private address', { config: { baseUrl: 'http://192.168.0.1/v1' } }, ['config.baseUrl']],
      ['a private address in another notation', { config: { baseUrl: 'http://0x7f.1/v1' } }, ['config.baseUrl']],
      ['a mapped private address', { config: { baseUrl: 'http://[::ffff:10.0.0.1]/' } }, ['config.baseUrl']],
      ['the port that is not listed', { config: { baseUrl: 'http://10.1.2.3/v1' } }, ['config.baseUrl']],
      ['the metadata service', { config: { baseUrl: 'http://169.254.169.254/v1' } }, ['config.baseUrl']],
      [
        'what is said of a model that may not be called',
        { allowedModels: ['a'], models: { a: {}, 'b c': {} } },
        ['models["b c"]'],
      ],
      [
        'everything at once',
        { provider: 'vllm', allowedModels: [], models: { a: {} } },
        ['config.baseUrl', 'models.a'],
      ],
    ]
    it.each(refusals)('but not with %s', async (_what, fields, paths) => {
      const { create, events } = await freshEnvironment()
      await expect(create(fields)).rejects.toEqual(problem('invalid_fields', ...paths))
      expect(await events()).toEqual([])
    })

    it('at private addresses that the operator lists', async () => {
      const { create } = await freshEnvironment()
      const config = { baseUrl: 'https://10.1.2.3/v1' }
      expect(await create({ config })).toMatchObject({ config })
    })

    it('only if what no schema has seen is right, too, and without repeating what may be secret', async () => {
      const { context, input } = await freshEnvironment()
      const config = { baseUrl: 'https://user:s3cret@example.com/v1?key=s3cret' }
      const unseen = { ...input(), config, credentials: { apiKey: 's3cret\n' } }
      const refused = await run((change) => service.create(change, context, unseen)).catch((error: unknown) => error)
      expect(refused).toEqual(problem('invalid_fields', 'config.baseUrl', 'config.baseUrl', 'credentials.apiKey'))
      expect(JSON.stringify(refused) + String(refused)).not.toContain('s3cret')
    })
  })

  describe('are changed', () => {
    it('in what the patch says, with one event and the next version', async () => {
      const { create, update, held, events } = await freshEnvironment()
      const created = await create({ maxConcurrent: 3, allowedModels: ['a'] })
      const saved = await update(created.id, 1, { name: 'other', maxConcurrent: null, allowedModels: null })
      const changes = { name: 'other', maxConcurrent: null, allowedModels: null, version: 2 }
      expect(saved).toEqual({ ...created, ...changes, updatedAt: expect.any(String) })
      expect(await held(created.id)).toBe(KEY)
      expect((await events()).slice(1)).toEqual([
        expect.objectContaining({
          action: 'ai-connection:update',
          object_name: 'other',
          before: created,
          after: saved,
        }),
      ])
    })

    it('not at all by what is there already, the credential included', async () => {
      const { create, update, events } = await freshEnvironment()
      const created = await create({ models: { a: { contextTokens: 5 } } })
      const same = { name: 'main', config: {}, credentials: { apiKey: KEY }, models: { a: { contextTokens: 5 } } }
      expect(await update(created.id, 1, same)).toEqual(created)
      expect(await events()).toHaveLength(1)
      expect(affected).toHaveLength(1)
    })

    it('in a credential that is replaced: the event says so and shows neither', async () => {
      const { create, update, held, events } = await freshEnvironment()
      const { id } = await create()
      expect(await update(id, 1, { credentials: { apiKey: 'sk-the-next-secret' } })).toMatchObject({
        credentials: MASKED,
        version: 2,
      })
      expect(await held(id)).toBe('sk-the-next-secret')
      const [, event] = await events()
      expect(event?.after).toMatchObject({ credentials: MASKED, credentialsReplaced: true })
      expect(JSON.stringify(await events())).not.toMatch(/sk-/)
    })

    it('in a credential that can not be opened any more', async () => {
      const { context, create, update, held } = await freshEnvironment()
      const { id } = await create()
      const strange = await vault.seal(KEY, { ...context, connectionId: uuidv7() })
      await inEnvironment(database.db, context)
        .updateTable('ai_connection')
        .set({ sealed_api_key: strange })
        .where('id', '=', id)
        .execute()
      await update(id, 1, { credentials: { apiKey: KEY } })
      expect(await held(id)).toBe(KEY)
    })

    it('but keep no credential for another place than the one it was given for', async () => {
      const { create, update, held } = await freshEnvironment()
      const { id } = await create({ provider: 'openai-compatible', config: { baseUrl: 'https://a.example/v1' } })
      const elsewhere = { config: { baseUrl: 'https://b.example/v1' } }
      await expect(update(id, 1, elsewhere)).rejects.toEqual(problem('invalid_fields', 'credentials'))
      await expect(update(id, 1, { provider: 'openai' })).rejects.toEqual(problem('invalid_fields', 'credentials'))
      expect(await held(id)).toBe(KEY)
      expect(await update(id, 1, { ...elsewhere, credentials: null })).toMatchObject({ credentials: null })
      expect(await held(id)).toBeNull()
      expect(await update(id, 2, { ...elsewhere, credentials: { apiKey: 'sk-b' } })).toMatchObject({ version: 3 })
      expect(await held(id)).toBe('sk-b')
    })

    it('to another provider with settings of its own', async () => {
      const { create, update } = await freshEnvironment()
      const { id } = await create({ provider: 'openai-compatible', config: { baseUrl: 'https://a.example/v1' } })
      const credentials = { apiKey: 'sk-b' }
      await expect(update(id, 1, { provider: 'vllm', credentials })).rejects.toEqual(
        problem('invalid_fields', 'config.baseUrl'),
      )
      expect(await update(id, 1, { provider: 'groq', credentials })).toMatchObject({ provider: 'groq', config: {} })
    })

    it('not to what could not be created', async () => {
      const { create, update } = await freshEnvironment()
      const { id } = await create({ models: { a: {} } })
      await create({ name: 'taken' })
      await expect(update(id, 1, { name: 'TAKEN' })).rejects.toEqual(problem('name_taken'))
      await expect(update(id, 1, { credentials: null })).rejects.toEqual(
        problem('invalid_fields', 'credentials.apiKey'),
      )
      await expect(update(id, 1, { allowedModels: ['b'] })).rejects.toEqual(problem('invalid_fields', 'models.a'))
      await expect(
        update(id, 1, { config: { baseUrl: 'http://127.0.0.1/' }, credentials: { apiKey: KEY } }),
      ).rejects.toEqual(problem('invalid_fields', 'config.baseUrl'))
    })

    it('in other respects while their address has been forbidden since', async () => {
      const { context, create, update } = await freshEnvironment()
      const { id } = await create()
      await inEnvironment(database.db, context)
        .updateTable('ai_connection')
        .set({ base_url: 'http://127.0.0.1:1/' })
        .where('id', '=', id)
        .execute()
      expect(await update(id, 1, { enabled: false })).toMatchObject({ enabled: false })
    })

    it('but lose no model that a resource uses', async () => {
      const { create, update, resource } = await freshEnvironment()
      const { id } = await create()
      await resource('assistant', id, 'a')
      await resource('helper', (await create({ name: 'other' })).id, 'x', id)
      await expect(update(id, 1, { allowedModels: ['b'] })).rejects.toEqual(inUse('assistant', 'helper'))
      await expect(update(id, 1, { allowedModels: ['a'] })).rejects.toEqual(inUse('helper'))
      expect(await update(id, 1, { allowedModels: ['f', 'a'] })).toMatchObject({ version: 2 })
    })

    it('and no model is told of by a resource that may not be seen', async () => {
      const { create, update, resource } = await freshEnvironment()
      const { id } = await create()
      await resource('assistant', id, 'hidden-model')
      const refusal = (author?: Author) => update(id, 1, { allowedModels: ['b'] }, author).catch(String)
      expect(await refusal()).toContain('use: hidden-model')
      expect(await refusal(await personWithout('ai-resource:get'))).toMatch(/AI resources use; and 1 more that you/)
    })

    it('but keep a name by which rules look at them, other than in upper and lower case', async () => {
      const { context, create, update, resource } = await freshEnvironment()
      const { id } = await create()
      const watching = await resource('watching', (await create({ name: 'other' })).id, 'x')
      const rule = {
        ...{ description: '', enabled: true, traffic: 100 },
        when: { field: 'errorRate(5, MAIN/m)', op: 'gt', value: 0.5 },
        // biome-ignore lint/suspicious/noThenProperty: the name that people write in rules
        then: { block: 'no' },
      }
      await inEnvironment(database.db, context)
        .updateTable('ai_resource')
        .set({ routing: JSON.stringify([rule]) })
        .where('id', '=', watching)
        .execute()
      await expect(update(id, 1, { name: 'renamed' })).rejects.toEqual(inUse('watching'))
      expect(await update(id, 1, { name: 'Main' })).toMatchObject({ version: 2 })
    })

    it('by whoever has read them last, and nobody of another environment', async () => {
      const { create, update } = await freshEnvironment()
      const stranger = await freshEnvironment()
      const { id } = await create()
      await expect(update(id, 2, { enabled: false })).rejects.toEqual(problem('version_mismatch'))
      await expect(stranger.update(id, 1, { enabled: false })).rejects.toEqual(problem('not_found'))
      await expect(stranger.remove(id, 1, true)).rejects.toEqual(problem('not_found'))
      await expect(service.get(stranger.context, id)).rejects.toEqual(problem('not_found'))
    })
  })

  describe('are deleted', () => {
    it('when nothing uses them', async () => {
      const { create, remove, names, events } = await freshEnvironment()
      const created = await create()
      await remove(created.id, 1)
      expect(await names('ai_connection')).toEqual([])
      expect((await events()).slice(1)).toEqual([
        expect.objectContaining({ action: 'ai-connection:delete', before: created, after: null }),
      ])
      expect(affected).toHaveLength(2)
    })

    it('not while resources or API keys name them', async () => {
      const { create, remove, resource, key, names } = await freshEnvironment()
      const { id } = await create()
      const other = await create({ name: 'other' })
      const helper = await resource('helper', other.id, 'x', id)
      await key('app', [helper], [id])
      await expect(remove(id, 1)).rejects.toEqual(inUse('helper', 'app'))
      await expect(remove(id, 2, true)).rejects.toEqual(problem('version_mismatch'))
      expect(await names('ai_connection')).toEqual(['main', 'other'])
    })

    it('with the resources that use them, and out of API keys, when all of it is to go', async () => {
      const { create, remove, resource, key, names, events, context } = await freshEnvironment()
      const { id } = await create()
      const other = await create({ name: 'other' })
      const helper = await resource('helper', other.id, 'x', id)
      await resource('independent', other.id, 'x')
      await key('app', [helper], [id, other.id])
      await remove(id, 1, true)
      expect(await names('ai_connection')).toEqual(['other'])
      expect(await names('ai_resource')).toEqual(['independent'])
      const keys = await inEnvironment(database.db, context).selectFrom('api_key').selectAll().execute()
      expect(keys).toEqual([expect.objectContaining({ resources: [], connections: [other.id] })])
      const actions = (await events()).map(({ action }) => action)
      expect(actions.filter((action) => action.endsWith(':delete'))).toEqual([
        'ai-resource:delete',
        'ai-connection:delete',
      ])
    })

    it.each(['ai-resource:delete', 'api-key:update'])('not further than %s is permitted', async (denied) => {
      const { create, remove, resource, key, names } = await freshEnvironment()
      const { id } = await create()
      await resource('assistant', id, 'a')
      await key('app', [], [id])
      await expect(remove(id, 1, true, await personWithout(denied))).rejects.toEqual(problem('permission_missing'))
      expect(await names('ai_resource')).toEqual(['assistant'])
      expect(await names('ai_connection')).toEqual(['main'])
    })
  })

  it('are listed page by page, without those that may not be seen', async () => {
    const { context, create } = await freshEnvironment()
    const first = await create({ name: 'first' })
    const second = await create({ name: 'second' })
    const page = await service.list(context, policy(), { limit: 1 })
    expect(page.items).toEqual([first])
    expect(await service.list(context, policy(), { limit: 1, cursor: page.next })).toEqual({ items: [second] })
    expect(await service.list(context, policy('ai-connection:get'), { limit: 50 })).toEqual({ items: [] })
  })

  it('tell who uses them, as far as it may be seen', async () => {
    const { context, create, resource, key } = await freshEnvironment()
    const { id } = await create()
    const helper = await resource('helper', id, 'x', id)
    const app = await key('app', [], [id])
    const uses = (seen: Policy) => run((change) => usesOf(change, context, seen, { id, name: 'main' }))
    const ofResource = { kind: 'ai-resource', id: helper, name: 'helper', models: ['x', 'f'] }
    expect(await uses(policy())).toEqual([ofResource, { kind: 'api-key', id: app, name: 'app', models: [] }])
    expect(await uses(policy('api-key:get'))).toEqual([ofResource])
    expect(await uses(policy('ai-resource:*', 'api-key:*'))).toEqual([])
  })

  it('are told by name to those that name them', async () => {
    const { context, create } = await freshEnvironment()
    const { id } = await create({ allowedModels: ['a'] })
    expect(await connectionsIn(database.db, context)).toEqual([{ id, name: 'main', allowedModels: ['a'] }])
  })
})
