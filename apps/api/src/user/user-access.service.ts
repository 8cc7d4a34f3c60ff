import { Inject, Injectable } from '@nestjs/common'
import { explainPolicy, type Policy, type StatementPlace, type UserAccess, type UserAccessQuery } from '@vm-x/contract'
import { MANAGEMENT, type Management } from '../http/management.ts'
import { membershipOf } from '../http/tenancy.ts'
import { knownPermissions } from '../role/known-permissions.ts'
import { rolesOf } from '../role/roles-of.ts'
import { UserService } from './user.service.ts'

/** Says what users may do, and why. */
@Injectable()
export class UserAccessService {
  constructor(
    @Inject(MANAGEMENT) private readonly management: Pick<Management, 'db'>,
    @Inject(UserService) private readonly users: UserService,
  ) {}

  /** Throws `not_found` for a workspace that whoever asks is no member of, and its environment, and for the user. */
  async explain(userId: string, query: UserAccessQuery, asker: Asker): Promise<UserAccess> {
    const { db } = this.management
    const { workspaceId, environmentId } = query
    if (workspaceId !== undefined) await membershipOf(db, asker.id, { workspaceId, environmentId })
    const { state } = await this.users.get(userId)
    const roles = await rolesOf(db, userId)
    const explain = explainPolicy(roles.map(({ policy }) => policy))
    return {
      state,
      membership: workspaceId === undefined ? null : await this.#membership(userId, workspaceId),
      permissions: permissionsIn(query).map(({ action, resource, needs }) => {
        const { decision, by, exceptions } = explain(action, resource)
        return {
          action,
          resource: resource.replace(/\{\w+\}/g, '*'),
          decision,
          by: by && presented(by, roles, asker.policy),
          exceptions: exceptions.map((place) => presented(place, roles, asker.policy)),
          needs,
        }
      }),
    }
  }

  async #membership(userId: string, workspaceId: string): Promise<UserAccess['membership']> {
    const member = await this.management.db
      .selectFrom('workspace_member')
      .where('workspace_id', '=', workspaceId)
      .where('user_id', '=', userId)
      .select('role')
      .executeTakeFirst()
    return member?.role ?? null
  }
}

type Asker = { readonly id: string; readonly policy: Policy }
type Role = Awaited<ReturnType<typeof rolesOf>>[number]

function presented({ document, statement: index }: StatementPlace, roles: readonly Role[], policy: Policy) {
  const role = roles[document]
  if (!role) throw new Error('The statement is of none of the roles')
  const statement = policy.allows('role:get', `role:${role.id}`) ? role.policy.statements[index] : undefined
  return { roleId: role.id, roleName: role.name, statementIndex: index, ...(statement && { statement }) }
}

/** Those whose resource can be named here; in `resource`, `{…}` stands for any id. */
function permissionsIn({ workspaceId, environmentId }: UserAccessQuery) {
  const ids: Readonly<Record<string, string | undefined>> = { workspaceId, environmentId }
  return EACH_ONCE.flatMap(({ action, on, owner }) => {
    const resource = on.replace(/\{(\w+)\}/g, (parameter, name: string) => ids[name] ?? parameter)
    if (/\{workspaceId\}|\{environmentId\}\//.test(resource)) return []
    const needed = owner ? ('owner' as const) : ('member' as const)
    return [{ action, resource, needs: on.includes('{workspaceId}') ? needed : null }]
  })
}

const EACH_ONCE = [...new Map(knownPermissions.map((one) => [`${one.action} ${one.on}`, one])).values()]
