import { Controller, Inject } from '@nestjs/common'
import { usageRoutes as routes } from '@vm-x/contract'
import { asReadProblem } from '../audit/read-problem.ts'
import { type Call, environmentOf } from '../http/call.ts'
import { Handle, Input } from '../http/handle.ts'
import { MANAGEMENT, type Management } from '../http/management.ts'

@Controller()
export class UsageController {
  constructor(@Inject(MANAGEMENT) private readonly management: Management) {}

  @Handle(routes.queryUsage)
  query(@Input() call: Call<typeof routes.queryUsage>) {
    return this.management.usage.query(environmentOf(call), call.body).catch(asReadProblem)
  }
}
