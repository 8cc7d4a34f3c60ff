import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common'
import type { AuditExportFormat, auditRoutes, Policy } from '@vm-x/contract'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Changes } from '../change/changes.ts'
import { type Call, environmentOf, userOf } from '../http/call.ts'
import { MANAGEMENT, type Management } from '../http/management.ts'
import { Problem } from '../http/problem.ts'
import { accessNow, RECHECK_MS } from './access-now.ts'
import { AuditService } from './audit.service.ts'
import { begun } from './begun.ts'
import { EXPORT_MEDIA, sendExport } from './send-export.ts'
import { Streams } from './streams.ts'
import { takeOver } from './take-over.ts'

type ExportCall = Call<typeof auditRoutes.exportAudit>

/** The exports that this process sends. */
@Injectable()
export class ExportService implements OnModuleDestroy {
  readonly #streams: Streams

  constructor(
    @Inject(MANAGEMENT) private readonly management: Management,
    @Inject(Changes) private readonly changes: Changes,
    @Inject(AuditService) private readonly audit: AuditService,
  ) {
    const draining = () => management.gateway.draining()
    this.#streams = new Streams({ what: 'exports', most: 4, mostOfAUser: 2, draining })
  }

  /** They may be longer than anyone would wait for. */
  onModuleDestroy(): Promise<void> {
    return this.#streams.close()
  }

  /** Resolves when the export has been sent or its client has left. Throws `unavailable` when there are too many. */
  async serve(call: ExportCall, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { format } = call.query
    const headers = {
      'content-type': EXPORT_MEDIA[format],
      'content-disposition': `attachment; filename="${this.#fileName(environmentOf(call).environmentId, format)}"`,
    }
    if (request.method === 'HEAD') return void takeOver(request, reply, headers).end()
    await this.#streams.run(userOf(call).id, async (signal) => {
      const { format: _format, ...filter } = call.query
      const allowed = this.#whileAllowed(call, request.headers.cookie)
      const exchanges = await begun(this.audit.each(environmentOf(call), allowed, filter))
      await this.#record(call)
      await sendExport(takeOver(request, reply, headers), exchanges, format, { signal })
    })
  }

  /** Tells what may be seen by now. Throws `permission_missing` once the export may not go on. */
  #whileAllowed(call: ExportCall, cookie: string | undefined): () => Promise<Policy> {
    const { clock } = this.management
    let { policy } = call
    let recheckAt = clock.now() + RECHECK_MS
    return async () => {
      if (clock.now() < recheckAt) return policy
      const now = await accessNow(this.management, call, cookie)
      if (!now) throw new Problem('permission_missing', 'The session, or what allowed the export, has ended')
      recheckAt = clock.now() + RECHECK_MS
      policy = now
      return policy
    }
  }

  async #record(call: ExportCall): Promise<void> {
    const context = environmentOf(call)
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
  }

  /** e.g. `audit-<environment>-20260131T235959Z.csv` */
  #fileName(environmentId: string, format: AuditExportFormat): string {
    const at = new Date(this.management.clock.now()).toISOString().replace(/[-:]|\.\d+/g, '')
    return `audit-${environmentId}-${at}.${format}`
  }
}
