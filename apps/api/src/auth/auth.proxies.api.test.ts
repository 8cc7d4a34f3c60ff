import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { authRoutes, MANAGEMENT_PREFIX, type Method, type Route } from '@vm-x/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PASSWORD, type Person, startWorld, type World, worldKinds } from '../testing/world.ts'
import { accountOf, cookieOf, outcome, said, WRONG } from './auth.fixture.ts'

const CONSOLE = 'https://console.example.com'
const via = (address: string, more: object = {}) => ({ headers: { 'x-forwarded-for': address, ...more } })
const HTTPS = { 'x-forwarded-proto': 'https' }

describe.each(worldKinds)('behind a proxy, on %s', (kind) => {
  let world: World
  let account: ReturnType<typeof accountOf>
  let ada: Person
  beforeAll(async () => {
    world = await startWorld(kind, { env: { TRUSTED_PROXIES: '127.0.0.1', ALLOWED_ORIGINS: CONSOLE } })
    account = accountOf(world)
    ada = await world.person()
  })
  afterAll(() => world?.close())

  const fail = (email: string, address: string) => account.signIn(email, WRONG, via(address))
  const slowDowns = async (address: string) =>
    (await account.eventsOf('source_address', address)).filter(({ action }) => action === 'session:slow-down')

  test('that says https, cookies are set, renewed and taken back for https alone', async () => {
    const answer = await account.signIn(ada.email, PASSWORD, { headers: HTTPS })
    const here = { ...ada, cookie: cookieOf(answer) }
    const body = { currentPassword: PASSWORD, newPassword: `${PASSWORD}-2` }
    const changed = await world.call(here, authRoutes.changePassword, { body, headers: HTTPS })
    const anew = { ...ada, cookie: cookieOf(changed) }
    const out = await world.call(anew, authRoutes.signOut, { headers: HTTPS })
    for (const { status, headers } of [answer, changed, out])
      expect([status, headers.getSetCookie()[0]?.split('; ').includes('Secure')]).toEqual([expect.any(Number), true])
  })

  test('that says http, they are so too, but where clients are on this machine', async () => {
    const grace = await world.person()
    const http = { 'x-forwarded-proto': 'http' }
    const here = await account.signIn(grace.email, PASSWORD, { headers: http })
    expect(here.headers.getSetCookie()[0]).not.toContain('Secure')
    const headers = { ...http, 'x-forwarded-host': 'gateway.example.com' }
    const answer = await account.signIn(grace.email, PASSWORD, { headers })
    expect(answer.headers.getSetCookie()[0]?.split('; ')).toContain('Secure')
  })

  test('pages of an origin that the operator allows may sign in, and others still not', async () => {
    const grace = await world.person()
    const from = (origin: string) => account.signIn(grace.email, PASSWORD, { headers: { origin } })
    expect(outcome(await from(CONSOLE))).toEqual([200, undefined])
    expect(outcome(await from(CONSOLE.replace('https', 'http')))).toEqual([403, 'origin_not_allowed'])
    expect(outcome(await from(`${CONSOLE}.elsewhere.example`))).toEqual([403, 'origin_not_allowed'])
  })

  test('sessions and the audit have the address that the proxy tells', async () => {
    const grace = await world.person()
    const here = { ...grace, cookie: cookieOf(await account.signIn(grace.email, PASSWORD, via('203.0.113.50'))) }
    const { session } = await world.done(here, authRoutes.getCurrentSession)
    expect(session.sourceAddress).toBe('203.0.113.50')
    const [event] = await account.eventsOf('object_id', session.id)
    expect(event).toMatchObject({ action: 'session:create', source_address: '203.0.113.50' })
  })

  test('429 after five failures of an account from one address, right password or not, and not from others', async () => {
    const grace = await world.person()
    for (let made = 0; made < 5; made++)
      expect(outcome(await fail(grace.email, '203.0.113.1'))).toEqual([401, 'wrong_credentials'])
    const answer = await account.signIn(grace.email, PASSWORD, via('203.0.113.1'))
    expect(outcome(answer)).toEqual([429, 'too_many_attempts'])
    expect(answer.headers.get('retry-after')).toMatch(/^([1-9]|10)$/)
    expect(answer.headers.getSetCookie()).toEqual([])
    expect((await account.signIn(grace.email, PASSWORD, via('203.0.113.2'))).status).toBe(200)
    expect(await account.isSignedIn(grace)).toBe(true)
  })

  test('429 is told the same whether there is such an account or not', async () => {
    const grace = await world.person()
    const answers = []
    for (const [email, address] of [
      [grace.email, '203.0.113.3'],
      ['no-such-account@example.com', '203.0.113.4'],
    ] as const) {
      for (let made = 0; made < 5; made++) await fail(email, address)
      answers.push(await fail(email, address))
    }
    const [known, unknown] = answers.map((answer) => {
      const { status, headers, text } = said(answer)
      const withoutSeconds = headers.filter(([name]) => name !== 'retry-after' && name !== 'content-length')
      return { status, withoutSeconds, text: text.replace(/\d+ s/, 'n s') }
    })
    expect(known).toEqual(unknown)
    expect(known?.status).toBe(429)
  })

  test('429 after twenty failures from one address at any accounts, and not from others; the audit has it once', async () => {
    for (let made = 0; made < 20; made++)
      expect(outcome(await fail(`guess-${made}@example.com`, '203.0.113.5'))).toEqual([401, 'wrong_credentials'])
    for (const made of [20, 21, 22])
      expect(outcome(await fail(`guess-${made}@example.com`, '203.0.113.5'))).toEqual([429, 'too_many_attempts'])
    expect(outcome(await fail('guess-20@example.com', '203.0.113.6'))).toEqual([401, 'wrong_credentials'])
    expect(await slowDowns('203.0.113.5')).toMatchObject([{ object_kind: 'address', object_id: '203.0.113.5' }])
    expect(await slowDowns('203.0.113.6')).toEqual([])
  })

  test('whoever comes from many addresses writes at most sixty lines an hour into the audit', async () => {
    for (let host = 0; host < 70; host++)
      for (let made = 0; made < 5; made++) await fail(`victim-${host}@example.com`, `198.51.100.${host}`)
    const { db } = world.product.storage.database
    const events = await db
      .selectFrom('management_event')
      .where('action', '=', 'session:slow-down')
      .selectAll()
      .execute()
    expect(events).toHaveLength(60)
  })
})

