import type { ResolvedRetries } from '../catalog/snapshot.ts'
import { ERROR_CODES, type GatewayError } from '../errors.ts'
import type { Attempt } from '../ledger/exchange-record.ts'

export type FailedTry = {
  readonly error: GatewayError
  readonly attempt: Pick<Attempt, 'status' | 'fault'>
  /** How often this target has been tried, this one included. */
  readonly tries: number
  /** No other target could serve the request after this one. */
  readonly alone: boolean
}

/**
 * Milliseconds to wait before the same target is tried again; undefined when it is not. A time that the provider names
 * is honoured: waited for when it is short and nobody else can serve, never cut short, and a little longer at random, for
 * all who wait for it would come back in one instant. One that is hardly any is taken for a backoff of at least
 * {@link LEAST_WAIT_MS}: tries that follow each other at once would be a tight loop.
 *
 * @param random from 0 up to 1
 */
export function retryWait(failed: FailedTry, retries: ResolvedRetries, random: () => number): number | undefined {
  const { error, tries, alone } = failed
  if (tries > Math.min(retries.max, mostRetries(failed))) return undefined
  // Full jitter: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
  const backoffMs = random() * longestBackoffMs(tries, retries)
  const { retryAfterMs } = error
  if (retryAfterMs === undefined) return backoffMs
  if (!alone || retryAfterMs > retries.capMs) return undefined
  if (retryAfterMs < LEAST_WAIT_MS) return Math.max(backoffMs, LEAST_WAIT_MS)
  return retryAfterMs + random() * Math.max(LEAST_WAIT_MS, retryAfterMs * SPREAD)
}

/**
 * Milliseconds after which the client may try again; undefined where nothing is known of that. What the provider names
 * counts, unless it is hardly any: then, and for a 429 that names none, it is the longest that the gateway itself would
 * wait before its next try.
 */
export function clientWait({ error, tries }: FailedTry, retries: ResolvedRetries): number | undefined {
  const { code, retryAfterMs } = error
  if (ERROR_CODES[code].source !== 'provider') return retryAfterMs
  const named = retryAfterMs ?? (code === 'provider_rate_limited' ? 0 : Infinity)
  return named < LEAST_WAIT_MS ? Math.max(longestBackoffMs(tries, retries), LEAST_WAIT_MS) : retryAfterMs
}

/** The time for which a provider asks to be left alone with a 429; one that is hardly any is none. */
export function holdOf({ code, retryAfterMs = 0 }: GatewayError): number | undefined {
  return code === 'provider_rate_limited' && retryAfterMs >= LEAST_WAIT_MS ? retryAfterMs : undefined
}

/** The least wait between tries where a provider asks for one, however short it says. */
const LEAST_WAIT_MS = 100
/** Of the wait that a provider names, the most that is waited beyond. */
const SPREAD = 0.2

const longestBackoffMs = (tries: number, { baseMs, capMs }: ResolvedRetries) =>
  Math.min(capMs, baseMs * 2 ** (tries - 1))

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
