import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { LLMock } from '@copilotkit/aimock'
import {
  type AiConnection,
  aiResourceRoutes,
  apiKeyRoutes,
  auditEventRoutes,
  environmentRoutes,
  providerRoutes,
  type Route,
  roleRoutes,
  aiConnectionRoutes as routes,
  workspaceRoutes,
} from '@vm-x/contract'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { PROMPT } from '../testing/prompt.ts'
import { type Answer, type CallOptions, type Person, startWorld, type World, worldKinds } from '../testing/world.ts'

const KEY = 'sk-good-3c1f0a'
const WRONG_KEY = 'sk-wrong-77b2d9'
const SECRETS = [KEY, WRONG_KEY]
const MASKED = { apiKey: '••••••••' }

describe.each(worldKinds)('the API of AI connections, on %s', (kind) => {
  let mock: LLMock
  let hostile: Server
  let world: World
  let context: { workspaceId: string; environmentId: string }
  const answers: string[] = []

  beforeAll(async () => {
    mock = new LLMock({ port: 0, host: '127.0.0.1', auth: { apiKeys: [KEY] }, journalMaxEntries: 0 })
    mock.on({ model: 'good' }, { content: 'Hello from the emulator' })
    await mock.start()
    hostile = await echoing()
    world = await startWorld(kind, { env: { UPSTREAM_ALLOW: '127.0.0.1' } })
    const { admin, done } = world
    const { id: workspaceId } = await done(admin, workspaceRoutes.createWorkspace, { body: { name: 'connections' } })
    const { id: environmentId } = await done(admin, environmentRoutes.createEnvironment, {
      params: { workspaceId },
      body: { name: 'test' },
    })
    context = { workspaceId, environmentId }
  })
  afterAll(async () => {
    await world?.close()
    hostile?.close()
    await mock?.stop()
  })

  async function call(route: Route, options: CallOptions = {}, person: Person = world.admin): Promise<Answer> {
    const answer = await world.call(person, route, { ...options, params: { ...context, ...options.params } })
    answers.push(answer.text)
    return answer
  }

  const upstream = () => ({
    provider: 'openai-compatible',
    config: { baseUrl: `${mock.url}/v1` },
    credentials: { apiKey: KEY },
  })

  /** A connection to the emulator under a name of its own. */
  async function connection(fields: object = {}) {
    const name = `c${answers.length}`
    const answer = await call(routes.createAiConnection, { body: { name, ...upstream(), ...fields } })
    expect(answer).toMatchObject({ status: 201 })
    const created: AiConnection = answer.body
    return { created, params: { aiConnectionId: created.id } }
  }

  async function resource(connectionId: string, model = 'good') {
    const body = { name: `r${answers.length}`, model: { connectionId, model } }
    const { body: created } = await call(aiResourceRoutes.createAiResource, { body })
    return { created, params: { aiResourceId: created.id } }
  }

  it('lists the providers with schemas of what their connections need', async () => {
    const { status, body } = await call(providerRoutes.listProviders)
    expect(status).toBe(200)
    expect(body.items).toContainEqual(
      expect.objectContaining({
        id: 'azure-openai',
        needsBaseUrl: true,
        defaultBaseUrl: null,
        config: expect.objectContaining({ required: ['baseUrl'], additionalProperties: false }),
        credentials: expect.objectContaining({ required: ['apiKey'] }),
      }),
    )
  })

  it('answers with a mask for the credential, and the version as ETag', async () => {
    const { created, params } = await connection({ models: { good: { contextTokens: 1000 } } })
    const answer = await call(routes.getAiConnection, { params })
    expect(answer.body).toEqual(created)
    expect(answer.body).toMatchObject({
      credentials: MASKED,
      models: { good: { contextTokens: 1000, maxOutputTokens: null, capacity: [], maxConcurrent: null } },
      origin: 'api',
      createdBy: world.admin.id,
    })
    expect(answer.headers.get('etag')).toBe('"1"')
    expect((await call(routes.listAiConnections)).body.items).toContainEqual(created)
    const patch = { params, version: 1, body: { enabled: false } }
    expect(await call(routes.updateAiConnection, patch)).toMatchObject({ status: 200, body: { version: 2 } })
    expect(await call(routes.updateAiConnection, patch)).toMatchObject({ status: 412 })
    expect(await call(routes.deleteAiConnection, { params, version: 2 })).toMatchObject({ status: 204, text: '' })
    expect(await call(routes.getAiConnection, { params })).toMatchObject({ status: 404 })
  })

  it.each([
    [{ config: { baseUrl: `https://user:${WRONG_KEY}@example.com` } }, 'config.baseUrl'],
    [{ config: { region: 'x' } }, 'config.region'],
    [{ config: {} }, 'config.baseUrl'],
    [{ config: { baseUrl: 'http://10.0.0.1/' } }, 'config.baseUrl'],
    [{ config: { baseUrl: 'https://a.example/\0' } }, 'config.baseUrl'],
    [{ config: { baseUrl: 'https://a.example/\ud800' } }, 'config.baseUrl'],
    [{ provider: 'a\0' }, 'provider'],
    [{ allowedModels: ['a\0'] }, 'allowedModels[0]'],
    [{ credentials: { apiKey: `${WRONG_KEY}\n` } }, 'credentials.apiKey'],
    [{ credentials: MASKED }, 'credentials.apiKey'],
    [{ provider: 'nobody' }, 'provider'],
    [{ allowedModels: [], models: { 'a/b': {} } }, 'models["a/b"]'],
    [{ models: { a: { cost: 1 } } }, 'models.a.cost'],
    [{ origin: 'config' }, 'origin'],
  ])('refuses %j with 422 at its path', async (fields, path) => {
    const answer = await call(routes.createAiConnection, { body: { name: 'refused', ...upstream(), ...fields } })
    expect(answer).toMatchObject({ status: 422, body: { code: 'invalid_fields', errors: [{ path }] } })
  })

  it('keeps what is used: 409 with who uses it, until all of it is to go', async () => {
    const { created, params } = await connection({ allowedModels: ['good'] })
    const used = await resource(created.id)
    const body = { name: 'app', resources: [used.created.id], connections: [created.id] }
    const key = (await call(apiKeyRoutes.createApiKey, { body })).body
    const uses = [
      { kind: 'ai-resource', id: used.created.id, name: used.created.name, models: ['good'] },
      { kind: 'api-key', id: key.id, name: 'app', models: [] },
    ]
    expect(await call(routes.listAiConnectionUses, { params })).toMatchObject({ status: 200, body: { items: uses } })
    expect(
      await call(routes.updateAiConnection, { params, version: 1, body: { allowedModels: ['other'] } }),
    ).toMatchObject({ status: 409, body: { code: 'in_use', usedBy: [{ id: used.created.id }] } })
    expect(await call(routes.deleteAiConnection, { params, version: 1 })).toMatchObject({
      status: 409,
      body: { code: 'in_use', usedBy: [{ id: used.created.id }, { id: key.id }] },
    })
    expect(await call(routes.deleteAiConnection, { params, version: 1, query: { cascade: true } })).toMatchObject({
      status: 204,
    })
    expect(await call(aiResourceRoutes.getAiResource, { params: used.params })).toMatchObject({ status: 404 })
    expect(await call(apiKeyRoutes.getApiKey, { params: { apiKeyId: key.id } })).toMatchObject({
      body: { resources: [], connections: [] },
    })
  })

  it('409 without the names of what uses it, for whoever may not get that', async () => {
    const { created, params } = await connection()
    const used = await resource(created.id)
    const { admin, done } = world
    const policy = {
      statements: [
        { effect: 'allow', actions: ['ai-connection:*'], resources: ['*'] },
        { effect: 'allow', actions: ['ai-resource:list'], resources: ['*'] },
      ],
    }
    await done(admin, roleRoutes.createRole, { body: { name: 'connections-only', policy } })
    const person = await world.person('connections-only')
    await done(admin, workspaceRoutes.addWorkspaceMember, { params: context, body: { email: person.email } })
    for (const [route, options] of [
      [routes.deleteAiConnection, {}],
      [routes.updateAiConnection, { body: { allowedModels: ['other'] } }],
    ] as const) {
      const answer = await call(route, { params, version: 1, ...options }, person)
      expect(answer).toMatchObject({ status: 409, body: { code: 'in_use', detail: expect.stringContaining('1 more') } })
      expect(answer.text).not.toContain(used.created.id)
      expect(answer.text).not.toContain(`"${used.created.name}"`)
    }
  })

  it('uses another credential from its answer on', async () => {
    const { created, params } = await connection({ credentials: { apiKey: WRONG_KEY } })
    const { params: chat } = await resource(created.id)
    const body = { messages: [{ role: 'user', content: PROMPT }] }
    expect(await call(aiResourceRoutes.chatWithAiResource, { params: chat, body })).not.toMatchObject({ status: 200 })
    await call(routes.updateAiConnection, { params, version: 1, body: { credentials: { apiKey: KEY } } })
    expect(await call(aiResourceRoutes.chatWithAiResource, { params: chat, body })).toMatchObject({ status: 200 })
  })

  describe('tests', () => {
    it('what is saved, with and without a body, and lists its models', async () => {
      const { params } = await connection({ allowedModels: ['good'] })
      const ok = { status: 200, body: { ok: true, latencyMs: expect.any(Number), error: null } }
      expect(await call(routes.testAiConnection, { params })).toMatchObject(ok)
      expect(await call(routes.testAiConnection, { params, body: { model: 'good' } })).toMatchObject(ok)
      expect(await call(routes.testAiConnection, { params, body: { model: 'bad' } })).toMatchObject({
        status: 422,
        body: { errors: [{ path: 'model' }] },
      })
      const { body } = await call(routes.listAiConnectionModels, { params })
      expect(body.error).toBeNull()
      expect(body.items).toContainEqual({ id: 'good', allowed: true })
    })

    it('what is not saved, and keeps nothing of it', async () => {
      const before = (await call(routes.listAiConnections)).body
      const test = (fields: object) => call(routes.testNewAiConnection, { body: { ...upstream(), ...fields } })
      expect(await test({})).toMatchObject({
        status: 200,
        body: { ok: true, models: expect.arrayContaining(['good']) },
      })
      expect(await test({ credentials: { apiKey: WRONG_KEY } })).toMatchObject({
        status: 200,
        body: { ok: false, latencyMs: null, models: null, error: { code: 'provider_auth_failed' } },
      })
      expect(await test({ config: { baseUrl: 'http://10.0.0.1/' } })).toMatchObject({
        status: 422,
        body: { errors: [{ path: 'config.baseUrl' }] },
      })
      expect((await call(routes.listAiConnections)).body).toEqual(before)
    })

    it('without repeating what the other side says', async () => {
      const { port } = hostile.address() as AddressInfo
      const config = { baseUrl: `http://127.0.0.1:${port}/v1` }
      const { created, params } = await connection({ config })
      for (const answer of [
        await call(routes.testAiConnection, { params }),
        await call(routes.listAiConnectionModels, { params }),
        await call(routes.testNewAiConnection, { body: { ...upstream(), config } }),
      ]) {
        expect(answer).toMatchObject({ status: 200, body: { error: { code: 'provider_unavailable' } } })
        expect(answer.text).not.toContain(FOREIGN)
      }
      expect(created.enabled).toBe(true)
    })
  })

  it('tells of each test in the management audit, with who was asked and what came of it, and no secret', async () => {
    const { created, params } = await connection()
    await call(routes.testAiConnection, { params })
    await call(routes.testNewAiConnection, {
      body: { ...upstream(), credentials: { apiKey: WRONG_KEY }, model: 'good' },
    })
    await call(routes.testNewAiConnection, { body: { ...upstream(), config: {} } })
    const query = { environmentId: context.environmentId, action: 'ai-connection:test', limit: 2 }
    const { items } = await world.done(world.admin, auditEventRoutes.listAuditEvents, { query })
    const { host } = new URL(mock.url)
    const actor = { kind: 'user', id: world.admin.id, name: world.admin.email }
    expect(items).toMatchObject([
      {
        ...{ ...context, actor, before: null },
        object: { kind: 'provider', id: 'openai-compatible' },
        after: { provider: 'openai-compatible', host, model: 'good', result: 'provider_auth_failed' },
      },
      {
        ...{ ...context, actor, before: null },
        object: { kind: 'ai-connection', id: created.id, name: created.name },
        after: { provider: 'openai-compatible', host, model: null, result: 'ok' },
      },
    ])
    for (const secret of SECRETS) expect(JSON.stringify(items)).not.toContain(secret)
    expect((await call(routes.getAiConnection, { params })).body).toEqual(created)
  })

  it('lets who may only read see connections and their uses, but not call the provider', async () => {
    const { params } = await connection()
    const reader = await world.person('read-only')
    await call(workspaceRoutes.addWorkspaceMember, { body: { email: reader.email } })
    for (const route of [routes.listAiConnections, routes.getAiConnection, routes.listAiConnectionUses])
      expect(await call(route, { params }, reader)).toMatchObject({ status: 200 })
    expect(await call(providerRoutes.listProviders, {}, reader)).toMatchObject({ status: 200 })
    const body = { ...upstream(), name: 'x' }
    expect(await call(routes.testAiConnection, { params, body: {} }, reader)).toMatchObject({ status: 403 })
    expect(await call(routes.listAiConnectionModels, { params }, reader)).toMatchObject({ status: 403 })
    expect(await call(routes.createAiConnection, { body }, reader)).toMatchObject({ status: 403 })
    expect(await call(routes.testNewAiConnection, { body: upstream() }, reader)).toMatchObject({ status: 403 })
  })

  it('says no credential in any answer of this page, in logs or in the database', async () => {
    const { db } = world.product.storage.database
    const stored = await vi.waitFor(async () => {
      const tables = ['ai_connection', 'management_event', 'audit_exchange', 'usage_event'] as const
      const rows = await Promise.all(tables.map((table) => db.selectFrom(table).selectAll().execute()))
      expect(rows.map(({ length }) => length)).not.toContain(0)
      return rows
    })
    const said = [answers, world.logged, stored].map((part) => JSON.stringify(part))
    expect(answers.length).toBeGreaterThan(20)
    for (const secret of SECRETS) for (const part of said) expect(part).not.toContain(secret)
  })
})

const FOREIGN = 'a word of the other side'

/** Fails, and repeats what it was asked with. */
async function echoing(): Promise<Server> {
  const server = createServer((request, response) => {
    response.writeHead(500, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ error: { message: `${FOREIGN}: ${JSON.stringify(request.headers)}` } }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}
