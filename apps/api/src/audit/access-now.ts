import type { Policy } from '@vm-x/contract'
import { type Call, environmentOf } from '../http/call.ts'
import type { Management } from '../http/management.ts'
import { Problem } from '../http/problem.ts'
import { membershipOf, policyOf, requireAccess } from '../http/tenancy.ts'

/** While an answer is sent for long: how often it is looked at again whether it may be. */
export const RECHECK_MS = 30_000

/**
 * What the guard has checked when the call began, as it is now: what whoever called may do; undefined when the session
 * has ended, or they could not call the route any more.
 */
export async function accessNow(
  { db, signIn }: Pick<Management, 'db' | 'signIn'>,
  { route, params, signedIn }: Pick<Call, 'route' | 'params' | 'signedIn'>,
  cookie: string | undefined,
): Promise<Policy | undefined> {
  const now = await signIn.whoIs(cookie)
  if (now?.user.state !== 'active' || now.sessionId !== signedIn?.sessionId) return undefined
  try {
    const membership = await membershipOf(db, now.user.id, environmentOf({ params }))
    const policy = await policyOf(db, now.user.id)
    requireAccess(route, params, { userId: now.user.id, policy, membership })
    return policy
  } catch (error) {
    if (error instanceof Problem) return undefined
    throw error
  }
}
