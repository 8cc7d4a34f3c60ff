import { createHash } from 'node:crypto'
import { testDatabases } from '@vm-x/storage/testing'
import { describe, expect, test } from 'vitest'
import { endSessions, savePassword } from './credential.ts'
import { DAY_MS, NEXT, PASSWORD, signInWorld } from './sign-in.fixture.ts'

describe.each(testDatabases)('on $kind', ({ kind, open }) => {
  const world = signInWorld(open)

  describe('a session', () => {
    test('is over at once when its user is disabled, and stays over when they are enabled again', async () => {
      const { id } = await world.user('ada@example.com')
      const { cookie } = await world.started(world.attempt('ada@example.com'))
      await world.db.updateTable('user').set({ state: 'disabled' }).execute()
      expect(await world.signIn.whoIs(cookie)).toBeUndefined()
      await world.disable(id)
      await world.db.updateTable('user').set({ state: 'active' }).execute()
      expect(await world.signIn.whoIs(cookie)).toBeUndefined()
    })

    test('is over at once when its user is deleted', async () => {
      await world.user('ada@example.com')
      const { cookie } = await world.started(world.attempt('ada@example.com'))
      await world.db.deleteFrom('user').execute()
      expect(await world.signIn.whoIs(cookie)).toBeUndefined()
    })

    test('is over seven days after it began, however much it was used', async () => {
      await world.user('ada@example.com')
      const { cookie } = await world.started(world.attempt('ada@example.com'))
      for (let day = 1; day < 7; day++) {
        world.nowMs += DAY_MS
        expect(await world.signIn.whoIs(cookie), `day ${day}`).toBeDefined()
      }
      world.nowMs += DAY_MS - 1
      expect(await world.signIn.whoIs(cookie)).toBeDefined()
      world.nowMs += 1
      expect(await world.signIn.whoIs(cookie)).toBeUndefined()
    })

    test('does not outlive a change of the password that came while the old one was verified', async () => {
      const { id } = await world.user('ada@example.com')
      const hash = await world.hasher.hash(NEXT)
      world.hasher.onVerified(() => world.db.transaction().execute((trx) => savePassword(trx, id, hash)))
      expect(await world.attempt('ada@example.com')).toEqual({ refused: 'wrong_credentials' })
      expect(await world.rows()).toEqual([])
    })

    test('does not begin when its user is disabled while the password is verified', async () => {
      const { id } = await world.user('ada@example.com')
      world.hasher.onVerified(() => world.disable(id))
      expect(await world.attempt('ada@example.com')).toEqual({ refused: 'wrong_credentials' })
      expect(await world.rows()).toEqual([])
    })

    test('that begins while its user is being disabled waits for that to end, and then is over', async () => {
      const { id } = await world.user('ada@example.com')
      const [ended, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
      const change = world.db.transaction().execute(async (trx) => {
        await endSessions(trx, id)
        ended.resolve()
        await goOn.promise
        await trx.updateTable('user').set({ state: 'disabled' }).where('id', '=', id).execute()
      })
      await ended.promise
      const outcome = world.attempt('ada@example.com')
      // The embedded database has one connection: there everything waits.
      if (kind === 'postgres') await expect.poll(() => world.statementsWaiting()).toBe(1)
      goOn.resolve()
      await change
      expect(await outcome).toEqual({ refused: 'wrong_credentials' })
      expect(await world.rows()).toEqual([])
    })

    test.each([
      ['no cookie', () => undefined],
      ['an empty header', () => ''],
      ['other cookies', () => 'theme=dark; vmx_session_=x'],
      ['the token without its signature', (cookie: string) => cookie.replace(/\..*$/, '')],
      ['an altered token', (cookie: string) => cookie.replace('vmx_session=', 'vmx_session=A')],
      [
        'an altered signature',
        (cookie: string) => cookie.replace(/\.(.)/, (_, first) => `.${first === 'A' ? 'B' : 'A'}`),
      ],
      ['a broken encoding', () => 'vmx_session=%E0%A4%A'],
      ['nothing in it', () => 'vmx_session='],
      ['a signature by another secret', forged],
    ])('is nobody’s for %s', async (_, change) => {
      await world.user('ada@example.com')
      const { cookie } = await world.started(world.attempt('ada@example.com'))
      const token = (await world.rows())[0]?.token ?? ''
      expect(await world.signIn.whoIs(change(cookie, token))).toBeUndefined()
      expect((await world.signIn.signOut(change(cookie, token), { secure: false })).ended).toBeUndefined()
      expect(await world.signIn.whoIs(cookie)).toBeDefined()
    })

    test('is found among other cookies', async () => {
      await world.user('ada@example.com')
      const { cookie } = await world.started(world.attempt('ada@example.com'))
      expect(await world.signIn.whoIs(`theme=dark; ${cookie}; lang=en`)).toBeDefined()
    })

    test('is known to every replica', async () => {
      const { id } = await world.user('ada@example.com')
      const { cookie, sessionId } = await world.started(world.attempt('ada@example.com'))
      const other = await world.openSignIn()
      expect(await other.whoIs(cookie)).toMatchObject({ user: { id } })
      expect(await other.revokeSession(id, sessionId)).toBe(true)
      expect(await world.signIn.whoIs(cookie)).toBeUndefined()
    })
  })

  describe('sessions', () => {
    test('are listed newest first, with where they are from and when they were last seen, without their tokens', async () => {
      const { id } = await world.user('ada@example.com')
      const begun = new Date(world.nowMs)
      const first = await world.started(world.attempt('ada@example.com'))
      world.nowMs += 60_000
      const second = await world.started(
        world.attempt('ada@example.com', PASSWORD, { address: '2001:db8::1', userAgent: '' }),
      )
      world.nowMs += 5 * 60_000
      await world.signIn.whoIs(first.cookie)
      const expiresAt = (createdAt: Date) => new Date(createdAt.getTime() + 7 * DAY_MS)
      const later = new Date(begun.getTime() + 60_000)
      expect(await world.signIn.sessionsOf(id)).toEqual([
        {
          id: second.sessionId,
          createdAt: later,
          seenAt: later,
          expiresAt: expiresAt(later),
          address: '2001:db8::1',
          userAgent: '',
        },
        {
          id: first.sessionId,
          createdAt: begun,
          seenAt: new Date(world.nowMs),
          expiresAt: expiresAt(begun),
          address: '203.0.113.7',
          userAgent: 'Firefox',
        },
      ])
    })

    test('are listed without those that have expired, and those of others', async () => {
      const ada = await world.user('ada@example.com')
      await world.user('bob@example.com')
      await world.started(world.attempt('ada@example.com'))
      await world.started(world.attempt('bob@example.com'))
      expect(await world.signIn.sessionsOf(ada.id)).toHaveLength(1)
      world.nowMs += 7 * DAY_MS
      expect(await world.signIn.sessionsOf(ada.id)).toEqual([])
    })

    test('are over at once when revoked, one by one', async () => {
      const { id } = await world.user('ada@example.com')
      const [one, other] = [
        await world.started(world.attempt('ada@example.com')),
        await world.started(world.attempt('ada@example.com')),
      ]
      expect(await world.signIn.revokeSession(id, one.sessionId)).toBe(true)
      expect(await world.signIn.whoIs(one.cookie)).toBeUndefined()
      expect(await world.signIn.whoIs(other.cookie)).toBeDefined()
      expect(await world.signIn.revokeSession(id, one.sessionId)).toBe(false)
    })

    test('are fifty at most: with one more the oldest of the user ends', async () => {
      const { id } = await world.user('ada@example.com')
      await world.user('bob@example.com')
      const bob = await world.started(world.attempt('bob@example.com'))
      const first = await world.started(world.attempt('ada@example.com'))
      for (let more = 1; more < 50; more++) await world.started(world.attempt('ada@example.com'))
      expect(await world.signIn.whoIs(first.cookie)).toBeDefined()
      const second = (await world.signIn.sessionsOf(id)).at(-2)

      world.nowMs += 1
      const last = await world.started(world.attempt('ada@example.com'))
      expect(await world.signIn.whoIs(first.cookie)).toBeUndefined()
      const left = await world.signIn.sessionsOf(id)
      expect(left).toHaveLength(50)
      expect([left[0]?.id, left.at(-1)?.id]).toEqual([last.sessionId, second?.id])
      expect(await world.signIn.whoIs(bob.cookie)).toBeDefined()
    })

    test('of somebody else can not be revoked', async () => {
      await world.user('ada@example.com')
      const { cookie, sessionId } = await world.started(world.attempt('ada@example.com'))
      const mallory = await world.user('mallory@example.com')
      expect(await world.signIn.revokeSession(mallory.id, sessionId)).toBe(false)
      expect(await world.signIn.whoIs(cookie)).toBeDefined()
    })

    test('keep no more than a line of what a client calls itself', async () => {
      const { id } = await world.user('ada@example.com')
      await world.started(world.attempt('ada@example.com', PASSWORD, { userAgent: 'x'.repeat(10_000) }))
      expect((await world.signIn.sessionsOf(id))[0]?.userAgent).toHaveLength(512)
    })
  })
})

/** What somebody could make who reads the database but not the key file. */
function forged(_cookie: string, token: string): string {
  const signature = createHash('sha256').update(token).digest('base64')
  return `vmx_session=${encodeURIComponent(`${token}.${signature}`)}`
}
