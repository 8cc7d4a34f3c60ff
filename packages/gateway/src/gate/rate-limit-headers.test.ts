import { describe, expect, it } from 'vitest'
import { type Level, rateLimitHeaders } from './rate-limit-headers.ts'

const none = Number.POSITIVE_INFINITY
const level = (more: Partial<Level>): Level => ({
  maxRequests: none,
  maxTokens: none,
  requests: none,
  tokens: none,
  resetMs: 1000,
  ...more,
})
const resetOf = (resetMs: number) =>
  rateLimitHeaders([level({ maxRequests: 2, requests: 1, resetMs })])['x-ratelimit-reset-requests']

describe('rateLimitHeaders', () => {
  it('tells the tightest limit of requests and the tightest of tokens', () => {
    expect(
      rateLimitHeaders([
        level({ maxRequests: 1000, requests: 5, maxTokens: 100, tokens: 90, resetMs: 360_000 }),
        level({ maxRequests: 10, requests: 9, maxTokens: 5000, tokens: 40.7, resetMs: 120 }),
      ]),
    ).toEqual({
      'x-ratelimit-limit-requests': '1000',
      'x-ratelimit-remaining-requests': '5',
      'x-ratelimit-reset-requests': '6m0s',
      'x-ratelimit-limit-tokens': '5000',
      'x-ratelimit-remaining-tokens': '40',
      'x-ratelimit-reset-tokens': '120ms',
    })
  })

  it('says nothing where nothing is limited, and never less than zero', () => {
    expect(rateLimitHeaders([])).toEqual({})
    expect(rateLimitHeaders([level({})])).toEqual({})
    expect(rateLimitHeaders([level({ maxTokens: 5, tokens: -30 })])).toMatchObject({
      'x-ratelimit-remaining-tokens': '0',
    })
  })

  it("writes durations in OpenAI's format, and none where nothing is ever reset", () => {
    expect([0, 120, 1000, 7500, 60_000, 359_999, 3_600_000, 86_399_000].map(resetOf)).toEqual([
      '0ms',
      '120ms',
      '1s',
      '7.5s',
      '1m0s',
      '5m59.999s',
      '1h0m0s',
      '23h59m59s',
    ])
    expect(resetOf(none)).toBeUndefined()
  })
})
