import type { Clock, Log, Vault } from '@vm-x/gateway'
import { type Database, installationSecret, type SignedCache } from '@vm-x/storage'
import type { Kysely, Transaction } from 'kysely'
import type { SignedIn } from '../http/call.ts'
import { type Credential, findCredential, replacePassword } from './credential.ts'
import { newOneTimePassword } from './one-time-password.ts'
import { HasherBusy, type PasswordHasher } from './password-hasher.ts'
import { passwordProblem } from './password-rule.ts'
import { type SessionCache, sessionCache } from './session-cache.ts'
import { type SessionCookies, sessionCookies } from './session-cookies.ts'
import { SignInThrottle } from './sign-in-throttle.ts'

export type SignInParts = {
  readonly db: Kysely<Database>
  readonly vault: Vault
  readonly hasher: PasswordHasher
  readonly clock: Clock
  readonly log: Log
  /** Shared with other replicas; without it each look-up of a session asks the database. */
  readonly cache?: SignedCache | undefined
}

/** Where a request came from. */
export type Caller = {
  readonly address: string
  readonly userAgent: string
  /** Whether it came over https, so that its cookie must not travel otherwise. */
  readonly secure: boolean
}

export type Started = SignedIn & {
  /** Headers of the answer. */
  readonly setCookie: readonly string[]
}

/** Says nothing of whether the account exists, is disabled or has another password. */
export type SignInRefused =
  | { readonly refused: 'wrong_credentials'; readonly slowedDown?: SlowedDown }
  | { readonly refused: 'too_many_attempts'; readonly retryAfterMs: number }

/** That from now on further attempts have to wait, and the account they were at where there is one: not for who made them. */
export type SlowedDown = { readonly account: { readonly id: string; readonly email: string } | undefined }

export type PasswordRefused = SignInRefused | { readonly refused: 'unfit_password'; readonly problem: string }

export type PasswordChange = Caller & {
  readonly signedIn: SignedIn
  readonly current: string
  readonly next: string
  readonly record: (trx: Transaction<Database>) => Promise<void>
}

export type EndedSession = {
  readonly sessionId: string
  readonly user: { readonly id: string; readonly email: string }
}

export type ListedSession = {
  readonly id: string
  readonly createdAt: Date
  /** When it was last used, to within five minutes. */
  readonly seenAt: Date
  readonly expiresAt: Date
  readonly address: string | null
  readonly userAgent: string | null
}

/** Sign-in by e-mail and password, and what comes of it. Must not be used inside a transaction. */
export class SignIn {
  readonly #parts: Parts

  private constructor(parts: Parts) {
    this.#parts = parts
  }

  static async open({ db, vault, hasher, clock, log, cache }: SignInParts): Promise<SignIn> {
    const sessions = cache && sessionCache(cache, clock)
    const secret = await installationSecret(db, vault, 'sign-in')
    return new SignIn({
      db,
      hasher,
      clock,
      throttle: new SignInThrottle(db, clock),
      sessions,
      cookies: sessionCookies({ db, secret, clock, log, cache: sessions }),
      hashOfNothing: await hasher.hash(newOneTimePassword()),
    })
  }

  /** Begins a session; of more than fifty of a user, the oldest end. */
  async signIn(who: { readonly email: string; readonly password: string } & Caller): Promise<Started | SignInRefused> {
    return await unlessBusy(async () => {
      const checked = await this.#check(who)
      if ('refused' in checked) return checked
      await this.#removeExpired()
      return await this.#start(checked, who)
    })
  }

  /** Ends the session of this `Cookie` header, where it is one, and has the cookie removed. */
  async signOut(
    cookie: string | undefined,
    { secure }: Pick<Caller, 'secure'>,
  ): Promise<{
    readonly ended: EndedSession | undefined
    readonly setCookie: readonly string[]
  }> {
    const { ended, setCookie } = await this.#parts.cookies.end(cookie, secure)
    if (ended) await this.sessionsChanged(ended.user.id)
    return { ended, setCookie }
  }

  /** After the commit of what has changed a user or ended sessions of theirs: no replica knows them as they were. */
  async sessionsChanged(userId: string): Promise<void> {
    await this.#parts.sessions?.ended(userId)
  }

  /** Whose session it is, as of now: one that was ended, or whose user is disabled, is nobody's. */
  async whoIs(cookie: string | undefined): Promise<SignedIn | undefined> {
    const found = cookie === undefined ? undefined : await this.#parts.cookies.find(cookie)
    const state = found?.user.state
    if (!found || (state !== 'active' && state !== 'must_change_password')) return undefined
    const now = this.#parts.clock.now()
    if (now - found.seenAt.getTime() >= SEEN_EVERY_MS) {
      const seen = { updated_at: new Date(now) }
      await this.#parts.db.updateTable('user_session').set(seen).where('id', '=', found.sessionId).execute()
    }
    return { sessionId: found.sessionId, user: { ...found.user, state } }
  }

