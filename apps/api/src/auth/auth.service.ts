import { Inject, Injectable } from '@nestjs/common'
import type { CurrentSession, Session, SignedInUser } from '@vm-x/contract'
import type { Author } from '../change/author.ts'
import { Change, Changes } from '../change/changes.ts'
import type { SignedIn } from '../http/call.ts'
import { MANAGEMENT, type Management } from '../http/management.ts'
import { invalidFields, notFound, Problem } from '../http/problem.ts'
import { rolesOf } from '../role/roles-of.ts'
import { HourlyBound } from './hourly-bound.ts'
import { presentedSession } from './presented-session.ts'
import type { Caller, EndedSession, PasswordRefused, SignInRefused, SlowedDown } from './sign-in.ts'

type Passwords = { readonly currentPassword: string; readonly newPassword: string }

/** Sessions, and what the management audit says of them. */
@Injectable()
export class AuthService {
  readonly #eventsOfGuesses = new HourlyBound(EVENTS_OF_GUESSES_PER_HOUR)

  constructor(
    @Inject(MANAGEMENT) private readonly management: Management,
    @Inject(Changes) private readonly changes: Changes,
  ) {}

  /** Throws `wrong_credentials`, `too_many_attempts`. */
  async signIn(author: Author, who: { readonly email: string; readonly password: string } & Caller) {
    const started = await this.management.signIn.signIn(who)
    if ('refused' in started) throw await this.#refusal(author, started)
    await this.#record(authorIs(author, started), 'session:create', started)
    return { user: presentedUser(started), setCookie: started.setCookie }
  }

  /** Takes the cookie back also where its session is over, or never was: only the server can. */
  async signOut(author: Author, cookie: string | undefined, caller: Caller) {
    const { ended, setCookie } = await this.management.signIn.signOut(cookie, caller)
    if (ended) await this.#record(authorIs(author, ended), 'session:delete', ended)
    return setCookie
  }

  /** Throws `wrong_credentials`, `too_many_attempts`, `invalid_fields`. */
  async changePassword(
    author: Author,
    signedIn: SignedIn,
    { currentPassword, newPassword }: Passwords,
    caller: Caller,
  ) {
    const { id, email } = signedIn.user
    const changed = await this.management.signIn.changePassword({
      ...caller,
      signedIn,
      current: currentPassword,
      next: newPassword,
      record: (trx) =>
        new Change(trx, author).record({
          action: 'user:change-password',
          kind: 'user',
          id,
          name: email,
          before: null,
          after: null,
        }),
    })
    if ('refused' in changed) throw await this.#refusal(author, changed)
    await this.#record(author, 'session:create', changed)
    return changed.setCookie
  }

  async current({ sessionId, user }: SignedIn): Promise<CurrentSession> {
    const { db, signIn } = this.management
    const session = (await signIn.sessionsOf(user.id)).find(({ id }) => id === sessionId)
    if (!session) throw new Problem('not_signed_in', 'The session has ended')
    const roles = await rolesOf(db, user.id)
    return { user, session: presentedSession(session, sessionId), roles }
  }

  async sessions({ sessionId, user }: SignedIn): Promise<Session[]> {
    const sessions = await this.management.signIn.sessionsOf(user.id)
    return sessions.map((session) => presentedSession(session, sessionId))
  }

  async revoke(author: Author, { user }: SignedIn, sessionId: string): Promise<void> {
    if (!(await this.management.signIn.revokeSession(user.id, sessionId))) throw notFound('session of yours')
    await this.#record(author, 'session:delete', { sessionId, user })
  }

  /** What the caller is told. Of guesses the log holds each, the audit when they begin to be slowed down. */
  async #refusal(author: Author, refused: SignInRefused | PasswordRefused): Promise<Problem> {
    if (refused.refused !== 'wrong_credentials') return refusalOf(refused)
    const { sourceAddress, requestId } = author
    this.management.log.info({ sourceAddress, requestId }, 'A password was refused')
    if (refused.slowedDown && this.#eventsOfGuesses.take(this.management.clock.now()))
      await this.#recordGuesses(author, refused.slowedDown)
    return refusalOf(refused)
  }

  /** Written whether there is such an account or not, so that it takes as long. */
  async #recordGuesses(author: Author, { account }: SlowedDown): Promise<void> {
    const object = account
      ? { kind: 'user', id: account.id, name: account.email }
      : { kind: 'address', id: author.sourceAddress ?? 'unknown' }
    await this.changes.run(author, (change) =>
      change.record({ action: 'session:slow-down', ...object, before: null, after: null }),
    )
  }

  async #record(author: Author, action: string, { sessionId, user }: EndedSession): Promise<void> {
    await this.changes.run(author, (change) =>
      change.record({ action, kind: 'session', id: sessionId, name: user.email, before: null, after: null }),
    )
  }
}

/** Rows of the audit are kept, so strangers must not be able to cause any number of them. */
const EVENTS_OF_GUESSES_PER_HOUR = 60

/** As on routes that ask who is signed in. */
const authorIs = (author: Author, { user: { id, email } }: EndedSession): Author => ({ ...author, id, name: email })

function refusalOf(refused: SignInRefused | PasswordRefused): Problem {
  if (refused.refused === 'unfit_password') return invalidFields([{ path: 'newPassword', message: refused.problem }])
  if (refused.refused === 'wrong_credentials')
    return new Problem('wrong_credentials', 'There is no such account, or its password is another one')
  const { retryAfterMs } = refused
  return new Problem('too_many_attempts', `Try again in ${Math.ceil(retryAfterMs / 1000)} s`, { retryAfterMs })
}

const presentedUser = ({ user: { id, email, name, state } }: SignedIn): SignedInUser => ({ id, email, name, state })
