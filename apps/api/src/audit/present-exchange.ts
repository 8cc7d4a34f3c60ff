import { type AuditExchange, auditExchange } from '@vm-x/contract'
import type { ExchangeRecord } from '@vm-x/gateway'

/** A record as the API shows it: what the contract does not name stays out. */
export const presentExchange = (record: ExchangeRecord): AuditExchange =>
  auditExchange.parse({ ...record, startedAt: new Date(record.startedAt).toISOString() })
