import { managementRoutes, type Policy } from '@vm-x/contract'
import type { Database } from '@vm-x/storage'
import type { Selectable } from 'kysely'

type Row = Selectable<Database['management_event']>

/**
 * Whether the policy of a user lets them be told of an event of the installation, or of a workspace of theirs: they must
 * be allowed to get what it happened to. Events of the installation tell of who did it as well, whom they must be
 * allowed to get; within a workspace its members know each other. What they did themselves is never hidden from them.
 */
export function maySee(event: Row, userId: string, policy: Policy): boolean {
  if (event.actor_id === userId) return true
  const object = objectOf(event)
  if (!object) return false
  const asked = [...object, ...roleMemberOf(event), ...(event.workspace_id === null ? actorOf(event) : [])]
  return asked.every(([action, resource]) => policy.allows(action, resource))
}

type Asked = readonly [action: string, resource: string]

/** Undefined where nothing can show the object. */
function objectOf({ object_kind, object_id, workspace_id, environment_id }: Row): Asked[] | undefined {
  if (OF_ACTORS.has(object_kind)) return []
  const shown = permissionToSee(object_kind)
  if (!shown) return undefined
  // Of what there is one in each environment, the object is the environment's id.
  const own = object_id === environment_id ? '*' : object_id
  const ids: Readonly<Record<string, string | null>> = {
    workspaceId: workspace_id ?? object_id,
    environmentId: environment_id,
  }
  return [[shown.action, shown.on.replace(/\{(\w+)\}/g, (_all, name: string) => ids[name] ?? own)]]
}

/** What is nothing but its actor's: a session, an address from which nobody could sign in. */
const OF_ACTORS: ReadonlySet<string> = new Set(['session', 'address'])

/** A user: that they have a role is an event of the role. */
function roleMemberOf({ action, before, after }: Row): Asked[] {
  if (!action.startsWith('role-member:')) return []
  const { userId } = (after ?? before ?? {}) as { userId?: unknown }
  return [['user:get', `user:${userId}`]]
}

/** Strangers are seen by whoever may get every user. */
const actorOf = ({ actor_kind, actor_id }: Row): Asked[] =>
  actor_kind === 'system' ? [] : [['user:get', `user:${actor_id ?? '*'}`]]

/** With which the API shows one of a kind, or else all of them. */
function permissionToSee(kind: string) {
  const permissions = managementRoutes.flatMap(({ access }) => (access.kind === 'permission' ? [access] : []))
  const asking = (action: string) => permissions.find((access) => access.action === action)
  return asking(`${kind}:get`) ?? asking(`${kind}:list`)
}
