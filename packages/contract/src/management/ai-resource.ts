import { z } from 'zod'
import { fallbackCause, retries, timeouts } from '../failover.ts'
import { limitFields } from '../limits.ts'
import { name } from '../name.ts'
import { routingOf, storedRoutingOf } from '../routing.ts'
import { isDeeperThan } from '../size-of-json.ts'
import { text } from '../text.ts'
import { decisionRecord } from './audit.ts'
import { origin } from './origin.ts'
import { tracked } from './tracked.ts'

/** A model at a provider, reached through a connection of the same environment. */
export const target = z.strictObject({
  connectionId: z.uuid().toLowerCase(),
  model: text(256).min(1).describe("The model's name at the provider"),
})

const fallback = z.strictObject({
  enabled: z.boolean().default(true),
  models: z.array(target).max(20).describe('In the order in which they are tried'),
  on: z.array(fallbackCause).nullable().default(null).describe('Only after these errors; null: after any of them'),
})

const ROUTING = 'The first rule that matches decides; none means `model`'

const fields = {
  name,
  description: text(1000),
  model: target.describe('What answers when no rule decides'),
  routing: routingOf(target).describe(ROUTING),
  secondaryModels: z
    .array(z.strictObject({ name: name.nullable().default(null), ...target.shape }))
    .max(20)
    .describe('Alternatives to `model` that a caller may ask for by index or name'),
  fallback: fallback.describe('Tried when the target before failed in a way that another one can cure. Set as a whole'),
  timeouts: timeouts.describe('What is absent is up to the connection. Set as a whole'),
  retries: retries.describe('Set as a whole'),
  ...limitFields,
  enabled: z.boolean(),
}

/** What a client passes as `model`: a virtual model. */
export const aiResource = z.strictObject({
  id: z.uuid(),
  ...fields,
  routing: storedRoutingOf(target).describe(ROUTING),
  origin,
  ...tracked,
})

export const aiResourceInput = z.strictObject({
  ...fields,
  description: fields.description.default(''),
  // As input: of a schema with a step before it, the OpenAPI document knows no other default.
  routing: fields.routing.prefault([]),
  secondaryModels: fields.secondaryModels.default([]),
  fallback: fields.fallback.default({ enabled: false, models: [], on: null }),
  timeouts: fields.timeouts.default({}),
  retries: fields.retries.default({}),
  capacity: limitFields.capacity.default([]),
  maxConcurrent: limitFields.maxConcurrent.default(null),
  enabled: fields.enabled.default(true),
})

export const aiResourcePatch = z.strictObject(fields).partial()

/** One saved state of a resource. */
export const aiResourceRevision = z.strictObject({
  id: z.uuid(),
  /** The version that the resource had. */
  revision: z.int().min(1),
  createdAt: z.iso.datetime(),
  /** The id of a user, or which part of the product it was. */
  createdBy: z.string(),
})

export const aiResourceRevisionWithDocument = z.strictObject({
  ...aiResourceRevision.shape,
  document: z
    .record(z.string(), z.unknown())
    .describe('The resource as it was saved, in the form in which it would be created anew'),
})

/** What JSON of it is written with recurses; the data plane takes far less. */
const DEEPEST = 1000

/** A request of the OpenAI API, e.g. `{ messages: [...], stream: true }`. What `model` it names does not matter. */
export const chatRequest = z
  .record(z.string(), z.unknown())
  .refine((request) => !isDeeperThan(DEEPEST, request), `is nested more than ${DEEPEST} deep`)

export const routeQuestion = z.strictObject({
  request: chatRequest.describe(
    'The body of a chat completion; what it calls its model does not matter, its `vmx` does',
  ),
  headers: z
    .record(z.string().min(1).max(128).toLowerCase(), z.string().max(8192))
    .default({})
    .describe('As rules may look at them'),
  apiKeyId: z
    .uuid()
    .toLowerCase()
    .optional()
    .describe('The key whose labels rules see and whose limits count; none when absent'),
  draft: aiResourceInput
    .optional()
    .describe('Asked instead of the resource as it is saved; needs `ai-resource:update` on it as well'),
  draws: z
    .array(z.number().min(0).lt(1))
    .max(100)
    .default([])
    .describe('What chance shall say, in order: those of an answer give the same answer again'),
})

const fullLimit = z.object({
  owner: z.enum(['workspace', 'environment', 'api-key', 'resource', 'connection', 'connection model']),
  period: z.enum(['concurrent', 'minute', 'hour', 'day', 'week', 'month', 'lifetime']),
  dimension: z.enum(['source-ip', 'user']).exactOptional(),
})

export const newRouteQuestion = z.strictObject({
  ...routeQuestion.shape,
  draft: aiResourceInput.describe('The resource as it would be created'),
})

/** Where a request would go now, and what would stop it there. */
export const routeAnswer = z.strictObject({
  decision: decisionRecord.describe('As the record of the request would begin: no attempt is made'),
  matched: z.int().min(0).exactOptional().describe('The rule that decided, counted from 0'),
  blocked: z.string().exactOptional().describe('What a rule says instead of an answer'),
  refusedBy: z
    .enum([
      'invalid_api_key',
      'model_not_found',
      'resource_not_allowed',
      'blocked_by_route',
      'capacity_exceeded',
      'unavailable',
    ])
    .exactOptional()
    .describe('What would refuse the request whatever its target, `model_not_found` while the resource is off'),
  inputTokens: z.number().describe('As rules see them'),
  fullLimits: z
    .array(fullLimit)
    .describe('Without room for the request, of the key, resource, environment and workspace'),
  targets: z
    .array(
      z.strictObject({
        connectionId: z.uuid(),
        connection: z.string(),
        provider: z.string(),
        model: z.string(),
        estimate: z
          .object({ input: z.number(), output: z.number() })
          .describe('Tokens that the request is expected to use there'),
        stoppedBy: z
          .enum(['circuit_open', 'held', 'target_busy', 'unsupported_parameter'])
          .exactOptional()
          .describe('What would keep the request from it now'),
        fullLimits: z.array(fullLimit).describe('Without room for the request, of the connection and of its model'),
        circuitOpensInMs: z
          .number()
          .min(0)
          .describe('Until it may be asked again after it has failed repeatedly; 0: it may be now'),
        heldForMs: z
          .number()
          .min(0)
          .describe(
            'Until it may be asked again after its provider has answered 429 and named a time; 0: it may be now',
          ),
      }),
    )
    .describe('In the order in which they would be tried'),
  expressions: z
    .array(z.strictObject({ rule: z.int().min(0), cost: z.number() }))
    .describe('The most characters that the expression of a rule can go through: up to 5,000,000 are allowed'),
  draws: z.array(z.number()).describe('What chance said, in order'),
})

export type AiResource = z.infer<typeof aiResource>
export type AiResourceInput = z.infer<typeof aiResourceInput>
export type AiResourcePatch = z.infer<typeof aiResourcePatch>
export type AiResourceRevision = z.infer<typeof aiResourceRevision>
export type AiResourceRevisionWithDocument = z.infer<typeof aiResourceRevisionWithDocument>
export type RouteQuestion = z.infer<typeof routeQuestion>
export type NewRouteQuestion = z.infer<typeof newRouteQuestion>
export type RouteAnswer = z.infer<typeof routeAnswer>
