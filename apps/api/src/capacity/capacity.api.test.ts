import { createServer, type Server } from 'node:http'
import {
  aiConnectionRoutes,
  apiKeyRoutes,
  type CapacityView,
  environmentRoutes,
  roleRoutes,
  capacityRoutes as routes,
  workspaceRoutes,
} from '@vm-x/contract'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { chatWith, environmentOfItsOwn } from '../testing/environment-of-its-own.ts'
import { startWorld, type World, worldKinds } from '../testing/world.ts'

const capacity = [{ period: 'day', requests: 5 }]
const ANSWER =
  '{"choices":[{"message":{"role":"assistant","content":"Hi"}}],"usage":{"prompt_tokens":70,"completion_tokens":30}}'

describe.each(worldKinds)('the API of capacity, on %s', (kind) => {
  let world: World
  let provider: Server

  beforeAll(async () => {
    provider = createServer((_request, response) => {
      response.writeHead(200, {
        'content-type': 'application/json',
        'x-ratelimit-limit-requests': '500',
        'x-ratelimit-limit-tokens': '30000',
      })
      response.end(ANSWER)
    })
    await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve))
    world = await startWorld(kind, { env: { UPSTREAM_ALLOW: '127.0.0.1' } })
  })
  afterAll(async () => {
    await world?.close()
    provider?.close()
  })

  /** An environment with a limit on everything that one can sit on. */
  async function limited() {
    const here = await environmentOfItsOwn(world)
    await here.done(workspaceRoutes.updateWorkspace, { version: 1, body: { capacity } })
    await here.done(environmentRoutes.updateEnvironment, { version: 1, body: { maxConcurrent: 7 } })
    await here.done(aiConnectionRoutes.updateAiConnection, {
      params: { aiConnectionId: here.connectionId },
      version: 1,
      body: { capacity: [{ period: 'lifetime', tokens: 1000 }], models: { demo: { capacity } } },
    })
    const resourceId = await here.resource('fast', { capacity: [{ period: 'minute', requests: 3, dimension: 'user' }] })
    const key = await here.done(apiKeyRoutes.createApiKey, {
      body: { name: 'limited', capacity: [...capacity, { period: 'hour', requests: 1, enabled: false }] },
    })
    await here.done(apiKeyRoutes.createApiKey, { body: { name: 'unlimited' } })
    const view = async (): Promise<CapacityView> => here.done(routes.getCapacity)
    return { ...here, resourceId, key, view }
  }

  it('shows every limit with what it sits on, and what is used and left of it', async () => {
    const { context, connectionId, resourceId, key, view } = await limited()
    const { body } = await chatWith(world, key.value, 'fast')
    const unused = { limit: 5, used: 1, remaining: 4 }
    const tokens = { limit: 1000, used: body.usage.total_tokens, remaining: 1000 - body.usage.total_tokens }
    const resetsAt = expect.stringMatching(/T00:00:00\.000Z$/)
    await vi.waitFor(async () => {
      const { limits, truncated } = await view()
      expect(truncated).toBe(false)
      expect(limits).toHaveLength(6)
      expect(limits).toEqual(
        expect.arrayContaining([
          {
            owner: { kind: 'workspace', id: context.workspaceId, name: expect.any(String) },
            period: 'day',
            requests: unused,
            resetsAt,
          },
          {
            owner: { kind: 'environment', id: context.environmentId, name: expect.any(String) },
            period: 'concurrent',
            requests: { limit: 7, used: 0, remaining: 7 },
          },
          { owner: { kind: 'ai-connection', id: connectionId, name: 'demo' }, period: 'lifetime', tokens },
          {
            owner: { kind: 'ai-connection', id: connectionId, name: 'demo', model: 'demo' },
            period: 'day',
            requests: unused,
            resetsAt,
          },
          {
            owner: { kind: 'ai-resource', id: resourceId, name: 'fast' },
            period: 'minute',
            dimension: 'user',
            requests: { limit: 3 },
            values: expect.any(Number),
          },
          { owner: { kind: 'api-key', id: key.id, name: 'limited' }, period: 'day', requests: unused, resetsAt },
        ]),
      )
    })
  })

  it('shows a limit as it was changed right before', async () => {
    const { key, view, done } = await limited()
    const body = { capacity: [{ period: 'day', requests: 2 }] }
    await done(apiKeyRoutes.updateApiKey, { params: { apiKeyId: key.id }, version: 1, body })
    const { limits } = await view()
    expect(limits.find(({ owner }) => owner.kind === 'api-key')?.requests).toEqual({ limit: 2, used: 0, remaining: 2 })
  })

  it('shows how far estimates were off, what providers tell of their limits, and which models are left alone', async () => {
    const here = await environmentOfItsOwn(world)
    const address = provider.address()
    const port = typeof address === 'object' ? address?.port : undefined
    const connectionId = await here.connection('limited', {
      provider: 'openai-compatible',
      config: { baseUrl: `http://127.0.0.1:${port}/v1` },
      discoveredCapacity: 'enforce',
    })
    const resourceId = await here.resource('told', { model: { connectionId, model: 'm' } })
    const held = 'demo+status=429+retry-after=30'
    await here.resource('held', { model: { connectionId: here.connectionId, model: held } })
    const key = await here.done(apiKeyRoutes.createApiKey, { body: { name: 'any' } })
    for (let each = 0; each < 2; each++) await chatWith(world, key.value, 'told')
    expect(await chatWith(world, key.value, 'held')).toMatchObject({ status: 429 })
    const model = { kind: 'ai-connection', id: connectionId, name: 'limited', model: 'm' }
    const { limits, estimates, discovered, held: heldModels, at } = await here.done(routes.getCapacity)
    const since = expect.stringMatching(/Z$/)
    const errors = { since, answers: 2, reportedTokens: 200, meanError: expect.any(Number) }
    const sums = { expectedTokens: expect.any(Number), reservedTokens: expect.any(Number) }
    expect(estimates).toEqual([
      {
        owner: { kind: 'environment', id: here.context.environmentId, name: expect.any(String) },
        ...errors,
        ...sums,
      },
      { owner: { kind: 'ai-resource', id: resourceId, name: 'told' }, ...errors, ...sums },
      { owner: model, ...errors, ...sums },
    ])
    expect(estimates[0].reservedTokens).toBe(estimates[0].expectedTokens)
    const told = { owner: model, requests: 500, tokens: 30_000, at: expect.any(String), enforced: true }
    expect(discovered).toContainEqual(told)
    expect(limits).toMatchObject([
      { owner: model, period: 'minute', discovered: true, requests: { limit: 500, used: 1 } },
    ])
    expect(heldModels).toEqual([
      { owner: { kind: 'ai-connection', id: here.connectionId, name: 'demo', model: held }, until: expect.any(String) },
    ])
    const leftMs = Date.parse(heldModels[0].until) - Date.parse(at)
    expect(leftMs).toBeGreaterThan(0)
    expect(leftMs).toBeLessThanOrEqual(30_000)
  })

  it('leaves out the limits of what whoever asks may not see', async () => {
    const { context, call, key } = await limited()
    await chatWith(world, key.value, 'fast')
    const name = `only-capacity-${kind}-${context.environmentId.slice(-6)}`
    await world.done(world.admin, roleRoutes.createRole, {
      body: {
        name,
        policy: {
          statements: [{ effect: 'allow', actions: ['capacity:get', 'api-key:get'], resources: ['*'] }],
        },
      },
    })
    const viewer = await world.person(name)
    await world.done(world.admin, workspaceRoutes.addWorkspaceMember, {
      params: { workspaceId: context.workspaceId },
      body: { email: viewer.email },
    })
    const { status, body } = await call(routes.getCapacity, {}, viewer)
    expect(status).toBe(200)
    expect(body.limits).toMatchObject([{ owner: { kind: 'api-key' } }])
    expect(body).toMatchObject({ estimates: [], discovered: [], held: [] })
  })
})
