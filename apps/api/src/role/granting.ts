import { BUILT_IN_ROLES, grantable, type PolicyDocument } from '@vm-x/contract'
import { place } from '@vm-x/storage'
import { sql } from 'kysely'
import type { Change } from '../change/changes.ts'
import { Problem } from '../http/problem.ts'
import { documentsOf } from '../http/tenancy.ts'

/** Nobody can grant what they do not have. Throws `grant_exceeds_own`; parts of the product may grant anything. */
export async function requireGrantable({ trx, author }: Change, wanted: PolicyDocument): Promise<void> {
  if (author.kind === 'system') return
  const own = author.id === null ? [] : await documentsOf(trx, author.id)
  const problems = grantable(own, wanted)
  if (problems.length === 0) return
  const errors = problems.map(({ path, message }) => ({ path: place(['policy', ...path]), message }))
  throw new Problem('grant_exceeds_own', errors.map(({ path, message }) => `${path}: ${message}`).join('; '), {
    errors,
  })
}

/** Makes changes of who may do what wait for each other, so that two of them can't take away the last administrator. */
export async function lockPeople({ trx }: Change): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('vm-x-ai:people'))`.execute(trx)
}

/** Throws `last_administrator` when nobody else who can sign in has the built-in role. People are locked. */
export async function requireAnotherAdministrator({ trx }: Change, userId: string): Promise<void> {
  const administrators = await trx
    .selectFrom('user_role')
    .innerJoin('user', 'user.id', 'user_role.user_id')
    .where('user_role.role_id', '=', BUILT_IN_ROLES.admin.id)
    .where('user.state', '!=', 'disabled')
    .select('user.id')
    .execute()
  const isOne = administrators.some(({ id }) => id === userId)
  if (isOne && administrators.length === 1)
    throw new Problem('last_administrator', 'Give somebody else the role admin first')
}
