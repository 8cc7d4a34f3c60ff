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

describe.each(worldKinds)('the API of capacity, on %s', (kind) => {
  let world: World

  beforeAll(async () => {
    world = await startWorld(kind)
  })
  afterAll(() => world?.close())

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

  it('leaves out the limits of what whoever asks may not see', async () => {
    const { context, call } = await limited()
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
  })
})
