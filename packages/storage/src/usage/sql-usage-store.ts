import type { UsageAnswer, UsageQuery } from '@vm-x/contract'
import type { AuditScope, UsageRow, UsageStore } from '@vm-x/gateway'
import { sql } from 'kysely'
import { validate as isUuid } from 'uuid'
import { appendRecords } from '../db/append-records.ts'
import { inExchangeScope } from '../db/exchange-scope.ts'
import { instant } from '../db/instant.ts'
import type { OpenedDatabase } from '../db/open.ts'
import { requireFewRows } from '../db/require-few-rows.ts'
import { queryUsage } from './sql-usage-query.ts'

/** Usage in the database, one row an exchange. */
export class SqlUsageStore implements UsageStore {
  readonly #database: OpenedDatabase

  constructor(database: OpenedDatabase) {
    this.#database = database
  }

  async append(records: readonly Buffer[]): Promise<void> {
    await appendRecords(this.#database, records, USAGE_INSERT)
  }

  async get(scope: AuditScope, id: string): Promise<UsageRow | undefined> {
    if (!isUuid(id)) return undefined
    const row = await this.#database.reader
      .selectFrom('usage_event')
      .where(inExchangeScope(scope))
      .where('id', '=', id)
      .select(['id', 'at', 'workspace_id as workspaceId', 'environment_id as environmentId', 'api_key_id as apiKeyId'])
      .select([
        'resource_id as resourceId',
        'connection_id as connectionId',
        'provider',
        'model',
        'operation',
        'outcome',
        'status',
      ])
      .select([
        'input_tokens as inputTokens',
        'cached_input_tokens as cachedInputTokens',
        'output_tokens as outputTokens',
      ])
      .select(['reasoning_tokens as reasoningTokens', 'usage_source as usageSource', 'duration_ms as durationMs'])
      .select(['time_to_first_token_ms as timeToFirstTokenMs', 'user_id as userId', 'end_user as user'])
      .executeTakeFirst()
    return row && { ...row, at: row.at.getTime() }
  }

  /** Throws {@link ReadRefused}. */
  async query(scope: AuditScope, query: UsageQuery): Promise<UsageAnswer> {
    return await this.#database.heavyReads.run(async () => {
      // By the span alone: every row of it is looked at, whatever is filtered.
      await requireFewRows(
        this.#database,
        sql`
        select from usage_event
        where ${inExchangeScope(scope)} and at >= ${instant(query.from)} and at < ${instant(query.to)}`,
      )
      return await queryUsage(this.#database.reader, scope, query)
    })
  }

  async lastUsed(scope: AuditScope, apiKeyIds: readonly string[]): Promise<Map<string, Date>> {
    const { rows } = await sql<{ id: string; at: Date | null }>`
      select key.id, (select max(at) from usage_event where ${inExchangeScope(scope)} and api_key_id = key.id) as at
      from unnest(${apiKeyIds}::uuid[]) as key (id)`.execute(this.#database.reader)
    return new Map(rows.flatMap(({ id, at }) => (at ? [[id, at] as const] : [])))
  }
}

export const USAGE_INSERT = `
  insert into usage_event (
    id, at, workspace_id, environment_id, api_key_id, resource_id, connection_id, provider, model, operation, outcome,
    status, input_tokens, cached_input_tokens, output_tokens, reasoning_tokens, usage_source, duration_ms,
    time_to_first_token_ms, end_user, user_id, source_address, sent)
  select
    r.id, to_timestamp(round(r."startedAt") / 1000), r."workspaceId", r."environmentId", r."apiKeyId", r."resourceId",
    r."connectionId", r.provider, r.model, r.operation, r.outcome, r.status, coalesce(u.input, 0),
    coalesce(u."cachedInput", 0), coalesce(u.output, 0), coalesce(u.reasoning, 0), u.source, r."durationMs",
    r."timeToFirstTokenMs", r."user", r."userId", r."sourceAddress", (
      select coalesce(jsonb_agg(jsonb_build_object('connectionId', a -> 'connectionId', 'model', a -> 'model')), '[]')
      from jsonb_array_elements(batch.data -> 'decision' -> 'attempts') as a
      where a -> 'sent' = 'true')
  from batch,
    jsonb_to_record(batch.data) as r(
      id uuid, "startedAt" numeric, "workspaceId" uuid, "environmentId" uuid, "apiKeyId" uuid, "resourceId" uuid,
      "connectionId" uuid, provider text, model text, operation text, outcome text, status integer,
      "durationMs" double precision, "timeToFirstTokenMs" double precision, "user" text, "userId" uuid,
      "sourceAddress" text),
    jsonb_to_record(coalesce(batch.data -> 'usage', '{}')) as u(
      input bigint, "cachedInput" bigint, output bigint, reasoning bigint, source text)
  on conflict do nothing`
