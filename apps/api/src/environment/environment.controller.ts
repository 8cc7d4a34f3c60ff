import { Controller, Inject } from '@nestjs/common'
import { environmentRoutes as routes } from '@vm-x/contract'
import { Changes } from '../change/changes.ts'
import { type Call, environmentOf, workspaceOf } from '../http/call.ts'
import { Handle, Input } from '../http/handle.ts'
import { EnvironmentService } from './environment.service.ts'

@Controller()
export class EnvironmentController {
  constructor(
    @Inject(Changes) private readonly changes: Changes,
    @Inject(EnvironmentService) private readonly environments: EnvironmentService,
  ) {}

  @Handle(routes.listEnvironments)
  list(@Input() call: Call<typeof routes.listEnvironments>) {
    return this.environments.list(workspaceOf(call), call.policy, call.query)
  }

  @Handle(routes.createEnvironment)
  create(@Input() call: Call<typeof routes.createEnvironment>) {
    return this.changes.run(call.author, (change) => this.environments.create(change, workspaceOf(call), call.body))
  }

  @Handle(routes.getEnvironment)
  get(@Input() call: Call<typeof routes.getEnvironment>) {
    return this.environments.get(environmentOf(call))
  }

  @Handle(routes.updateEnvironment)
  update(@Input() call: Call<typeof routes.updateEnvironment>) {
    return this.changes.run(call.author, (change) =>
      this.environments.update(change, environmentOf(call), call.version, call.body),
    )
  }

  @Handle(routes.deleteEnvironment)
  remove(@Input() call: Call<typeof routes.deleteEnvironment>) {
    return this.changes.run(call.author, (change) =>
      this.environments.remove(change, environmentOf(call), call.version, call.query.cascade),
    )
  }
}
