// biome-ignore-all lint/suspicious/noThenProperty: the name that people write
import { aiConnectionRoutes, apiKeyRoutes, aiResourceRoutes as routes } from '@vm-x/contract'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chatWith, environmentOfItsOwn } from '../testing/environment-of-its-own.ts'
import { startWorld, type World, worldKinds } from '../testing/world.ts'

describe.each(worldKinds)('AI resources over the API, on %s', (kind) => {
  let world: World
  let here: Awaited<ReturnType<typeof environmentOfItsOwn>>
  let key: string

  beforeAll(async () => {
    world = await startWorld(kind)
    here = await environmentOfItsOwn(world)
    key = (await here.done(apiKeyRoutes.createApiKey, { body: { name: 'all' } })).value
  })
  afterAll(() => world?.close())

  const to = (model: string, connectionId = here.connectionId) => ({ connectionId, model })
  const modelOf = async (name: string) => {
    const { status, headers, body } = await chatWith(world, key, name)
    return status === 200 ? headers.get('x-vmx-model') : body.error.code
  }

  it('200: what is saved routes the next request, with its rule and its fallback', async () => {
    const aiResourceId = await here.resource('moving')
    expect(await modelOf('moving')).toBe('demo')
    const routing = [
      { when: { field: 'request.messagesCount', op: 'eq', value: 1 }, then: { target: to('demo+status=503') } },
    ]
    const fallback = { models: [to('demo+chunks=2')] }
    const retries = { max: 0 }
    const change = (version: number, body: object) =>
      here.done(routes.updateAiResource, { params: { aiResourceId }, version, body })
    expect(await change(1, { routing, fallback, retries })).toMatchObject({ version: 2, origin: 'api' })
    expect(await modelOf('moving')).toBe('demo+chunks=2')
    await change(2, { name: 'moved', routing: [] })
    expect([await modelOf('moving'), await modelOf('MOVED')]).toEqual(['model_not_found', 'demo'])
    await change(3, { enabled: false })
    expect(await modelOf('moved')).toBe('model_not_found')
  })

  it('204: what is deleted is gone for the next request, and from the keys that named it', async () => {
    const aiResourceId = await here.resource('leaving')
    const { id: apiKeyId } = await here.done(apiKeyRoutes.createApiKey, {
      body: { name: 'limited', resources: [aiResourceId] },
    })
    await here.done(routes.deleteAiResource, { params: { aiResourceId }, version: 1 })
    expect(await modelOf('leaving')).toBe('model_not_found')
    expect(await here.done(apiKeyRoutes.getApiKey, { params: { apiKeyId } })).toMatchObject({
      resources: [],
      version: 2,
    })
    expect(await here.call(routes.getAiResource, { params: { aiResourceId } })).toMatchObject({ status: 404 })
    expect(await here.call(routes.listAiResourceRevisions, { params: { aiResourceId } })).toMatchObject({ status: 404 })
  })

  it('200, 412, 422: a revision is restored for the next request, or refused where it can not be any more', async () => {
    const gone = await here.connection('gone')
    const aiResourceId = await here.resource('old', { model: to('demo+chunks=4', gone) })
    const params = { aiResourceId }
    await here.done(routes.updateAiResource, { params, version: 1, body: { model: to('demo+chunks=5') } })
    await here.done(routes.updateAiResource, { params, version: 2, body: { model: to('demo+chunks=6') } })
    const { items } = await here.done(routes.listAiResourceRevisions, { params })
    const restore = (index: number, version: number) =>
      here.call(routes.restoreAiResourceRevision, {
        params: { ...params, revisionId: items[index].id },
        version,
      })
    expect(await restore(1, 2)).toMatchObject({ status: 412 })
    expect(await restore(1, 3)).toMatchObject({ status: 200, body: { version: 4, model: to('demo+chunks=5') } })
    expect(await modelOf('old')).toBe('demo+chunks=5')
    await here.done(aiConnectionRoutes.deleteAiConnection, { params: { aiConnectionId: gone }, version: 1 })
    expect(await restore(0, 4)).toMatchObject({ status: 422, body: { errors: [{ path: 'model.connectionId' }] } })
    expect(await modelOf('old')).toBe('demo+chunks=5')
  })

  it('409: a connection that a resource names stays, unless both are to go', async () => {
    const used = await here.connection('used')
    const id = await here.resource('user', { secondaryModels: [to('demo', used)] })
    const deletion = { params: { aiConnectionId: used }, version: 1 }
    expect(await here.call(aiConnectionRoutes.deleteAiConnection, deletion)).toMatchObject({
      status: 409,
      body: { code: 'in_use', usedBy: [{ kind: 'ai-resource', id, name: 'user' }] },
    })
    await here.done(aiConnectionRoutes.deleteAiConnection, { ...deletion, query: { cascade: true } })
    expect(await here.call(routes.getAiResource, { params: { aiResourceId: id } })).toMatchObject({ status: 404 })
  })

  it('422: conditions that are nested too deep, however deep', async () => {
    const nested = (depth: number) => {
      const when = `${'{"not":'.repeat(depth)}{"field":"random","op":"lt","value":1}${'}'.repeat(depth)}`
      const model = JSON.stringify(to('demo'))
      return `{"name":"deep","model":${model},"routing":[{"when":${when},"then":{"block":"no"}}]}`
    }
    for (const depth of [20, 50_000])
      expect(await here.call(routes.createAiResource, { body: nested(depth) })).toMatchObject({
        status: 422,
        body: { code: 'invalid_fields' },
      })
  })

  it('422: rules that are too much, also in a change or a draft, by the rule that is', async () => {
    const aiResourceId = await here.resource('bounded')
    const ruleOf = (when: object) => ({ when, then: { block: 'no' } })
    const decisive = { field: 'random', op: 'lt', value: 1 }
    const nothing = { not: { all: [] } }
    const many = [ruleOf(decisive), ruleOf({ any: [decisive, ...Array(10).fill({ any: Array(49).fill(nothing) })] })]
    const long = [ruleOf({ any: Array(50).fill({ any: Array(50).fill({ any: Array(20).fill(nothing) }) }) })]
    for (const [routing, path] of [
      [many, 'routing[1].when'],
      [long, 'routing'],
    ] as const) {
      const body = { name: 'too-much', model: to('demo'), routing }
      const refused = (at: string) => ({ status: 422, body: { code: 'invalid_fields', errors: [{ path: at }] } })
      expect(await here.call(routes.createAiResource, { body })).toMatchObject(refused(path))
      const change = { params: { aiResourceId }, version: 1, body: { routing } }
      expect(await here.call(routes.updateAiResource, change)).toMatchObject(refused(path))
      const question = { params: { aiResourceId }, body: { request: {}, draft: body } }
      expect(await here.call(routes.routeAiResource, question)).toMatchObject(refused(`draft.${path}`))
    }
  })
})
