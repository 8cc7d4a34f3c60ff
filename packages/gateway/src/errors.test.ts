import { describe, expect, it } from 'vitest'
import { ERROR_CODES, type ErrorCode, GatewayError } from './errors.ts'

const codes = Object.keys(ERROR_CODES) as ErrorCode[]
const headersOf = (code: ErrorCode, details = {}) => new GatewayError(code, 'no', details).headers()

describe('what an SDK is told of a retry', () => {
  it.each(codes)('%s is only to be retried as the table says, and a 429 or 503 never without a time', (code) => {
    const { status, clientRetry } = ERROR_CODES[code]
    const needsTime = status === 429 || status === 503
    const headers = headersOf(code)
    expect(headers['x-should-retry']).toBe(String(clientRetry && !needsTime))
    expect(headers).not.toHaveProperty('retry-after')
    const timed = headersOf(code, { retryAfterMs: 1499.2 })
    expect(timed).toMatchObject({
      'x-should-retry': String(clientRetry),
      'retry-after': '2',
      'retry-after-ms': '1500',
    })
  })

  it('is the time alone where nothing is to be retried', () => {
    expect(headersOf('capacity_exceeded', { retryAfterMs: 10, clientRetry: false })).toMatchObject({
      'x-should-retry': 'false',
      'retry-after-ms': '10',
    })
  })
})
