import { z } from 'zod'
import { limitFields } from '../limits.ts'
import { name } from '../name.ts'
import { text } from '../text.ts'
import { moment } from './moment.ts'
import { origin } from './origin.ts'
import { pageOf, pageQuery } from './paging.ts'
import { IN_ENVIRONMENT, permission, route } from './route.ts'
import { tracked } from './tracked.ts'

const ids = z
  .array(z.uuid().toLowerCase())
  .max(1000)
  .refine((list) => new Set(list).size === list.length, 'names one of them twice')

const fields = {
  name,
  description: text(1000),
  enabled: z.boolean(),
  resources: z
    .union([z.literal('all'), ids])
    .describe('What may be passed as `model`: `all`, or ids of AI resources. An empty list means none'),
  connections: ids.describe('Ids of AI connections whose models may be called directly as `<connection>/<model>`'),
  labels: z.array(text(64).min(1)).max(16).describe('For rules of routing, as `apiKey.labels`'),
  ...limitFields,
  allowedCidrs: z
    .array(z.string().min(1).max(64))
    .min(1)
    .max(100)
    .nullable()
    .describe('Addresses and ranges (CIDR) of IPv4 and IPv6 that the key may be used from; null: any'),
  expiresAt: moment.nullable().describe('When it stops to work; null: never'),
}

export const apiKey = z.strictObject({
  id: z.uuid(),
  /** The part of the key that may be shown: it is in logs, too. */
  publicId: z.string(),
  ...fields,
  /** Null: not yet, or its usage is not kept any more. */
  lastUsedAt: z.iso.datetime().nullable(),
  /** Until when the secret before the last rotation works, or worked; null: the key was never rotated. */
  previousUntil: z.iso.datetime().nullable(),
  origin,
  ...tracked,
})

/** The only answer that holds the key itself: only a hash of it is stored. */
export const apiKeyWithValue = z.strictObject({
  ...apiKey.shape,
  /** `sk-vmx-…`: what clients send. It is not shown again. */
  value: z.string(),
})

export const apiKeyInput = z.strictObject({
  ...fields,
  description: fields.description.default(''),
  enabled: fields.enabled.default(true),
  resources: fields.resources.default('all'),
  connections: fields.connections.default([]),
  labels: fields.labels.default([]),
  capacity: limitFields.capacity.default([]),
  maxConcurrent: limitFields.maxConcurrent.default(null),
  allowedCidrs: fields.allowedCidrs.default(null),
  expiresAt: fields.expiresAt.default(null),
})

export const apiKeyPatch = z.strictObject(fields).partial()

const LONGEST_GRACE_SECONDS = 30 * 24 * 3600

export const apiKeyRotation = z.strictObject({
  /** For how long the secret of before works, too. */
  graceSeconds: z.int().min(0).max(LONGEST_GRACE_SECONDS).default(0),
})

/** In one environment. */
export const MOST_API_KEYS = 10_000

const tag = 'api-key'
const list = '/workspaces/{workspaceId}/environments/{environmentId}/api-keys'
const one = `${list}/{apiKeyId}`
const ON_ONE = `${IN_ENVIRONMENT}/api-key:{apiKeyId}`
const ON_ALL = `${IN_ENVIRONMENT}/api-key:*`

export const apiKeyRoutes = {
  listApiKeys: route({
    id: 'listApiKeys',
    method: 'GET',
    path: list,
    tag,
    summary: 'List the API keys of an environment',
    access: permission('api-key:list', ON_ALL),
    query: pageQuery,
    status: 200,
    answer: pageOf(apiKey),
  }),
  createApiKey: route({
    id: 'createApiKey',
    method: 'POST',
    path: list,
    tag,
    summary: 'Create an API key',
    description: `The answer is the only one that holds its \`value\`. An environment has at most ${MOST_API_KEYS} of them.`,
    access: permission('api-key:create', ON_ALL),
    body: apiKeyInput,
    status: 201,
    answer: apiKeyWithValue,
  }),
  getApiKey: route({
    id: 'getApiKey',
    method: 'GET',
    path: one,
    tag,
    summary: 'Get an API key',
    access: permission('api-key:get', ON_ONE),
    status: 200,
    answer: apiKey,
  }),
  updateApiKey: route({
    id: 'updateApiKey',
    method: 'PATCH',
    path: one,
    tag,
    summary: 'Change an API key',
    access: permission('api-key:update', ON_ONE),
    ifMatch: true,
    body: apiKeyPatch,
    status: 200,
    answer: apiKey,
  }),
  rotateApiKey: route({
    id: 'rotateApiKey',
    method: 'POST',
    path: `${one}/rotate`,
    tag,
    summary: 'Give an API key a new secret',
    description:
      'The answer is the only one that holds the new `value`. The secret of before works for `graceSeconds` more, that of an earlier rotation no longer.',
    access: permission('api-key:rotate', ON_ONE),
    ifMatch: true,
    body: apiKeyRotation,
    status: 200,
    answer: apiKeyWithValue,
  }),
  deleteApiKey: route({
    id: 'deleteApiKey',
    method: 'DELETE',
    path: one,
    tag,
    summary: 'Revoke an API key',
    description: 'The next request with it is answered with 401. Its audit and usage stay.',
    access: permission('api-key:delete', ON_ONE),
    ifMatch: true,
    status: 204,
  }),
}

export type ApiKey = z.infer<typeof apiKey>
export type ApiKeyWithValue = z.infer<typeof apiKeyWithValue>
export type ApiKeyInput = z.infer<typeof apiKeyInput>
export type ApiKeyPatch = z.infer<typeof apiKeyPatch>
export type ApiKeyRotation = z.infer<typeof apiKeyRotation>
