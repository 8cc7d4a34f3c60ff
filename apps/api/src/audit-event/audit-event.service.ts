import { Inject, Injectable } from '@nestjs/common'
import type { AuditEvent, AuditEventQuery, Policy } from '@vm-x/contract'
import type { Database } from '@vm-x/storage'
import type { Kysely, Selectable } from 'kysely'
import { asReadProblem } from '../audit/read-problem.ts'
import { MANAGEMENT, type Management } from '../http/management.ts'
import { cursorOf, idOfCursor } from '../http/page.ts'
import { notFound } from '../http/problem.ts'
import { membershipOf } from '../http/tenancy.ts'
import { maySee } from './may-see.ts'

type Row = Selectable<Database['management_event']>

/** Reads the management audit; only changes write it. */
@Injectable()
export class AuditEventService {
  constructor(@Inject(MANAGEMENT) private readonly management: Management) {}

  /** Newest first. Throws `not_found` for a workspace that the user is no member of, `unavailable` when too many read. */
  async list(userId: string, policy: Policy, query: AuditEventQuery) {
    const { limit, cursor, workspaceId } = query
    const { db, reads } = this.management
    if (workspaceId !== undefined) await membershipOf(db, userId, { workspaceId, environmentId: undefined })
    const found = filtered(visibleTo(reads.reader, await workspacesOf(db, userId)), query)
      .$if(cursor !== undefined, (all) => all.where('id', '<', idOfCursor(cursor ?? '')))
      .orderBy('id', 'desc')
      .limit(limit + 1)
    const rows = await reads.heavyReads.run(() => found.execute()).catch(asReadProblem)
    const shown = rows.slice(0, limit)
    const last = rows.length > limit ? shown.at(-1) : undefined
    const items = shown
      .filter((row) => policy.allows('audit-event:get', `audit-event:${row.id}`) && maySee(row, userId, policy))
      .map(presented)
    return last ? { items, next: cursorOf(last.id) } : { items }
  }

  async get(userId: string, policy: Policy, id: string): Promise<AuditEvent> {
    const { db } = this.management
    const row = await visibleTo(db, await workspacesOf(db, userId))
      .where('id', '=', id)
      .executeTakeFirst()
    if (!row || !maySee(row, userId, policy)) throw notFound('audit event')
    return presented(row)
  }
}

/** Asked of the writer: on a replica that lags, whoever was removed would be a member for longer. */
async function workspacesOf(db: Kysely<Database>, userId: string): Promise<string[]> {
  const memberships = db.selectFrom('workspace_member').where('user_id', '=', userId)
  return (await memberships.select('workspace_id as id').execute()).map(({ id }) => id)
}

/** Those of the installation, and of these workspaces. */
const visibleTo = (db: Kysely<Database>, workspaceIds: readonly string[]) =>
  db
    .selectFrom('management_event')
    .selectAll()
    .where((eb) => eb.or([eb('workspace_id', 'is', null), eb('workspace_id', '=', eb.fn.any(eb.val(workspaceIds)))]))

function filtered(all: ReturnType<typeof visibleTo>, query: AuditEventQuery): ReturnType<typeof visibleTo> {
  const equal = [
    ['workspace_id', query.workspaceId],
    ['environment_id', query.environmentId],
    ['actor_id', query.actorId],
    ['action', query.action],
    ['object_kind', query.objectKind],
    ['object_id', query.objectId],
  ] as const
  return all.where((eb) =>
    eb.and([
      ...equal.flatMap(([column, value]) => (value === undefined ? [] : [eb(column, '=', value)])),
      ...(query.from === undefined ? [] : [eb('at', '>=', new Date(query.from))]),
      ...(query.to === undefined ? [] : [eb('at', '<', new Date(query.to))]),
    ]),
  )
}

const presented = (row: Row): AuditEvent => ({
  id: row.id,
  at: row.at.toISOString(),
  workspaceId: row.workspace_id,
  environmentId: row.environment_id,
  actor: { kind: row.actor_kind, id: row.actor_id, name: row.actor_name },
  action: row.action,
  object: { kind: row.object_kind, id: row.object_id, name: row.object_name },
  before: row.before as AuditEvent['before'],
  after: row.after as AuditEvent['after'],
  sourceAddress: row.source_address,
  userAgent: row.user_agent,
  requestId: row.request_id,
})
