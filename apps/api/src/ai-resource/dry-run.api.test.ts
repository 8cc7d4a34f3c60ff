// biome-ignore-all lint/suspicious/noThenProperty: the name that people write
import {
  aiConnectionRoutes,
  apiKeyRoutes,
  roleRoutes,
  aiResourceRoutes as routes,
  workspaceRoutes,
} from '@vm-x/contract'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { FieldError } from '../http/problem.ts'
import { environmentOfItsOwn } from '../testing/environment-of-its-own.ts'
import { PROMPT } from '../testing/prompt.ts'
import { startWorld, type World, worldKinds } from '../testing/world.ts'

const request = { messages: [{ role: 'user', content: PROMPT }] }

describe.each(worldKinds)('the dry run of an AI resource, on %s', (kind) => {
  let world: World
  let here: Awaited<ReturnType<typeof environmentOfItsOwn>>
  let otherId: string

  beforeAll(async () => {
    world = await startWorld(kind)
    here = await environmentOfItsOwn(world)
    otherId = await here.connection('other', { allowedModels: ['demo+chunks=2'] })
  })
  afterAll(() => world?.close())

  const to = (model: string, connectionId = here.connectionId) => ({ connectionId, model })
  const ask = (aiResourceId: string, question: object = {}) =>
    here.call(routes.routeAiResource, { params: { aiResourceId }, body: { request, ...question } })
  const answered = async (aiResourceId: string, question: object = {}) => {
    const { status, body, text } = await ask(aiResourceId, question)
    if (status !== 200) throw new Error(text)
    return body
  }
  const key = async (fields: object) => (await here.done(apiKeyRoutes.createApiKey, { body: fields })).id

  it('tells which rule decides and which targets would be tried, and calls none', async () => {
    const labelled = { field: 'apiKey.labels', op: 'contains', value: 'vip' }
    const asked = { field: 'request.headers.x-team', op: 'eq', value: 'a' }
    const id = await here.resource('routed', {
      routing: [
        { when: labelled, then: { target: to('demo+status=503') } },
        { when: asked, then: { block: 'Not team a' } },
        { when: { expression: 'request.stream' }, then: { target: to('demo+chunks=2', otherId) } },
      ],
      fallback: { models: [to('demo+chunks=3')] },
    })
    expect(await answered(id)).toMatchObject({
      decision: {
        rules: [{ result: 'not_matched' }, { result: 'not_matched' }, { result: 'not_matched' }],
        attempts: [],
      },
      targets: [
        { ...to('demo'), connection: 'demo', provider: 'demo', fullLimits: [], circuitOpensInMs: 0, heldForMs: 0 },
        to('demo+chunks=3'),
      ],
      expressions: [{ rule: 2 }],
    })
    expect(await answered(id, { request: { ...request, stream: true } })).toMatchObject({
      matched: 2,
      targets: [to('demo+chunks=2', otherId), to('demo+chunks=3')],
    })
    expect(await answered(id, { headers: { 'X-Team': 'a' } })).toMatchObject({
      matched: 1,
      blocked: 'Not team a',
      refusedBy: 'blocked_by_route',
      targets: [],
    })
    const apiKeyId = await key({ name: 'vip', labels: ['vip'] })
    expect(await answered(id, { apiKeyId })).toMatchObject({ matched: 0, targets: [to('demo+status=503'), {}] })
    const { db } = world.product.storage.database
    expect(await db.selectFrom('audit_exchange').where('resource_id', '=', id).select('id').execute()).toEqual([])
  })

  it('asks a draft instead of what is saved, which stays as it is', async () => {
    const id = await here.resource('saved')
    const draft = { name: 'saved', model: to('demo+chunks=2', otherId) }
    expect(await answered(id, { draft })).toMatchObject({ targets: [draft.model] })
    expect(await answered(id)).toMatchObject({ targets: [to('demo')] })
    const wrong = { ...draft, model: to('demo', otherId), fallback: { models: [to('demo', world.admin.id)] } }
    expect(await ask(id, { draft: wrong })).toMatchObject({
      status: 422,
      body: { errors: [{ path: 'draft.model.model' }, { path: 'draft.fallback.models[0].connectionId' }] },
    })
  })

  it('asks what is not saved yet, and keeps nothing of it', async () => {
    const draft = {
      name: 'unsaved',
      model: to('demo'),
      routing: [{ when: { expression: 'request.stream' }, then: { target: to('demo+chunks=2', otherId) } }],
    }
    const askNew = (question: object) => here.call(routes.routeNewAiResource, { body: { request, ...question } })
    expect(await askNew({ draft })).toMatchObject({
      status: 200,
      body: { decision: { rules: [{ result: 'not_matched' }] }, targets: [to('demo')], expressions: [{ rule: 0 }] },
    })
    expect(await askNew({ draft, request: { ...request, stream: true } })).toMatchObject({
      body: { matched: 0, targets: [to('demo+chunks=2', otherId)] },
    })
    expect(await askNew({})).toMatchObject({ status: 422, body: { errors: [{ path: 'draft' }] } })
    const { items } = await here.done(routes.listAiResources)
    expect(items.map(({ name }: { name: string }) => name)).not.toContain('unsaved')
  })

  it.each([
    ['an expression', { routing: [{ when: { expression: 'request.' }, then: { block: 'no' } }] }],
    ['a field', { routing: [{ when: { field: 'tokens.inputs', op: 'lt', value: 1 }, then: { block: 'no' } }] }],
    ['a pattern', { routing: [{ when: { field: 'request.user', op: 'matches', value: '(' }, then: { block: 'no' } }] }],
    ['weights', { routing: [{ when: { all: [] }, then: { split: [] } }] }],
    ['an unknown field', { unknown: true }],
  ])('refuses %s that could not be saved by the path that saving would name', async (_what, wrong) => {
    const draft = { name: 'wrong', model: to('demo', world.admin.id), ...wrong }
    const saving = await here.call(routes.createAiResource, { body: draft })
    const asking = await here.call(routes.routeNewAiResource, { body: { request, draft } })
    expect([saving.status, asking.status]).toEqual([422, 422])
    const inDraft = ({ path, message }: FieldError) => ({ path: path === '' ? 'draft' : `draft.${path}`, message })
    expect(asking.body.errors).toEqual(saving.body.errors.map(inDraft))
  })

  it('needs to be permitted to create resources where nothing is saved yet', async () => {
    const person = await world.person('read-only')
    await here.done(workspaceRoutes.addWorkspaceMember, { body: { email: person.email } })
    const body = { request, draft: { name: 'unsaved', model: to('demo') } }
    const refused = await here.call(routes.routeNewAiResource, { body }, person)
    expect(refused).toMatchObject({ status: 403, body: { code: 'permission_missing' } })
    expect(refused.text).toContain('ai-resource:create')
  })

  it('tells what would refuse the request, without counting it', async () => {
    const when = { field: 'random', op: 'lt', value: 0 }
    const model = { name: 'm', model: to('demo') }
    const id = await here.resource('full', { capacity: [{ period: 'hour', requests: 0 }] })
    expect(await answered(id)).toMatchObject({
      refusedBy: 'capacity_exceeded',
      fullLimits: [{ owner: 'resource', period: 'hour' }],
    })
    const off = { ...model, enabled: false, routing: [{ when, then: { block: 'never' } }] }
    expect((await answered(id, { draft: off })).refusedBy).toBe('model_not_found')
    const apiKeyId = await key({ name: 'elsewhere', resources: [] })
    expect((await answered(id, { draft: model, apiKeyId })).refusedBy).toBe('resource_not_allowed')
    const disabled = await key({ name: 'disabled', enabled: false })
    expect((await answered(id, { draft: model, apiKeyId: disabled })).refusedBy).toBe('invalid_api_key')
    const limited = { capacity: [{ period: 'day', requests: 1 }] }
    const once = await key({ name: 'once', ...limited })
    for (const _ of [1, 2, 3])
      expect(await answered(id, { draft: model, apiKeyId: once })).not.toHaveProperty('refusedBy')
  })

  it('says the same again when chance does', async () => {
    const split = [10, 20, 30, 40].map((weight) => ({ target: to(`demo+bytes=${weight}`), weight }))
    const id = await here.resource('split', { routing: [{ when: { all: [] }, then: { split } }] })
    const first = await answered(id)
    expect(first.draws).toHaveLength(1)
    expect((await answered(id, { draws: first.draws })).targets).toEqual(first.targets)
    expect((await answered(id, { draws: [0.05] })).targets[0].model).toBe('demo+bytes=10')
  })

  it('refuses what the data plane could not read, by its path', async () => {
    const id = await here.resource('plain')
    const pathsOf = async (question: object) =>
      (await ask(id, question)).body.errors.map(({ path }: { path: string }) => path)
    expect(await pathsOf({ request: { ...request, stream: 'yes' } })).toEqual(['request.stream'])
    expect(await pathsOf({ request: { ...request, vmx: { secondaryModel: 3 } } })).toEqual([
      'request.vmx.secondaryModel',
    ])
    expect(await pathsOf({ headers: { 'x-vmx-metadata': '{' } })).toEqual(['headers["x-vmx-metadata"]'])
    expect(await pathsOf({ apiKeyId: world.admin.id })).toEqual(['apiKeyId'])
  })

  it('needs to be permitted for the resource, and to see the key', async () => {
    const aiResourceId = await here.resource('guarded')
    const apiKeyId = await key({ name: 'guarded' })
    const params = { ...here.context, aiResourceId }
    const member = async (role: string) => {
      const person = await world.person(role)
      await here.done(workspaceRoutes.addWorkspaceMember, { body: { email: person.email } })
      const ask = async (question: object) => {
        const body = { request, ...question }
        const answer = await world.call(person, routes.routeAiResource, { params, body })
        return [answer.status, answer.body.code]
      }
      return ask
    }
    const statements = [{ effect: 'allow', actions: ['ai-resource:route'], resources: ['*'] }]
    await world.done(world.admin, roleRoutes.createRole, { body: { name: 'router', policy: { statements } } })
    expect(await (await member('read-only'))({})).toEqual([403, 'permission_missing'])
    const router = await member('router')
    expect(await router({})).toEqual([200, undefined])
    expect(await router({ apiKeyId })).toEqual([403, 'permission_missing'])
    expect(await router({ apiKeyId: world.admin.id })).toEqual([403, 'permission_missing'])
  })

  it('needs to be permitted to change the resource where a draft is asked', async () => {
    const aiResourceId = await here.resource('drafted')
    const otherId = await here.resource('not-drafted')
    const person = await world.person()
    await here.done(workspaceRoutes.addWorkspaceMember, { body: { email: person.email } })
    const on = (id: string) => [`workspace:*/environment:*/ai-resource:${id}`]
    const statements = [
      { effect: 'allow', actions: ['ai-resource:route'], resources: ['*'] },
      { effect: 'allow', actions: ['ai-resource:update'], resources: on(aiResourceId) },
    ]
    const body = { name: 'drafter', policy: { statements } }
    const { id: roleId } = await world.done(world.admin, roleRoutes.createRole, { body })
    await world.done(world.admin, roleRoutes.addRoleMember, { params: { roleId, userId: person.id } })
    const when = { field: 'errorRate(5, other/demo+chunks=2)', op: 'gte', value: 0 }
    const draft = { name: 'drafted', model: to('demo'), routing: [{ when, then: { block: 'no' } }] }
    const ask = (id: string, question: object) =>
      here.call(routes.routeAiResource, { params: { aiResourceId: id }, body: { request, ...question } }, person)
    expect(await ask(aiResourceId, { draft })).toMatchObject({ status: 200 })
    expect(await ask(otherId, {})).toMatchObject({ status: 200 })
    const refused = await ask(otherId, { draft })
    expect(refused).toMatchObject({ status: 403, body: { code: 'permission_missing' } })
    expect(refused.text).toContain('ai-resource:update')
  })

  it('is a 422 for a request that is nested deeper than JSON of it can be written', async () => {
    const id = await here.resource('nested')
    const params = { ...here.context, aiResourceId: id }
    for (const depth of [1_000, 3_000, 20_000]) {
      const body = `{"request":{"messages":${'['.repeat(depth)}${']'.repeat(depth)}}}`
      const answer = await world.call(world.admin, routes.routeAiResource, { params, body })
      expect(answer).toMatchObject({ status: 422, body: { errors: [{ path: 'request' }] } })
    }
  })

  it('leaves out targets whose connection is off', async () => {
    const off = await here.connection('off')
    const id = await here.resource('left', { fallback: { models: [to('demo', off)] } })
    expect((await answered(id)).targets).toMatchObject([to('demo'), to('demo', off)])
    const params = { aiConnectionId: off }
    await here.done(aiConnectionRoutes.updateAiConnection, { params, version: 1, body: { enabled: false } })
    expect((await answered(id)).targets).toMatchObject([to('demo')])
  })
})
