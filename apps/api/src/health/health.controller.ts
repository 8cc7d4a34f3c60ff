import { Controller, Get, Inject, Res } from '@nestjs/common'
import type { FastifyReply } from 'fastify'
import { HEALTH, type Health } from './health.ts'

@Controller('health')
export class HealthController {
  constructor(@Inject(HEALTH) private readonly health: Health) {}

  /** The process runs; depends on nothing else. */
  @Get('live')
  live() {
    return { status: 'ok' }
  }

  /** Whether requests should be sent here: 503 while starting, draining, or unable to keep what it must. Troubles that don't stop requests are in the detail. */
  @Get('ready')
  ready(@Res({ passthrough: true }) reply: FastifyReply) {
    const report = this.health.report()
    reply.status(report.status === 'ok' ? 200 : 503)
    return report
  }
}
