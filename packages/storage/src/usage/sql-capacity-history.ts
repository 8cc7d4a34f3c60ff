import {
  type CapacityHistory,
  type ChargedQuery,
  type ChargedRow,
  type ChargeGroup,
  MOST_CHARGED_ROWS,
} from '@vm-x/gateway'
import { type Kysely, type RawBuilder, type SqlBool, sql } from 'kysely'
import type { Database } from '../db/schema.ts'

/** What the usage rows say was charged. Reads from the writer: what a replica has not seen yet was used all the same. */
export class SqlCapacityHistory implements CapacityHistory {
  readonly #db: Kysely<Database>

  constructor(db: Kysely<Database>) {
    this.#db = db
  }

  async charged({ scope, counted, sinceMs, beforeMs, by }: ChargedQuery): Promise<readonly ChargedRow[]> {
    const groups = by.map((group) => sql`${COLUMNS[group]} as ${sql.id(group)}, `)
    const { rows } = await sql<ChargedRow>`
      with exchange as (
        select api_key_id, resource_id, connection_id, model, source_address, end_user,
          input_tokens + output_tokens as tokens,
          case when ${ALSO_SENT} then coalesce(sent, '[]') || jsonb_build_object('connectionId', connection_id, 'model', model)
            else sent end as sent
        from usage_event
        where ${inScope(scope)} and at >= ${new Date(sinceMs)} and at < ${new Date(beforeMs)}
          and (sent <> '[]' or ${ALSO_SENT}))
      select ${joined(groups)} sum(requests)::bigint as requests, sum(tokens)::bigint as tokens
      from (${counted === 'exchanges' ? EXCHANGES : ATTEMPTS}) as charge
      group by ${by.length === 0 ? sql`()` : sql.join(by.map((group) => COLUMNS[group]))}
      having count(*) > 0
      order by sum(requests) desc
      limit ${MOST_CHARGED_ROWS}`.execute(this.#db)
    return rows
  }
}

/**
 * The target that the row names was sent a request that is not in `sent`: the process died before it knew, and what was
 * borrowed stays borrowed; or the row is older than `sent`.
 */
const ALSO_SENT = sql`((sent is null or outcome = 'interrupted') and connection_id is not null)`

const COLUMNS: Record<ChargeGroup, RawBuilder<unknown>> = {
  apiKeyId: sql.ref('api_key_id'),
  connectionId: sql.ref('connection_id'),
  model: sql.ref('model'),
  resourceId: sql.ref('resource_id'),
  sourceAddress: sql.ref('source_address'),
  user: sql.ref('end_user'),
}

const joined = (parts: readonly RawBuilder<unknown>[]) => sql.join(parts, sql``)

/** The environments are named as well, since the index begins with them. */
const inScope = (scope: ChargedQuery['scope']): RawBuilder<SqlBool> =>
  'environmentId' in scope
    ? sql`environment_id = ${scope.environmentId}
        and ${scope.apiKeyId === undefined ? sql`true` : sql`api_key_id = ${scope.apiKeyId}`}`
    : sql`workspace_id = ${scope.workspaceId}
        and environment_id in (select id from environment where workspace_id = ${scope.workspaceId})`

const EXCHANGES = sql`select exchange.*, 1 as requests from exchange`

const ATTEMPTS = sql`
  select api_key_id, resource_id, s."connectionId" as connection_id, s.model, source_address, end_user,
    1 as requests, 0 as tokens
  from exchange, jsonb_to_recordset(sent) as s("connectionId" uuid, model text)
  union all
  select api_key_id, resource_id, connection_id, model, source_address, end_user, 0, tokens
  from exchange where connection_id is not null`
