import { z } from 'zod'
import { text } from '../text.ts'
import { isSpan, moment } from './moment.ts'
import { pageOf, pageQuery } from './paging.ts'
import { permission, route } from './route.ts'

/** A change through the management API, or an event of signing in. Never changed or removed. */
export const auditEvent = z.strictObject({
  id: z.uuid(),
  at: z.iso.datetime(),
  workspaceId: z.uuid().nullable(),
  environmentId: z.uuid().nullable(),
  actor: z.strictObject({
    kind: z.enum(['user', 'system']),
    id: z.uuid().nullable(),
    /** A user's e-mail address, or the part of the product. */
    name: z.string(),
  }),
  /** As in policies, e.g. `ai-connection:update`. */
  action: z.string(),
  object: z.strictObject({ kind: z.string(), id: z.string(), name: z.string().nullable() }),
  /** The object as the API showed it; null where there was none. Secrets are masked. */
  before: z.record(z.string(), z.unknown()).nullable(),
  after: z.record(z.string(), z.unknown()).nullable(),
  sourceAddress: z.string().nullable(),
  userAgent: z.string().nullable(),
  requestId: z.string().nullable(),
})

/** Newest first. */
export const auditEventQuery = z
  .strictObject({
    ...pageQuery.shape,
    /** Of one workspace; without it, those of the installation and of all workspaces that you are a member of. */
    workspaceId: z.uuid().optional(),
    environmentId: z.uuid().optional(),
    actorId: z.uuid().optional(),
    action: text(100).optional(),
    objectKind: text(100).optional(),
    objectId: text(100).optional(),
    /** At this moment or later. */
    from: moment.optional(),
    /** Before this moment. */
    to: moment.optional(),
  })
  .refine(isSpan, { message: 'must be after `from`', path: ['to'] })

const tag = 'audit-event'

export const auditEventRoutes = {
  listAuditEvents: route({
    id: 'listAuditEvents',
    method: 'GET',
    path: '/audit-events',
    tag,
    summary: 'List changes through the management API',
    description:
      'Newest first. Of a workspace only its members see anything. Left out is what happened to something that you may ' +
      'not get, and, outside of workspaces, what was done by a user that you may not get; but you see all that you have ' +
      'done yourself. So a page can be shorter than `limit`, or empty, with more to come. 503 with `Retry-After`: too ' +
      'many reads are under way. Where `DATABASE_RO_URL` names ' +
      'a replica, what has just happened can be missing for as long as the replica lags.',
    access: permission('audit-event:list', 'audit-event:*'),
    query: auditEventQuery,
    status: 200,
    answer: pageOf(auditEvent),
  }),
  getAuditEvent: route({
    id: 'getAuditEvent',
    method: 'GET',
    path: '/audit-events/{auditEventId}',
    tag,
    summary: 'Get one change',
    access: permission('audit-event:get', 'audit-event:{auditEventId}'),
    status: 200,
    answer: auditEvent,
  }),
}

export type AuditEvent = z.infer<typeof auditEvent>
export type AuditEventQuery = z.infer<typeof auditEventQuery>
