import type { Clock, Log } from '@vm-x/gateway'
import type { Database } from '@vm-x/storage'
import { betterAuth } from 'better-auth'
import { createAuthEndpoint } from 'better-auth/api'
import type { Kysely } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import { z } from 'zod'
import type { SessionCache } from './session-cache.ts'

export const SESSION_COOKIE = 'vmx_session'
export const SESSION_LIFETIME_MS = 7 * 24 * 60 * 60_000

export type SessionCookiesOptions = {
  readonly db: Kysely<Database>
  /** What cookies are signed with. */
  readonly secret: string
  readonly clock: Clock
  readonly log: Log
  readonly cache?: SessionCache | undefined
}

export type NewSession = {
  readonly userId: string
  readonly address: string
  readonly userAgent: string
  /** Whether the cookie is for https alone. */
  readonly secure: boolean
}

/**
 * Sessions in the database and the signed cookies that stand for them, by better-auth; its own routes are not served.
 * Must not be used inside a transaction. A session's token is in its cookie and its row, nowhere else.
 */
export function sessionCookies({ db, secret, clock, log, cache }: SessionCookiesOptions) {
  const { api } = betterAuth({
    ...MAPPING,
    database: { db, type: 'postgres', transaction: false },
    // All that it would otherwise take from the process's environment is said here.
    baseURL: 'http://localhost',
    secret,
    secrets: [{ version: 1, value: secret }],
    telemetry: { enabled: false },
    rateLimit: { enabled: false },
    advanced: {
      useSecureCookies: false,
      cookiePrefix: 'vmx',
      cookies: { session_token: { name: SESSION_COOKIE } },
      database: { generateId: () => uuidv7(), validateSchema: false },
    },
    logger: {
      level: 'warn',
      disableColors: true,
      // What comes after the message may hold rows.
      log: (level, message) => log[level === 'error' ? 'error' : 'warn']({ library: 'better-auth' }, textOf(message)),
    },
    plugins: [{ id: 'vmx', endpoints: endpoints(clock, cache) }],
  })
  return {
    /** Answers the `Set-Cookie` header of a new session. */
    start: async (session: NewSession): Promise<{ sessionId: string; setCookie: string[] }> => {
      const { response, headers } = await api.startSession({ body: session, returnHeaders: true })
      return { sessionId: response.sessionId, setCookie: headers.getSetCookie() }
    },
    /** Whose cookie it is; undefined when it is forged, its session has ended, or its user is gone. */
    find: async (cookie: string) => (await api.findSession({ headers: { cookie } })) ?? undefined,
    /** Ends the session of this `Cookie` header, and answers the `Set-Cookie` header that removes it. */
    end: async (cookie: string | undefined, secure: boolean) => {
      const { response, headers } = await api.endSession({
        headers: { cookie: cookie ?? '' },
        body: { secure },
        returnHeaders: true,
      })
      return { ended: response ?? undefined, setCookie: headers.getSetCookie() }
    },
  }
}

export type SessionCookies = ReturnType<typeof sessionCookies>

const timestamps = { createdAt: 'created_at', updatedAt: 'updated_at' }

/** Our tables and columns for the library's. */
const MAPPING = {
  user: {
    modelName: 'user',
    fields: { ...timestamps, emailVerified: 'email_verified' },
    additionalFields: { state: { type: 'string', required: true, input: false } },
  },
  session: {
    modelName: 'user_session',
    fields: {
      ...timestamps,
      userId: 'user_id',
      expiresAt: 'expires_at',
      ipAddress: 'ip_address',
      userAgent: 'user_agent',
    },
    expiresIn: SESSION_LIFETIME_MS / 1000,
    // The database is asked each time, so that a session that was ended is over at once.
    cookieCache: { enabled: false },
  },
  account: {
    modelName: 'user_credential',
    fields: {
      ...timestamps,
      userId: 'user_id',
      accountId: 'account_id',
      providerId: 'provider_id',
      accessToken: 'access_token',
      refreshToken: 'refresh_token',
      idToken: 'id_token',
      accessTokenExpiresAt: 'access_token_expires_at',
      refreshTokenExpiresAt: 'refresh_token_expires_at',
    },
  },
} as const

/** Where the library runs what needs its cookies; called by us alone. */
function endpoints(clock: Clock, cache: SessionCache | undefined) {
  const startSession = createAuthEndpoint.serverOnly(
    {
      method: 'POST',
      body: z.object({ userId: z.string(), address: z.string(), userAgent: z.string(), secure: z.boolean() }),
    },
    async (ctx) => {
      const { userId, address: ipAddress, secure } = ctx.body
      const userAgent = ctx.body.userAgent.slice(0, LONGEST_USER_AGENT)
      const { internalAdapter, authCookies, secret } = ctx.context
      const now = clock.now()
      const times = {
        createdAt: new Date(now),
        updatedAt: new Date(now),
        expiresAt: new Date(now + SESSION_LIFETIME_MS),
      }
      const session = await internalAdapter.createSession(userId, false, { ipAddress, userAgent, ...times }, true)
      const { name, attributes } = authCookies.sessionToken
      await ctx.setSignedCookie(name, session.token, secret, { ...attributes, secure })
      return { sessionId: session.id }
    },
  )
  const findSession = createAuthEndpoint.serverOnly({ method: 'GET', requireHeaders: true }, async (ctx) => {
    const { internalAdapter, authCookies, secret } = ctx.context
    const token = await ctx.getSignedCookie(authCookies.sessionToken.name, secret)
    if (!token) return null
    const now = clock.now()
    const kept = await cache?.find(token)
    const found = kept ?? foundSession(await internalAdapter.findSession(token))
    if (!found || found.expiresAt.getTime() <= now) return null
    if (!kept) void cache?.keep(token, found, now)
    return found
  })
  const endSession = createAuthEndpoint.serverOnly(
    { method: 'POST', requireHeaders: true, body: z.object({ secure: z.boolean() }) },
    async (ctx) => {
      const { internalAdapter, authCookies, secret } = ctx.context
      const { name, attributes } = authCookies.sessionToken
      const token = await ctx.getSignedCookie(name, secret)
      const found = token ? await internalAdapter.findSession(token) : null
      if (found) await internalAdapter.deleteSession(found.session.token)
      ctx.setCookie(name, '', { ...attributes, secure: ctx.body.secure, maxAge: 0 })
      return found && { sessionId: found.session.id, user: { id: found.user.id, email: found.user.email } }
    },
  )
  return { startSession, findSession, endSession }
}

type UserRow = { readonly id: string; readonly email: string; readonly name: string } & Readonly<
  Record<string, unknown>
>

function foundSession(row: { session: { id: string; updatedAt: Date; expiresAt: Date }; user: UserRow } | null) {
  if (!row) return undefined
  const { session, user } = row
  return {
    sessionId: session.id,
    seenAt: session.updatedAt,
    expiresAt: session.expiresAt,
    user: { id: user.id, email: user.email, name: user.name, state: String(user['state']) },
  }
}

const LONGEST_USER_AGENT = 512

const textOf = (message: unknown) =>
  typeof message === 'string' ? message : message instanceof Error ? message.name : 'something failed'
