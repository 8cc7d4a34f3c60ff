import { type ApiKeyWithValue, auditRoutes, apiKeyRoutes as routes, usageRoutes } from '@vm-x/contract'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { chatWith, environmentOfItsOwn } from '../testing/environment-of-its-own.ts'
import { startWorld, type World, worldKinds } from '../testing/world.ts'

/** Records reach the store a moment later. */
const SHIPPED = { timeout: 10_000 }

describe.each(worldKinds)('calls with keys that are refused, on %s', (kind) => {
  let world: World
  let here: Awaited<ReturnType<typeof environmentOfItsOwn>>

  beforeAll(async () => {
    world = await startWorld(kind)
    here = await environmentOfItsOwn(world)
    await here.resource('fast')
  })
  afterAll(() => world?.close())

  const at = ({ id }: { id: string }) => ({ apiKeyId: id })
  const created = (name: string, fields: object = {}): Promise<ApiKeyWithValue> =>
    here.done(routes.createApiKey, { body: { name, ...fields } })
  const disabled = async () => {
    const key = await created('disabled')
    await here.done(routes.updateApiKey, { params: at(key), version: key.version, body: { enabled: false } })
    return key
  }
  /** As the key was before its rotation. */
  const replaced = async () => {
    const key = await created('replaced')
    await here.done(routes.rotateApiKey, { params: at(key), version: key.version, body: {} })
    return key
  }

  it.each<[string, () => Promise<ApiKeyWithValue>, number, string, RegExp]>([
    [
      'used from elsewhere',
      () => created('elsewhere', { allowedCidrs: ['203.0.113.0/24'] }),
      403,
      'resource_not_allowed',
      /may not be used from your address/,
    ],
    ['disabled', disabled, 401, 'invalid_api_key', /is disabled/],
    ['of a secret that was replaced', replaced, 401, 'invalid_api_key', /secret of this API key was replaced/],
  ])(
    'are in the audit and the usage of the environment by the id of the key: one that is %s',
    async (_how, made, status, code, message) => {
      const key = await made()
      const answer = await chatWith(world, key.value, 'fast')
      expect(answer).toMatchObject({ status, body: { error: { code, message: expect.stringMatching(message) } } })
      expect(answer.text).not.toContain(key.id)
      const expected = { id: answer.headers.get('x-request-id'), outcome: code, status, ...at(key), ...here.context }
      await vi.waitFor(async () => {
        const { items } = await here.done(auditRoutes.listAudit, { query: at(key) })
        expect(items).toMatchObject([expected])
      }, SHIPPED)
      const [from, to] = [-3_600_000, 3_600_000].map((ms) => new Date(Date.now() + ms).toISOString())
      const body = { from, to, metrics: ['errors.sum'], groupBy: ['apiKeyId'] }
      await vi.waitFor(async () => {
        const { rows } = await here.done(usageRoutes.queryUsage, { body })
        expect(rows).toContainEqual({ group: at(key), values: { 'errors.sum': 1 } })
      }, SHIPPED)
    },
  )
})
