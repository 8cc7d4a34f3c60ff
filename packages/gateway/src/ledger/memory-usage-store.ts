import type { UsageAnswer, UsageQuery } from '@vm-x/contract'
import type { AuditScope } from './audit-store.ts'
import type { ExchangeRecord } from './exchange-record.ts'
import { inScope, parseBatch } from './memory-audit-store.ts'
import { queryUsage } from './memory-usage-query.ts'
import type { UsageRow, UsageStore } from './usage-store.ts'

/** Usage that lasts as long as the process: for tests and doubles. */
export class MemoryUsageStore implements UsageStore {
  readonly #rows = new Map<string, UsageRow>()

  async append(records: readonly Buffer[]): Promise<void> {
    for (const record of parseBatch(records)) {
      if (!this.#rows.has(record.id)) this.#rows.set(record.id, usageRow(record))
    }
  }

  async get(scope: AuditScope, id: string): Promise<UsageRow | undefined> {
    const row = this.#rows.get(id)
    return row && inScope(scope, row) ? { ...row } : undefined
  }

  async query(scope: AuditScope, query: UsageQuery): Promise<UsageAnswer> {
    return queryUsage(
      [...this.#rows.values()].filter((row) => inScope(scope, row)),
      query,
    )
  }

  async lastUsed(scope: AuditScope, apiKeyIds: readonly string[]): Promise<Map<string, Date>> {
    const last = new Map<string, Date>()
    for (const row of this.#rows.values()) {
      const { apiKeyId, at } = row
      if (apiKeyId === null || !inScope(scope, row) || !apiKeyIds.includes(apiKeyId)) continue
      last.set(apiKeyId, new Date(Math.max(at, last.get(apiKeyId)?.getTime() ?? 0)))
    }
    return last
  }
}

const usageRow = (record: ExchangeRecord): UsageRow => ({
  id: record.id,
  at: record.startedAt,
  workspaceId: record.workspaceId ?? null,
  environmentId: record.environmentId ?? null,
  apiKeyId: record.apiKeyId ?? null,
  userId: record.userId ?? null,
  resourceId: record.resourceId ?? null,
  connectionId: record.connectionId ?? null,
  provider: record.provider ?? null,
  model: record.model ?? null,
  user: record.user ?? null,
  operation: record.operation,
  outcome: record.outcome,
  status: record.status,
  inputTokens: record.usage?.input ?? 0,
  cachedInputTokens: record.usage?.cachedInput ?? 0,
  outputTokens: record.usage?.output ?? 0,
  reasoningTokens: record.usage?.reasoning ?? 0,
  usageSource: record.usage?.source ?? null,
  durationMs: record.durationMs,
  timeToFirstTokenMs: record.timeToFirstTokenMs ?? null,
})
