import { compilePolicy, type Policy, type PolicyDocument, type Route } from '@vm-x/contract'
import type { Database } from '@vm-x/storage'
import type { Kysely } from 'kysely'
import type { Change } from '../change/changes.ts'
import { notFound, Problem } from './problem.ts'

/** What the roles of a user permit, as they are now. */
export const policyOf = async (db: Kysely<Database>, userId: string): Promise<Policy> =>
  compilePolicy(await documentsOf(db, userId))

/**
 * What whoever makes a change may do by the time it is made, which can be less than when they asked; undefined for parts
 * of the product, which may do anything.
 */
export async function policyOfAuthor({ trx, author }: Pick<Change, 'trx' | 'author'>): Promise<Policy | undefined> {
  if (author.kind === 'system') return undefined
  return author.id === null ? compilePolicy([]) : await policyOf(trx, author.id)
}

/** The policies of the roles of a user, but of one where it is named. */
export async function documentsOf(
  db: Kysely<Database>,
  userId: string,
  { except }: { readonly except?: string } = {},
): Promise<PolicyDocument[]> {
  const roles = await db
    .selectFrom('user_role')
    .innerJoin('role', 'role.id', 'user_role.role_id')
    .where('user_role.user_id', '=', userId)
    .where('role.id', 'is distinct from', except ?? null)
    .select('role.policy')
    .execute()
  return roles.map(({ policy }) => policy)
}

/**
 * Whether the user is a member or the owner of the workspace that a path names. Throws `not_found`, the same whether the
 * workspace, or its environment of the path, does not exist or is another tenant's.
 */
export async function membershipOf(
  db: Kysely<Database>,
  userId: string,
  { workspaceId, environmentId }: { readonly workspaceId: string; readonly environmentId: string | undefined },
): Promise<'owner' | 'member'> {
  const member = await db
    .selectFrom('workspace_member as m')
    .leftJoin('environment as e', (join) =>
      join.onRef('e.workspace_id', '=', 'm.workspace_id').on('e.id', '=', environmentId ?? null),
    )
    .where('m.workspace_id', '=', workspaceId)
    .where('m.user_id', '=', userId)
    .select(['m.role', 'e.id as environmentId'])
    .executeTakeFirst()
  if (!member) throw notFound('workspace')
  if (environmentId !== undefined && member.environmentId === null) throw notFound('environment')
  return member.role
}

/** What is known of who wants to take a route. */
export type Caller = {
  readonly userId: string
  readonly policy: Policy
  /** In the workspace of the path. */
  readonly membership: 'owner' | 'member' | undefined
}

/** Throws `permission_missing` or `owner_required`. */
export function requireAccess(
  { access }: Route,
  params: Readonly<Record<string, string>>,
  { userId, policy, membership }: Caller,
): void {
  if (access.kind !== 'permission' || (access.exceptOwn && params['userId'] === userId)) return
  requirePermission(policy, access.action, resourceOf(access.on, params))
  if (access.owner) requireOwner(membership)
}

/** Throws `owner_required`. */
export function requireOwner(membership: 'owner' | 'member' | undefined): void {
  if (membership !== 'owner') throw new Problem('owner_required', 'Ask an owner of the workspace to do this')
}

/** Throws `permission_missing`, saying which one and on what. */
export function requirePermission(policy: Policy, action: string, resource: string): void {
  if (policy.allows(action, resource)) return
  throw new Problem(
    'permission_missing',
    policy.decide(action, resource) === 'denied'
      ? `A role of yours denies ${action} on ${resource}`
      : `None of your roles allows ${action} on ${resource}`,
  )
}

const resourceOf = (template: string, params: Readonly<Record<string, string>>): string =>
  template.replace(/\{(\w+)\}/g, (_all, name: string) => params[name] ?? '*')
