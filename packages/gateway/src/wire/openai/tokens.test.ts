import { describe, expect, it } from 'vitest'
import { estimateOutputTokens, estimateTokens } from './tokens.ts'

describe('estimateTokens', () => {
  it('takes four bytes of a request for a token', () => {
    expect(estimateTokens('chat', 401, {}).input).toBe(101)
  })

  it('bounds the answer by the limit that the request states, by either name', () => {
    expect(estimateTokens('chat', 4, { max_tokens: 100 }).output).toBe(100)
    expect(estimateTokens('chat', 4, { max_tokens: 100, max_completion_tokens: 50 }).output).toBe(50)
  })

  it('does not reserve more than an answer usually needs, whatever the limit', () => {
    expect(estimateTokens('chat', 4, { max_tokens: 1e9 }).output).toBe(estimateTokens('chat', 4, {}).output)
  })

  it('counts each of several choices, up to a bound', () => {
    expect(estimateTokens('chat', 4, { max_tokens: 10, n: 3 }).output).toBe(30)
    expect(estimateTokens('chat', 4, { max_tokens: 10, n: 1e9 }).output).toBe(1280)
  })

  it('ignores limits that are no positive numbers', () => {
    for (const max_tokens of [0, -1, '9', null, Number.NaN])
      expect(estimateTokens('chat', 4, { max_tokens }).output).toBe(512)
  })

  it('expects no output of an embedding', () => {
    expect(estimateTokens('embedding', 40, { max_tokens: 7 })).toEqual({ input: 10, output: 0 })
  })
})

describe('estimateOutputTokens', () => {
  it('takes four bytes of an answer for a token', () => {
    expect(estimateOutputTokens(9)).toBe(3)
  })
})
