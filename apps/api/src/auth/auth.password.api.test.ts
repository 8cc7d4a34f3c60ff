import { authRoutes, managementRoutes } from '@vm-x/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { leaksIn } from '../testing/leaks.ts'
import { PASSWORD, startWorld, type World, worldKinds } from '../testing/world.ts'
import { accountOf, cookieOf, outcome, WRONG } from './auth.fixture.ts'

const NEXT = 'another-horse-another-staple'

const signedIn = managementRoutes.filter(({ access }) => access.kind !== 'public')
const isOpen = ({ access }: (typeof signedIn)[number]) => access.kind === 'signed-in' && access.whilePasswordExpired
/** Of whatever kind: nothing of what is asked for is looked at. */
const ids = Object.fromEntries(
  managementRoutes
    .flatMap(({ path }) => [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name))
    .map((name) => [name, '019ab000-0000-7000-8000-000000000001']),
)

describe.each(worldKinds)('passwords, on %s', (kind) => {
  let world: World
  let account: ReturnType<typeof accountOf>
  beforeAll(async () => {
    world = await startWorld(kind)
    account = accountOf(world)
  })
  afterAll(() => world?.close())

  describe('a one-time password', () => {
    test('403 on every route that asks who is signed in, but those to change it, even for an administrator', async () => {
      const newcomer = await account.newcomer()
      await world.product.storage.database.db
        .insertInto('user_role')
        .values({ user_id: newcomer.id, role_id: '019ab000-0000-7000-8000-000000000001', created_by: 'test' })
        .execute()
      const closed = signedIn.filter((route) => !isOpen(route))
      expect(closed.length).toBeGreaterThan(50)
      for (const route of closed) {
        const answer = await world.call(newcomer, route, { params: ids, ...(route.body ? { body: {} } : {}) })
        expect(outcome(answer), route.id).toEqual([403, 'password_change_required'])
      }
    })

    test('lets those who have to change it see and end their sessions, and change it', async () => {
      const newcomer = await account.newcomer()
      const current = await world.done(newcomer, authRoutes.getCurrentSession)
      expect(current.user.state).toBe('must_change_password')
      const { items } = await world.done(newcomer, authRoutes.listSessions)
      expect(items.map(({ id }: { id: string }) => id)).toEqual([current.session.id])
      const unknown = { params: { sessionId: newcomer.id } }
      expect(outcome(await world.call(newcomer, authRoutes.revokeSession, unknown))).toEqual([404, 'not_found'])
      const changed = await account.changePassword(newcomer, newcomer.oneTime, NEXT)
      expect(changed.status).toBe(204)
      const { user } = await world.done({ ...newcomer, cookie: cookieOf(changed) }, authRoutes.getCurrentSession)
      expect(user.state).toBe('active')
      expect(signedIn.filter(isOpen).map(({ id }) => id)).toEqual([
        'getCurrentSession',
        'changePassword',
        'listSessions',
        'revokeSession',
      ])
    })

    test('is right no longer once it was changed', async () => {
      const newcomer = await account.newcomer()
      await account.changePassword(newcomer, newcomer.oneTime, NEXT)
      expect(outcome(await account.signIn(newcomer.email, newcomer.oneTime))).toEqual([401, 'wrong_credentials'])
      expect((await account.signIn(newcomer.email, NEXT)).body.user.state).toBe('active')
    })
  })

  describe('changing the password', () => {
    test.each([
      ['too-short-1', 'must have 12 to 128 characters'],
      ['x'.repeat(129), 'must have 12 to 128 characters'],
      [PASSWORD, 'must not be the current one'],
      ['the address', 'must not be the e-mail address'],
    ])('422 for %s as the new one, and nothing has changed', async (next, message) => {
      const person = await world.person()
      const newPassword = next === 'the address' ? person.email.toUpperCase() : next
      const answer = await account.changePassword(person, PASSWORD, newPassword)
      expect(outcome(answer)).toEqual([422, 'invalid_fields'])
      expect(answer.body.errors).toEqual([{ path: 'newPassword', message }])
      expect(answer.headers.getSetCookie()).toEqual([])
      expect(await account.isSignedIn(person)).toBe(true)
      expect((await account.signIn(person.email)).status).toBe(200)
    })

    test('401 for a wrong current one, which is counted as at sign-in: the sixth has to wait', async () => {
      const person = await world.person()
      for (let made = 0; made < 5; made++)
        expect(outcome(await account.changePassword(person, WRONG, NEXT))).toEqual([401, 'wrong_credentials'])
      const answer = await account.changePassword(person, PASSWORD, NEXT)
      expect(outcome(answer)).toEqual([429, 'too_many_attempts'])
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
      expect(outcome(await account.signIn(person.email))).toEqual([429, 'too_many_attempts'])
      expect(await account.isSignedIn(person)).toBe(true)
      expect(await account.eventsOf('actor_id', person.id)).toContainEqual(
        expect.objectContaining({ action: 'session:slow-down', object_id: person.id }),
      )
    })

    test('204: ends every session of the user, also that which asked, and begins one', async () => {
      const [here, other] = [await world.person(), await world.person()]
      const elsewhere = await account.again(here)
      const answer = await account.changePassword(here, PASSWORD, NEXT)
      expect([answer.status, answer.text]).toEqual([204, ''])
      const anew = { ...here, cookie: cookieOf(answer) }
      expect(anew.cookie).not.toBe(here.cookie)
      expect(await Promise.all([here, elsewhere, anew, other].map(account.isSignedIn))).toEqual([
        false,
        false,
        true,
        true,
      ])
      expect(outcome(await account.signIn(here.email))).toEqual([401, 'wrong_credentials'])
      expect((await account.signIn(here.email, NEXT)).status).toBe(200)
    })

    test('401 without a session, and 403 from another page', async () => {
      const body = { currentPassword: PASSWORD, newPassword: NEXT }
      expect(outcome(await world.call(undefined, authRoutes.changePassword, { body }))).toEqual([401, 'not_signed_in'])
      const person = await world.person()
      const foreign = { body, headers: { origin: 'https://elsewhere.example' } }
      expect(outcome(await world.call(person, authRoutes.changePassword, foreign))).toEqual([403, 'origin_not_allowed'])
      expect((await account.signIn(person.email)).status).toBe(200)
    })

    test('is in the audit, with the session that it begins, by whom and from where', async () => {
      const person = await world.person()
      const answer = await account.changePassword(person, PASSWORD, NEXT)
      const { session } = await world.done({ ...person, cookie: cookieOf(answer) }, authRoutes.getCurrentSession)
      const request_id = answer.headers.get('x-request-id')
      const events = (await account.eventsOf('actor_id', person.id)).filter((one) => one.request_id === request_id)
      const common = { actor_name: person.email, source_address: '127.0.0.1', before: null, after: null }
      expect(events).toMatchObject([
        { action: 'user:change-password', object_kind: 'user', object_id: person.id, ...common },
        { action: 'session:create', object_kind: 'session', object_id: session.id, ...common },
      ])
    })
  })

  test('neither answers nor logs nor the audit hold a password, its hash or a token', async () => {
    expect(await leaksIn(world, [PASSWORD, NEXT, WRONG])).toEqual([])
  })
})
