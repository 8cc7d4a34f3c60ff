import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Log } from '@vm-x/gateway'
import { type OpenedDatabase, openVault } from '@vm-x/storage'
import { testDatabases } from '@vm-x/storage/testing'
import { sql } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { endSessions, findCredential, savePassword } from './credential.ts'
import { createPasswordHasher, type PasswordHasher } from './password-hasher.ts'
import { SignIn, type SignInRefused, type Started } from './sign-in.ts'

const PASSWORD = 'correct horse battery'
const NEXT = 'staple correct horse'
const DAY_MS = 24 * 60 * 60_000
const caller = { address: '203.0.113.7', userAgent: 'Firefox', secure: false }

describe.each(testDatabases)('on $kind', ({ kind, open }) => {
  let directory: string
  let database: OpenedDatabase
  let vaultUrl: string
  let nowMs: number
  const clock = { now: () => nowMs, monotonicMs: () => nowMs }
  let hasher: ReturnType<typeof watchedHasher>
  let signIn: SignIn
  const logged: string[] = []

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'vmx-sign-in-'))
    vaultUrl = `libsodium:file=${join(directory, 'key')}`
    database = await open()
  })
  afterAll(async () => {
    await database.close()
    rmSync(directory, { recursive: true })
  })
  beforeEach(async () => {
    await database.db.deleteFrom('sign_in_throttle').execute()
    await database.db.deleteFrom('user').execute()
    nowMs = Date.UTC(2026, 0, 1)
    hasher = watchedHasher()
    signIn = await openSignIn()
  })

  const openSignIn = async () =>
    SignIn.open({ db: database.db, vault: await openVault(vaultUrl), hasher, clock, log: recordingLog(logged) })

  /** A user with the password, in the database. */
  async function user(email: string, state: 'active' | 'disabled' | 'must_change_password' = 'active') {
    const id = uuidv7()
    const hash = await hasher.hash(PASSWORD)
    const row = { id, email, name: email.split('@')[0] ?? '', state, created_by: 'test', updated_by: 'test' }
    await database.db.transaction().execute(async (trx) => {
      await trx.insertInto('user').values(row).execute()
      await savePassword(trx, id, hash)
    })
    return { id, email }
  }

  const attempt = (email: string, password = PASSWORD, from: Partial<typeof caller> = {}) =>
    signIn.signIn({ ...caller, ...from, email, password })

  async function started(outcome: Promise<Started | { refused: string }>) {
    const session = await outcome
    if ('refused' in session) throw new Error(`refused: ${session.refused}`)
    return { ...session, cookie: cookieOf(session.setCookie) }
  }

  const disable = (id: string) =>
    database.db.transaction().execute(async (trx) => {
      await endSessions(trx, id)
      await trx.updateTable('user').set({ state: 'disabled' }).where('id', '=', id).execute()
    })

  const waitingForLocks = async () => {
    const waiting = await sql`select from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`.execute(database.db)
    return waiting.rows.length
  }

  const rows = () => database.db.selectFrom('user_session').selectAll().execute()

  describe('signing in', () => {
    test('begins a session that says who it is, until it is signed out', async () => {
      const { id } = await user('ada@example.com')
      const { cookie, setCookie, ...signedIn } = await started(attempt('ada@example.com'))
      expect(signedIn.user).toEqual({ id, email: 'ada@example.com', name: 'ada', state: 'active' })
      expect(await signIn.whoIs(cookie)).toEqual(signedIn)
      const out = await signIn.signOut(cookie, { secure: false })
      expect(out.ended).toEqual({ sessionId: signedIn.sessionId, userId: id })
      expect(out.setCookie).toEqual(['vmx_session=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax'])
      expect(await signIn.whoIs(cookie)).toBeUndefined()
      expect(await rows()).toEqual([])
    })

    test('takes the e-mail address in any case', async () => {
      await user('ada@example.com')
      await started(attempt('Ada@Example.COM'))
    })

    test('never begins the same session twice', async () => {
      await user('ada@example.com')
      const [one, other] = [await started(attempt('ada@example.com')), await started(attempt('ada@example.com'))]
      expect(one.cookie).not.toBe(other.cookie)
      expect(one.sessionId).not.toBe(other.sessionId)
    })

    test.each([
      [false, ''],
      [true, '; Secure'],
    ])(
      'sets a cookie for scripts to not see, other sites to not send, and with https %j for it alone',
      async (secure, end) => {
        await user('ada@example.com')
        const { setCookie } = await started(attempt('ada@example.com', PASSWORD, { secure }))
        expect(setCookie).toHaveLength(1)
        const [value, ...attributes] = (setCookie[0] ?? '').split('; ')
        expect(value).toMatch(/^vmx_session=[\w.%-]{60,}$/)
        expect(attributes.sort().join('; ')).toBe(`HttpOnly; Max-Age=604800; Path=/; SameSite=Lax${end}`)
      },
    )

    test('who must change the password is told so by the session', async () => {
      await user('ada@example.com', 'must_change_password')
      const { cookie, user: who } = await started(attempt('ada@example.com'))
      expect(who.state).toBe('must_change_password')
      expect((await signIn.whoIs(cookie))?.user.state).toBe('must_change_password')
    })

    test('forgets sessions that have expired', async () => {
      await user('ada@example.com')
      await started(attempt('ada@example.com'))
      nowMs += 7 * DAY_MS
      const { sessionId } = await started(attempt('ada@example.com'))
      expect((await rows()).map(({ id }) => id)).toEqual([sessionId])
    })
  })

  describe('being refused', () => {
    test('is the same, and costs one verification, for a wrong password, no account, one without a password and a disabled one', async () => {
      const ada = await user('ada@example.com')
      await user('disabled@example.com', 'disabled')
      const passwordless = await user('passwordless@example.com')
      await database.db.deleteFrom('user_credential').where('user_id', '=', passwordless.id).execute()
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
        hasher.verified.length = 0
        refusals.push(await attempt(email, password))
        expect(hasher.verified, email).toHaveLength(1)
        expect(hasher.verified[0], email).toMatch(/^\$scrypt\$ln=15,r=8,p=3\$/)
      }
      expect(new Set(refusals.map((refusal) => JSON.stringify(refusal)))).toEqual(
        new Set(['{"refused":"wrong_credentials"}']),
      )
      expect(await rows()).toEqual([])
    })

    test.each(['ada@example.com', 'nobody@example.com'])(
      'after five failures %s waits, right password or not, and nothing is verified',
      async (email) => {
        await user('ada@example.com')
        for (let made = 0; made < 5; made++) await attempt(email, 'another password')
        hasher.verified.length = 0
        expect(await attempt(email)).toEqual({ refused: 'too_many_attempts', retryAfterMs: 10_000 })
        expect(hasher.verified).toEqual([])
        nowMs += 10_000
        expect(await attempt(email, 'another password')).toEqual({ refused: 'wrong_credentials' })
      },
    )

    test('e-mail addresses that differ only in case are one account to the throttle', async () => {
      for (const email of ['a@example.com', 'A@example.com', 'a@EXAMPLE.com', 'a@Example.com', 'A@Example.Com'])
        await attempt(email)
      expect(await attempt('a@example.com')).toMatchObject({ refused: 'too_many_attempts' })
    })

    test('while too many passwords wait to be hashed, is to come back in a second', async () => {
      await user('ada@example.com')
      hasher.busy()
      expect(await attempt('ada@example.com')).toEqual({ refused: 'too_many_attempts', retryAfterMs: 1000 })
    })
  })

  describe('a session', () => {
    test('is over at once when its user is disabled, and stays over when they are enabled again', async () => {
      const { id } = await user('ada@example.com')
      const { cookie } = await started(attempt('ada@example.com'))
      await database.db.updateTable('user').set({ state: 'disabled' }).execute()
      expect(await signIn.whoIs(cookie)).toBeUndefined()
      await disable(id)
      await database.db.updateTable('user').set({ state: 'active' }).execute()
      expect(await signIn.whoIs(cookie)).toBeUndefined()
    })

    test('is over at once when its user is deleted', async () => {
      await user('ada@example.com')
      const { cookie } = await started(attempt('ada@example.com'))
      await database.db.deleteFrom('user').execute()
      expect(await signIn.whoIs(cookie)).toBeUndefined()
    })

    test('is over seven days after it began, however much it was used', async () => {
      await user('ada@example.com')
      const { cookie } = await started(attempt('ada@example.com'))
      for (let day = 1; day < 7; day++) {
        nowMs += DAY_MS
        expect(await signIn.whoIs(cookie), `day ${day}`).toBeDefined()
      }
      nowMs += DAY_MS - 1
      expect(await signIn.whoIs(cookie)).toBeDefined()
      nowMs += 1
      expect(await signIn.whoIs(cookie)).toBeUndefined()
    })

    test('does not outlive a change of the password that came while the old one was verified', async () => {
      const { id } = await user('ada@example.com')
      const hash = await hasher.hash(NEXT)
      hasher.onVerified(() => database.db.transaction().execute((trx) => savePassword(trx, id, hash)))
      expect(await attempt('ada@example.com')).toEqual({ refused: 'wrong_credentials' })
      expect(await rows()).toEqual([])
    })

    test('does not begin when its user is disabled while the password is verified', async () => {
      const { id } = await user('ada@example.com')
      hasher.onVerified(() => disable(id))
      expect(await attempt('ada@example.com')).toEqual({ refused: 'wrong_credentials' })
      expect(await rows()).toEqual([])
    })

    test('that begins while its user is being disabled waits for that to end, and then is over', async () => {
      const { id } = await user('ada@example.com')
      const [ended, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
      const change = database.db.transaction().execute(async (trx) => {
        await endSessions(trx, id)
        ended.resolve()
        await goOn.promise
        await trx.updateTable('user').set({ state: 'disabled' }).where('id', '=', id).execute()
      })
      await ended.promise
      const outcome = attempt('ada@example.com')
      // The embedded database has one connection: there everything waits.
      if (kind === 'postgres') await expect.poll(waitingForLocks).toBe(1)
      goOn.resolve()
      await change
      expect(await outcome).toEqual({ refused: 'wrong_credentials' })
      expect(await rows()).toEqual([])
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
      await user('ada@example.com')
      const { cookie } = await started(attempt('ada@example.com'))
      const token = (await rows())[0]?.token ?? ''
      expect(await signIn.whoIs(change(cookie, token))).toBeUndefined()
      expect((await signIn.signOut(change(cookie, token), { secure: false })).ended).toBeUndefined()
      expect(await signIn.whoIs(cookie)).toBeDefined()
    })

    test('is found among other cookies', async () => {
      await user('ada@example.com')
      const { cookie } = await started(attempt('ada@example.com'))
      expect(await signIn.whoIs(`theme=dark; ${cookie}; lang=en`)).toBeDefined()
    })

    test('is known to every replica', async () => {
      const { id } = await user('ada@example.com')
      const { cookie, sessionId } = await started(attempt('ada@example.com'))
      const other = await openSignIn()
      expect(await other.whoIs(cookie)).toMatchObject({ user: { id } })
      expect(await other.revokeSession(id, sessionId)).toBe(true)
      expect(await signIn.whoIs(cookie)).toBeUndefined()
    })
  })

  describe('sessions', () => {
    test('are listed newest first, with where they are from and when they were last seen, without their tokens', async () => {
      const { id } = await user('ada@example.com')
      const begun = new Date(nowMs)
      const first = await started(attempt('ada@example.com'))
      nowMs += 60_000
      const second = await started(attempt('ada@example.com', PASSWORD, { address: '2001:db8::1', userAgent: '' }))
      nowMs += 5 * 60_000
      await signIn.whoIs(first.cookie)
      const expiresAt = (createdAt: Date) => new Date(createdAt.getTime() + 7 * DAY_MS)
      const later = new Date(begun.getTime() + 60_000)
      expect(await signIn.sessionsOf(id)).toEqual([
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
          seenAt: new Date(nowMs),
          expiresAt: expiresAt(begun),
          address: '203.0.113.7',
          userAgent: 'Firefox',
        },
      ])
    })

    test('are listed without those that have expired, and those of others', async () => {
      const ada = await user('ada@example.com')
      await user('bob@example.com')
      await started(attempt('ada@example.com'))
      await started(attempt('bob@example.com'))
      expect(await signIn.sessionsOf(ada.id)).toHaveLength(1)
      nowMs += 7 * DAY_MS
      expect(await signIn.sessionsOf(ada.id)).toEqual([])
    })

    test('are over at once when revoked, one by one', async () => {
      const { id } = await user('ada@example.com')
      const [one, other] = [await started(attempt('ada@example.com')), await started(attempt('ada@example.com'))]
      expect(await signIn.revokeSession(id, one.sessionId)).toBe(true)
      expect(await signIn.whoIs(one.cookie)).toBeUndefined()
      expect(await signIn.whoIs(other.cookie)).toBeDefined()
      expect(await signIn.revokeSession(id, one.sessionId)).toBe(false)
    })

    test('of somebody else can not be revoked', async () => {
      await user('ada@example.com')
      const { cookie, sessionId } = await started(attempt('ada@example.com'))
      const mallory = await user('mallory@example.com')
      expect(await signIn.revokeSession(mallory.id, sessionId)).toBe(false)
      expect(await signIn.whoIs(cookie)).toBeDefined()
    })

    test('keep no more than a line of what a client calls itself', async () => {
      const { id } = await user('ada@example.com')
      await started(attempt('ada@example.com', PASSWORD, { userAgent: 'x'.repeat(10_000) }))
      expect((await signIn.sessionsOf(id))[0]?.userAgent).toHaveLength(512)
    })
  })

  describe('changing the password', () => {
    const change = (signedIn: Started, current = PASSWORD, next = NEXT, record = async () => {}) =>
      signIn.changePassword({ ...caller, signedIn, current, next, record })

    test('ends every session but a new one, and from then on only the new password is right', async () => {
      await user('ada@example.com')
      const [here, elsewhere] = [await started(attempt('ada@example.com')), await started(attempt('ada@example.com'))]
      const renewed = await started(change(here))
      expect(await signIn.whoIs(renewed.cookie)).toMatchObject({ sessionId: renewed.sessionId })
      expect(await signIn.whoIs(here.cookie)).toBeUndefined()
      expect(await signIn.whoIs(elsewhere.cookie)).toBeUndefined()
      expect(await attempt('ada@example.com')).toEqual({ refused: 'wrong_credentials' })
      await started(attempt('ada@example.com', NEXT))
    })

    test('is what makes a user active who had to', async () => {
      const { id } = await user('ada@example.com', 'must_change_password')
      const renewed = await started(change(await started(attempt('ada@example.com'))))
      expect(renewed.user.state).toBe('active')
      expect((await signIn.whoIs(renewed.cookie))?.user.state).toBe('active')
      const [row] = await database.db.selectFrom('user').select(['version', 'updated_by']).execute()
      expect(row).toEqual({ version: 2, updated_by: id })
    })

    test.each([
      ['too short', 'must have 12 to 128 characters'],
      ['ADA.LOVELACE@example.com', 'must not be the e-mail address'],
      [PASSWORD, 'must not be the current one'],
    ])('to %j is refused with the reason, and nothing changes', async (next, problem) => {
      await user('ada.lovelace@example.com', 'must_change_password')
      const session = await started(attempt('ada.lovelace@example.com'))
      expect(await change(session, PASSWORD, next)).toEqual({ refused: 'unfit_password', problem })
      expect((await signIn.whoIs(session.cookie))?.user.state).toBe('must_change_password')
    })

    test('needs the current one, and five wrong ones make it wait as at sign-in', async () => {
      await user('ada@example.com')
      const session = await started(attempt('ada@example.com'))
      for (let made = 0; made < 5; made++)
        expect(await change(session, 'another password')).toEqual({ refused: 'wrong_credentials' })
      expect(await change(session)).toEqual({ refused: 'too_many_attempts', retryAfterMs: 10_000 })
      expect(await signIn.whoIs(session.cookie)).toBeDefined()
    })

    test('that is not recorded does not happen', async () => {
      await user('ada@example.com', 'must_change_password')
      const session = await started(attempt('ada@example.com'))
      const failing = async () => {
        throw new Error('no audit')
      }
      await expect(change(session, PASSWORD, NEXT, failing)).rejects.toThrow('no audit')
      expect((await signIn.whoIs(session.cookie))?.user.state).toBe('must_change_password')
      await started(attempt('ada@example.com'))
    })

    test('twice at once happens once', async () => {
      await user('ada@example.com')
      const session = await started(attempt('ada@example.com'))
      const outcomes = await Promise.all([
        change(session, PASSWORD, `${NEXT} 1`),
        change(session, PASSWORD, `${NEXT} 2`),
      ])
      expect(outcomes.filter((outcome) => !('refused' in outcome))).toHaveLength(1)
      expect(await rows()).toHaveLength(1)
    })

    test('of who is disabled meanwhile is refused, and leaves them disabled', async () => {
      const { id } = await user('ada@example.com', 'must_change_password')
      const session = await started(attempt('ada@example.com'))
      hasher.onVerified(() => disable(id))
      expect(await change(session)).toEqual({ refused: 'wrong_credentials' })
      expect((await findCredential(database.db, { userId: id }))?.state).toBe('disabled')
    })
  })

  test('inside a transaction it fails at once instead of waiting for ever', async () => {
    await user('ada@example.com')
    const { cookie } = await started(attempt('ada@example.com'))
    await database.db.transaction().execute(async () => {
      await expect(signIn.whoIs(cookie)).rejects.toThrow('inside a transaction')
    })
  })

  test('variables of the environment that the library knows change nothing', async () => {
    await user('ada@example.com')
    const { cookie } = await started(attempt('ada@example.com'))
    const names = { BETTER_AUTH_SECRET: 'x'.repeat(40), BETTER_AUTH_SECRETS: `2:${'y'.repeat(40)}`, AUTH_SECRET: 'z' }
    const others = { BETTER_AUTH_URL: 'https://elsewhere.example', BETTER_AUTH_TELEMETRY: '1' }
    Object.assign(process.env, names, others)
    try {
      expect(await (await openSignIn()).whoIs(cookie)).toBeDefined()
    } finally {
      for (const name of Object.keys({ ...names, ...others })) delete process.env[name]
    }
  })

  test('neither the log nor what is answered holds a password, hash, token or secret', async () => {
    logged.length = 0
    const { id } = await user('ada@example.com')
    const session = await started(attempt('ada@example.com'))
    await attempt('ada@example.com', 'another password')
    await signIn.whoIs(`${session.cookie}x`)
    const answered = [await signIn.whoIs(session.cookie), await signIn.sessionsOf(id), session.user]
    const renewed = await started(
      signIn.changePassword({ ...caller, signedIn: session, current: PASSWORD, next: NEXT, record: async () => {} }),
    )
    const tokens = (await rows()).map(({ token }) => token)
    const hash = (await findCredential(database.db, { userId: id }))?.hash ?? ''
    // Makes the library fail in each of its ways to the database, too.
    await database.db.schema.alterTable('user_session').renameTo('user_session_away').execute()
    try {
      await expect(signIn.whoIs(renewed.cookie)).rejects.toThrow()
      await expect(attempt('ada@example.com', NEXT)).rejects.toThrow()
    } finally {
      await database.db.schema.alterTable('user_session_away').renameTo('user_session').execute()
    }
    const all = `${logged.join('\n')}\n${JSON.stringify(answered)}`
    for (const secret of [PASSWORD, NEXT, 'another password', hash, ...tokens]) expect(all).not.toContain(secret)
    expect(all).not.toMatch(/\$scrypt|vmx_session=/)
  })
})

