import { Controller, Inject, Req, Res } from '@nestjs/common'
import { type AuditExportFormat, auditRoutes as routes } from '@vm-x/contract'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Changes } from '../change/changes.ts'
import { type Call, environmentOf } from '../http/call.ts'
import { Handle, Input } from '../http/handle.ts'
import { MANAGEMENT, type Management } from '../http/management.ts'
import { AuditService } from './audit.service.ts'
import { begun } from './begun.ts'
import { EXPORT_MEDIA, sendExport } from './send-export.ts'
import { TailService } from './tail.service.ts'
import { takeOver } from './take-over.ts'

@Controller()
export class AuditStreamController {
  constructor(
    @Inject(MANAGEMENT) private readonly management: Management,
    @Inject(Changes) private readonly changes: Changes,
    @Inject(AuditService) private readonly audit: AuditService,
    @Inject(TailService) private readonly tails: TailService,
  ) {}

  @Handle(routes.exportAudit)
  async export(
    @Input() call: Call<typeof routes.exportAudit>,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const context = environmentOf(call)
    const { format, ...filter } = call.query
    const headers = {
      'content-type': EXPORT_MEDIA[format],
      'content-disposition': `attachment; filename="${this.#fileName(context.environmentId, format)}"`,
    }
    if (request.method === 'HEAD') return void takeOver(request, reply, headers).end()
    const exchanges = await begun(this.audit.each(context, call.policy, filter))
    await this.changes.run(call.author, (change) =>
      change.record({
        ...context,
        action: 'audit:export',
        kind: 'audit',
        id: context.environmentId,
        before: null,
        after: call.query,
      }),
    )
    await sendExport(takeOver(request, reply, headers), exchanges, format)
  }

  @Handle(routes.tailAudit)
  async tail(
    @Input() call: Call<typeof routes.tailAudit>,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.tails.serve(call, request, reply)
  }

  /** e.g. `audit-<environment>-20260131T235959Z.csv` */
  #fileName(environmentId: string, format: AuditExportFormat): string {
    const at = new Date(this.management.clock.now()).toISOString().replace(/[-:]|\.\d+/g, '')
    return `audit-${environmentId}-${at}.${format}`
  }
}
