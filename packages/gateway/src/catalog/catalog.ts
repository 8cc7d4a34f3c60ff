import type { FallbackCause, Limit, Retries, Rule, Timeouts } from '@vm-x/contract'

/** Limits that sit on one owner. */
export type LimitsEntry = {
  readonly capacity: readonly Limit[]
  /** Requests under way at the same time; null: any number. */
  readonly maxConcurrent: number | null
}

/** An API key as configured. The secret itself is never here, only its hash is ever stored. */
export type ApiKeyEntry = {
  readonly id: string
  /** The 12 characters of the key that may be shown. */
  readonly publicId: string
  readonly workspaceId: string
  readonly environmentId: string
  readonly enabled: boolean
  /** Milliseconds since the epoch: when the key ends; null: never. */
  readonly expiresAt: number | null
  /** Likewise of the secret that was asked for: the end of its grace period if it was replaced, else null. */
  readonly secretEndsAt: number | null
  /** Addresses and ranges that the key may be used from; null: any. */
  readonly allowedCidrs: readonly string[] | null
  /** `all`, or ids of resources. */
  readonly resources: 'all' | readonly string[]
  /** Ids of connections that may be called directly. */
  readonly connections: readonly string[]
  readonly labels: readonly string[]
  readonly limits: LimitsEntry
}

/** What is known of a model at a connection. */
export type ModelEntry = {
  readonly contextTokens: number | null
  readonly maxOutputTokens: number | null
  readonly limits: LimitsEntry
}

export type ConnectionEntry = {
  readonly id: string
  readonly name: string
  /** A row of the provider table. */
  readonly provider: string
  /** Overrides the address of the provider's row. */
  readonly baseUrl: string | null
  /** Sealed by the vault; null where the provider needs no credential. */
  readonly sealedApiKey: string | null
  /** Null: every model. */
  readonly allowedModels: readonly string[] | null
  /** By the model's name at the provider; not every model is here. */
  readonly models: Readonly<Record<string, ModelEntry>>
  readonly timeouts: Timeouts
  readonly limits: LimitsEntry
  /** Whether limits that the provider itself tells with its answers are kept. */
  readonly discoveredCapacity: 'ignore' | 'enforce'
  readonly enabled: boolean
  /** Grows with each change. */
  readonly version: number
}

export type TargetEntry = { readonly connectionId: string; readonly model: string }

export type ResourceEntry = {
  readonly id: string
  readonly name: string
  readonly model: TargetEntry
  readonly routing: readonly Rule<TargetEntry>[]
  readonly secondaryModels: readonly (TargetEntry & { readonly name: string | null })[]
  /** In order; empty when fallback is off. */
  readonly fallbackModels: readonly TargetEntry[]
  /** The errors after which fallback is used; null: all that another target may cure. */
  readonly fallbackOn: readonly FallbackCause[] | null
  readonly timeouts: Timeouts
  readonly retries: Retries
  readonly limits: LimitsEntry
  readonly enabled: boolean
}

export type EnvironmentEntry = {
  readonly id: string
  readonly workspaceId: string
  /** IANA time zone of the workspace, for calendar windows. */
  readonly timeZone: string
  readonly workspaceLimits: LimitsEntry
  readonly limits: LimitsEntry
  readonly connections: readonly ConnectionEntry[]
  readonly resources: readonly ResourceEntry[]
}

/**
 * PORT. Where configuration is read from. The request path asks only for what is not in memory yet. What was committed
 * before a call is in its answer: no replica that may lag.
 *
 * What does not exist is `undefined`, or missing in the map; they throw when the store is away: an unknown key and an
 * unreachable database must never look alike.
 */
export interface Catalog {
  /**
   * By the secret of now, or by the one before its last rotation, also after its grace period: `secretEndsAt` tells.
   * @param hash hex SHA-256 of the whole key
   */
  apiKey(hash: string): Promise<ApiKeyEntry | undefined>
  /** The same for many at once, by their hashes. */
  apiKeys(hashes: readonly string[]): Promise<ReadonlyMap<string, ApiKeyEntry>>
  environment(id: string): Promise<EnvironmentEntry | undefined>
}
