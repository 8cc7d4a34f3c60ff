import { randomUUID } from 'node:crypto'
import { silentLog } from '@vm-x/gateway'
import { openRedis, openSignedCache, type RedisConnection } from '@vm-x/storage'
import { testDatabases } from '@vm-x/storage/testing'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { sessionCache } from './session-cache.ts'
import { caller, NEXT, PASSWORD, signInWorld } from './sign-in.fixture.ts'

type Server = { readonly url: string; kill(): Promise<void>; start(): Promise<void>; stop(): Promise<void> }

const services: { startRedis(options: { own: true }): Promise<Server> } = await import(
  new URL('../../../../scripts/redis-services.mjs', import.meta.url).href
)

const [embedded] = testDatabases
const world = signInWorld(embedded.open)

let server: Server
let redis: RedisConnection
beforeAll(async () => {
  server = await services.startRedis({ own: true })
  redis = openRedis({ url: server.url, commandTimeoutMs: 1000, log: silentLog })
  world.cache = openSignedCache(redis, randomUUID())
})
beforeEach(async () => {
  await vi.waitFor(() => expect(redis.state().connected).toBe(true), { timeout: 10_000, interval: 10 })
  await redis.client.call('FLUSHALL')
})
afterAll(async () => {
  redis?.close()
  await server?.stop()
})

const keys = (pattern: string) => redis.client.keys(pattern)

/** Signed in, and known to every replica without asking the database. */
async function signedIn(email = 'ada@example.com') {
  const { id } = await world.user(email)
  const session = await world.started(world.attempt(email))
  const other = await world.openSignIn()
  await world.signIn.whoIs(session.cookie)
  await vi.waitFor(async () => expect(await keys('vmx:session:*')).not.toEqual([]), { interval: 5 })
  return { ...session, id, other }
}

test('a session is found without the database for a second, and not for longer', async () => {
  const { cookie, id, other } = await signedIn()
  await world.db.deleteFrom('user_session').execute()
  expect(await other.whoIs(cookie)).toMatchObject({ user: { id, email: 'ada@example.com', state: 'active' } })
  world.nowMs += 1001
  expect(await other.whoIs(cookie)).toBeUndefined()
})

test('a look-up ends with the second also where the clock of Redis is the only one that moves', async () => {
  await signedIn()
  const [key = ''] = await keys('vmx:session:*')
  expect(await redis.client.pttl(key)).toBeLessThanOrEqual(1000)
})

test.each([
  ['signed out', ({ cookie }: Begun) => world.signIn.signOut(cookie, { secure: false })],
  ['revoked on another replica', ({ other, id, sessionId }: Begun) => other.revokeSession(id, sessionId)],
  [
    'ended by a change of the password',
    async (begun: Begun) => {
      const user = { id: begun.id, email: 'ada@example.com', name: 'ada', state: 'active' as const }
      await begun.other.changePassword({
        ...caller,
        signedIn: { sessionId: begun.sessionId, user },
        current: PASSWORD,
        next: NEXT,
        record: async () => {},
      })
    },
  ],
  [
    'ended by somebody who changes the user',
    async ({ id, other }: Begun) => {
      await world.disable(id)
      await other.sessionsChanged(id)
    },
  ],
  [
    'ended by fifty newer ones',
    async () => {
      world.nowMs += 1
      for (let more = 0; more < 50; more++) await world.started(world.attempt('ada@example.com'))
      world.nowMs -= 1
    },
  ],
])('a session that was %s is over at once on every replica', async (_, end) => {
  const begun = await signedIn()
  await end(begun)
  expect(await begun.other.whoIs(begun.cookie)).toBeUndefined()
  expect(await world.signIn.whoIs(begun.cookie)).toBeUndefined()
})

type Begun = Awaited<ReturnType<typeof signedIn>>

test('what the database said before a session ended is not kept after it', async () => {
  const { cookie, id } = await signedIn()
  const clock = { now: () => world.nowMs, monotonicMs: () => 0 }
  const cache = sessionCache(world.cache ?? never(), clock)
  const found = { sessionId: 's', seenAt: new Date(0), expiresAt: new Date(8e12), user: userOf(id) }
  await cache.keep('token', found, world.nowMs)
  expect(await cache.find('token')).toEqual(found)
  await cache.ended(id)
  await cache.keep('token', found, world.nowMs)
  expect(await cache.find('token')).toBeUndefined()
  expect(await world.signIn.whoIs(cookie)).toBeDefined()
})

const userOf = (id: string) => ({ id, email: 'ada@example.com', name: 'ada', state: 'active' })

test('whoever reads Redis finds no tokens, and whoever writes to it becomes nobody else', async () => {
  const { cookie, id } = await signedIn()
  const [{ token } = { token: '' }] = await world.rows()
  const [key = ''] = await keys('vmx:session:*')
  const kept = (await redis.client.get(key)) ?? ''
  expect(`${key} ${kept}`).not.toContain(token)
  await redis.client.set(key, kept.replace(id, randomUUID()))
  expect(await world.signIn.whoIs(cookie)).toMatchObject({ user: { id } })
})

test('signing in, sessions and signing out go on while Redis is away', async () => {
  const { cookie, id } = await signedIn()
  await server.kill()
  await vi.waitFor(() => expect(redis.state().connected).toBe(false), { interval: 5 })
  expect(await world.signIn.whoIs(cookie)).toMatchObject({ user: { id } })
  const second = await world.started(world.attempt('ada@example.com'))
  expect(await world.signIn.sessionsOf(id)).toHaveLength(2)
  await world.signIn.signOut(cookie, { secure: false })
  expect(await world.signIn.whoIs(cookie)).toBeUndefined()
  expect(await world.signIn.whoIs(second.cookie)).toBeDefined()
  await server.start()
  await vi.waitFor(() => expect(redis.state().connected).toBe(true), { timeout: 10_000, interval: 10 })
  expect(await world.signIn.whoIs(cookie)).toBeUndefined()
  expect(await world.signIn.whoIs(second.cookie)).toBeDefined()
})

function never(): never {
  throw new Error('Not opened yet')
}
