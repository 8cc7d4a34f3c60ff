import { testDatabases } from '@vm-x/storage/testing'
import { describe, expect, test } from 'vitest'
import { findCredential } from './credential.ts'
import { caller, DAY_MS, NEXT, PASSWORD, signInWorld } from './sign-in.fixture.ts'
import type { SignInRefused, Started } from './sign-in.ts'

describe.each(testDatabases)('on $kind', ({ open }) => {
  const world = signInWorld(open)

  describe('signing in', () => {
    test('begins a session that says who it is, until it is signed out', async () => {
      const { id } = await world.user('ada@example.com')
      const { cookie, setCookie, ...signedIn } = await world.started(world.attempt('ada@example.com'))
      expect(signedIn.user).toEqual({ id, email: 'ada@example.com', name: 'ada', state: 'active' })
      expect(await world.signIn.whoIs(cookie)).toEqual(signedIn)
      const out = await world.signIn.signOut(cookie, { secure: false })
      expect(out.ended).toEqual({ sessionId: signedIn.sessionId, user: { id, email: 'ada@example.com' } })
      expect(out.setCookie).toEqual(['vmx_session=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax'])
      expect(await world.signIn.whoIs(cookie)).toBeUndefined()
      expect(await world.rows()).toEqual([])
    })

    test('takes the e-mail address in any case', async () => {
      await world.user('ada@example.com')
      await world.started(world.attempt('Ada@Example.COM'))
    })

    test('never begins the same session twice', async () => {
      await world.user('ada@example.com')
      const [one, other] = [
        await world.started(world.attempt('ada@example.com')),
        await world.started(world.attempt('ada@example.com')),
      ]
      expect(one.cookie).not.toBe(other.cookie)
      expect(one.sessionId).not.toBe(other.sessionId)
    })

    test.each([
      [false, ''],
      [true, '; Secure'],
    ])(
      'sets a cookie for scripts to not see, other sites to not send, and with https %j for it alone',
      async (secure, end) => {
        await world.user('ada@example.com')
        const { setCookie } = await world.started(world.attempt('ada@example.com', PASSWORD, { secure }))
        expect(setCookie).toHaveLength(1)
        const [value, ...attributes] = (setCookie[0] ?? '').split('; ')
        expect(value).toMatch(/^vmx_session=[\w.%-]{60,}$/)
        expect(attributes.sort().join('; ')).toBe(`HttpOnly; Max-Age=604800; Path=/; SameSite=Lax${end}`)
      },
    )

    test('who must change the password is told so by the session', async () => {
      await world.user('ada@example.com', 'must_change_password')
      const { cookie, user: who } = await world.started(world.attempt('ada@example.com'))
      expect(who.state).toBe('must_change_password')
      expect((await world.signIn.whoIs(cookie))?.user.state).toBe('must_change_password')
    })

    test('forgets sessions that have expired', async () => {
      await world.user('ada@example.com')
      await world.started(world.attempt('ada@example.com'))
      world.nowMs += 7 * DAY_MS
      const { sessionId } = await world.started(world.attempt('ada@example.com'))
      expect((await world.rows()).map(({ id }) => id)).toEqual([sessionId])
    })
  })

  describe('being refused', () => {
    test('is the same, and costs one verification, for a wrong password, no account, one without a password and a disabled one', async () => {
      const ada = await world.user('ada@example.com')
      await world.user('disabled@example.com', 'disabled')
      const passwordless = await world.user('passwordless@example.com')
      await world.db.deleteFrom('user_credential').where('user_id', '=', passwordless.id).execute()
      const refusals: (Started | SignInRefused)[] = []
      for (const [email, password] of [
        [ada.email, 'another password'],
        ['nobody@example.com', PASSWORD],
        ['disabled@example.com', PASSWORD],
        ['disabled@example.com', 'another password'],
        [passwordless.email, PASSWORD],
        ['no address', PASSWORD],
        ['', ''],
      ] as const) {
        world.hasher.verified.length = 0
        refusals.push(await world.attempt(email, password))
        expect(world.hasher.verified, email).toHaveLength(1)
        expect(world.hasher.verified[0], email).toMatch(/^\$scrypt\$ln=15,r=8,p=3\$/)
      }
      expect(new Set(refusals.map((refusal) => JSON.stringify(refusal)))).toEqual(
        new Set(['{"refused":"wrong_credentials"}']),
      )
      expect(await world.rows()).toEqual([])
    })

    test.each(['ada@example.com', 'nobody@example.com'])(
      'after five failures %s waits, right password or not, and nothing is verified',
      async (email) => {
        await world.user('ada@example.com')
        for (let made = 0; made < 5; made++) await world.attempt(email, 'another password')
        world.hasher.verified.length = 0
        expect(await world.attempt(email)).toEqual({ refused: 'too_many_attempts', retryAfterMs: 10_000 })
        expect(world.hasher.verified).toEqual([])
        world.nowMs += 10_000
        expect(await world.attempt(email, 'another password')).toEqual({ refused: 'wrong_credentials' })
      },
    )

    test('e-mail addresses that differ only in case are one account to the throttle', async () => {
      for (const email of ['a@example.com', 'A@example.com', 'a@EXAMPLE.com', 'a@Example.com', 'A@Example.Com'])
        await world.attempt(email)
      expect(await world.attempt('a@example.com')).toMatchObject({ refused: 'too_many_attempts' })
    })

    test('while too many passwords wait to be hashed, is to come back in a second', async () => {
      await world.user('ada@example.com')
      world.hasher.busy()
      expect(await world.attempt('ada@example.com')).toEqual({ refused: 'too_many_attempts', retryAfterMs: 1000 })
    })

    test('which costs no attempt: a flood of others locks nobody out who tries again', async () => {
      await world.user('ada@example.com')
      world.hasher.busy()
      for (let tried = 0; tried < 30; tried++)
        expect(await world.attempt('ada@example.com')).toEqual({ refused: 'too_many_attempts', retryAfterMs: 1000 })
      world.hasher.busy(false)
      await world.started(world.attempt('ada@example.com'))
    })
  })

  test('inside a transaction it fails at once instead of waiting for ever', async () => {
    await world.user('ada@example.com')
    const { cookie } = await world.started(world.attempt('ada@example.com'))
    await world.db.transaction().execute(async () => {
      await expect(world.signIn.whoIs(cookie)).rejects.toThrow('inside a transaction')
    })
  })

  test('variables of the environment that the library knows change nothing', async () => {
    await world.user('ada@example.com')
    const { cookie } = await world.started(world.attempt('ada@example.com'))
    const names = { BETTER_AUTH_SECRET: 'x'.repeat(40), BETTER_AUTH_SECRETS: `2:${'y'.repeat(40)}`, AUTH_SECRET: 'z' }
    const others = { BETTER_AUTH_URL: 'https://elsewhere.example', BETTER_AUTH_TELEMETRY: '1' }
    Object.assign(process.env, names, others)
    try {
      expect(await (await world.openSignIn()).whoIs(cookie)).toBeDefined()
    } finally {
      for (const name of Object.keys({ ...names, ...others })) delete process.env[name]
    }
  })

  test('neither the log nor what is answered holds a password, hash, token or secret', async () => {
    const { id } = await world.user('ada@example.com')
    const session = await world.started(world.attempt('ada@example.com'))
    await world.attempt('ada@example.com', 'another password')
    await world.signIn.whoIs(`${session.cookie}x`)
    const answered = [await world.signIn.whoIs(session.cookie), await world.signIn.sessionsOf(id), session.user]
    const renewed = await world.started(
      world.signIn.changePassword({
        ...caller,
        signedIn: session,
        current: PASSWORD,
        next: NEXT,
        record: async () => {},
      }),
    )
    const tokens = (await world.rows()).map(({ token }) => token)
    const hash = (await findCredential(world.db, { userId: id }))?.hash ?? ''
    // Makes the library fail, and say so.
    for (const table of ['user', 'user_session'] as const) {
      await world.db.schema.alterTable(table).renameTo('away').execute()
      try {
        await expect(world.signIn.whoIs(renewed.cookie)).rejects.toThrow()
        await expect(world.attempt('ada@example.com', NEXT)).rejects.toThrow()
      } finally {
        await world.db.schema.alterTable('away').renameTo(table).execute()
      }
    }
    expect(world.logged).toContain('{"library":"better-auth"} Failed to query fallback join for model user:')
    const all = `${world.logged.join('\n')}\n${JSON.stringify(answered)}`
    for (const secret of [PASSWORD, NEXT, 'another password', hash, ...tokens]) expect(all).not.toContain(secret)
    expect(all).not.toMatch(/\$scrypt|vmx_session=/)
  })
})
