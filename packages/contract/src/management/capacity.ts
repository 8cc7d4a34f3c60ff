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
  requests: amount.exactOptional().describe('Absent: requests are not limited'),
  tokens: amount.exactOptional().describe('Input and output together. Absent: tokens are not limited'),
  resetsAt: z.iso
    .datetime()
    .exactOptional()
    .describe('When all of it is free again if nobody asks. Absent: nothing is in use, or nobody can know when'),
  values: z.int().min(0).exactOptional().describe('How many values of its dimension are counted now'),
})

export const capacityView = z.strictObject({
  /** When it was looked at. */
  at: z.iso.datetime(),
  limits: z.array(capacityLimit),
  /** Whether there are more API keys with limits than are shown. */
  truncated: z.boolean(),
})

export const capacityRoutes = {
  getCapacity: route({
    id: 'getCapacity',
    method: 'GET',
    path: '/workspaces/{workspaceId}/environments/{environmentId}/capacity',
    tag: 'capacity',
    summary: 'See what is used and left of every limit that counts in an environment',
    description:
      'Limits of the environment and its workspace, its AI resources, its AI connections and their models, and its API keys, as far as they are enabled and you may see what they sit on. The figures are those of the replica that answers.',
    access: permission('capacity:get', `${IN_ENVIRONMENT}/capacity`),
    status: 200,
    answer: capacityView,
  }),
}

export type CapacityLimit = z.infer<typeof capacityLimit>
export type CapacityView = z.infer<typeof capacityView>
