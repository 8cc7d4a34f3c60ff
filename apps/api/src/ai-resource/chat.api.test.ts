// biome-ignore-all lint/suspicious/noThenProperty: the name that people write
import { aiResourceRoutes as routes, workspaceRoutes } from '@vm-x/contract'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { environmentOfItsOwn } from '../testing/environment-of-its-own.ts'
import { PROMPT } from '../testing/prompt.ts'
import { startWorld, type World, worldKinds } from '../testing/world.ts'

/** Records reach the stores a moment later. */
const SHIPPED = { timeout: 10_000 }
const messages = [{ role: 'user', content: PROMPT }]

describe.each(worldKinds)('a chat with an AI resource as who is signed in, on %s', (kind) => {
  let world: World
  let here: Awaited<ReturnType<typeof environmentOfItsOwn>>

  beforeAll(async () => {
    world = await startWorld(kind)
    here = await environmentOfItsOwn(world)
  })
  afterAll(() => world?.close())

  const to = (model: string) => ({ connectionId: here.connectionId, model })

  async function resource(name: string, fields: object = {}) {
    const aiResourceId = await here.resource(name, fields)
    return { id: aiResourceId, params: { ...here.context, aiResourceId } }
  }

  const recordsOf = (resourceId: string) =>
    world.product.storage.database.db
      .selectFrom('audit_exchange')
      .where('resource_id', '=', resourceId)
      .select('record')
      .execute()

  it('is answered as the data plane answers, and recorded and counted for the user', async () => {
    const { id, params } = await resource('plain')
    const answer = await world.call(world.admin, routes.chatWithAiResource, { params, body: { messages } })
    expect(answer).toMatchObject({ status: 200, body: { object: 'chat.completion' } })
    expect(answer.headers.get('x-vmx-connection-id')).toBe(here.connectionId)
    const who = { ...here.context, userId: world.admin.id, resourceId: id, requestedModel: 'plain', outcome: 'ok' }
    const records = await vi.waitFor(async () => {
      const found = await recordsOf(id)
      expect(found).toMatchObject([{ record: { ...who, id: answer.headers.get('x-request-id') } }])
      return found
    }, SHIPPED)
    expect(records[0]?.record).not.toHaveProperty('apiKeyId')
    const { db } = world.product.storage.database
    await vi.waitFor(async () => {
      const used = db.selectFrom('usage_event').where('resource_id', '=', id).selectAll().execute()
      expect(await used).toMatchObject([
        { user_id: world.admin.id, output_tokens: answer.body.usage.completion_tokens, status: 200 },
      ])
    }, SHIPPED)
  })

  it('is streamed', async () => {
    const { params } = await resource('streamed')
    const body = { messages, stream: true }
    const { headers, text } = await world.call(world.admin, routes.chatWithAiResource, { params, body })
    expect(headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    expect(text).toMatch(/^data: \{.*\n\ndata: \[DONE\]\n\n$/s)
  })

  it('goes where the rules say, and on to the fallback', async () => {
    const when = { field: 'request.toolsCount', op: 'gt', value: 0 }
    const { params } = await resource('routed', {
      routing: [{ when, then: { target: to('demo+status=503') } }],
      fallback: { models: [to('demo+chunks=2')] },
      retries: { max: 0 },
    })
    const chat = (body: object) => world.call(world.admin, routes.chatWithAiResource, { params, body })
    expect((await chat({ messages })).headers.get('x-vmx-model')).toBe('demo')
    const tools = [{ type: 'function', function: { name: 'f', parameters: { type: 'object' } } }]
    const { status, headers } = await chat({ messages, tools })
    expect([status, headers.get('x-vmx-model'), headers.get('x-vmx-fallback'), headers.get('x-vmx-route')]).toEqual([
      200,
      'demo+chunks=2',
      '1',
      '0',
    ])
  })

  it('is routed by what was saved right before', async () => {
    const { params } = await resource('changed')
    const update = { params, version: 1, body: { model: to('demo+bytes=7') } }
    await world.done(world.admin, routes.updateAiResource, update)
    const { headers } = await world.call(world.admin, routes.chatWithAiResource, { params, body: { messages } })
    expect(headers.get('x-vmx-model')).toBe('demo+bytes=7')
    const { items } = await world.done(world.admin, routes.listAiResourceRevisions, { params })
    await world.done(world.admin, routes.restoreAiResourceRevision, {
      params: { ...params, revisionId: items[0].id },
      version: 2,
    })
    const again = await world.call(world.admin, routes.chatWithAiResource, { params, body: { messages } })
    expect(again.headers.get('x-vmx-model')).toBe('demo')
  })

  it('is refused in the form of the OpenAI API once the gateway has it, and as a problem before', async () => {
    const { params } = await resource('off', { enabled: false })
    const chat = (body: unknown) => world.call(world.admin, routes.chatWithAiResource, { params, body })
    const off = await chat({ messages })
    expect(off).toMatchObject({ status: 404, body: { error: { code: 'model_not_found' } } })
    expect(await chat([])).toMatchObject({ status: 422, body: { code: 'invalid_fields' } })
    const aiResourceId = here.context.environmentId
    const nowhere = await world.call(world.admin, routes.chatWithAiResource, {
      params: { ...params, aiResourceId },
      body: { messages },
    })
    expect(nowhere).toMatchObject({ status: 404, body: { code: 'not_found' } })
  })

  it.each([300, 3_000, 20_000])('is refused when its body is %i lists within each other', async (depth) => {
    const { params } = await resource(`nested-${depth}`)
    const body = `{"messages":${'['.repeat(depth)}${']'.repeat(depth)}}`
    const { status, text } = await world.call(world.admin, routes.chatWithAiResource, { params, body })
    expect(status).toBe(depth < 1000 ? 400 : 422)
    expect(text).toMatch(/nested more than/)
  })

  it('needs a permission of its own', async () => {
    const { params } = await resource('forbidden')
    const reader = await world.person('read-only')
    const body = { email: reader.email }
    await world.done(world.admin, workspaceRoutes.addWorkspaceMember, { params: here.context, body })
    await world.done(reader, routes.getAiResource, { params })
    const { status, text } = await world.call(reader, routes.chatWithAiResource, { params, body: { messages } })
    expect(status).toBe(403)
    expect(text).toContain('completion:execute')
  })
})
