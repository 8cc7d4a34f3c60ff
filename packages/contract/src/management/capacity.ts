import { z } from 'zod'
import { IN_ENVIRONMENT, permission, route } from './route.ts'

const amount = z.strictObject({
  limit: z.int().min(0),
  used: z.number().min(0).exactOptional().describe('Absent where each value of the dimension is counted apart'),
  remaining: z.number().min(0).exactOptional(),
})

const capacityOwner = z.strictObject({
  kind: z.enum(['workspace', 'environment', 'ai-connection', 'ai-resource', 'api-key']),
  id: z.uuid(),
  name: z.string(),
  model: z.string().exactOptional().describe('Of the connection, where the limit is that of one of its models'),
})

/** One limit, as it stands. */
export const capacityLimit = z.strictObject({
  /** What it sits on. */
  owner: capacityOwner,
  period: z
    .enum(['concurrent', 'minute', 'hour', 'day', 'week', 'month', 'lifetime'])
    .describe('`concurrent`: requests under way at the same time'),
  dimension: z.enum(['source-ip', 'user']).exactOptional(),
  discovered: z
    .literal(true)
    .exactOptional()
    .describe('The provider has told it with its answers: it is not configured, but kept as the connection says'),
  requests: amount.exactOptional().describe('Absent: requests are not limited'),
  tokens: amount.exactOptional().describe('Input and output together. Absent: tokens are not limited'),
  resetsAt: z.iso
    .datetime()
    .exactOptional()
    .describe('When all of it is free again if nobody asks. Absent: nothing is in use, or nobody can know when'),
  values: z.int().min(0).exactOptional().describe('How many values of its dimension are counted now'),
})

const tokenSum = z.number().min(0)

/** How far estimates were off what providers reported. */
export const estimateError = z.strictObject({
  owner: capacityOwner.describe('The environment, an AI resource, or a model of an AI connection'),
  since: z.iso.datetime().describe('When the first of the answers was counted'),
  answers: z.int().min(1).describe('Answers whose tokens the provider has reported'),
  meanError: z.number().min(0).describe('Mean of |expected − reported| ÷ reported'),
  expectedTokens: tokenSum.describe('Sum of what was expected'),
  reservedTokens: tokenSum.describe(
    'Sum of what was reserved of the limit of tokens that reserved least; what was expected where there was none',
  ),
  reportedTokens: tokenSum.describe(
    'Sum of what providers reported. What it is more than `reservedTokens` is what limits that reserve less may be passed by',
  ),
})

/** What a provider has told of its own limits for one model. */
export const discoveredLimits = z.strictObject({
  owner: capacityOwner,
  requests: z.int().min(1).exactOptional().describe('In a minute'),
  tokens: z.int().min(1).exactOptional().describe('In a minute'),
  at: z.iso.datetime().describe('When it last said so; ten minutes later it is forgotten'),
  enforced: z.boolean().describe('Whether it is kept as a limit: `discoveredCapacity` of the connection'),
})

/** A model that is not asked for a while, since its provider has said so. */
export const heldTarget = z.strictObject({ owner: capacityOwner, until: z.iso.datetime() })

export const capacityView = z.strictObject({
  /** When it was looked at. */
  at: z.iso.datetime(),
  limits: z.array(capacityLimit),
  estimates: z.array(estimateError),
  discovered: z.array(discoveredLimits),
  held: z.array(heldTarget),
  /** Whether there are more API keys with limits than are shown. */
  truncated: z.boolean(),
})

export const capacityRoutes = {
  getCapacity: route({
    id: 'getCapacity',
    method: 'GET',
    path: '/workspaces/{workspaceId}/environments/{environmentId}/capacity',
    tag: 'capacity',
    summary:
      'See what is used and left of every limit that counts in an environment, and what was learned from answers',
    description:
      'Limits of the environment and its workspace, its AI resources, its AI connections and their models, and its API keys, as far as they are enabled and you may see what they sit on. Then how far estimates of tokens were off, the limits that providers told of themselves, and the models that are not asked for a while since a provider answered 429. With Redis all figures are those of all replicas together, else those of the process that answers.',
    access: permission('capacity:get', `${IN_ENVIRONMENT}/capacity`),
    status: 200,
    answer: capacityView,
  }),
}

export type CapacityLimit = z.infer<typeof capacityLimit>
export type EstimateErrorView = z.infer<typeof estimateError>
export type DiscoveredLimitsView = z.infer<typeof discoveredLimits>
export type HeldTarget = z.infer<typeof heldTarget>
export type CapacityView = z.infer<typeof capacityView>
