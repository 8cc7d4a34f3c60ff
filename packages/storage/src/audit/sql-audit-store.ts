import type { AuditFilter } from '@vm-x/contract'
import type {
  AuditPageQuery,
  AuditScope,
  AuditStore,
  AuditTail,
  AuditTailPosition,
  ExchangeRecord,
} from '@vm-x/gateway'
import { type SqlBool, sql } from 'kysely'
import { validate as isUuid } from 'uuid'
import { appendRecords } from '../db/append-records.ts'
import { inExchangeScope } from '../db/exchange-scope.ts'
import { LATEST_MS } from '../db/instant.ts'
import type { OpenedDatabase } from '../db/open.ts'
import { requireFewRows } from '../db/require-few-rows.ts'
import { auditConditions, isIndexed } from './audit-conditions.ts'
import { advanceTail, tailSince } from './audit-tail.ts'

/** How many records of an export are in memory. */
const EXPORT_PAGE = 500

/** The audit in the database: appended to, read, never changed. */
export class SqlAuditStore implements AuditStore {
  readonly #database: OpenedDatabase

  constructor(database: OpenedDatabase) {
    this.#database = database
  }

  async append(records: readonly Buffer[]): Promise<void> {
    await appendRecords(this.#database, records, AUDIT_INSERT)
  }

  async get(scope: AuditScope, id: string): Promise<ExchangeRecord | undefined> {
    if (!isUuid(id)) return undefined
    const rows = this.#database.reader.selectFrom('audit_exchange').where(inExchangeScope(scope))
    const row = await rows.where('id', '=', id).select('record').executeTakeFirst()
    return row?.record
  }

  /** Throws {@link ReadRefused}, and {@link InvalidCursor} when the cursor is not one of ours. */
  async list(
    scope: AuditScope,
    { limit, cursor, ...filter }: AuditPageQuery,
  ): Promise<{ records: ExchangeRecord[]; next?: string }> {
    const before = cursor === undefined ? undefined : parseCursor(cursor)
    const rows = await this.#database.heavyReads.run(async () => {
      await this.#requireFewRows(scope, filter, before)
      return await this.#page(scope, filter, limit + 1, before)
    })
    const last = rows.length > limit ? rows[limit - 1] : undefined
    const records = rows.slice(0, limit).map(({ record }) => record)
    return last ? { records, next: formatCursor(last) } : { records }
  }

  /** Throws {@link ReadRefused}; never because others read, for whose turns it waits. */
  async *each(scope: AuditScope, filter: AuditFilter): AsyncGenerator<ExchangeRecord> {
    const { heavyReads } = this.#database
    let before: Position | undefined
    await heavyReads.run(() => this.#requireFewRows(scope, filter, before), { patient: true })
    do {
      const rows = await heavyReads.run(() => this.#page(scope, filter, EXPORT_PAGE, before), { patient: true })
      for (const { record } of rows) yield record
      before = rows.length === EXPORT_PAGE ? rows.at(-1) : undefined
    } while (before)
  }

  async tail(
    scope: AuditScope,
    { limit, ...filter }: AuditFilter & { limit: number },
    after?: AuditTailPosition,
  ): Promise<AuditTail> {
    // Before the rows: none that arrives in between can be left behind by it.
    const newest = await this.#newestArrival(scope)
    if (!after) {
      const start = { arrived: newest?.getTime() ?? 0, seen: new Map() }
      const { position } = advanceTail(start, await this.#arrivals(scope, filter, start), newest)
      return { records: [], position }
    }
    const found = await this.#arrivals(scope, filter, after, after.seen.size + limit)
    const { fresh, position } = advanceTail(after, found, newest, limit)
    return { records: await this.#records(scope, fresh), position }
  }

  /**
   * The order is found in an index, and records are read for what is in the page only. Indexes have no id: rows of the
   * page's last millisecond are all found, then the ids decide.
   */
  async #page(scope: AuditScope, filter: AuditFilter, limit: number, before: Position | undefined) {
    const page = this.#rows(scope).where(auditConditions(filter)).where(isBefore(before)).select(['id', 'at'])
    return await this.#database.reader
      .selectFrom(page.orderBy('at', 'desc').fetch(limit, 'with ties').as('page'))
      .innerJoin('audit_exchange', (join) =>
        join.onRef('audit_exchange.id', '=', 'page.id').onRef('audit_exchange.at', '=', 'page.at'),
      )
      .where(inExchangeScope(scope))
      .select(['page.id', 'page.at', 'record'])
      .orderBy('page.at', 'desc')
      .orderBy('page.id', 'desc')
      .limit(limit)
      .execute()
  }

  /** By what can't be found in an index in its order, whatever else is filtered. */
  async #requireFewRows(scope: AuditScope, filter: AuditFilter, before: Position | undefined): Promise<void> {
    if (isIndexed(filter)) return
    const span = auditConditions({ from: filter.from, to: filter.to })
    const candidates = filter.errorText === undefined ? sql`true` : sql`error_text is not null`
    await requireFewRows(
      this.#database,
      sql`select from audit_exchange where ${inExchangeScope(scope)} and ${span} and ${candidates} and ${isBefore(before)}`,
    )
  }

  /** The latest arrival of all, whatever is filtered. */
  async #newestArrival(scope: AuditScope): Promise<Date | null> {
    const row = await this.#rows(scope)
      .select(({ fn }) => fn.max('recorded_at').as('newest'))
      .executeTakeFirst()
    return row?.newest ?? null
  }

  async #arrivals(scope: AuditScope, filter: AuditFilter, after: AuditTailPosition, limit?: number) {
    const rows = this.#rows(scope)
      .where('recorded_at', '>=', tailSince(after))
      .where(auditConditions(filter))
      .select(['id', 'recorded_at'])
      .orderBy('recorded_at')
      .orderBy('id')
    return await (limit === undefined ? rows : rows.limit(limit)).execute()
  }

  /** In the order of the ids. */
  async #records(scope: AuditScope, ids: readonly string[]): Promise<ExchangeRecord[]> {
    if (ids.length === 0) return []
    const rows = await this.#database.reader
      .selectFrom('audit_exchange')
      .where(inExchangeScope(scope))
      .where('id', 'in', ids)
      .select(['id', 'record'])
      .execute()
    const records = new Map(rows.map(({ id, record }) => [id, record]))
    return ids.flatMap((id) => records.get(id) ?? [])
  }

  /**
   * Rows to choose ids from. By the environment alone: a workspace that is looked at as well makes the planner believe
   * in fewer rows than there are, and choose to sort them. Whoever reads the records checks both.
   */
  #rows(scope: AuditScope) {
    const all = this.#database.reader.selectFrom('audit_exchange')
    return scope === 'operator' ? all : all.where('environment_id', '=', scope.environmentId)
  }
}

