import { Controller, Inject } from '@nestjs/common'
import { prioritizationRoutes as routes } from '@vm-x/contract'
import { Changes } from '../change/changes.ts'
import { type Call, environmentOf } from '../http/call.ts'
import { Handle, Input } from '../http/handle.ts'
import { PrioritizationService } from './prioritization.service.ts'

@Controller()
export class PrioritizationController {
  constructor(
    @Inject(Changes) private readonly changes: Changes,
    @Inject(PrioritizationService) private readonly prioritization: PrioritizationService,
  ) {}

  @Handle(routes.getPoolDefinition)
  get(@Input() call: Call<typeof routes.getPoolDefinition>) {
    return this.prioritization.get(environmentOf(call))
  }

  @Handle(routes.replacePoolDefinition)
  replace(@Input() call: Call<typeof routes.replacePoolDefinition>) {
    return this.changes.run(call.author, (change) =>
      this.prioritization.replace(change, environmentOf(call), call.version, call.body),
    )
  }
}
