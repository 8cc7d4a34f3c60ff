import type { IncomingHttpHeaders } from 'node:http'

/** What an answer's headers tell of the limits that the provider itself counts by. */
export type RateLimits = {
  /** In a minute; undefined where none is told. */
  readonly requests: number | undefined
  readonly tokens: number | undefined
  /** Milliseconds until what is used up is free again; 0 while some of all is left, or nobody says until when. */
  readonly exhaustedMs: number
}

/**
 * Reads `x-ratelimit-{limit,remaining,reset}-{requests,tokens}`, https://platform.openai.com/docs/guides/rate-limits ,
 * and `anthropic-ratelimit-{requests,tokens,input-tokens,output-tokens}-{limit,remaining,reset}`,
 * https://docs.anthropic.com/en/api/rate-limits . Undefined where none of them tells anything; what makes no sense tells
 * nothing.
 *
 * @param now milliseconds since the epoch, for resets that are moments
 */
export function readRateLimits(headers: IncomingHttpHeaders, now: number): RateLimits | undefined {
  if (headers['x-ratelimit-limit-requests'] !== undefined || headers['x-ratelimit-limit-tokens'] !== undefined)
    return readOpenAi(headers, now)
  if (headers['x-ratelimit-remaining-requests'] !== undefined || headers['x-ratelimit-remaining-tokens'] !== undefined)
    return readOpenAi(headers, now)
  if (
    headers['anthropic-ratelimit-requests-limit'] !== undefined ||
    headers['anthropic-ratelimit-tokens-limit'] !== undefined ||
    headers['anthropic-ratelimit-input-tokens-limit'] !== undefined ||
    headers['anthropic-ratelimit-output-tokens-limit'] !== undefined
  )
    return readAnthropic(headers, now)
  return undefined
}

function readOpenAi(headers: IncomingHttpHeaders, now: number): RateLimits | undefined {
  return told(
    readLimit(headers['x-ratelimit-limit-requests']),
    readLimit(headers['x-ratelimit-limit-tokens']),
    Math.max(
      exhausted(headers['x-ratelimit-remaining-requests'], headers['x-ratelimit-reset-requests'], now),
      exhausted(headers['x-ratelimit-remaining-tokens'], headers['x-ratelimit-reset-tokens'], now),
    ),
  )
}

function readAnthropic(headers: IncomingHttpHeaders, now: number): RateLimits | undefined {
  const input = readLimit(headers['anthropic-ratelimit-input-tokens-limit'])
  const output = readLimit(headers['anthropic-ratelimit-output-tokens-limit'])
  // Where both are limited apart, no more than their sum can be used; one alone bounds nothing.
  const apart = input === undefined || output === undefined ? undefined : input + output
  const exhaustedOf = (kind: string) =>
    exhausted(headers[`anthropic-ratelimit-${kind}-remaining`], headers[`anthropic-ratelimit-${kind}-reset`], now)
  return told(
    readLimit(headers['anthropic-ratelimit-requests-limit']),
    readLimit(headers['anthropic-ratelimit-tokens-limit']) ?? apart,
    Math.max(...ANTHROPIC_KINDS.map(exhaustedOf)),
  )
}

const ANTHROPIC_KINDS = ['requests', 'tokens', 'input-tokens', 'output-tokens'] as const

const told = (requests: number | undefined, tokens: number | undefined, exhaustedMs: number): RateLimits | undefined =>
  requests === undefined && tokens === undefined && exhaustedMs === 0 ? undefined : { requests, tokens, exhaustedMs }

type Value = string | string[] | undefined

/** A limit of nothing would be no offer at all: it is taken for none told. */
function readLimit(value: Value): number | undefined {
  if (typeof value !== 'string' || !/^\d{1,12}$/.test(value)) return undefined
  return Number(value) || undefined
}

/** Only a plain zero: some say -1 for what they did not count. */
function exhausted(remaining: Value, reset: Value, now: number): number {
  return remaining === '0' && typeof reset === 'string' ? (readReset(reset, now) ?? 0) : 0
}

/**
 * Milliseconds from `now`: a duration (`120ms`, `1s`, `6m0s`), seconds, seconds since the epoch, or a moment of RFC 3339.
 * Undefined for all else, and for what is longer than {@link LONGEST_RESET_MS}.
 */
export function readReset(value: string, now: number): number | undefined {
  if (value === '' || value.length > LONGEST_VALUE) return undefined
  const ms = durationOf(value) ?? secondsOf(value, now) ?? momentOf(value, now)
  return ms !== undefined && ms >= 0 && ms <= LONGEST_RESET_MS ? ms : undefined
}

function durationOf(value: string): number | undefined {
  const parts = DURATION.exec(value)
  if (!parts) return undefined
  const [, days = 0, hours = 0, minutes = 0, seconds = 0, ms = 0] = parts
  return (
    Number(days) * 86_400_000 +
    Number(hours) * 3_600_000 +
    Number(minutes) * 60_000 +
    Number(seconds) * 1000 +
    Number(ms)
  )
}

const NUMBER = String.raw`\d{1,9}(?:\.\d{1,9})?`
const DURATION = new RegExp(
  `^(?:(${NUMBER})d)?(?:(${NUMBER})h)?(?:(${NUMBER})m(?!s))?(?:(${NUMBER})s)?(?:(${NUMBER})ms)?$`,
)

function secondsOf(value: string, now: number): number | undefined {
  if (!/^\d{1,12}(?:\.\d{1,9})?$/.test(value)) return undefined
  const seconds = Number(value)
  return seconds < FIRST_EPOCH_SECONDS ? seconds * 1000 : Math.max(0, seconds * 1000 - now)
}

function momentOf(value: string, now: number): number | undefined {
  if (!/^\d{4}-\d\d-\d\dT/.test(value)) return undefined
  const moment = Date.parse(value)
  return Number.isNaN(moment) ? undefined : Math.max(0, moment - now)
}

const LONGEST_VALUE = 40
const LONGEST_RESET_MS = 31 * 86_400_000
/** No duration is that long, and no moment since 2001 is earlier. */
const FIRST_EPOCH_SECONDS = 1e9
