import { authRoutes, roleRoutes, type Session, userRoutes } from '@vm-x/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Person, startWorld, type World, worldKinds } from '../testing/world.ts'
import { accountOf, outcome } from './auth.fixture.ts'

describe.each(worldKinds)('sessions, on %s', (kind) => {
  let world: World
  let account: ReturnType<typeof accountOf>
  beforeAll(async () => {
    world = await startWorld(kind)
    account = accountOf(world)
  })
  afterAll(() => world?.close())

  const sessionsOf = async (person: Person): Promise<Session[]> =>
    (await world.done(person, authRoutes.listSessions)).items
  const revoke = (person: Person, sessionId: string) =>
    world.call(person, authRoutes.revokeSession, { params: { sessionId } })

  test('200: who is signed in, with the policies of their roles', async () => {
    expect(await world.done(world.admin, authRoutes.getCurrentSession)).toMatchObject({
      user: { id: world.admin.id, email: 'admin@example.com', state: 'active' },
      session: { current: true },
      roles: [{ name: 'admin', policy: { statements: [{ effect: 'allow', actions: ['*'], resources: ['*'] }] } }],
    })
  })

  test('401 without a session, wherever one is asked for', async () => {
    for (const route of [authRoutes.getCurrentSession, authRoutes.listSessions])
      expect(outcome(await world.call(undefined, route))).toEqual([401, 'not_signed_in'])
  })

  test('nobody keeps an answer that says who is signed in', async () => {
    for (const person of [world.admin, undefined]) {
      const { headers } = await world.call(person, authRoutes.getCurrentSession)
      expect(headers.get('cache-control')).toBe('no-store')
    }
  })

  test('are listed, the newest first, each with where it is from; the one that asks is marked', async () => {
    const here = await world.person()
    await account.again(here)
    const [newest, oldest, ...more] = await sessionsOf(here)
    expect([newest?.current, oldest?.current, more]).toEqual([false, true, []])
    expect(newest).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      createdAt: expect.any(String),
      lastSeenAt: expect.any(String),
      expiresAt: expect.any(String),
      sourceAddress: '127.0.0.1',
      userAgent: 'node',
      current: false,
    })
    const livedMs = Date.parse(newest?.expiresAt ?? '') - Date.parse(newest?.createdAt ?? '')
    expect(livedMs).toBe(7 * 24 * 60 * 60_000)
  })

  test('are listed without anything of their cookies', async () => {
    const here = await world.person()
    const there = await account.again(here)
    const { text } = await world.call(here, authRoutes.listSessions)
    for (const { cookie } of [here, there])
      for (const part of (cookie.split('=')[1] ?? '').split('.')) expect(text).not.toContain(part)
  })

  test('204: one of the own is ended, and no other; it is in the audit', async () => {
    const here = await world.person()
    const there = await account.again(here)
    const [newest] = await sessionsOf(here)
    const answer = await revoke(here, newest?.id ?? '')
    expect(answer.status).toBe(204)
    expect([await account.isSignedIn(here), await account.isSignedIn(there)]).toEqual([true, false])
    expect((await account.eventsOf('object_id', newest?.id ?? '')).at(-1)).toMatchObject({
      action: 'session:delete',
      actor_id: here.id,
      actor_name: here.email,
      source_address: '127.0.0.1',
      request_id: answer.headers.get('x-request-id'),
    })
    expect(outcome(await revoke(here, newest?.id ?? ''))).toEqual([404, 'not_found'])
  })

  test('204: the one that asks can be ended too', async () => {
    const here = await world.person()
    const [session] = await sessionsOf(here)
    expect((await revoke(here, session?.id ?? '')).status).toBe(204)
    expect(await account.isSignedIn(here)).toBe(false)
  })

  test('404: another’s can not be ended, by an administrator neither, and that is all that is said', async () => {
    const grace = await world.person()
    const [session] = await sessionsOf(grace)
    const [another, unknown] = [await revoke(world.admin, session?.id ?? ''), await revoke(world.admin, world.admin.id)]
    expect(outcome(another)).toEqual([404, 'not_found'])
    expect(another.body.detail).toBe(unknown.body.detail)
    expect(await account.isSignedIn(grace)).toBe(true)
    expect(await account.eventsOf('object_id', session?.id ?? '')).toHaveLength(1)
  })

  test('are over at once for who is disabled', async () => {
    const [here, other] = [await world.person(), await world.person()]
    const there = await account.again(here)
    await account.disable(here)
    expect(await Promise.all([here, there, other].map(account.isSignedIn))).toEqual([false, false, true])
  })

  test('are over at once for who is deleted', async () => {
    const here = await world.person()
    const params = { userId: here.id }
    const { version } = await world.done(world.admin, userRoutes.getUser, { params })
    await world.done(world.admin, userRoutes.deleteUser, { params, version })
    expect(outcome(await world.call(here, authRoutes.getCurrentSession))).toEqual([401, 'not_signed_in'])
  })

  test('go on when a role is taken away, and may do no more from the next request on', async () => {
    const here = await world.person('read-only')
    expect((await world.call(here, userRoutes.listUsers)).status).toBe(200)
    const [role] = (await world.done(here, authRoutes.getCurrentSession)).roles
    const params = { roleId: role.id, userId: here.id }
    await world.done(world.admin, roleRoutes.removeRoleMember, { params })
    expect(outcome(await world.call(here, userRoutes.listUsers))).toEqual([403, 'permission_missing'])
    expect((await world.done(here, authRoutes.getCurrentSession)).roles).toEqual([])
  })
})
