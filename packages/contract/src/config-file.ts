import { z } from 'zod'
import { fallbackCause, retries, timeouts } from './failover.ts'
import { discoveredCapacity, limits } from './limits.ts'
import { name } from './name.ts'
import { routingOf } from './routing.ts'
import { timeZone } from './time-zone.ts'

/** `{ connection, model }`: a model at a provider, reached through a connection named in the same environment. */
export const targetRef = z.strictObject({ connection: name, model: z.string().min(1).max(256) })

/** What is known of one model at a connection, and its own limits. */
export const modelSpec = z.strictObject({
  /** Input and output together; a request that is too long for one model falls back only to one with more. */
  contextTokens: z.int().min(1).optional(),
  /** The longest answer, for limits that reserve the ceiling of requests that state none. */
  maxOutputTokens: z.int().min(1).optional(),
  ...limits,
})

export const connectionSpec = z.strictObject({
  name,
  /** A row of the provider table, e.g. `openai`, `azure-openai`, `openai-compatible`, `demo`. */
  provider: z.string().min(1).max(64),
  /** Where the provider answers, e.g. `https://api.example.com/v1`; needed where the provider's row has no address of its own. */
  baseUrl: z.url({ protocol: /^https?$/ }).optional(),
  /** Sealed by the vault before it is stored, never read back. */
  apiKey: z.string().min(1).max(4096).optional(),
  /** Models that may be called through this connection; all of them when absent. */
  allowedModels: z.array(z.string().min(1).max(256)).optional(),
  /** By the model's name at the provider. */
  models: z.record(z.string().min(1).max(256), modelSpec).default({}),
  timeouts: timeouts.optional(),
  ...limits,
  /** Whether the limits that the provider tells with its answers are kept, as limits of its models. */
  discoveredCapacity: discoveredCapacity.default('ignore'),
  enabled: z.boolean().default(true),
})

export const resourceSpec = z.strictObject({
  name,
  description: z.string().max(1000).default(''),
  model: targetRef,
  /** The first rule that matches decides; none means `model`. */
  routing: routingOf(targetRef).default([]),
  /** Alternatives to `model` that a caller may ask for by index or name. */
  secondaryModels: z
    .array(z.strictObject({ name: name.optional(), ...targetRef.shape }))
    .max(20)
    .default([]),
  /** Tried in order when the target before failed in a way that another one can cure. */
  fallback: z
    .strictObject({
      enabled: z.boolean().default(true),
      models: z.array(targetRef).max(20),
      /** Only after these errors; after any of them when absent. */
      on: z.array(fallbackCause).optional(),
    })
    .optional(),
  timeouts: timeouts.optional(),
  retries: retries.optional(),
  ...limits,
  enabled: z.boolean().default(true),
})

export const apiKeySpec = z.strictObject({
  name,
  /** The key itself, in the format `vmx api-key create` prints; usually `${SOME_VARIABLE}`. */
  value: z.string().min(1),
  /** `all`, or names of resources. An empty list means none. */
  resources: z.union([z.literal('all'), z.array(name)]).default('all'),
  /** Connections whose models this key may call directly as `<connection>/<model>`. */
  connections: z.array(name).default([]),
  labels: z.array(z.string().min(1).max(64)).max(16).default([]),
  description: z.string().max(1000).default(''),
  /** Addresses and ranges (CIDR) that the key may be used from; any when absent. */
  allowedCidrs: z.array(z.string().min(1).max(64)).min(1).max(100).optional(),
  expiresAt: z.iso.datetime().optional(),
  ...limits,
  enabled: z.boolean().default(true),
})

export const environmentSpec = z.strictObject({
  name,
  ...limits,
  connections: z.array(connectionSpec).default([]),
  resources: z.array(resourceSpec).default([]),
  apiKeys: z.array(apiKeySpec).default([]),
})

export const workspaceSpec = z.strictObject({
  name,
  timeZone: timeZone.default('UTC'),
  ...limits,
  environments: z.array(environmentSpec).default([]),
})

/** The document that `VMX_CONFIG` names. Everything in it is created or brought up to date by name; what it leaves out stays. */
export const configFile = z.strictObject({ workspaces: z.array(workspaceSpec) })

export type TargetRef = z.infer<typeof targetRef>
export type ModelSpec = z.infer<typeof modelSpec>
export type ConnectionSpec = z.infer<typeof connectionSpec>
export type ResourceSpec = z.infer<typeof resourceSpec>
export type ApiKeySpec = z.infer<typeof apiKeySpec>
export type EnvironmentSpec = z.infer<typeof environmentSpec>
export type WorkspaceSpec = z.infer<typeof workspaceSpec>
export type ConfigFile = z.infer<typeof configFile>
