import { z } from 'zod'
import { timeouts } from '../failover.ts'
import { discoveredCapacity, limitFields } from '../limits.ts'
import { name } from '../name.ts'
import { text } from '../text.ts'
import { cascadeQuery } from './cascade.ts'
import { origin } from './origin.ts'
import { pageOf, pageQuery } from './paging.ts'
import { connectionConfig, connectionCredentials } from './provider.ts'
import { IN_ENVIRONMENT, permission, route } from './route.ts'
import { tracked } from './tracked.ts'

/** As the provider calls it. */
const modelName = text(256).min(1)

const tokens = z.int().min(1).nullable()

/** What is known of one model at a connection, and its own limits. */
export const connectionModel = z.strictObject({
  contextTokens: tokens
    .default(null)
    .describe('Input and output together: a request that is too long falls back only to a model with more'),
  maxOutputTokens: tokens
    .default(null)
    .describe('The longest answer, for limits that reserve the ceiling of requests that state none'),
  capacity: limitFields.capacity.default([]),
  maxConcurrent: limitFields.maxConcurrent.default(null),
})

const fields = {
  name,
  provider: z.string().min(1).max(64).describe('The `id` of a provider'),
  config: connectionConfig,
  credentials: connectionCredentials
    .nullable()
    .describe('Sealed before it is stored, used for calls only, never read back; null: none'),
  allowedModels: z.array(modelName).max(1000).nullable().describe('What may be called through it; null: every model'),
  models: z.record(modelName, connectionModel).describe("By the model's name at the provider; not all need to be here"),
  timeouts,
  ...limitFields,
  discoveredCapacity: discoveredCapacity.describe(
    'Whether the limits that the provider tells with its answers are kept as limits of its models, as `enforce` says, or only shown',
  ),
  enabled: z.boolean(),
}

/** What stands in the place of a secret. */
export const SECRET_MASK = '••••••••'

export const aiConnection = z.strictObject({
  id: z.uuid(),
  ...fields,
  credentials: z
    .strictObject({ apiKey: z.literal(SECRET_MASK) })
    .nullable()
    .describe('A mask where there is one: it is never read back'),
  /** What first made it. */
  origin,
  ...tracked,
})

export const aiConnectionInput = z.strictObject({
  ...fields,
  config: fields.config.default({}),
  credentials: fields.credentials.default(null),
  allowedModels: fields.allowedModels.default(null),
  models: fields.models.default({}),
  timeouts: fields.timeouts.default({}),
  capacity: fields.capacity.default([]),
  maxConcurrent: fields.maxConcurrent.default(null),
  discoveredCapacity: fields.discoveredCapacity.default('ignore'),
  enabled: fields.enabled.default(true),
})

/** Each field is replaced as a whole. Another `provider` begins with an empty `config`. */
export const aiConnectionPatch = z.strictObject(fields).partial()

/** A connection as it would be saved, as far as a call needs it. */
export const connectionTrial = z.strictObject({
  provider: fields.provider,
  config: aiConnectionInput.shape.config,
  credentials: aiConnectionInput.shape.credentials,
  model: modelName.optional(),
})

/** What came of asking the provider, in words of ours: nothing that it says of failures is repeated. */
export const connectionTest = z.strictObject({
  ok: z.boolean(),
  /** Null when it is not ok. */
  latencyMs: z.int().min(0).nullable(),
  /** What the provider offers; null where it has no list, or is not ok. */
  models: z.array(z.string()).nullable(),
  /** What is wrong, by a code of the data plane; null when it is ok. */
  error: z.strictObject({ code: z.string(), message: z.string() }).nullable(),
})

const use = z.strictObject({
  kind: z.enum(['ai-resource', 'api-key']),
  id: z.uuid(),
  name: z.string(),
  /** The models that a resource asks of the connection; empty for API keys. */
  models: z.array(z.string()),
})

/** In one environment. */
export const MOST_AI_CONNECTIONS = 1000

const tag = 'ai-connection'
const list = '/workspaces/{workspaceId}/environments/{environmentId}/ai-connections'
const one = `${list}/{aiConnectionId}`
const ON_ALL = `${IN_ENVIRONMENT}/ai-connection:*`
const ON_ONE = `${IN_ENVIRONMENT}/ai-connection:{aiConnectionId}`

