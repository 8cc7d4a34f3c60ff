import { aiResourceRoutes, apiKeyRoutes, auditRoutes, usageRoutes as routes, workspaceRoutes } from '@vm-x/contract'
import { ReadRefused } from '@vm-x/storage'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { chatWith, environmentOfItsOwn } from '../testing/environment-of-its-own.ts'
import { startWorld, type World, worldKinds } from '../testing/world.ts'

/** Records reach the store a moment later. */
const SHIPPED = { timeout: 10_000 }
const HOUR_MS = 3_600_000

describe.each(worldKinds)('the usage of an environment, on %s', (kind) => {
  let world: World
  let here: Awaited<ReturnType<typeof environmentOfItsOwn>>
  let key: { id: string; value: string }
  let exchanges: { usage?: { input: number; output: number }; userId?: string; status: number }[]

  beforeAll(async () => {
    world = await startWorld(kind)
    here = await environmentOfItsOwn(world)
    const aiResourceId = await here.resource('plain')
    key = await here.done(apiKeyRoutes.createApiKey, { body: { name: 'key' } })
    for (const text of ['Hello', 'Hello to all of you']) await chatWith(world, key.value, 'plain', text)
    await chatWith(world, key.value, 'nothing')
    await here.done(aiResourceRoutes.chatWithAiResource, {
      params: { aiResourceId },
      body: { messages: [{ role: 'user', content: 'Hi' }] },
    })
    await vi.waitFor(async () => {
      expect((await ask({ metrics: ['requests.sum'] })).rows).toMatchObject([{ values: { 'requests.sum': 4 } }])
    }, SHIPPED)
    exchanges = (await here.done(auditRoutes.listAudit)).items
  })
  afterAll(() => world?.close())

  const span = () => ({
    from: new Date(Date.now() - HOUR_MS).toISOString(),
    to: new Date(Date.now() + HOUR_MS).toISOString(),
  })
  const ask = (query: object) => here.done(routes.queryUsage, { body: { ...span(), ...query } })
  const sum = (numbers: (number | undefined)[]) => numbers.reduce<number>((total, number) => total + (number ?? 0), 0)

  it('adds up to the tokens of its exchanges', async () => {
    const metrics = ['requests.sum', 'errors.sum', 'inputTokens.sum', 'outputTokens.sum', 'totalTokens.sum']
    const [input, output] = [
      sum(exchanges.map((one) => one.usage?.input)),
      sum(exchanges.map((one) => one.usage?.output)),
    ]
    expect(input).toBeGreaterThan(0)
    expect(await ask({ metrics })).toEqual({
      rows: [
        {
          group: {},
          values: {
            'requests.sum': 4,
            'errors.sum': 1,
            'inputTokens.sum': input,
            'outputTokens.sum': output,
            'totalTokens.sum': input + output,
          },
        },
      ],
      truncated: false,
    })
  })

  it('tells keys and users apart', async () => {
    const tokens = (of: typeof exchanges) => sum(of.map((one) => one.usage?.output))
    const chatted = exchanges.filter(({ userId }) => userId !== undefined)
    const groupBy = ['apiKeyId', 'userId']
    const orderBy = [{ by: 'requests.sum', direction: 'desc' }]
    const { rows } = await ask({ metrics: ['requests.sum', 'outputTokens.sum'], groupBy, orderBy })
    expect(rows).toEqual([
      {
        group: { apiKeyId: key.id, userId: null },
        values: { 'requests.sum': 3, 'outputTokens.sum': tokens(exchanges) - tokens(chatted) },
      },
      {
        group: { apiKeyId: null, userId: world.admin.id },
        values: { 'requests.sum': 1, 'outputTokens.sum': tokens(chatted) },
      },
    ])
  })

  it('is filtered, and told by the buckets of a time zone', async () => {
    const answer = await ask({
      metrics: ['requests.sum'],
      bucket: 'day',
      timeZone: 'America/St_Johns',
      filter: { status: [404] },
    })
    const offset = /T0[23]:30:00\.000Z$/
    expect(answer.times.length).toBeGreaterThan(0)
    for (const time of answer.times) expect(time).toMatch(offset)
    expect(answer.rows).toMatchObject([{ time: expect.stringMatching(offset), values: { 'requests.sum': 1 } }])
  })

  it.each([
    [{ timeZone: 'Europe/Atlantis' }, 'timeZone'],
    [{ metrics: ['requests.avg'] }, 'metrics[0]'],
    [{ groupBy: ['workspaceId'] }, 'groupBy[0]'],
    [{ filter: { apiKey: [] } }, 'filter.apiKey'],
    [{ to: '2020-01-01T00:00:00Z' }, 'to'],
  ])('refuses %j, naming the field', async (wrong, path) => {
    const body = { ...span(), metrics: ['requests.sum'], ...wrong }
    const refused = await here.call(routes.queryUsage, { body })
    expect(refused).toMatchObject({ status: 422, body: { errors: [{ path }] } })
  })

  it('that takes too long is refused with what to do about it', async () => {
    const { usage } = world.product.storage
    const failing = vi.spyOn(usage, 'query')
    const body = { ...span(), metrics: ['requests.sum'] }
    failing.mockRejectedValueOnce(new ReadRefused('too_long'))
    const tooLong = await here.call(routes.queryUsage, { body })
    expect(tooLong).toMatchObject({ status: 503, body: { detail: expect.stringContaining('ask for less') } })
    expect(tooLong.headers.get('retry-after')).toBeNull()
    failing.mockRejectedValueOnce(new ReadRefused('too_many_rows'))
    const errors = [{ path: 'from', message: expect.stringContaining('name a shorter time') }]
    expect(await here.call(routes.queryUsage, { body })).toMatchObject({ status: 422, body: { errors } })
    failing.mockRestore()
  })

  it('is none of another environment, and may be asked for by who may only read', async () => {
    const there = await environmentOfItsOwn(world)
    const reader = await world.person('read-only')
    await there.done(workspaceRoutes.addWorkspaceMember, { body: { email: reader.email } })
    const body = { ...span(), metrics: ['requests.sum', 'durationMs.avg'] }
    const { status, body: answer } = await there.call(routes.queryUsage, { body }, reader)
    expect(status).toBe(200)
    expect(answer.rows).toEqual([{ group: {}, values: { 'requests.sum': 0, 'durationMs.avg': null } }])
  })
})
