import type { AuditFilter } from '@vm-x/contract'
import type { ExchangeRecord } from './exchange-record.ts'

/** Whether all that the filter names is true of the record. */
export function matchesFilter(filter: AuditFilter, record: ExchangeRecord): boolean {
  const { statusClass, errorText, from, to } = filter
  if (SAME.some((field) => filter[field] !== undefined && filter[field] !== record[field])) return false
  if (statusClass !== undefined && Math.floor(record.status / 100) !== Number(statusClass[0])) return false
  if (from !== undefined && record.startedAt < Date.parse(from)) return false
  if (to !== undefined && record.startedAt >= Date.parse(to)) return false
  return errorText === undefined || textOfErrors(record).toLowerCase().includes(errorText.toLowerCase())
}

const SAME = [
  'apiKeyId',
  'userId',
  'resourceId',
  'connectionId',
  'correlationId',
  'clientRequestId',
  'provider',
  'model',
  'requestedModel',
  'user',
  'operation',
  'outcome',
  'status',
] as const satisfies (keyof AuditFilter & keyof ExchangeRecord)[]

/** The codes of what went wrong, in the exchange and in its attempts. */
function textOfErrors({ outcome, decision }: ExchangeRecord): string {
  const attempts = decision.attempts.flatMap((attempt) => [
    attempt.outcome === 'ok' ? undefined : attempt.outcome,
    attempt.providerCode,
    attempt.fault,
    attempt.limit,
  ])
  return [outcome === 'ok' ? undefined : outcome, ...attempts].filter(Boolean).join(' ')
}