/** The page can't be found: the cursor did not come from the page before. */
export class InvalidCursor extends Error {
  override readonly name = 'InvalidCursor'

  constructor() {
    super('The cursor is not valid: pass the `next` of the page before, unchanged')
  }
}

type Position = { at: Date; id: string }

const isBefore = (position: Position | undefined) =>
  position ? sql<SqlBool>`(at, id) < (${position.at}::timestamptz, ${position.id}::uuid)` : sql<SqlBool>`true`

const formatCursor = ({ at, id }: Position) => Buffer.from(`${at.getTime()}.${id}`).toString('base64url')

function parseCursor(cursor: string): Position {
  const [time = '', id = '', ...rest] = Buffer.from(cursor, 'base64url').toString().split('.')
  if (!/^\d+$/.test(time) || Number(time) > LATEST_MS || !isUuid(id) || rest.length > 0) throw new InvalidCursor()
  return { at: new Date(Number(time)), id }
}

/** `at` is whole milliseconds, so that a cursor can name it. The text of errors fits into an index. */
export const AUDIT_INSERT = `
  insert into audit_exchange (
    id, at, workspace_id, environment_id, api_key_id, resource_id, connection_id, correlation_id, client_request_id,
    operation, outcome, status, provider, model, requested_model, stream, duration_ms, time_to_first_token_ms,
    source_address, end_user, user_id, error_text, record)
  select
    r.id, to_timestamp(round(r."startedAt") / 1000), r."workspaceId", r."environmentId", r."apiKeyId", r."resourceId",
    r."connectionId", r."correlationId", r."clientRequestId", r.operation, r.outcome, r.status, r.provider, r.model,
    r."requestedModel", r.stream, r."durationMs", r."timeToFirstTokenMs", r."sourceAddress", r."user", r."userId",
    left(nullif(btrim(concat_ws(' ', nullif(r.outcome, 'ok'), (
      select string_agg(
        concat_ws(' ', nullif(a ->> 'outcome', 'ok'), a ->> 'providerCode', a ->> 'fault', a ->> 'limit'), ' ')
      from jsonb_path_query(batch.data, '$.decision.attempts[*]') as a))), ''), 500),
    batch.data
  from batch, jsonb_to_record(batch.data) as r(
    id uuid, "startedAt" numeric, "workspaceId" uuid, "environmentId" uuid, "apiKeyId" uuid, "resourceId" uuid,
    "connectionId" uuid, "correlationId" text, "clientRequestId" text, operation text, outcome text, status integer,
    provider text, model text, "requestedModel" text, stream boolean, "durationMs" double precision,
    "timeToFirstTokenMs" double precision, "sourceAddress" text, "user" text, "userId" uuid)
  on conflict do nothing`
