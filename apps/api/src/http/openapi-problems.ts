import type { ProblemCode, Route } from '@vm-x/contract'

/** Every code that a request to the route can be refused with, save those of failures, which are the same for all. */
export function problemsOf(route: Route): ProblemCode[] {
  const { id, access, method, path, ifMatch } = route
  const changes = method !== 'GET'
  return [
    // Also where there should be no body, or no query: neither is taken for nothing.
    ...(changes ? BODY : []),
    ...(access.kind === 'public' ? [] : (['not_signed_in'] as const)),
    ...(changes ? (['origin_not_allowed'] as const) : []),
    ...ofAccess(route),
    ...(path.includes('{') ? (['not_found'] as const) : []),
    ...(ifMatch ? VERSION : []),
    'invalid_fields',
    ...(OF_ROUTES[id] ?? []),
  ]
}

/** Of any route: the database is away, or something is wrong with the product. */
export const FAILURES = ['internal_error', 'unavailable'] as const satisfies ProblemCode[]

const BODY = ['malformed_request', 'body_too_large', 'unsupported_media_type'] as const satisfies ProblemCode[]
const VERSION = ['version_required', 'version_mismatch'] as const satisfies ProblemCode[]

function ofAccess({ access }: Route): ProblemCode[] {
  if (access.kind === 'public') return []
  if (access.kind === 'signed-in') return access.whilePasswordExpired ? [] : ['password_change_required']
  return ['password_change_required', 'permission_missing', ...(access.owner ? (['owner_required'] as const) : [])]
}

const GUESSED: ProblemCode[] = ['wrong_credentials', 'too_many_attempts']
const NAMED: ProblemCode[] = ['name_taken', 'conflict']
const USED: ProblemCode[] = ['in_use', 'conflict']

/** What only the route itself knows. */
const OF_ROUTES: Readonly<Record<string, readonly ProblemCode[]>> = {
  signIn: GUESSED,
  changePassword: GUESSED,
  createUser: [...NAMED, 'too_many_attempts'],
  updateUser: [...NAMED, 'last_administrator', 'grant_exceeds_own'],
  deleteUser: ['last_administrator', 'last_owner', 'grant_exceeds_own'],
  resetPassword: ['conflict', 'grant_exceeds_own', 'too_many_attempts'],
  endUserSessions: ['grant_exceeds_own'],
  createRole: [...NAMED, 'grant_exceeds_own'],
  updateRole: [...NAMED, 'grant_exceeds_own', 'built_in', 'last_administrator'],
  deleteRole: ['built_in', ...USED],
  addRoleMember: ['grant_exceeds_own', 'conflict', 'last_administrator'],
  removeRoleMember: ['last_administrator', 'grant_exceeds_own'],
  createWorkspace: NAMED,
  updateWorkspace: NAMED,
  deleteWorkspace: USED,
  leaveWorkspace: ['last_owner'],
  addWorkspaceMember: ['conflict'],
  updateWorkspaceMember: ['last_owner'],
  removeWorkspaceMember: ['last_owner'],
  createEnvironment: NAMED,
  updateEnvironment: NAMED,
  deleteEnvironment: USED,
  createAiConnection: NAMED,
  updateAiConnection: [...NAMED, 'in_use'],
  deleteAiConnection: USED,
  createAiResource: NAMED,
  updateAiResource: NAMED,
  restoreAiResourceRevision: NAMED,
  createApiKey: NAMED,
  updateApiKey: NAMED,
  rotateApiKey: ['conflict'],
  listAuditEvents: ['not_found'],
}
