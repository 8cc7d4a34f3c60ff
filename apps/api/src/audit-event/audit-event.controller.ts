import { Controller, Inject } from '@nestjs/common'
import { auditEventRoutes as routes } from '@vm-x/contract'
import { type Call, param, userOf } from '../http/call.ts'
import { Handle, Input } from '../http/handle.ts'
import { AuditEventService } from './audit-event.service.ts'

@Controller()
export class AuditEventController {
  constructor(@Inject(AuditEventService) private readonly events: AuditEventService) {}

  @Handle(routes.listAuditEvents)
  list(@Input() call: Call<typeof routes.listAuditEvents>) {
    return this.events.list(userOf(call).id, call.policy, call.query)
  }

  @Handle(routes.getAuditEvent)
  get(@Input() call: Call<typeof routes.getAuditEvent>) {
    return this.events.get(userOf(call).id, call.policy, param(call, 'auditEventId'))
  }
}
