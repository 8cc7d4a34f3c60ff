import { authRoutes, MANAGEMENT_PREFIX } from '@vm-x/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { leaksIn } from '../testing/leaks.ts'
import { PASSWORD, type Person, startWorld, type World, worldKinds } from '../testing/world.ts'
import { accountOf, cookieOf, outcome, SITE, said, WRONG } from './auth.fixture.ts'

const REMOVED = ['vmx_session=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax']

describe.each(worldKinds)('signing in and out, on %s', (kind) => {
  let world: World
  let account: ReturnType<typeof accountOf>
  let ada: Person
  beforeAll(async () => {
    world = await startWorld(kind)
    account = accountOf(world)
    ada = await world.person()
  })
  afterAll(() => world?.close())

  const send = (path: string, init: RequestInit) => fetch(`${world.url}${MANAGEMENT_PREFIX}${path}`, init)
  const signOut = (person: Person | undefined, headers = {}) => world.call(person, authRoutes.signOut, { headers })

  describe('sign-in', () => {
    test('200: says who it is, and gives a cookie that scripts do not see and other sites do not send', async () => {
      const answer = await account.signIn(ada.email)
      expect(answer.status).toBe(200)
      expect(answer.body).toEqual({ user: { id: ada.id, email: ada.email, name: 'A person', state: 'active' } })
      const [value, ...attributes] = (answer.headers.getSetCookie()[0] ?? '').split('; ')
      expect(value).toBe(cookieOf(answer))
      expect(attributes.toSorted()).toEqual(['HttpOnly', 'Max-Age=604800', 'Path=/', 'SameSite=Lax'])
      expect(answer.headers.get('cache-control')).toBe('no-store')
      expect(await account.isSignedIn({ ...ada, cookie: cookieOf(answer) })).toBe(true)
    })

    test('takes the e-mail address in any case', async () => {
      expect(outcome(await account.signIn(ada.email.toUpperCase()))).toEqual([200, undefined])
    })

    test('begins a session of its own, whatever cookie came with it', async () => {
      const planted = 'vmx_session=planted.by-a-stranger'
      for (const cookie of [planted, ada.cookie]) {
        const answer = await account.signIn(ada.email, PASSWORD, { headers: { cookie } })
        expect(cookieOf(answer)).not.toBe(cookie)
      }
      expect(await account.isSignedIn({ ...ada, cookie: planted })).toBe(false)
    })

    test('a cookie that was changed is nobody’s', async () => {
      const [name, value = ''] = ada.cookie.split('=')
      for (const changed of ['', `${value}x`, value.slice(1), value.split('.')[0]])
        expect(await account.isSignedIn({ ...ada, cookie: `${name}=${changed}` }), changed).toBe(false)
    })

    test('401: no account, a wrong password and a disabled one are told the same, to the byte', async () => {
      const disabled = await world.person()
      await account.disable(disabled)
      const answers = [
        await account.signIn('no-such-account@example.com'),
        await account.signIn(ada.email, WRONG),
        await account.signIn(disabled.email),
        await account.signIn(disabled.email, WRONG),
      ]
      expect(outcome(answers[0] as never)).toEqual([401, 'wrong_credentials'])
      expect(answers.flatMap(({ headers }) => headers.getSetCookie())).toEqual([])
      expect(new Set(answers.map((answer) => JSON.stringify(said(answer)))).size).toBe(1)
    })

    test('403: no page of another origin signs anybody in', async () => {
      for (const origin of [SITE, 'null', `${world.url}.elsewhere.example`, world.url.replace(/\d+$/, '1')]) {
        const answer = await account.signIn(ada.email, PASSWORD, { headers: { origin } })
        expect(outcome(answer), origin).toEqual([403, 'origin_not_allowed'])
        expect(answer.headers.getSetCookie()).toEqual([])
      }
      const body = JSON.stringify({ email: ada.email, password: PASSWORD })
      const answer = await send('/auth/sign-in', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      })
      expect([answer.status, answer.headers.getSetCookie()]).toEqual([403, []])
    })

    test.each([
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'text/plain',
      'application/xml',
    ])('415 for a body of %s, which forms of other pages can send too', async (type) => {
      const answer = await account.signIn(ada.email, PASSWORD, { headers: { 'content-type': type } })
      expect(outcome(answer)).toEqual([415, 'unsupported_media_type'])
      expect(answer.headers.getSetCookie()).toEqual([])
    })

    test('400 for what is no JSON, without a word of it', async () => {
      const answer = await world.call(undefined, authRoutes.signIn, { body: `{"password":"${WRONG}"` })
      expect(outcome(answer)).toEqual([400, 'malformed_request'])
      expect(answer.text).not.toContain(WRONG)
    })

    test('no other page is told that it may ask', async () => {
      const headers = { origin: SITE, 'access-control-request-method': 'POST', cookie: ada.cookie }
      for (const [method, path] of [
        ['OPTIONS', '/auth/sign-in'],
        ['GET', '/auth/session'],
      ] as const) {
        const answer = await send(path, { method, headers })
        expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([])
      }
    })
  })

  describe('sign-out', () => {
    test('204: ends this session alone, and takes the cookie back', async () => {
      const here = await account.again(ada)
      const answer = await signOut(here)
      expect([answer.status, answer.text, answer.headers.getSetCookie()]).toEqual([204, '', REMOVED])
      expect(answer.headers.get('cache-control')).toBe('no-store')
      expect([await account.isSignedIn(here), await account.isSignedIn(ada)]).toEqual([false, true])
    })

    test('204 where nobody is signed in any more, or was: the cookie goes all the same', async () => {
      const here = await account.again(ada)
      await signOut(here)
      for (const person of [here, undefined, { ...ada, cookie: 'vmx_session=forged.x' }]) {
        const answer = await signOut(person)
        expect([answer.status, answer.headers.getSetCookie()]).toEqual([204, REMOVED])
      }
    })

    test('403: no page of another origin signs anybody out', async () => {
      const answer = await signOut(ada, { origin: SITE })
      expect([...outcome(answer), answer.headers.getSetCookie()]).toEqual([403, 'origin_not_allowed', []])
      expect(await account.isSignedIn(ada)).toBe(true)
    })
  })

  describe('the audit', () => {
    test('has who signed in and out, when, and from where', async () => {
      const grace = await world.person()
      const answer = await account.signIn(grace.email, PASSWORD, { headers: { 'user-agent': 'A browser' } })
      const here = { ...grace, cookie: cookieOf(answer) }
      const { session } = await world.done(here, authRoutes.getCurrentSession)
      const out = await signOut(here, { 'user-agent': 'Another' })
      await signOut(here)
      const common = { actor_kind: 'user', actor_id: grace.id, actor_name: grace.email, source_address: '127.0.0.1' }
      const object = { object_kind: 'session', object_name: grace.email, before: null, after: null }
      const named = (one: typeof answer) => ({ request_id: one.headers.get('x-request-id') })
      expect(await account.eventsOf('object_id', session.id)).toMatchObject([
        { action: 'session:create', ...common, ...object, user_agent: 'A browser', ...named(answer) },
        { action: 'session:delete', ...common, ...object, user_agent: 'Another', ...named(out) },
      ])
    })

    test('has nothing of a single failure, but the log says that there was one', async () => {
      const grace = await world.person()
      const answer = await account.signIn(grace.email, WRONG)
      expect((await account.eventsOf('object_id', grace.id)).map(({ action }) => action)).not.toContain(
        'session:slow-down',
      )
      const line = world.logged.find((one) => one.includes(answer.body.requestId)) ?? ''
      expect(JSON.parse(line)).toMatchObject({ message: 'A password was refused', sourceAddress: '127.0.0.1' })
      expect(line).not.toContain(grace.email)
    })

    test('has, once, that guesses at an account begin to be slowed down', async () => {
      const grace = await world.person()
      for (let made = 0; made < 8; made++) await account.signIn(grace.email, WRONG)
      const events = await account.eventsOf('object_id', grace.id)
      expect(events.filter(({ action }) => action === 'session:slow-down')).toMatchObject([
        {
          actor_id: null,
          actor_name: 'nobody',
          object_kind: 'user',
          object_name: grace.email,
          source_address: '127.0.0.1',
        },
      ])
    })

    test('does not have what somebody typed who has no account', async () => {
      const email = 'typed-by-mistake@example.com'
      for (let made = 0; made < 5; made++) await account.signIn(email, WRONG)
      const [event] = (await account.eventsOf('object_id', '127.0.0.1')).filter(
        ({ action }) => action === 'session:slow-down',
      )
      expect(event).toMatchObject({ object_kind: 'address', object_name: null, source_address: '127.0.0.1' })
      expect(JSON.stringify(event)).not.toContain('typed')
    })
  })

  test('neither answers nor logs nor the audit hold a password, its hash or a token of a session', async () => {
    expect(await leaksIn(world, [PASSWORD, WRONG])).toEqual([])
  })
})
