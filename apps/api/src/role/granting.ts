import {
  BUILT_IN_ROLES,
  grantable,
  type PolicyDocument,
  type PolicyProblem,
  type PolicyStatement,
} from '@vm-x/contract'
import { place } from '@vm-x/storage'
import { sql } from 'kysely'
import type { Change } from '../change/changes.ts'
import { Problem } from '../http/problem.ts'
import { documentsOf } from '../http/tenancy.ts'

/** Nobody can grant what they do not have. Throws `grant_exceeds_own`; parts of the product may grant anything. */
export async function requireGrantable(change: Change, wanted: PolicyDocument): Promise<void> {
  const errors = (await excessOf(change, wanted)).map(({ path, message }) => ({
    path: place(['policy', ...path]),
    message,
  }))
  if (errors.length === 0) return
  throw new Problem('grant_exceeds_own', errors.map(({ path, message }) => `${path}: ${message}`).join('; '), {
    errors,
  })
}

/**
 * A deny that goes away gives what it denied to whoever is allowed it by another role: it is a grant of that, but for
 * what `remaining` denies as well. Throws `grant_exceeds_own`.
 */
export async function requireLiftable(
  change: Change,
  lifted: readonly PolicyStatement[],
  remaining: readonly PolicyStatement[],
): Promise<void> {
  const given = lifted.map((statement) => ({ ...statement, effect: 'allow' as const }))
  const problems = await excessOf(change, { statements: [...given, ...deniesOf(remaining)] })
  if (problems.length === 0) return
  throw new Problem('grant_exceeds_own', `A deny would go away: ${messagesOf(problems)}`)
}

/**
 * For what gives somebody the power of a user, or takes it from the user: whoever does it must have it. Throws
 * `grant_exceeds_own`.
 */
export async function requireRolesWithinOwn(change: Change, userId: string): Promise<void> {
  const documents = await documentsOf(change.trx, userId)
  const problems = await excessOf(change, { statements: documents.flatMap(({ statements }) => statements) })
  if (problems.length === 0) return
  throw new Problem('grant_exceeds_own', `The roles of the user permit more than yours: ${messagesOf(problems)}`)
}

export const deniesOf = (statements: readonly PolicyStatement[]): PolicyStatement[] =>
  statements.filter(({ effect }) => effect !== 'allow')

async function excessOf({ trx, author }: Change, wanted: PolicyDocument): Promise<PolicyProblem[]> {
  if (author.kind === 'system') return []
  return grantable(author.id === null ? [] : await documentsOf(trx, author.id), wanted)
}

const messagesOf = (problems: readonly PolicyProblem[]) => problems.map(({ message }) => message).join('; ')

/**
 * Makes changes of who may do what wait for each other, so that two of them can't take away the last administrator, or
 * one be made by who may not any more since the other. Throws what refuses them by now.
 */
export async function lockPeople({ trx, author }: Change): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('vm-x-ai:people'))`.execute(trx)
  await author.requireAllowed?.(trx)
}

/**
 * Throws `last_administrator` when these users are all that administer the installation: who has chosen a password, has
 * the built-in role and none that denies anything; where there is nobody like that, who is yet to choose one counts, and
 * then whoever has the role. People are locked.
 */
export async function requireAdministratorBesides({ trx }: Change, userIds: ReadonlySet<string>): Promise<void> {
  const having = await trx
    .selectFrom('user')
    .innerJoin('user_role', 'user_role.user_id', 'user.id')
    .where('user_role.role_id', '=', BUILT_IN_ROLES.admin.id)
    .where('user.state', '!=', 'disabled')
    .select((eb) => [
      'user.id',
      'user.state',
      eb
        .exists(
          eb
            .selectFrom('user_role as other')
            .innerJoin('role', 'role.id', 'other.role_id')
            .whereRef('other.user_id', '=', 'user.id')
            .where(sql<boolean>`role.policy @> ${DENYING}::jsonb`)
            .select('role.id'),
        )
        .as('denied'),
    ])
    .execute()
  const whole = having.filter(({ denied }) => !denied)
  const active = whole.filter(({ state }) => state === 'active')
  const administrators = [active, whole, having].find((those) => those.length > 0)
  if (administrators?.every(({ id }) => userIds.has(id)))
    throw new Problem(
      'last_administrator',
      'Somebody else who has signed in must have the role admin first, and no role that denies anything',
    )
}

const DENYING = JSON.stringify({ statements: [{ effect: 'deny' }] })
