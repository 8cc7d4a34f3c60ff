import type { Used } from './capacity-store.ts'
import type { CompiledLimit, Owner } from './limits.ts'

/** What a limit gives of requests or tokens. */
export type Amount = {
  readonly limit: number
  /** Absent where the limit counts each value of its dimension apart and no value was asked about. */
  readonly used?: number
  readonly remaining?: number
}

/** One limit as it stands. */
export type CapacityLevel = {
  readonly owner: Owner
  /** Of a limit of a connection's model, the id of the connection. */
  readonly ownerId: string
  readonly model?: string
  /** `concurrent`: requests under way. */
  readonly period: CompiledLimit['period']
  readonly dimension?: 'source-ip' | 'user'
  /** The provider has told it with its answers: it is not configured. */
  readonly discovered?: true
  /** Absent where requests are not limited. */
  readonly requests?: Amount
  /** Input and output together; absent where tokens are not limited. */
  readonly tokens?: Amount
  /**
   * Milliseconds since the epoch: when the window of the calendar ends, or when the last of what a sliding minute counts
   * has left it if nobody asks. Absent where nothing is to be given back, or nobody can know when.
   */
  readonly resetsAtMs?: number
  /** How many values of its dimension are in use. */
  readonly values?: number
}

/**
 * @param used of its counter; undefined where it has one for each value
 * @param windowEndMs of a limit of the calendar
 * @param atMs when it was read, by the store's clock
 */
export function capacityLevel(
  { owner, ownerId, model, period, dimension, discovered, maxRequests, maxTokens }: CompiledLimit,
  used: Used | undefined,
  windowEndMs: number | undefined,
  atMs: number,
): CapacityLevel {
  const resetMs = used && used.resetMs > 0 && Number.isFinite(used.resetMs) ? used.resetMs : undefined
  const resetsAtMs = windowEndMs ?? (resetMs === undefined ? undefined : atMs + resetMs)
  return {
    owner,
    ownerId,
    ...(model !== undefined && { model }),
    period,
    ...(dimension !== undefined && { dimension }),
    ...(discovered && { discovered }),
    ...(Number.isFinite(maxRequests) && { requests: amount(maxRequests, used?.requests) }),
    ...(Number.isFinite(maxTokens) && { tokens: amount(maxTokens, used?.tokens) }),
    ...(resetsAtMs !== undefined && { resetsAtMs: Math.ceil(resetsAtMs) }),
  }
}

const amount = (limit: number, used: number | undefined): Amount =>
  used === undefined ? { limit } : { limit, used, remaining: Math.max(0, limit - used) }
