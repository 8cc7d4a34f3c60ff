import { z } from 'zod'
import { policyDocument } from '../policy/policy-document.ts'
import { PUBLIC, route, SIGNED_IN_TO_CHANGE_PASSWORD } from './route.ts'

/** Of people: compared in lower case. */
export const emailAddress = z.email().max(254).toLowerCase()

/** `must_change_password`: can sign in, and do nothing else before that. */
export const userState = z.enum(['active', 'disabled', 'must_change_password'])

/** For sign-in any text will do; what a new password must be like is checked where one is chosen. */
const password = z.string().min(1).max(1024)

/** Where somebody is signed in. */
export const session = z.strictObject({
  id: z.uuid(),
  createdAt: z.iso.datetime(),
  lastSeenAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  sourceAddress: z.string().nullable(),
  userAgent: z.string().nullable(),
  /** Whether it is the one that asks. */
  current: z.boolean(),
})

/** Who a session belongs to. */
export const signedInUser = z.strictObject({
  id: z.uuid(),
  email: z.string(),
  name: z.string(),
  /** `must_change_password`: nothing else is answered before it has been changed. */
  state: z.enum(['active', 'must_change_password']),
})

/** Who is signed in, and what their roles permit, so that a client can know what it need not offer. */
export const currentSession = z.strictObject({
  user: signedInUser,
  session,
  roles: z.array(z.strictObject({ id: z.uuid(), name: z.string(), policy: policyDocument })),
})

const tag = 'auth'

export const authRoutes = {
  signIn: route({
    id: 'signIn',
    method: 'POST',
    path: '/auth/sign-in',
    tag,
    summary: 'Sign in',
    description:
      'Sets the session cookie. A user has at most fifty sessions: with one more the oldest ends. The refusal is the same whether the account does not exist, is disabled, or has another ' +
      'password. Too many failures of an account or an address are answered with 429 and when to come back.',
    access: PUBLIC,
    body: z.strictObject({ email: emailAddress, password }),
    status: 200,
    answer: z.strictObject({ user: signedInUser }),
  }),
  signOut: route({
    id: 'signOut',
    method: 'POST',
    path: '/auth/sign-out',
    tag,
    summary: 'Sign out',
    description: 'Ends the session, where there is one, and takes the cookie back.',
    access: PUBLIC,
    status: 204,
  }),
  getCurrentSession: route({
    id: 'getCurrentSession',
    method: 'GET',
    path: '/auth/session',
    tag,
    summary: 'Who is signed in, and what they may do',
    access: SIGNED_IN_TO_CHANGE_PASSWORD,
    status: 200,
    answer: currentSession,
  }),
  changePassword: route({
    id: 'changePassword',
    method: 'POST',
    path: '/auth/password',
    tag,
    summary: 'Change the own password',
    description:
      'Ends every other session of the user. A password has 12 to 128 characters and is not the e-mail address.',
    access: SIGNED_IN_TO_CHANGE_PASSWORD,
    body: z.strictObject({ currentPassword: password, newPassword: password }),
    status: 204,
  }),
  listSessions: route({
    id: 'listSessions',
    method: 'GET',
    path: '/auth/sessions',
    tag,
    summary: 'List the own sessions',
    access: SIGNED_IN_TO_CHANGE_PASSWORD,
    status: 200,
    answer: z.strictObject({ items: z.array(session) }),
  }),
  revokeSession: route({
    id: 'revokeSession',
    method: 'DELETE',
    path: '/auth/sessions/{sessionId}',
    tag,
    summary: 'End one of the own sessions',
    access: SIGNED_IN_TO_CHANGE_PASSWORD,
    status: 204,
  }),
}

export type Session = z.infer<typeof session>
export type CurrentSession = z.infer<typeof currentSession>
export type SignedInUser = z.infer<typeof signedInUser>
