import type { AuditFilter } from '@vm-x/contract'
import { type RawBuilder, type SqlBool, sql } from 'kysely'
import { instant } from '../db/instant.ts'

/** What the filter says, for `audit_exchange`, in the words that its indexes are made for. */
export function auditConditions(filter: AuditFilter): RawBuilder<SqlBool> {
  const { statusClass, errorText, from, to } = filter
  const conditions: RawBuilder<SqlBool>[] = SAME.flatMap(([field, column]) =>
    filter[field] === undefined ? [] : [sql<SqlBool>`${sql.ref(column)} = ${filter[field]}`],
  )
  for (const [field, usual] of Object.entries(USUAL) as [keyof typeof USUAL, string | number][]) {
    const value = filter[field]
    const column = sql.ref(field)
    if (value === usual) conditions.push(often(sql`${column} = ${usual}`))
    else if (value !== undefined) conditions.push(sql`${column} = ${value} and ${column} <> ${sql.lit(usual)}`)
  }
  if (from !== undefined) conditions.push(sql`at >= ${instant(from)}`)
  if (to !== undefined) conditions.push(sql`at < ${instant(to)}`)
  if (statusClass !== undefined) conditions.push(inClass(Number(statusClass[0])))
  if (errorText !== undefined)
    conditions.push(sql`(error_text is not null and strpos(lower(error_text), lower(${errorText})) > 0)`)
  return conditions.length === 0 ? sql`true` : sql`(${sql.join(conditions, sql` and `)})`
}

/** Whether one index holds the rows in their order: all others that are in the span may have to be looked at to find them. */
export function isIndexed({ from: _from, to: _to, errorText, ...fields }: AuditFilter): boolean {
  return errorText === undefined && Object.values(fields).filter((value) => value !== undefined).length <= 1
}

const SAME = [
  ['apiKeyId', 'api_key_id'],
  ['userId', 'user_id'],
  ['resourceId', 'resource_id'],
  ['connectionId', 'connection_id'],
  ['correlationId', 'correlation_id'],
  ['clientRequestId', 'client_request_id'],
  ['provider', 'provider'],
  ['model', 'model'],
  ['requestedModel', 'requested_model'],
  ['user', 'end_user'],
] as const satisfies [keyof AuditFilter, string][]

/** What nearly all rows have, so that their indexes leave it out: a page of it is soon found without. */
const USUAL = { operation: 'chat', outcome: 'ok', status: 200 } as const

/** Without statistics, which the embedded database has none of, equality passes for rare, and would be sorted for. */
const often = (condition: RawBuilder<unknown>): RawBuilder<SqlBool> => sql`coalesce(${condition}, false)`

const inClass = (hundreds: number): RawBuilder<SqlBool> =>
  hundreds < 4 ? often(sql`status / 100 = ${hundreds}`) : sql`(status >= 400 and status / 100 = ${hundreds})`
