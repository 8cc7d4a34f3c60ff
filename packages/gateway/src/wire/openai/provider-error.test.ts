import { describe, expect, it } from 'vitest'
import { errorCodeOf, providerError, readRetryAfter } from './provider-error.ts'

const SECRET = 'sk-upstream-secret'
const answer = (status: number, error: unknown = {}, headers = {}) =>
  providerError(status, headers, Buffer.from(typeof error === 'string' ? error : JSON.stringify({ error })), SECRET)

describe('providerError', () => {
  it.each([
    [401, 'provider_auth_failed', 502, true],
    [403, 'provider_auth_failed', 502, true],
    [408, 'provider_timeout', 504, true],
    [429, 'provider_rate_limited', 429, true],
    [500, 'provider_unavailable', 502, true],
    [503, 'provider_unavailable', 502, true],
    [529, 'provider_unavailable', 502, true],
    [302, 'provider_bad_answer', 502, true],
    [204, 'provider_bad_answer', 502, true],
    [400, 'provider_rejected', 400, false],
    [404, 'provider_rejected', 404, false],
    [422, 'provider_rejected', 422, false],
  ])('%i is %s, answered with %i; another target is tried: %s', (status, code, told, fallback) => {
    const error = answer(status, { message: 'no' })
    expect([error.code, error.status, error.fallback]).toEqual([code, told, fallback])
  })

  it("keeps the provider's message, code and parameter where the request is at fault", () => {
    const error = answer(422, { message: 'bad n', code: 'bad_value', param: 'n' })
    expect(error.toJSON().error).toEqual({
      message: 'bad n',
      type: 'invalid_request_error',
      code: 'bad_value',
      param: 'n',
    })
  })

  it('knows a context that is too long by its code or its words', () => {
    for (const error of [
      { code: 'context_length_exceeded' },
      { message: "This model's maximum context length is 8192 tokens" },
    ]) {
      expect(answer(400, error).toJSON().error.code).toBe('context_length_exceeded')
    }
  })

  it('knows a refusal for its content', () => {
    expect(answer(400, { code: 'content_filter', message: 'violence' })).toMatchObject({
      code: 'content_filter',
      message: 'violence',
    })
  })

  it.each([401, 403, 429, 500])("never repeats a provider's words at %i", (status) => {
    expect(JSON.stringify(answer(status, { message: 'inner words', code: 'inner', param: 'inner' }))).not.toContain(
      'inner',
    )
  })

  it.each(['message', 'code', 'param'])('strikes the credential out of the %s', (field) => {
    expect(JSON.stringify(answer(400, { message: 'no', [field]: `key ${SECRET}!` }))).not.toContain(SECRET)
  })

  it('strikes out a credential that stands where a long message is cut', () => {
    const message = `${'x'.repeat(2000 - 8)}${SECRET}`
    expect(answer(400, { message }).message).not.toContain(SECRET.slice(0, 8))
  })

  it('bounds what it passes on of a message', () => {
    expect(answer(400, { message: 'x'.repeat(100_000) }).message.length).toBeLessThanOrEqual(2000)
  })

  it.each([
    '',
    '<html>',
    '[]',
    '{"error":"plain words"}',
    '[{"error":{"message":"in a list"}}]',
    '{"message":"bare"}',
    'null',
  ])('understands a body such as %j', (body) => {
    const error = answer(400, body)
    expect(error.code).toBe('provider_rejected')
    expect(error.message).not.toBe('')
    const said = /plain words|in a list|bare/.exec(body)?.[0]
    if (said) expect(error.message).toBe(said)
  })

  it('tells the client to wait as long as the provider said', () => {
    expect(answer(429, {}, { 'retry-after': '2' }).headers()).toMatchObject({
      'retry-after': '2',
      'retry-after-ms': '2000',
    })
    expect(answer(429).headers()).not.toHaveProperty('retry-after')
  })
})

describe('errorCodeOf', () => {
  const codeOf = (error: unknown) => errorCodeOf(Buffer.from(JSON.stringify({ error })), SECRET)

  it("reads the provider's own code", () => {
    expect(codeOf({ code: 'rate_limit_exceeded' })).toBe('rate_limit_exceeded')
    expect(codeOf({ type: 'overloaded_error' })).toBe('overloaded_error')
  })

  it('reads no prose and no credential', () => {
    expect(codeOf({ code: 'the request said so' })).toBeUndefined()
    expect(codeOf({ code: SECRET })).toBeUndefined()
  })
})

describe('readRetryAfter', () => {
  it('reads milliseconds, seconds and dates', () => {
    expect(readRetryAfter({ 'retry-after-ms': '1500', 'retry-after': '9' })).toBe(1500)
    expect(readRetryAfter({ 'retry-after': '1.5' })).toBe(1500)
    expect(readRetryAfter({ 'retry-after': 'Thu, 01 Jan 1970 00:00:00 GMT' })).toBe(0)
  })

  it('ignores what is none of them', () => {
    for (const value of ['soon', '-1', 'Infinity', '']) expect(readRetryAfter({ 'retry-after': value })).toBeUndefined()
    expect(readRetryAfter({})).toBeUndefined()
  })
})
