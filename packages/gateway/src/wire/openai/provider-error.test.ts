import { describe, expect, it } from 'vitest'
import { answeredError, errorCodeOf, errorInAnswer, providerError, readRetryAfter } from './provider-error.ts'

const SECRET = 'sk-upstream-secret'
const NOW = Date.UTC(2026, 0, 1)
const answer = (status: number, error: unknown = {}, headers = {}) =>
  providerError({
    status,
    headers,
    body: Buffer.from(typeof error === 'string' ? error : JSON.stringify({ error })),
    secret: SECRET,
    now: NOW,
  })

describe('providerError', () => {
  it.each([
    [401, 'provider_auth_failed', 502, 'next'],
    [403, 'provider_auth_failed', 502, 'next'],
    [408, 'provider_timeout', 504, 'next'],
    [429, 'provider_rate_limited', 429, 'next'],
    [500, 'provider_unavailable', 502, 'next'],
    [503, 'provider_unavailable', 502, 'next'],
    [529, 'provider_unavailable', 502, 'next'],
    [302, 'provider_bad_answer', 502, 'next'],
    [204, 'provider_bad_answer', 502, 'next'],
    [400, 'provider_rejected', 400, 'none'],
    [402, 'provider_rejected', 402, 'none'],
    [404, 'provider_rejected', 404, 'none'],
    [409, 'provider_rejected', 409, 'none'],
    [422, 'provider_rejected', 422, 'none'],
  ])('%i is %s, answered with %i; other targets that are tried: %s', (status, code, told, fallback) => {
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

  it('knows a context that is too long by its code', () => {
    for (const code of ['context_length_exceeded', 'exceed_context_size_error']) {
      expect(answer(400, { code }).toJSON().error.code).toBe('context_length_exceeded')
    }
  })

  it.each([
    [
      'OpenAI, vLLM',
      400,
      "This model's maximum context length is 8192 tokens. However, your messages resulted in 9000.",
    ],
    ['OpenAI', 400, 'Your input exceeds the context window of this model.'],
    ['Anthropic', 400, 'prompt is too long: 209353 tokens > 199999 maximum'],
    ['Anthropic', 400, 'input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000'],
    ['Gemini', 400, 'The input token count (1048577) exceeds the maximum number of tokens allowed (1048576).'],
    ['Vertex AI', 400, 'The input token count is 40000 but the model only supports up to 32768.'],
    ['Mistral', 400, 'Prompt contains 40000 tokens, too large for model with 32768 maximum context length'],
    ['SGLang', 400, "The input (9000 tokens) is longer than the model's context length (8192 tokens)."],
    ['vLLM', 400, 'The decoder prompt (length 5000) is longer than the maximum model length of 4096.'],
    ['llama.cpp', 400, 'the request exceeds the available context size, try increasing it'],
    ['Ollama', 400, 'the input length exceeds the context length'],
    ['Together AI', 422, 'Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4097. Given: 5000'],
    ['Groq', 413, 'Please reduce the length of the messages or completion.'],
    ['xAI', 400, "This model's maximum prompt length is 131072 but the request contains 200000 tokens."],
    ['Bedrock', 400, 'Input is too long for requested model.'],
  ])('knows a context that is too long by the words of %s', (_provider, status, message) => {
    expect(answer(status, { message })).toMatchObject({ code: 'context_length_exceeded', message })
  })

  it('takes no other limit for the one of the context', () => {
    for (const message of [
      'max_tokens is too large: 100000. This model supports at most 16384 completion tokens.',
      "Invalid 'messages': array too long. Expected an array with maximum length 2048.",
      'Request too large',
    ]) {
      expect(answer(400, { message }).code).toBe('provider_rejected')
    }
  })

  it('lets the client try again after a conflict, and after no other refusal', () => {
    const retries = (status: number) => answer(status).headers()['x-should-retry']
    expect([retries(409), retries(404), retries(422)]).toEqual(['true', 'false', 'false'])
  })

  it('keeps what a content filter took offence at', () => {
    const innererror = {
      code: 'ResponsibleAIPolicyViolation',
      content_filter_result: { hate: { filtered: false }, violence: { filtered: true }, jailbreak: { detected: true } },
    }
    const azure = answer(400, { code: 'content_filter', message: 'The prompt was filtered', innererror })
    expect(azure).toMatchObject({ code: 'content_filter', message: 'The prompt was filtered (violence, jailbreak)' })
    const metadata = { reasons: ['harassment'], flagged_input: '…' }
    const openRouter = answer(403, { code: 403, message: 'Your input was flagged', metadata })
    expect(openRouter).toMatchObject({
      code: 'content_filter',
      status: 400,
      message: 'Your input was flagged (harassment)',
    })
    expect(answer(400, { message: 'Output blocked by content filtering policy' }).code).toBe('content_filter')
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

  it.each([429, 503])('tells the client to wait as long as the provider said with its %i', (status) => {
    expect(answer(status, {}, { 'retry-after': '2' })).toMatchObject({ retryAfterMs: 2000 })
    expect(answer(status).retryAfterMs).toBeUndefined()
  })

  it('takes the time at which a limit that is used up is free again, where a 429 names no other', () => {
    const used = { 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '6m0s' }
    expect(answer(429, {}, used).retryAfterMs).toBe(360_000)
    expect(answer(429, {}, { ...used, 'retry-after': '2' }).retryAfterMs).toBe(2000)
    expect(answer(429, {}, { ...used, 'x-ratelimit-remaining-requests': '3' }).retryAfterMs).toBeUndefined()
    expect(answer(503, {}, used).retryAfterMs).toBeUndefined()
  })

  it('takes no wait from other failures', () => {
    for (const status of [400, 401, 500, 502]) {
      expect(answer(status, {}, { 'retry-after': '2' }).retryAfterMs).toBeUndefined()
    }
  })
})

describe('errorInAnswer', () => {
  const errorIn = (body: object) => errorInAnswer(Buffer.from(JSON.stringify(body)))

  it.each([{ error: { code: 502, message: 'no' } }, { id: '1', error: 'no' }])('finds the error of %j', (body) => {
    expect(errorIn(body)).toEqual(body)
  })

  it.each([
    { choices: [] },
    { error: null },
    { error: '' },
    { error: {} },
    { choices: [{ error: { code: 1 } }] },
    { choices: [{ message: { content: '"error":{"code":1}' } }] },
  ])('finds none in %j', (body) => {
    expect(errorIn(body)).toBeUndefined()
  })
})

describe('answeredError', () => {
  it.each([
    [{ code: 429 }, 'provider_rate_limited'],
    [{ code: '503' }, 'provider_unavailable'],
    [{ code: 401 }, 'provider_auth_failed'],
    [{ code: 402, message: 'no credit' }, 'provider_rejected'],
    [{ code: 408 }, 'provider_timeout'],
    [{ code: 'rate_limit_exceeded' }, 'provider_rate_limited'],
    [{ type: 'overloaded_error' }, 'provider_unavailable'],
    [{ status: 'RESOURCE_EXHAUSTED' }, 'provider_rate_limited'],
    [{ code: 'context_length_exceeded' }, 'context_length_exceeded'],
    [{ code: 'content_filter' }, 'content_filter'],
    [{ message: 'no idea' }, 'provider_unavailable'],
    ['no idea', 'provider_unavailable'],
    [{ code: 200 }, 'provider_unavailable'],
  ])('classifies %j as %s', (error, code) => {
    expect(answeredError({ error }, null).code).toBe(code)
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
    expect(readRetryAfter({ 'retry-after-ms': '1500', 'retry-after': '9' }, NOW)).toBe(1500)
    expect(readRetryAfter({ 'retry-after': '1.5' }, NOW)).toBe(1500)
    expect(readRetryAfter({ 'retry-after': 'Thu, 01 Jan 2026 00:00:30 GMT' }, NOW)).toBe(30_000)
    expect(readRetryAfter({ 'retry-after': 'Thu, 01 Jan 1970 00:00:00 GMT' }, NOW)).toBe(0)
  })

  it('ignores what is none of them', () => {
    for (const value of ['soon', '-1', 'Infinity', '', '1e300', '9'.repeat(500), 'Fri, 31 Dec 9999 23:59:59 GMT'])
      expect(readRetryAfter({ 'retry-after': value }, NOW)).toBeUndefined()
    expect(readRetryAfter({ 'retry-after-ms': '9e99', 'retry-after': '9e99' }, NOW)).toBeUndefined()
    expect(readRetryAfter({}, NOW)).toBeUndefined()
  })
})