  /**
   * Gives a user the password they chose, ends all their sessions and begins a new one. `record` is called in the
   * transaction of the change. A wrong current password counts as a failed sign-in.
   */
  async changePassword(change: PasswordChange): Promise<Started | PasswordRefused> {
    const { current, next, record } = change
    const { id: userId, email } = change.signedIn.user
    const problem = next === current ? 'must not be the current one' : passwordProblem(next, email)
    if (problem !== undefined) return { refused: 'unfit_password', problem }
    return await unlessBusy(async () => {
      const checked = await this.#check({ ...change, email, password: current })
      if ('refused' in checked) return checked
      const hash = await this.#parts.hasher.hash(next)
      const saved = await this.#parts.db.transaction().execute(async (trx) => {
        const replaced = await replacePassword(trx, userId, { from: checked.hash, to: hash })
        if (replaced) await record(trx)
        return replaced
      })
      await this.sessionsChanged(userId)
      if (!saved) return { refused: 'wrong_credentials' }
      return await this.#start({ ...checked, hash }, change)
    })
  }

  /** Those that have not ended, the newest first. */
  async sessionsOf(userId: string): Promise<readonly ListedSession[]> {
    return await this.#parts.db
      .selectFrom('user_session')
      .select(['id', 'created_at as createdAt', 'updated_at as seenAt', 'expires_at as expiresAt'])
      .select(['ip_address as address', 'user_agent as userAgent'])
      .where('user_id', '=', userId)
      .where('expires_at', '>', new Date(this.#parts.clock.now()))
      .orderBy('created_at', 'desc')
      .orderBy('id', 'desc')
      .execute()
  }

  /** Whether the user had such a session. */
  async revokeSession(userId: string, sessionId: string): Promise<boolean> {
    const { numDeletedRows } = await this.#parts.db
      .deleteFrom('user_session')
      .where('user_id', '=', userId)
      .where('id', '=', sessionId)
      .executeTakeFirstOrThrow()
    if (numDeletedRows > 0n) await this.sessionsChanged(userId)
    return numDeletedRows > 0n
  }

  /** What the password proves; every refusal but that for too many attempts takes as long and says the same. */
  async #check(who: { email: string; password: string; address: string }): Promise<Proven | SignInRefused> {
    const { db, hasher, throttle, hashOfNothing } = this.#parts
    const email = who.email.normalize('NFC').toLowerCase()
    const attempt = await throttle.begin(email, who.address)
    if (!attempt.allowed) return { refused: 'too_many_attempts', retryAfterMs: attempt.retryAfterMs }
    const found = await findCredential(db, { email })
    const proven =
      found && found.state !== 'disabled' && found.hash !== null ? { ...found, hash: found.hash } : undefined
    const right = await hasher.verify(who.password, proven?.hash ?? hashOfNothing).catch(async (error: unknown) => {
      if (error instanceof HasherBusy) await throttle.giveBack(attempt)
      throw error
    })
    if (!right || !proven) {
      const account = found && { id: found.userId, email: found.email }
      return { refused: 'wrong_credentials', ...(attempt.last ? { slowedDown: { account } } : {}) }
    }
    await throttle.succeeded(attempt)
    return proven
  }

  async #start({ userId, hash }: Proven, { address, userAgent, secure }: Caller): Promise<Started | SignInRefused> {
    const { db, cookies } = this.#parts
    const { sessionId, setCookie } = await cookies.start({ userId, address, userAgent, secure })
    // The password may have been changed, or the user disabled, since it was looked at; see `endSessions`.
    const user = await findCredential(db, { userId })
    if (user && user.hash === hash && user.state !== 'disabled') {
      await this.#endOldest(userId, sessionId)
      return { sessionId, setCookie, user: { id: userId, email: user.email, name: user.name, state: user.state } }
    }
    await this.revokeSession(userId, sessionId)
    return { refused: 'wrong_credentials' }
  }

  /** Whoever signs in and never out must not fill the table. */
  async #endOldest(userId: string, begun: string): Promise<void> {
    const { numDeletedRows } = await this.#parts.db
      .deleteFrom('user_session')
      .where('id', 'in', (eb) =>
        eb
          .selectFrom('user_session')
          .where('user_id', '=', userId)
          .where('id', '!=', begun)
          .select('id')
          .orderBy('created_at', 'desc')
          .orderBy('id', 'desc')
          .offset(MOST_SESSIONS - 1),
      )
      .executeTakeFirstOrThrow()
    if (numDeletedRows > 0n) await this.sessionsChanged(userId)
  }

  async #removeExpired(): Promise<void> {
    const now = new Date(this.#parts.clock.now())
    await this.#parts.db.deleteFrom('user_session').where('expires_at', '<=', now).execute()
  }
}

type Parts = Pick<SignInParts, 'db' | 'hasher' | 'clock'> & {
  readonly throttle: SignInThrottle
  readonly cookies: SessionCookies
  readonly sessions: SessionCache | undefined
  /** Verified where there is no password, so that this takes as long. */
  readonly hashOfNothing: string
}

type Proven = Credential & { readonly hash: string }

const MOST_SESSIONS = 50
const SEEN_EVERY_MS = 5 * 60_000
const BUSY_FOR_MS = 1000

async function unlessBusy<T>(work: () => Promise<T>): Promise<T | SignInRefused> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof HasherBusy) return { refused: 'too_many_attempts', retryAfterMs: BUSY_FOR_MS }
    throw error
  }
}
