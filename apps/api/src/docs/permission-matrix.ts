import { BUILT_IN_ROLES, type PolicyDocument, type Route } from '@vm-x/contract'

/** Those that every installation has, and having none. */
export const matrixRoles = ['admin', 'power-user', 'read-only', 'none'] as const
/** What somebody is in the workspace of the path. */
export const matrixMemberships = ['owner', 'member', 'outsider'] as const

export type MatrixRole = (typeof matrixRoles)[number]
export type MatrixMembership = (typeof matrixMemberships)[number]
export type Verdict = 'allowed' | 'not_found' | 'permission_missing' | 'owner_required'

/**
 * What somebody who is signed in is to be answered, worked out from the table of routes and what the built-in roles say,
 * and not by the product's own evaluator, of another user where the path names one: tests hold the product to it, and the reference page shows it.
 */
export function verdictOf({ access, path }: Route, role: MatrixRole, membership: MatrixMembership): Verdict {
  if (access.kind === 'public') return 'allowed'
  if (path.includes('{workspaceId}') && membership === 'outsider') return 'not_found'
  if (access.kind === 'signed-in') return 'allowed'
  if (!permits(role, access.action)) return 'permission_missing'
  return access.owner && membership !== 'owner' ? 'owner_required' : 'allowed'
}

function permits(role: MatrixRole, action: string): boolean {
  const policy: PolicyDocument | undefined = Object.values(BUILT_IN_ROLES).find(({ name }) => name === role)?.policy
  const names = (effect: string) =>
    policy?.statements.some((statement) => statement.effect === effect && statement.actions.some(matches(action)))
  if (policy?.statements.some(({ resources }) => resources.join() !== '*'))
    throw new Error(`The role ${role} is for some resources only, which is not reckoned with here`)
  return names('allow') === true && !names('deny')
}

/** Of all patterns that there could be, those that built-in roles use. */
const matches = (action: string) => (pattern: string) => {
  const [kind, verb] = action.split(':')
  return ['*', action, `${kind}:*`, `*:${verb}`].includes(pattern)
}
