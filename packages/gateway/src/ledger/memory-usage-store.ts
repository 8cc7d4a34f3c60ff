import type { AuditScope } from './audit-store.ts'
import type { ExchangeRecord } from './exchange-record.ts'
import { inScope, parseBatch } from './memory-audit-store.ts'
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
    return row && inScope(scope, { environmentId: row.environmentId ?? '' }) ? { ...row } : undefined
  }
}

const usageRow = (record: ExchangeRecord): UsageRow => ({
  id: record.id,
  at: record.startedAt,
  workspaceId: record.workspaceId ?? null,
  environmentId: record.environmentId ?? null,
  apiKeyId: record.apiKeyId ?? null,
  resourceId: record.resourceId ?? null,
  connectionId: record.connectionId ?? null,
  provider: record.provider ?? null,
  model: record.model ?? null,
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
