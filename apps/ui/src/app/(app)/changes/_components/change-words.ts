import type { AuditEvent } from '@vm-x/contract'

/** What objects of changes are called. */
export const KINDS: Readonly<Record<string, string>> = {
  'ai-connection': 'AI connection',
  'ai-resource': 'AI resource',
  'api-key': 'API key',
  audit: 'Audit',
  environment: 'Environment',
  prioritization: 'Prioritization',
  role: 'Role',
  'role-member': 'Role member',
  session: 'Session',
  user: 'User',
  workspace: 'Workspace',
  'workspace-member': 'Workspace member',
}

/** What was done, where more can be said than the verb and the kind. */
const PHRASES: Readonly<Record<string, string>> = {
  'session:create': 'Signed in',
  'session:delete': 'Ended the session of',
  'session:slow-down': 'Slowed down sign-ins of',
  'user-session:delete': 'Ended the sessions of',
  'user:change-password': 'Changed the password of',
  'user:reset-password': 'Reset the password of',
  'audit:export': 'Exported the audit',
  'role-member:create': 'Gave a role:',
  'role-member:delete': 'Took a role:',
  'workspace-member:create': 'Added to the workspace:',
  'workspace-member:delete': 'Removed from the workspace:',
  'api-key:rotate': 'Rotated API key',
  'ai-connection:test': 'Tested AI connection',
}

const VERBS: Readonly<Record<string, string>> = { create: 'Created', update: 'Changed', delete: 'Deleted' }

/** What was done, in words, up to the name of its object. */
export function actionInWords(action: string): string {
  const phrase = PHRASES[action]
  if (phrase) return phrase
  const [kind = '', verb = ''] = action.split(':')
  const done = VERBS[verb]
  const called = KINDS[kind]
  if (!done || !called) return action
  return `${done} ${called.startsWith('A') && called !== 'Audit' ? called : called.toLowerCase()}`
}

/** What can be asked for by its action. */
export const ACTIONS: readonly { readonly id: string; readonly name: string }[] = [
  ...['workspace', 'environment', 'ai-connection', 'ai-resource', 'api-key', 'user', 'role'].flatMap((kind) =>
    ['create', 'update', 'delete'].map((verb) => `${kind}:${verb}`),
  ),
  'workspace-member:update',
  'prioritization:update',
  ...Object.keys(PHRASES),
].map((id) => ({ id, name: actionInWords(id).replace(/:$/, '') }))

/** The page of what was changed; none where it is gone, or has no page of its own. */
export function pageOfObject({ object, workspaceId, environmentId, action }: AuditEvent): string | undefined {
  const { kind, id } = object
  if (action.endsWith(':delete')) return undefined
  if (kind === 'user' || kind === 'role') return `/${kind}s/${id}`
  if (kind === 'workspace') return `/${id}/settings`
  if (!workspaceId) return undefined
  if (kind === 'environment') return `/${workspaceId}/${id}/getting-started`
  const folder = FOLDERS[kind]
  return environmentId && folder ? `/${workspaceId}/${environmentId}/${folder}/${id}` : undefined
}

const FOLDERS: Readonly<Record<string, string>> = {
  'ai-connection': 'ai-connections',
  'ai-resource': 'ai-resources',
  'api-key': 'api-keys',
}
