import { Inject, Injectable } from '@nestjs/common'
import type { AuditExchange, AuditFilter, AuditQuery, Policy } from '@vm-x/contract'
import { type EnvironmentContext, InvalidCursor } from '@vm-x/storage'
import { MANAGEMENT, type Management } from '../http/management.ts'
import { invalidFields, notFound } from '../http/problem.ts'
import { exchangeResource } from './exchange-resource.ts'
import { presentExchange } from './present-exchange.ts'
import { asReadProblem } from './read-problem.ts'

/** Reads the records of exchanges. */
@Injectable()
export class AuditService {
  constructor(@Inject(MANAGEMENT) private readonly management: Management) {}

  /** Newest first. */
  async list(context: EnvironmentContext, policy: Policy, query: AuditQuery) {
    const { records, next } = await this.management.audit.list(context, query).catch(asProblem)
    const shown = records.filter(({ id }) => policy.allows('audit:get', exchangeResource(context, id)))
    const items = shown.map(presentExchange)
    return next === undefined ? { items } : { items, next }
  }

  async get(context: EnvironmentContext, id: string): Promise<AuditExchange> {
    const record = await this.management.audit.get(context, id)
    if (!record) throw notFound('exchange')
    return presentExchange(record)
  }

  /**
   * All of them, newest first, read as they are consumed, while `allowed` tells what may be seen. Whoever may export need not be allowed to get each one, but
   * what is denied to them stays out.
   */
  async *each(
    context: EnvironmentContext,
    allowed: () => Promise<Policy>,
    filter: AuditFilter,
  ): AsyncGenerator<AuditExchange> {
    try {
      for await (const record of this.management.audit.each(context, filter)) {
        const policy = await allowed()
        if (policy.decide('audit:get', exchangeResource(context, record.id)) !== 'denied') yield presentExchange(record)
      }
    } catch (error) {
      asReadProblem(error)
    }
  }
}

function asProblem(error: unknown): never {
  if (error instanceof InvalidCursor) throw invalidFields([{ path: 'cursor', message: 'is not the `next` of a page' }])
  return asReadProblem(error)
}
