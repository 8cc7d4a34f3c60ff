import { expect, test } from 'vitest'
import type { Denied } from '../capacity/capacity-store.ts'
import type { CompiledLimit } from '../capacity/limits.ts'
import { Calendar } from '../capacity/windows.ts'
import { rateLimitHeaders } from './rate-limit-headers.ts'
import { refusal } from './refusal.ts'
import { refusedLevel } from './share.ts'

const LIMIT: CompiledLimit = {
  owner: 'api-key',
  ownerId: 'k',
  model: undefined,
  period: 'minute',
  dimension: undefined,
  key: '{w} minute api-key:k',
  maxRequests: 100,
  maxTokens: Number.POSITIVE_INFINITY,
  reserve: 'expected',
  calendar: new Calendar('UTC'),
}
const DENIED: Denied = {
  granted: false,
  part: 0,
  item: 0,
  measure: 'requests',
  size: 100,
  used: 100,
  needed: 1,
  retryAfterMs: 12_500,
  seq: 1,
  atMs: 0,
}

test('a refusal says the limit, its use, and when to come back', () => {
  expect(refusal(LIMIT, DENIED, {}).message).toBe(
    'The limit of 100 requests per minute of this API key is reached: 100 are used. Try again in 12.5 s.',
  )
})

test('a refusal by a share of the limit says the limit as it is configured, and that of the share nothing is left', () => {
  const denied: Denied = { ...DENIED, used: 25, share: { of: 4, size: 25 } }
  expect(refusal(LIMIT, denied, {}).message).toBe(
    'The limit of 100 requests per minute of this API key is reached: 25 are used of the 25 that each of 4 processes ' +
      'may use while they can not count together. Try again in 12.5 s.',
  )
  expect(rateLimitHeaders([refusedLevel(LIMIT, denied)])).toMatchObject({
    'x-ratelimit-limit-requests': '100',
    'x-ratelimit-remaining-requests': '0',
  })
})
