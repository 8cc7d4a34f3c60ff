/** What a statement can be about, in words; each makes one or two patterns of resources. */
export const RESOURCE_KINDS = [
  { id: 'everything', label: 'Everything', group: 'Installation' },
  { id: 'user', label: 'Users', group: 'Installation' },
  { id: 'role', label: 'Roles', group: 'Installation' },
  { id: 'role-member', label: 'Who has a role', group: 'Installation' },
  { id: 'audit-event', label: 'Changes', group: 'Installation' },
  { id: 'workspace', label: 'Workspace', group: 'Workspace' },
  { id: 'workspace-member', label: 'Members of a workspace', group: 'Workspace' },
  { id: 'environment', label: 'Environment', group: 'Environment' },
  { id: 'ai-connection', label: 'AI connections', group: 'Environment' },
  { id: 'ai-resource', label: 'AI resources', group: 'Environment' },
  { id: 'api-key', label: 'API keys', group: 'Environment' },
  { id: 'provider', label: 'Providers', group: 'Environment' },
  { id: 'prioritization', label: 'Prioritization', group: 'Environment' },
  { id: 'capacity', label: 'Capacity', group: 'Environment' },
  { id: 'audit', label: 'Audit', group: 'Environment' },
  { id: 'usage', label: 'Usage', group: 'Environment' },
] as const

export type ResourceKind = (typeof RESOURCE_KINDS)[number]['id']

export type ResourceChoice = {
  readonly kind: ResourceKind
  /** Undefined: every one. */
  readonly workspaceId?: string | undefined
  readonly environmentId?: string | undefined
  /** Of a user, role, connection, resource or key; undefined: each, and where they are listed and created. */
  readonly objectId?: string | undefined
  /** Of a workspace or an environment. */
  readonly depth: 'with-contents' | 'itself' | 'contents'
}

/** The kinds of which a certain one can be chosen. */
export const KINDS_OF_OBJECTS: readonly ResourceKind[] = [
  'user',
  'role',
  'role-member',
  'ai-connection',
  'ai-resource',
  'api-key',
]
export const KINDS_WITHOUT_WORKSPACE: readonly ResourceKind[] = [
  'everything',
  'user',
  'role',
  'role-member',
  'audit-event',
]
export const KINDS_OF_WORKSPACE: readonly ResourceKind[] = ['workspace', 'workspace-member']

/** The patterns of a choice. */
export function resourcePatterns(choice: ResourceChoice): string[] {
  const { kind, workspaceId = '*', environmentId = '*', objectId = '*', depth } = choice
  const workspace = `workspace:${workspaceId}`
  const environment = `${workspace}/environment:${environmentId}`
  switch (kind) {
    case 'everything':
      return ['*']
    case 'user':
    case 'role':
      return [`${kind}:${objectId}`]
    case 'role-member':
      return [`role:${objectId}/role-member:*`]
    case 'audit-event':
      return ['audit-event:*']
    case 'workspace':
      return withDepth(workspace, depth)
    case 'workspace-member':
      return [`${workspace}/workspace-member:*`]
    case 'environment':
      return withDepth(environment, depth)
    case 'prioritization':
    case 'capacity':
    case 'usage':
      return [`${environment}/${kind}`]
    default:
      return [`${environment}/${kind}:${KINDS_OF_OBJECTS.includes(kind) ? objectId : '*'}`]
  }
}

/** A `*` at the end is everything that follows: with it the contents are named already, and without them it can't be. */
function withDepth(itself: string, depth: ResourceChoice['depth']): string[] {
  if (depth === 'contents') return [`${itself}/*`]
  return depth === 'itself' || itself.endsWith('*') ? [itself] : [itself, `${itself}/*`]
}
