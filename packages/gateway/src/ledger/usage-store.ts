import type { UsageAnswer, UsageQuery } from '@vm-x/contract'
import type { AuditScope } from './audit-store.ts'
import type { RecordSink } from './record-sink.ts'

/** What one exchange used; counts are tokens, times milliseconds. */
export type UsageRow = {
  id: string
  at: number
  workspaceId: string | null
  environmentId: string | null
  apiKeyId: string | null
  userId: string | null
  resourceId: string | null
  connectionId: string | null
  provider: string | null
  model: string | null
  /** The request's own `user`. */
  user: string | null
  operation: string
  outcome: string
  status: number
  inputTokens: number
  cachedInputTokens: number
  outputTokens: number
  reasoningTokens: number
  usageSource: string | null
  durationMs: number
  timeToFirstTokenMs: number | null
}

/** PORT. Usage of every exchange, for sums over time. */
export interface UsageStore extends RecordSink {
  get(scope: AuditScope, id: string): Promise<UsageRow | undefined>
  /**
   * What the query asks for, over the exchanges in scope; it has been validated. Percentiles are interpolated between
   * the two nearest values, as `percentile_cont` of SQL is. Exchanges without a time to first token, or without output,
   * count for nothing in the time to first token or in the tokens per second; those are output tokens per second of the
   * whole duration. In any order, nothing comes last.
   */
  query(scope: AuditScope, query: UsageQuery): Promise<UsageAnswer>
  /** When each of the keys was last used; those that never were are absent. */
  lastUsed(scope: AuditScope, apiKeyIds: readonly string[]): Promise<Map<string, Date>>
}
