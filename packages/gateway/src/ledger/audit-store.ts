import type { AuditFilter } from '@vm-x/contract'
import type { ExchangeRecord } from './exchange-record.ts'
import type { RecordSink } from './record-sink.ts'

/** Whose records may be seen: one environment's, or all of them for whoever operates the process. */
export type AuditScope = { readonly workspaceId: string; readonly environmentId: string } | 'operator'

export type AuditPageQuery = AuditFilter & {
  readonly limit: number
  /** Records before (older than) this one; the `next` of the page before. */
  readonly cursor?: string | undefined
}

/** How far a live tail has come. The store's own: to be handed back as it is. */
export type AuditTailPosition = {
  readonly arrived: number
  /** Id → arrival, of the records that would otherwise be given again. */
  readonly seen: ReadonlyMap<string, number>
}

export type AuditTail = { records: ExchangeRecord[]; position: AuditTailPosition }

/** PORT. The immutable record of every exchange. */
export interface AuditStore extends RecordSink {
  get(scope: AuditScope, id: string): Promise<ExchangeRecord | undefined>
  /** Newest first. `next` is absent on the last page. */
  list(scope: AuditScope, query: AuditPageQuery): Promise<{ records: ExchangeRecord[]; next?: string }>
  /**
   * All of them, newest first, read as they are consumed: at most one page is in memory, and nothing is read any more
   * once the consumer stops.
   */
  each(scope: AuditScope, filter: AuditFilter): AsyncIterable<ExchangeRecord>
  /**
   * The records that arrived since `after`, in the order of arrival, at most `limit`; each is given once, by whichever
   * process it was stored, also when a slow transaction made it visible after later ones. Without `after`: none, and
   * where to go on from.
   */
  tail(
    scope: AuditScope,
    query: AuditFilter & { readonly limit: number },
    after?: AuditTailPosition,
  ): Promise<AuditTail>
}
