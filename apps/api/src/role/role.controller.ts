import { Controller, Inject } from '@nestjs/common'
import { roleRoutes as routes } from '@vm-x/contract'
import { Changes } from '../change/changes.ts'
import { type Call, param } from '../http/call.ts'
import { Handle, Input } from '../http/handle.ts'
import { knownPermissions } from './known-permissions.ts'
import { RoleService } from './role.service.ts'

@Controller()
export class RoleController {
  constructor(
    @Inject(Changes) private readonly changes: Changes,
    @Inject(RoleService) private readonly roles: RoleService,
  ) {}

  @Handle(routes.listPermissions)
  permissions() {
    const byAction = Map.groupBy(knownPermissions, ({ action }) => action)
    return {
      items: [...byAction].map(([action, uses]) => ({
        action,
        resources: [...new Set(uses.map(({ on }) => on.replace(/\{\w+\}/g, '*')))],
      })),
    }
  }

  @Handle(routes.listRoles)
  list(@Input() call: Call<typeof routes.listRoles>) {
    return this.roles.list(call.policy, call.query)
  }

  @Handle(routes.createRole)
  create(@Input() call: Call<typeof routes.createRole>) {
    return this.changes.run(call.author, (change) => this.roles.create(change, call.body))
  }

  @Handle(routes.getRole)
  get(@Input() call: Call<typeof routes.getRole>) {
    return this.roles.get(param(call, 'roleId'))
  }

  @Handle(routes.updateRole)
  update(@Input() call: Call<typeof routes.updateRole>) {
    return this.changes.run(call.author, (change) =>
      this.roles.update(change, param(call, 'roleId'), call.version, call.body),
    )
  }

  @Handle(routes.deleteRole)
  remove(@Input() call: Call<typeof routes.deleteRole>) {
    return this.changes.run(call.author, (change) => this.roles.remove(change, param(call, 'roleId'), call.version))
  }

  @Handle(routes.listRoleMembers)
  listMembers(@Input() call: Call<typeof routes.listRoleMembers>) {
    return this.roles.listMembers(param(call, 'roleId'), call.policy, call.query)
  }

  @Handle(routes.addRoleMember)
  addMember(@Input() call: Call<typeof routes.addRoleMember>) {
    return this.changes.run(call.author, (change) =>
      this.roles.addMember(change, param(call, 'roleId'), param(call, 'userId')),
    )
  }

  @Handle(routes.removeRoleMember)
  removeMember(@Input() call: Call<typeof routes.removeRoleMember>) {
    return this.changes.run(call.author, (change) =>
      this.roles.removeMember(change, param(call, 'roleId'), param(call, 'userId')),
    )
  }
}
