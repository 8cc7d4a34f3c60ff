import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readRateLimits, readReset } from './rate-limits.ts'

const NOW = Date.UTC(2026, 0, 1)
const read = (headers: Record<string, string | string[]>) => readRateLimits(headers, NOW)

describe('readRateLimits', () => {
  it('reads what OpenAI tells', () => {
    const headers = {
      'x-ratelimit-limit-requests': '500',
      'x-ratelimit-limit-tokens': '30000',
      'x-ratelimit-remaining-requests': '499',
      'x-ratelimit-remaining-tokens': '29000',
      'x-ratelimit-reset-requests': '120ms',
      'x-ratelimit-reset-tokens': '6m0s',
    }
    expect(read(headers)).toEqual({ requests: 500, tokens: 30_000, exhaustedMs: 0 })
    expect(read({ ...headers, 'x-ratelimit-remaining-tokens': '0' })?.exhaustedMs).toBe(360_000)
    expect(read({ ...headers, 'x-ratelimit-remaining-requests': '0' })?.exhaustedMs).toBe(120)
  })

  it('reads what Anthropic tells: limits of input and output apart bound their sum', () => {
    const headers = {
      'anthropic-ratelimit-requests-limit': '50',
      'anthropic-ratelimit-requests-remaining': '49',
      'anthropic-ratelimit-requests-reset': '2026-01-01T00:00:01Z',
      'anthropic-ratelimit-input-tokens-limit': '30000',
      'anthropic-ratelimit-input-tokens-remaining': '0',
      'anthropic-ratelimit-input-tokens-reset': '2026-01-01T00:00:30Z',
      'anthropic-ratelimit-output-tokens-limit': '8000',
    }
    expect(read(headers)).toEqual({ requests: 50, tokens: 38_000, exhaustedMs: 30_000 })
    expect(read({ ...headers, 'anthropic-ratelimit-tokens-limit': '20000' })?.tokens).toBe(20_000)
    const { 'anthropic-ratelimit-output-tokens-limit': _output, ...inputOnly } = headers
    expect(read(inputOnly)?.tokens).toBeUndefined()
  })

  it('knows nothing where nothing is told', () => {
    expect(read({})).toBeUndefined()
    expect(read({ 'content-type': 'application/json', 'retry-after': '2' })).toBeUndefined()
    expect(read({ 'x-ratelimit-remaining-requests': '5' })).toBeUndefined()
  })

  it.each(['-1', '0', 'NaN', '1e3', '0x10', ' 5', '', '1'.repeat(10_000), '5, 5', 'Infinity'])(
    'takes a limit of %j for none',
    (value) => {
      expect(read({ 'x-ratelimit-limit-requests': value })).toBeUndefined()
      expect(read({ 'anthropic-ratelimit-tokens-limit': value })).toBeUndefined()
    },
  )

  it('takes a header that was sent twice for none', () => {
    expect(read({ 'x-ratelimit-limit-requests': ['5', '6'] })).toBeUndefined()
  })

  it('reads whatever is sent without failing: limits are whole numbers above zero, times are bounded', () => {
    const name = fc.constantFrom(
      ...['limit', 'remaining', 'reset'].flatMap((what) => [
        ...['requests', 'tokens'].map((kind) => `x-ratelimit-${what}-${kind}`),
        ...['requests', 'tokens', 'input-tokens', 'output-tokens'].map((kind) => `anthropic-ratelimit-${kind}-${what}`),
      ]),
    )
    const duration = fc.stringMatching(/^(\d{0,3}(d|h|m|s|ms|\.)){0,4}$/)
    const number = fc.oneof(fc.double(), fc.integer()).map(String)
    const moment = fc.date({ noInvalidDate: true }).map((date) => date.toISOString())
    const value = fc.oneof(fc.string(), fc.constant('0'), duration, number, moment, fc.array(fc.string()))
    fc.assert(
      fc.property(fc.dictionary(name, value), (headers) => {
        const told = read(headers)
        if (!told) return
        for (const limit of [told.requests, told.tokens])
          if (limit !== undefined) expect(Number.isSafeInteger(limit) && limit > 0).toBe(true)
        expect(told.exhaustedMs).toBeGreaterThanOrEqual(0)
        expect(told.exhaustedMs).toBeLessThanOrEqual(31 * 86_400_000)
      }),
    )
  })
})

describe('readReset', () => {
  it.each([
    ['1s', 1000],
    ['6m0s', 360_000],
    ['120ms', 120],
    ['7.66s', 7660],
    ['1h0m0s', 3_600_000],
    ['1d2h', 93_600_000],
    ['59m59.5s', 3_599_500],
    ['2', 2000],
    ['0.25', 250],
    ['2026-01-01T00:01:00Z', 60_000],
    ['2026-01-01T02:00:01+02:00', 1000],
    ['2025-12-31T23:59:00Z', 0],
    [String(NOW / 1000 + 5), 5000],
  ])('reads %j as %d ms', (value, ms) => {
    expect(readReset(value, NOW)).toBe(ms)
  })

  it.each([
    '',
    's',
    '-1s',
    '1s1m',
    '1 s',
    'NaN',
    '1e9s',
    '99999d',
    '2099-01-01T00:00:00Z',
    '2026-13-45T99:00:00Z',
    '9'.repeat(41),
    'tomorrow',
  ])('does not take %j for a time', (value) => {
    expect(readReset(value, NOW)).toBeUndefined()
  })
})
