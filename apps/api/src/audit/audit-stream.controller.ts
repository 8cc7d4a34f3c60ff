import { Controller, Inject, Req, Res } from '@nestjs/common'
import { auditRoutes as routes } from '@vm-x/contract'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Call } from '../http/call.ts'
import { Handle, Input } from '../http/handle.ts'
import { ExportService } from './export.service.ts'
import { TailService } from './tail.service.ts'

@Controller()
export class AuditStreamController {
  constructor(
    @Inject(ExportService) private readonly exports: ExportService,
    @Inject(TailService) private readonly tails: TailService,
  ) {}

  @Handle(routes.exportAudit)
  async export(
    @Input() call: Call<typeof routes.exportAudit>,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.exports.serve(call, request, reply)
  }

  @Handle(routes.tailAudit)
  async tail(
    @Input() call: Call<typeof routes.tailAudit>,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.tails.serve(call, request, reply)
  }
}
