import type { ResolvedRetries } from '../catalog/snapshot.ts'
import type { GatewayError } from '../errors.ts'
import type { Attempt } from '../ledger/exchange-record.ts'

export type FailedTry = {
  readonly error: GatewayError
  readonly attempt: Attempt
  /** How often this target has been tried, this one included. */
  readonly tries: number
  /** No other target could serve the request after this one. */
  readonly alone: boolean
}

/**
 * Milliseconds to wait before the same target is tried again; undefined when it is not. A time that the provider names
 * is honoured: waited for when it is short and nobody else can serve, never cut short.
 *
 * @param random from 0 up to 1
 */
export function retryWait(failed: FailedTry, retries: ResolvedRetries, random: () => number): number | undefined {
  const { error, tries, alone } = failed
  if (tries > Math.min(retries.max, mostRetries(failed))) return undefined
  if (error.retryAfterMs !== undefined)
    return alone && error.retryAfterMs <= retries.capMs ? error.retryAfterMs : undefined
  // Exponential with full jitter: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
  return random() * Math.min(retries.capMs, retries.baseMs * 2 ** (tries - 1))
}

/** How often a fault of this kind is worth another try at the same target, whatever the resource allows. */
function mostRetries({ error, attempt }: FailedTry): number {
  if (error.code === 'provider_rate_limited') return Infinity
  if (error.code !== 'provider_unavailable') return 0
  const { status } = attempt
  // Nothing was answered: refused, or reset before the headers.
  if (status === undefined) return attempt.fault === 'address_not_allowed' ? 0 : 1
  if (status === 500) return 1
  // An error inside a 200 was perhaps paid for.
  return status > 500 ? Infinity : 0
}
