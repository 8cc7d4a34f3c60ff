import type { ExchangeRecord } from './exchange-record.ts'
import type { RecordSink } from './record-sink.ts'

/** Whose records may be seen: one environment's, or all of them for whoever operates the process. */
export type AuditScope = { readonly environmentId: string } | 'operator'

export type AuditQuery = {
  readonly limit: number
  /** Records before (older than) this one; the `next` of the page before. */
  readonly cursor?: string
}

/** PORT. The immutable record of every exchange. */
export interface AuditStore extends RecordSink {
  get(scope: AuditScope, id: string): Promise<ExchangeRecord | undefined>
  /** Newest first. `next` is absent on the last page. */
  list(scope: AuditScope, query: AuditQuery): Promise<{ records: ExchangeRecord[]; next?: string }>
}
