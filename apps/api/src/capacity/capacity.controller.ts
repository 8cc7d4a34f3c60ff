import { Controller, Inject } from '@nestjs/common'
import { capacityRoutes as routes } from '@vm-x/contract'
import { type Call, environmentOf, userOf } from '../http/call.ts'
import { Handle, Input } from '../http/handle.ts'
import { CapacityService } from './capacity.service.ts'

@Controller()
export class CapacityController {
  constructor(@Inject(CapacityService) private readonly capacity: CapacityService) {}

  @Handle(routes.getCapacity)
  get(@Input() call: Call<typeof routes.getCapacity>) {
    return this.capacity.view(environmentOf(call), { userId: userOf(call).id, policy: call.policy })
  }
}
