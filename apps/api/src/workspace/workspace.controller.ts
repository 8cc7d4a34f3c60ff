import { Controller, Inject } from '@nestjs/common'
import { workspaceRoutes as routes } from '@vm-x/contract'
import { Changes } from '../change/changes.ts'
import { type Call, param, userOf, workspaceOf } from '../http/call.ts'
import { Handle, Input } from '../http/handle.ts'
import { MemberService } from './member.service.ts'
import { WorkspaceService } from './workspace.service.ts'

@Controller()
export class WorkspaceController {
  constructor(
    @Inject(Changes) private readonly changes: Changes,
    @Inject(WorkspaceService) private readonly workspaces: WorkspaceService,
    @Inject(MemberService) private readonly members: MemberService,
  ) {}

  @Handle(routes.listWorkspaces)
  list(@Input() call: Call<typeof routes.listWorkspaces>) {
    return this.workspaces.list(userOf(call).id, call.policy, call.query)
  }

  @Handle(routes.createWorkspace)
  create(@Input() call: Call<typeof routes.createWorkspace>) {
    return this.changes.run(call.author, (change) => this.workspaces.create(change, call.body, [userOf(call).id]))
  }

  @Handle(routes.getWorkspace)
  get(@Input() call: Call<typeof routes.getWorkspace>) {
    return this.workspaces.get(workspaceOf(call), userOf(call).id)
  }

  @Handle(routes.updateWorkspace)
  update(@Input() call: Call<typeof routes.updateWorkspace>) {
    return this.changes.run(call.author, (change) =>
      this.workspaces.update(change, workspaceOf(call), call.version, call.body),
    )
  }

  @Handle(routes.deleteWorkspace)
  remove(@Input() call: Call<typeof routes.deleteWorkspace>) {
    return this.changes.run(call.author, (change) =>
      this.workspaces.remove(change, workspaceOf(call), call.version, call.query.cascade),
    )
  }

  @Handle(routes.leaveWorkspace)
  leave(@Input() call: Call<typeof routes.leaveWorkspace>) {
    return this.changes.run(call.author, (change) => this.members.leave(change, workspaceOf(call), userOf(call).id))
  }

  @Handle(routes.listWorkspaceMembers)
  listMembers(@Input() call: Call<typeof routes.listWorkspaceMembers>) {
    return this.members.list(workspaceOf(call), call.query)
  }

  @Handle(routes.addWorkspaceMember)
  addMember(@Input() call: Call<typeof routes.addWorkspaceMember>) {
    return this.changes.run(call.author, (change) => this.members.add(change, workspaceOf(call), call.body))
  }

  @Handle(routes.updateWorkspaceMember)
  updateMember(@Input() call: Call<typeof routes.updateWorkspaceMember>) {
    const { version, body } = call
    return this.changes.run(call.author, (change) =>
      this.members.update(change, workspaceOf(call), param(call, 'userId'), { version, ...body }),
    )
  }

  @Handle(routes.removeWorkspaceMember)
  removeMember(@Input() call: Call<typeof routes.removeWorkspaceMember>) {
    return this.changes.run(call.author, (change) =>
      this.members.remove(change, workspaceOf(call), param(call, 'userId'), call.version),
    )
  }
}
