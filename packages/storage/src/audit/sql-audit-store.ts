import type { AuditQuery, AuditScope, AuditStore, ExchangeRecord } from '@vm-x/gateway'
import { sql } from 'kysely'
import { validate as isUuid } from 'uuid'
import { appendRecords } from '../db/append-records.ts'
import type { OpenedDatabase } from '../db/open.ts'

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
    const row = await this.#records(scope).where('id', '=', id).executeTakeFirst()
    return row?.record
  }

  /** Throws {@link InvalidCursor} when the cursor is not one of ours. */
  async list(scope: AuditScope, { limit, cursor }: AuditQuery): Promise<{ records: ExchangeRecord[]; next?: string }> {
    let page = this.#records(scope).select(['id', 'at']).orderBy('at', 'desc').orderBy('id', 'desc')
    if (cursor !== undefined) {
      const { at, id } = parseCursor(cursor)
      page = page.where(sql<boolean>`(at, id) < (${at}::timestamptz, ${id}::uuid)`)
    }
    const rows = await page.limit(limit + 1).execute()
    const last = rows.length > limit ? rows[limit - 1] : undefined
    const records = rows.slice(0, limit).map(({ record }) => record)
    return last ? { records, next: formatCursor(last) } : { records }
  }

  #records(scope: AuditScope) {
    const all = this.#database.reader.selectFrom('audit_exchange').select('record')
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

const formatCursor = ({ at, id }: Position) => Buffer.from(`${at.getTime()}.${id}`).toString('base64url')

function parseCursor(cursor: string): Position {
  const [time = '', id = '', ...rest] = Buffer.from(cursor, 'base64url').toString().split('.')
  const at = new Date(Number(time))
  if (!/^\d+$/.test(time) || Number.isNaN(at.getTime()) || !isUuid(id) || rest.length > 0) throw new InvalidCursor()
  return { at, id }
}

/** `at` is whole milliseconds, so that a cursor can name it. */
export const AUDIT_INSERT = `
  insert into audit_exchange (
    id, at, workspace_id, environment_id, api_key_id, resource_id, connection_id, correlation_id, client_request_id,
    operation, outcome, status, provider, model, requested_model, stream, duration_ms, time_to_first_token_ms,
    source_address, end_user, record)
  select
    r.id, to_timestamp(round(r."startedAt") / 1000), r."workspaceId", r."environmentId", r."apiKeyId", r."resourceId",
    r."connectionId", r."correlationId", r."clientRequestId", r.operation, r.outcome, r.status, r.provider, r.model,
    r."requestedModel", r.stream, r."durationMs", r."timeToFirstTokenMs", r."sourceAddress", r."user",
    batch.data
  from batch, jsonb_to_record(batch.data) as r(
    id uuid, "startedAt" numeric, "workspaceId" uuid, "environmentId" uuid, "apiKeyId" uuid, "resourceId" uuid,
    "connectionId" uuid, "correlationId" text, "clientRequestId" text, operation text, outcome text, status integer,
    provider text, model text, "requestedModel" text, stream boolean, "durationMs" double precision,
    "timeToFirstTokenMs" double precision, "sourceAddress" text, "user" text)
  on conflict do nothing`
