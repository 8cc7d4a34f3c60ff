/** One limit and what was left of it. Infinity where it does not limit requests, or tokens. */
export type Level = {
  readonly maxRequests: number
  readonly maxTokens: number
  readonly requests: number
  readonly tokens: number
  /** Infinity: never, or nobody knows. */
  readonly resetMs: number
}

/** `x-ratelimit-*` of the limit with the fewest requests left, and of that with the fewest tokens left. */
export function rateLimitHeaders(levels: readonly Level[]): Record<string, string> {
  const headers: Record<string, string> = {}
  let fewest: Level | undefined
  let scarcest: Level | undefined
  for (const level of levels) {
    if (level.maxRequests !== Number.POSITIVE_INFINITY && !(fewest && fewest.requests <= level.requests)) fewest = level
    if (level.maxTokens !== Number.POSITIVE_INFINITY && !(scarcest && scarcest.tokens <= level.tokens)) scarcest = level
  }
  if (fewest) tell(headers, 'requests', fewest.maxRequests, fewest.requests, fewest.resetMs)
  if (scarcest) tell(headers, 'tokens', scarcest.maxTokens, scarcest.tokens, scarcest.resetMs)
  return headers
}

function tell(headers: Record<string, string>, kind: string, limit: number, remaining: number, resetMs: number): void {
  headers[`x-ratelimit-limit-${kind}`] = String(limit)
  headers[`x-ratelimit-remaining-${kind}`] = String(Math.max(0, Math.floor(remaining)))
  if (resetMs !== Number.POSITIVE_INFINITY) headers[`x-ratelimit-reset-${kind}`] = asDuration(resetMs)
}

/** As OpenAI writes them: `120ms`, `7.5s`, `6m0s`, `23h59m1s`. */
function asDuration(ms: number): string {
  const whole = Math.max(0, Math.ceil(ms))
  if (whole < 1000) return `${whole}ms`
  const hours = Math.floor(whole / 3_600_000)
  const minutes = Math.floor(whole / 60_000) % 60
  const seconds = (whole % 60_000) / 1000
  if (hours > 0) return `${hours}h${minutes}m${seconds}s`
  return minutes > 0 ? `${minutes}m${seconds}s` : `${seconds}s`
}