export const aiConnectionRoutes = {
  listAiConnections: route({
    id: 'listAiConnections',
    method: 'GET',
    path: list,
    tag,
    summary: 'List the AI connections of an environment',
    access: permission('ai-connection:list', ON_ALL),
    query: pageQuery,
    status: 200,
    answer: pageOf(aiConnection),
  }),
  createAiConnection: route({
    id: 'createAiConnection',
    method: 'POST',
    path: list,
    tag,
    summary: 'Create an AI connection',
    description: `An environment has at most ${MOST_AI_CONNECTIONS} of them.`,
    access: permission('ai-connection:create', ON_ALL),
    body: aiConnectionInput,
    status: 201,
    answer: aiConnection,
  }),
  testNewAiConnection: route({
    id: 'testNewAiConnection',
    method: 'POST',
    path: `${list}/test`,
    tag,
    summary: 'Test an AI connection before it is saved',
    description:
      'As `testAiConnection`, with a provider, an address and credentials that are not kept: the management audit tells the provider, the host and what came of it.',
    access: permission('ai-connection:create', ON_ALL),
    body: connectionTrial,
    status: 200,
    answer: connectionTest,
  }),
  getAiConnection: route({
    id: 'getAiConnection',
    method: 'GET',
    path: one,
    tag,
    summary: 'Get an AI connection',
    access: permission('ai-connection:get', ON_ONE),
    status: 200,
    answer: aiConnection,
  }),
  updateAiConnection: route({
    id: 'updateAiConnection',
    method: 'PATCH',
    path: one,
    tag,
    summary: 'Change an AI connection',
    description:
      'A credential never follows to another place than the one it was given for: with another provider or address it must be given again. Models that an AI resource uses can not be taken from `allowedModels`.',
    access: permission('ai-connection:update', ON_ONE),
    ifMatch: true,
    body: aiConnectionPatch,
    status: 200,
    answer: aiConnection,
  }),
  deleteAiConnection: route({
    id: 'deleteAiConnection',
    method: 'DELETE',
    path: one,
    tag,
    summary: 'Delete an AI connection',
    description:
      'Refused while an AI resource or an API key names it, unless `cascade=true`: that deletes every AI resource that uses it, also as a fallback only, and takes it from API keys. Needs the permissions to delete those resources and to update those API keys as well. As with any resource that is deleted, the API keys and pools that name it lose it, which takes no permission on them.',
    access: permission('ai-connection:delete', ON_ONE),
    ifMatch: true,
    query: cascadeQuery,
    status: 204,
  }),
  testAiConnection: route({
    id: 'testAiConnection',
    method: 'POST',
    path: `${one}/test`,
    tag,
    summary: 'Test an AI connection',
    description:
      'Asks the provider for its models, or `model` for one token where it has no list of them. Answers with status 200 whatever comes of it; within 10 seconds. Only a few providers are asked at once: what is more is refused with 503. Each test is told in the management audit.',
    access: permission('ai-connection:test', ON_ONE),
    body: z.strictObject({ model: modelName.optional() }).default({}),
    status: 200,
    answer: connectionTest,
  }),
  listAiConnectionModels: route({
    id: 'listAiConnectionModels',
    method: 'GET',
    path: `${one}/models`,
    tag,
    summary: 'List the models that the provider offers through an AI connection',
    description:
      'Asks the provider, with the credential of the connection. Where it does not answer with a list, `error` says why, with status 200.',
    access: permission('ai-connection:list-models', ON_ONE),
    status: 200,
    answer: z.strictObject({
      items: z.array(
        z.strictObject({
          id: z.string(),
          /** Whether `allowedModels` lets it be called. */
          allowed: z.boolean(),
        }),
      ),
      error: connectionTest.shape.error,
    }),
  }),
  listAiConnectionUses: route({
    id: 'listAiConnectionUses',
    method: 'GET',
    path: `${one}/used-by`,
    tag,
    summary: 'List what uses an AI connection',
    description: 'AI resources and API keys, as far as you may see them.',
    access: permission('ai-connection:get', ON_ONE),
    status: 200,
    answer: z.strictObject({ items: z.array(use) }),
  }),
}

export type AiConnection = z.infer<typeof aiConnection>
export type AiConnectionInput = z.infer<typeof aiConnectionInput>
export type AiConnectionPatch = z.infer<typeof aiConnectionPatch>
export type ConnectionModel = z.infer<typeof connectionModel>
export type ConnectionTrial = z.infer<typeof connectionTrial>
export type ConnectionTest = z.infer<typeof connectionTest>
export type ConnectionUse = z.infer<typeof use>
