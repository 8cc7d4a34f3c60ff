import type { AuditScope } from './audit-store.ts'
import type { RecordSink } from './record-sink.ts'

/** What one exchange used; counts are tokens, times milliseconds. */
export type UsageRow = {
  id: string
  at: number
  workspaceId: string | null
  environmentId: string | null
  apiKeyId: string | null
  resourceId: string | null
  connectionId: string | null
  provider: string | null
  model: string | null
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
}
