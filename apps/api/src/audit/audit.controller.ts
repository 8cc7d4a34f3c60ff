import { Controller, Inject } from '@nestjs/common'
import { auditRoutes as routes } from '@vm-x/contract'
import { type Call, environmentOf, param } from '../http/call.ts'
import { Handle, Input } from '../http/handle.ts'
import { AuditService } from './audit.service.ts'

@Controller()
export class AuditController {
  constructor(@Inject(AuditService) private readonly audit: AuditService) {}

  @Handle(routes.listAudit)
  list(@Input() call: Call<typeof routes.listAudit>) {
    return this.audit.list(environmentOf(call), call.policy, call.query)
  }

  @Handle(routes.getAuditExchange)
  get(@Input() call: Call<typeof routes.getAuditExchange>) {
    return this.audit.get(environmentOf(call), param(call, 'exchangeId'))
  }
}
