import { type ApiKey, type ApiKeyWithValue, aiResourceRoutes, apiKeyRoutes as routes } from '@vm-x/contract'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { chatWith, environmentOfItsOwn } from '../testing/environment-of-its-own.ts'
import { startWorld, type World, worldKinds } from '../testing/world.ts'

describe.each(worldKinds)('the API of API keys, on %s', (kind) => {
  let world: World
  let here: Awaited<ReturnType<typeof environmentOfItsOwn>>
  let resourceId: string
  let otherResourceId: string

  beforeAll(async () => {
    world = await startWorld(kind)
    here = await environmentOfItsOwn(world)
    resourceId = await here.resource('fast')
    otherResourceId = await here.resource('good')
  })
  afterAll(() => world?.close())

  let made = 0
  const at = ({ id }: Pick<ApiKey, 'id'>) => ({ apiKeyId: id })
  const created = (fields: object = {}): Promise<ApiKeyWithValue> =>
    here.done(routes.createApiKey, { body: { name: `key-${++made}`, ...fields } })
  const updated = (key: Pick<ApiKey, 'id' | 'version'>, body: object): Promise<ApiKey> =>
    here.done(routes.updateApiKey, { params: at(key), version: key.version, body })
  const rotated = (key: Pick<ApiKey, 'id' | 'version'>, body: object = {}): Promise<ApiKeyWithValue> =>
    here.done(routes.rotateApiKey, { params: at(key), version: key.version, body })
  const refused = (body: object) => here.call(routes.createApiKey, { body: { name: `key-${++made}`, ...body } })
  /** Status and code of a chat with the key. */
  const chat = async (value: string, model = 'fast') => {
    const { status, body } = await chatWith(world, value, model)
    return status === 200 ? 200 : `${status} ${body.error.code}`
  }
  const eventsOf = ({ id }: Pick<ApiKey, 'id'>) =>
    world.product.storage.database.db
      .selectFrom('management_event')
      .where('object_id', '=', id)
      .selectAll()
      .orderBy('id')
      .execute()

  it('shows a key once, and afterwards only what may be shown of it', async () => {
    const { value, ...key } = await created({ description: 'of a test', labels: ['a', 'b'] })
    expect(value).toMatch(new RegExp(`^sk-vmx-${key.publicId}-`))
    expect(key).toMatchObject({
      description: 'of a test',
      enabled: true,
      resources: 'all',
      connections: [],
      labels: ['a', 'b'],
      capacity: [],
      maxConcurrent: null,
      allowedCidrs: null,
      expiresAt: null,
      lastUsedAt: null,
      previousUntil: null,
      origin: 'api',
      version: 1,
    })
    expect(await here.done(routes.getApiKey, { params: at(key) })).toEqual(key)
    expect((await here.done(routes.listApiKeys)).items).toContainEqual(key)
  })

  it('works from the answer that created it on, and tells when it was last used', async () => {
    const key = await created()
    const before = Date.now()
    expect(await chat(key.value)).toBe(200)
    await vi.waitFor(async () => {
      const { lastUsedAt } = await here.done(routes.getApiKey, { params: at(key) })
      expect(Date.parse(lastUsedAt)).toBeGreaterThanOrEqual(before - 1)
      expect((await here.done(routes.listApiKeys)).items).toContainEqual(expect.objectContaining({ lastUsedAt }))
    })
  })

  it('is refused with the answer that revokes it', async () => {
    const key = await created()
    expect(await chat(key.value)).toBe(200)
    expect((await here.call(routes.deleteApiKey, { params: at(key), version: 1 })).status).toBe(204)
    expect(await chat(key.value)).toBe('401 invalid_api_key')
    expect((await here.call(routes.getApiKey, { params: at(key) })).status).toBe(404)
  })

  it('is refused while it is disabled', async () => {
    const key = await created()
    const disabled = await updated(key, { enabled: false })
    expect(await chat(key.value)).toBe('401 invalid_api_key')
    await updated(disabled, { enabled: true })
    expect(await chat(key.value)).toBe(200)
  })

  it('gets another secret in a rotation, which ends the one before at once', async () => {
    const key = await created()
    const next = await rotated(key)
    expect(next).toMatchObject({ publicId: key.publicId, version: 2, previousUntil: expect.any(String) })
    expect(next.value).not.toBe(key.value)
    expect([await chat(key.value), await chat(next.value)]).toEqual(['401 invalid_api_key', 200])
  })

  it('works with both secrets during the grace of a rotation, and with those of one rotation only', async () => {
    const first = await created()
    const second = await rotated(first, { graceSeconds: 3600 })
    expect(Date.parse(second.previousUntil ?? '') / 1000).toBeCloseTo(Date.now() / 1000 + 3600, -2)
    expect([await chat(first.value), await chat(second.value)]).toEqual([200, 200])
    const third = await rotated(second, { graceSeconds: 3600 })
    expect([await chat(first.value), await chat(second.value), await chat(third.value)]).toEqual([
      '401 invalid_api_key',
      200,
      200,
    ])
    const { version } = await here.done(routes.getApiKey, { params: at(first) })
    await here.call(routes.deleteApiKey, { params: at(first), version })
    expect([await chat(second.value), await chat(third.value)]).toEqual(['401 invalid_api_key', '401 invalid_api_key'])
  })

  it.each([-1, 0.5, 30 * 24 * 3600 + 1])('422 for a grace of %s seconds', async (graceSeconds) => {
    const key = await created()
    const answer = await here.call(routes.rotateApiKey, { params: at(key), version: 1, body: { graceSeconds } })
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ path: 'graceSeconds' }] } })
  })

  it('403 to rotate for whoever may only read', async () => {
    const reader = await world.person('read-only')
    const { product } = world
    await product.storage.database.db
      .insertInto('workspace_member')
      .values({
        workspace_id: here.context.workspaceId,
        user_id: reader.id,
        role: 'member',
        created_by: 'test',
        updated_by: 'test',
      })
      .execute()
    const key = await created()
    const answer = await here.call(routes.rotateApiKey, { params: at(key), version: 1, body: {} }, reader)
    expect(answer).toMatchObject({ status: 403, body: { code: 'permission_missing' } })
  })

  it('is limited to addresses, each spelled in one way', async () => {
    const key = await created({ allowedCidrs: ['203.0.113.7/24', '2001:DB8::1', '203.0.113.0/24'] })
    expect(key.allowedCidrs).toEqual(['203.0.113.0/24', '2001:db8::1'])
    expect(await chat(key.value)).toBe('403 resource_not_allowed')
    const open = await updated(key, { allowedCidrs: ['127.0.0.0/8', '::1'] })
    expect(await chat(key.value)).toBe(200)
    expect(await updated(open, { allowedCidrs: ['127.0.0.1/8', '0:0::1'] })).toMatchObject({ version: open.version })
    await updated(open, { allowedCidrs: null })
    expect(await chat(key.value)).toBe(200)
  })

  it('ends when it expires, and can not be created as one that has', async () => {
    const key = await created({ expiresAt: new Date(Date.now() + 3_600_000).toISOString() })
    expect(await chat(key.value)).toBe(200)
    const expired = await updated(key, { expiresAt: '2026-01-01T00:00:00+01:00' })
    expect(expired.expiresAt).toBe('2025-12-31T23:00:00.000Z')
    expect(await chat(key.value)).toBe('401 invalid_api_key')
    expect(await updated(expired, { expiresAt: '2025-12-31T23:00:00Z' })).toMatchObject({ version: expired.version })
    expect(await refused({ expiresAt: '2026-01-01T00:00:00Z' })).toMatchObject({
      status: 422,
      body: { errors: [{ path: 'expiresAt', message: 'is in the past' }] },
    })
  })

  it('calls the resources that it lists and no others', async () => {
    const key = await created({ resources: [resourceId] })
    expect([await chat(key.value, 'fast'), await chat(key.value, 'good')]).toEqual([200, '403 resource_not_allowed'])
    const none = await updated(key, { resources: [] })
    expect(await chat(key.value, 'fast')).toBe('403 resource_not_allowed')
    await updated(none, { resources: 'all' })
    expect(await chat(key.value, 'good')).toBe(200)
  })

  it('calls the connections that it lists, and none without', async () => {
    const key = await created()
    expect(await chat(key.value, 'demo/demo')).not.toBe(200)
    await updated(key, { connections: [here.connectionId] })
    expect(await chat(key.value, 'demo/demo')).toBe(200)
  })

  it('422 with all that is wrong, each by its path, also for ids of another environment', async () => {
    const elsewhere = await environmentOfItsOwn(world)
    const foreign = await elsewhere.resource('foreign')
    const wrong = {
      resources: [resourceId, foreign],
      connections: [elsewhere.connectionId],
      allowedCidrs: ['10.0.0.0/8', '10.0.0.0/33', 'localhost'],
      expiresAt: '2020-01-01T00:00:00Z',
    }
    const paths = ['resources[1]', 'connections[0]', 'allowedCidrs[1]', 'allowedCidrs[2]']
    const answer = await refused(wrong)
    expect(answer.status).toBe(422)
    expect(answer.body.errors.map(({ path }: { path: string }) => path)).toEqual([...paths, 'expiresAt'])
    const key = await created()
    const { expiresAt: _, ...patch } = wrong
    const refusal = await here.call(routes.updateApiKey, { params: at(key), version: 1, body: patch })
    expect(refusal.status).toBe(422)
    expect(refusal.body.errors.map(({ path }: { path: string }) => path)).toEqual(paths)
    expect(await here.done(routes.getApiKey, { params: at(key) })).toMatchObject({ version: 1, resources: 'all' })
  })

  it.each([
    [{ resources: ['fast'] }, 'resources[0]'],
    [{ allowedCidrs: [] }, 'allowedCidrs'],
    [{ labels: [''] }, 'labels[0]'],
    [{ publicId: '000000000000' }, 'publicId'],
    [{ hash: 'f'.repeat(64) }, 'hash'],
    [{ expiresAt: 'tomorrow' }, 'expiresAt'],
  ])('422 for %j', async (fields, path) => {
    const answer = await refused(fields)
    expect(answer.status).toBe(422)
    expect(answer.body.errors).toContainEqual(expect.objectContaining({ path }))
  })

  it('409 for a name that is taken, whatever its case', async () => {
    const { name } = await created()
    expect(await refused({ name: name.toUpperCase() })).toMatchObject({ status: 409, body: { code: 'name_taken' } })
    const other = await created()
    const answer = await here.call(routes.updateApiKey, { params: at(other), version: 1, body: { name } })
    expect(answer).toMatchObject({ status: 409, body: { code: 'name_taken' } })
  })

  it('keeps its version, and writes no event, when nothing differs', async () => {
    const { value: _, ...key } = await created({ capacity: [{ period: 'day', tokens: 5 }], maxConcurrent: 2 })
    const { name, capacity, maxConcurrent } = key
    expect(await updated(key, { name, capacity, maxConcurrent })).toEqual(key)
    expect(await eventsOf(key)).toHaveLength(1)
  })

  it('loses a resource that is deleted, and does not gain all by that', async () => {
    const doomed = await here.resource('doomed')
    const key = await created({ resources: [doomed] })
    await here.call(aiResourceRoutes.deleteAiResource, { params: { aiResourceId: doomed }, version: 1 })
    expect(await here.done(routes.getApiKey, { params: at(key) })).toMatchObject({ resources: [], version: 2 })
    expect(await chat(key.value)).toBe('403 resource_not_allowed')
    expect((await eventsOf(key)).map(({ action }) => action)).toEqual(['api-key:create', 'api-key:update'])
  })

  it('never shows a hash, nor a value again, in an answer, an event or the log', async () => {
    const first = await created({ resources: [otherResourceId] })
    const second = await rotated(first, { graceSeconds: 60 })
    await updated(second, { name: 'renamed' })
    const { hash, previous_hash } = await world.product.storage.database.db
      .selectFrom('api_key')
      .where('id', '=', first.id)
      .select(['hash', 'previous_hash'])
      .executeTakeFirstOrThrow()
    const events = await eventsOf(first)
    expect(events.map(({ action }) => action)).toEqual(['api-key:create', 'api-key:rotate', 'api-key:update'])
    const answers = [
      await here.call(routes.getApiKey, { params: at(first) }),
      await here.call(routes.listApiKeys, { query: { limit: 200 } }),
    ]
    const shown = JSON.stringify([events, answers.map(({ text }) => text), world.logged])
    for (const secret of [hash, previous_hash, first.value, second.value]) {
      expect(secret).toHaveLength(secret?.startsWith('sk') ? 69 : 64)
      expect(shown).not.toContain(secret)
    }
  })
})