const cookieOf = (setCookie: readonly string[]) => (setCookie[0] ?? '').split(';')[0] ?? ''

/** What somebody could make who reads the database but not the key file. */
function forged(_cookie: string, token: string): string {
  const signature = createHash('sha256').update(token).digest('base64')
  return `vmx_session=${encodeURIComponent(`${token}.${signature}`)}`
}

/** The real one with a cheaper derivation, which tells what was verified and lets things happen after that. */
function watchedHasher() {
  const verified: string[] = []
  let after: (() => Promise<unknown>) | undefined
  let busy = false
  const cheap = createPasswordHasher({
    derive: async (password, salt, bytes) =>
      createHash('sha512').update(salt).update(password).digest().subarray(0, bytes),
  })
  const full = createPasswordHasher({ atOnce: 0, waiting: 0 })
  const hasher: PasswordHasher = {
    hash: (password) => cheap.hash(password),
    verify: async (password, hash) => {
      verified.push(hash)
      const right = await (busy ? full : cheap).verify(password, hash)
      await after?.()
      return right
    },
  }
  return {
    ...hasher,
    verified,
    busy: () => {
      busy = true
    },
    onVerified: (happens: () => Promise<unknown>) => {
      after = happens
    },
  }
}

function recordingLog(lines: string[]): Log {
  const write = (fields: object, message: string) => void lines.push(`${JSON.stringify(fields)} ${message}`)
  return { info: write, warn: write, error: write }
}
