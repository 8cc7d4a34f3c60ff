import { aiResourceRoutes, authRoutes, capacityRoutes, userRoutes, workspaceRoutes } from '@vm-x/contract'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { environmentOfItsOwn } from '../testing/environment-of-its-own.ts'
import { startWorld, type World } from '../testing/world.ts'
import type { HealthReport } from './health.ts'

type Server = {
  readonly url: string
  command(...args: (string | number)[]): Promise<unknown>
  kill(): Promise<void>
  start(): Promise<void>
  stop(): Promise<void>
}

const services: { startRedis(options: { own: true; password: string }): Promise<Server> } = await import(
  new URL('../../../../scripts/redis-services.mjs', import.meta.url).href
)

const PASSWORD = 'n0t-t0-be-t0ld'

let server: Server
let world: World
beforeAll(async () => {
  server = await services.startRedis({ own: true, password: PASSWORD })
  await server.kill()
  world = await startWorld('pglite', { env: { REDIS_URL: server.url } })
})
afterAll(async () => {
  await world?.close()
  await server?.stop()
  expect(JSON.stringify(world.logged)).not.toContain(PASSWORD)
})

async function readiness() {
  const answer = await fetch(`${world.url}/health/ready`)
  return { status: answer.status, report: (await answer.json()) as HealthReport }
}

const becomes = (expected: { status: number; report: object }) =>
  vi.waitFor(async () => expect(await readiness()).toMatchObject(expected), { timeout: 10_000, interval: 20 })

test('a server starts and serves without the Redis that it is set up for, says so once, and finds it', async () => {
  await becomes({ status: 200, report: { status: 'ok', redis: { connected: false, since: null } } })
  expect((await world.call(world.admin, userRoutes.listUsers)).status).toBe(200)
  expect(world.logged.filter((line) => line.includes('Redis is away'))).toHaveLength(1)
  await server.start()
  await becomes({ status: 200, report: { redis: { connected: true, noeviction: true, reason: null } } })
})

test('whoever is disabled is signed out at once, also where their session was just found in Redis', async () => {
  const person = await world.person()
  // They have just chosen a password, and are not kept for a while after that.
  await server.command('FLUSHALL')
  const current = () => world.call(person, authRoutes.listSessions)
  await vi.waitFor(async () => {
    expect((await current()).status).toBe(200)
    expect(await server.command('KEYS', 'vmx:session:*')).not.toEqual([])
  })
  const [{ version } = { version: 0 }] = (await world.done(world.admin, userRoutes.listUsers)).items.filter(
    ({ id }: { id: string }) => id === person.id,
  )
  const params = { userId: person.id }
  await world.done(world.admin, userRoutes.updateUser, { params, version, body: { disabled: true } })
  expect((await current()).status).toBe(401)
})

test('Redis may go: the server stays ready and serves, and says since when it is away, and why', async () => {
  const before = Date.now()
  await server.kill()
  await becomes({ status: 200, report: { status: 'ok', redis: { connected: false, reason: expect.any(String) } } })
  const { report } = await readiness()
  expect(Date.parse(report.redis?.since ?? '')).toBeGreaterThanOrEqual(before)
  expect(JSON.stringify(report)).not.toContain(PASSWORD)
  expect((await world.call(world.admin, userRoutes.listUsers)).status).toBe(200)
})

test('what is used of limits can not be read while Redis is away: 503 says so', async () => {
  const here = await environmentOfItsOwn(world)
  const capacity = [{ period: 'day', requests: 5 }]
  await here.done(workspaceRoutes.updateWorkspace, { version: 1, body: { capacity } })
  const aiResourceId = await here.resource('limited', { capacity })
  const away = {
    status: 503,
    body: { code: 'unavailable', detail: expect.stringMatching(/^What is used of limits can not be read now: Redis/) },
  }
  const answers = [
    await here.call(capacityRoutes.getCapacity),
    await here.call(aiResourceRoutes.routeAiResource, {
      params: { aiResourceId },
      body: { request: { messages: [{ role: 'user', content: 'Hi' }] } },
    }),
  ]
  for (const answer of answers) {
    expect(answer).toMatchObject(away)
    expect(answer.headers.get('content-type')).toMatch(/^application.problem.json/)
    expect(answer.headers.get('retry-after')).toBe('1')
  }
})

test('a Redis that evicts is not ready', async () => {
  await server.start()
  await server.command('CONFIG', 'SET', 'maxmemory-policy', 'volatile-lru')
  await server.command('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
  const redis = { connected: true, noeviction: false, reason: expect.stringContaining('volatile-lru') }
  await becomes({ status: 503, report: { status: 'evicting', redis } })
})