describe.each(worldKinds)('without a proxy that is trusted, on %s', (kind) => {
  let world: World
  let account: ReturnType<typeof accountOf>
  beforeAll(async () => {
    world = await startWorld(kind)
    account = accountOf(world)
  })
  afterAll(() => world?.close())

  test('cookies are set, renewed and taken back for https alone, but on this machine', async () => {
    const ada = await world.person()
    const { hostname, port } = new URL(world.url)
    const isSecure = async (method: Method, path: string, host: string, cookie: string, body: object) => {
      const headers = { host, origin: `http://${host}`, cookie, 'content-type': 'application/json' }
      const sent = request({ hostname, port, method, path: MANAGEMENT_PREFIX + path, headers })
      sent.end(JSON.stringify(body))
      const [answer] = (await once(sent, 'response')) as [IncomingMessage]
      answer.resume()
      const [set = ''] = answer.headers['set-cookie'] ?? []
      return { secure: set.split('; ').includes('Secure'), cookie: set.split(';')[0] ?? '' }
    }
    let password = PASSWORD
    for (const [host, secure] of [
      [`gateway.example.com:${port}`, true],
      [`localhost:${port}`, false],
    ] as const) {
      const { signIn, changePassword, signOut } = authRoutes
      const of = ({ method, path }: Route, cookie: string, body: object) => isSecure(method, path, host, cookie, body)
      const begun = await of(signIn, '', { email: ada.email, password })
      const body = { currentPassword: password, newPassword: `${password}-2` }
      const changed = await of(changePassword, begun.cookie, body)
      const out = await of(signOut, changed.cookie, {})
      expect([begun.secure, changed.secure, out.secure]).toEqual([secure, secure, secure])
      password = body.newPassword
    }
  })

  test('who says to come over https, or from elsewhere, is not believed', async () => {
    const grace = await world.person()
    const answer = await account.signIn(grace.email, PASSWORD, via('203.0.113.1', HTTPS))
    expect(answer.headers.getSetCookie()[0]).not.toContain('Secure')
    const { session } = await world.done({ ...grace, cookie: cookieOf(answer) }, authRoutes.getCurrentSession)
    expect(session.sourceAddress).toBe('127.0.0.1')
    for (let made = 0; made < 5; made++) await account.signIn(grace.email, WRONG, via(`203.0.113.${made}`))
    expect(outcome(await account.signIn(grace.email, PASSWORD, via('203.0.113.9')))).toEqual([429, 'too_many_attempts'])
  })
})
