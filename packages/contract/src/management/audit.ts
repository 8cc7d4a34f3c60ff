import { z } from 'zod'
import { isSpan, moment } from './moment.ts'
import { pageOf, pageQuery } from './paging.ts'
import { IN_ENVIRONMENT, permission, route } from './route.ts'

export const exchangeOperation = z.enum(['chat', 'completion', 'embedding', 'models', 'unknown'])

const errorCode = z.enum([
  'invalid_api_key',
  'resource_not_allowed',
  'blocked_by_route',
  'model_not_found',
  'unknown_url',
  'invalid_request',
  'unsupported_parameter',
  'request_timeout',
  'headers_too_large',
  'capacity_exceeded',
  'target_busy',
  'provider_rate_limited',
  'provider_unavailable',
  'provider_timeout',
  'provider_auth_failed',
  'provider_bad_answer',
  'context_length_exceeded',
  'content_filter',
  'provider_rejected',
  'provider_stream_failed',
  'client_closed',
  'unavailable',
  'internal_error',
])

/** `interrupted`: the process died before the exchange ended. */
export const exchangeOutcome = z.enum(['ok', 'interrupted', ...errorCode.options])

/** Text that a database can be asked for: it holds no NUL. */
export const exchangeText = z
  .string()
  .min(1)
  .max(256)
  .refine((text) => !text.includes('\0'), 'must not hold U+0000')

const filterFields = {
  apiKeyId: z.uuid(),
  userId: z.uuid(),
  resourceId: z.uuid(),
  connectionId: z.uuid(),
  correlationId: exchangeText,
  clientRequestId: exchangeText,
  provider: exchangeText,
  model: exchangeText,
  requestedModel: exchangeText,
  user: exchangeText.describe("The request's own `user`"),
  operation: exchangeOperation,
  outcome: exchangeOutcome,
  statusClass: z.enum(['2xx', '4xx', '5xx']),
  status: z.coerce.number().int().min(0).max(599),
  errorText: exchangeText.describe(
    "Part of an error's code, of a provider's own code, of a fault of the transport or of the limit that refused, in the exchange or one of its attempts; case is ignored",
  ),
  from: moment.describe('The request came at this time or later'),
  to: moment.describe('The request came before this time'),
}

const filter = z.strictObject(filterFields).partial()
const SPAN = { message: 'must be after `from`', path: ['to'] }

/** Which exchanges: those of which everything that is named is true. In a query string. */
export const auditFilter = filter.refine(isSpan, SPAN)

/** A page of exchanges, newest first. */
export const auditQuery = pageQuery.extend(filter.shape).refine(isSpan, SPAN)

export const auditExportFormat = z.enum(['ndjson', 'csv'])

export const auditExportQuery = filter.extend({ format: auditExportFormat.default('ndjson') }).refine(isSpan, SPAN)

/** What is to come has no span of time. */
export const auditTailQuery = filter.omit({ from: true, to: true })

const tokens = z.int().min(0)

const attempt = z.object({
  connectionId: z.string(),
  connection: z.string(),
  provider: z.string(),
  model: z.string(),
  outcome: z.enum(['pending', 'ok', 'circuit_open', 'held', ...errorCode.options]),
  sent: z.boolean().describe('A byte of it has left for the provider'),
  status: z.number().exactOptional(),
  providerCode: z.string().exactOptional(),
  providerRequestId: z.string().exactOptional(),
  fault: z.string().exactOptional(),
  malformedEvents: z.number().exactOptional(),
  durationMs: z.number().exactOptional(),
  waitedMs: z.number().exactOptional(),
  probe: z.literal(true).exactOptional(),
  limit: z.string().exactOptional(),
})

const ruleResult = z.object({
  index: z.number(),
  result: z.enum(['matched', 'not_matched', 'disabled', 'not_in_traffic', 'no_target', 'failed']),
  conditions: z.array(z.object({ field: z.string(), op: z.string(), result: z.boolean() })).exactOptional(),
})

/** Why an exchange went where it went. Holds no value of the request. */
export const decisionRecord = z.object({
  rules: z.array(ruleResult).readonly().exactOptional(),
  secondaryModel: z.number().exactOptional(),
  targets: z.array(z.object({ connectionId: z.string(), connection: z.string(), model: z.string() })),
  attempts: z.array(attempt),
})

/** The record of one request to the gateway. What is absent was not known when it ended. Durations are milliseconds. */
export const auditExchange = z.object({
  id: z.string().describe('What the client saw as `x-request-id`'),
  correlationId: z.string().exactOptional(),
  clientRequestId: z.string().exactOptional(),
  workspaceId: z.string().exactOptional(),
  environmentId: z.string().exactOptional(),
  apiKeyId: z.string().exactOptional(),
  userId: z.string().exactOptional(),
  resourceId: z.string().exactOptional(),
  operation: exchangeOperation,
  requestedModel: z.string().exactOptional(),
  stream: z.boolean(),
  startedAt: z.iso.datetime(),
  durationMs: z.number(),
  outcome: exchangeOutcome,
  status: z.number().describe('Towards the client; 499 when it had left'),
  connectionId: z.string().exactOptional(),
  provider: z.string().exactOptional(),
  model: z.string().exactOptional(),
  usage: z
    .object({
      input: tokens,
      cachedInput: tokens,
      output: tokens,
      reasoning: tokens,
      source: z.enum(['reported', 'estimated']),
    })
    .exactOptional(),
  estimate: z.object({ input: z.number(), output: z.number() }).exactOptional(),
  timeToFirstTokenMs: z.number().exactOptional(),
  sourceAddress: z.string(),
  metadata: z.record(z.string(), z.string()).exactOptional(),
  user: z.string().exactOptional(),
  decision: decisionRecord,
})

export const auditPage = pageOf(auditExchange)

const tag = 'audit'
const all = '/workspaces/{workspaceId}/environments/{environmentId}/audit'
const ON_ONE = `${IN_ENVIRONMENT}/audit:{exchangeId}`
const ON_ALL = `${IN_ENVIRONMENT}/audit:*`

export const auditRoutes = {
  listAudit: route({
    id: 'listAudit',
    method: 'GET',
    path: all,
    tag,
    summary: 'List the exchanges of an environment',
    description:
      'Newest first. An exchange is here within about a second after its answer has ended. What takes more than 10 seconds is ended, with 503 `unavailable`: name a shorter time. 503 with `Retry-After`: too many reads are under way. On the embedded database a filter by several fields, or by `errorText`, is refused with 422 where more than 250,000 exchanges of the environment are in its span.',
    access: permission('audit:list', ON_ALL),
    query: auditQuery,
    status: 200,
    answer: auditPage,
  }),
  exportAudit: route({
    id: 'exportAudit',
    method: 'GET',
    path: `${all}/export`,
    tag,
    summary: 'Export exchanges as a file',
    description:
      'All that the filter names, newest first, streamed; that it was done is an audit event. `ndjson`: one exchange a line, as `getAuditExchange` shows it. `csv`: as RFC 4180 says, with a header; what a spreadsheet would take for a formula begins with an apostrophe. Its columns are `id, startedAt, durationMs, outcome, status, operation, stream, requestedModel, resourceId, connectionId, provider, model, apiKeyId, userId, user, correlationId, clientRequestId, inputTokens, cachedInputTokens, outputTokens, reasoningTokens, usageSource, estimatedInputTokens, estimatedOutputTokens, timeToFirstTokenMs, attempts, sourceAddress, metadata`: `attempts` is their number, `metadata` JSON. An export that fails under way breaks the connection off: only one that ends as HTTP says is complete. So it is when the session ends, or the permission, checked twice a minute, when the server stops, and when the client takes nothing for a minute or two. A server sends at most 4 exports at once, 2 of a user.',
    access: permission('audit:export', ON_ALL),
    query: auditExportQuery,
    status: 200,
    media: ['application/x-ndjson', 'text/csv'],
  }),
  tailAudit: route({
    id: 'tailAudit',
    method: 'GET',
    path: `${all}/tail`,
    tag,
    summary: 'Follow exchanges as they end',
    description:
      'Server-sent events `exchange`, each as `getAuditExchange` shows it, from now on, or from where `Last-Event-ID` says: none is left out, and none comes twice, save that the last half minute is repeated where replicas have stored exchanges out of order meanwhile, or very many came in it. Whoever comes back after more than 5 minutes gets those of the last 5 minutes. Ends when the session does, or the permission, checked twice a minute; breaks off when the client takes nothing for a minute or two.',
    access: permission('audit:list', ON_ALL),
    query: auditTailQuery,
    status: 200,
    media: ['text/event-stream'],
  }),
  getAuditExchange: route({
    id: 'getAuditExchange',
    method: 'GET',
    path: `${all}/{exchangeId}`,
    tag,
    summary: 'Get one exchange',
    access: permission('audit:get', ON_ONE),
    status: 200,
    answer: auditExchange,
  }),
}

export type AuditExportFormat = z.infer<typeof auditExportFormat>
export type AuditFilter = z.infer<typeof auditFilter>
export type AuditQuery = z.infer<typeof auditQuery>
export type AuditExchange = z.infer<typeof auditExchange>
