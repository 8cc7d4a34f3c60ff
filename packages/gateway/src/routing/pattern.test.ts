import { describe, expect, it } from 'vitest'
import { compilePattern } from './pattern.ts'

const found = (source: string, text: string) => {
  const pattern = compilePattern(source)
  if (typeof pattern === 'string') throw new Error(pattern)
  return pattern.test(text)
}

const K16 = 16_384
const long = `first${'x'.repeat(100_000)}MIDDLE${'y'.repeat(100_000)}last`

describe('a pattern', () => {
  it('finds what is in the first or in the last 16 K of a long text, and nothing between', () => {
    expect(found('^first', long)).toBe(true)
    expect(found('last$', long)).toBe(true)
    expect(found('MIDDLE', long)).toBe(false)
    expect(found('MIDDLE', `${'x'.repeat(K16)}MIDDLE${'y'.repeat(K16 - 10)}`)).toBe(true)
  })

  it('spans the gap with no match', () => {
    expect(found('(?s)x.*y', long)).toBe(false)
    expect(found('x[^a]*y', long)).toBe(false)
  })

  it('knows that the last 16 K are no beginning of the text', () => {
    expect(found('^y', long)).toBe(false)
    expect(found('\\by', long)).toBe(false)
    expect(found('y+last', long)).toBe(true)
  })

  it('gives the same answer each time', () => {
    const pattern = compilePattern('a')
    if (typeof pattern === 'string') throw new Error(pattern)
    expect([pattern.test('a'), pattern.test('b'), pattern.test('a')]).toEqual([true, false, true])
  })

  it.each([
    '(a{1,100}){1,100}',
    '(a{1,30}){1,30}',
    'a{1000}',
    '.{300}x',
    '(a?){200}a{200}',
    'a'.repeat(501),
    '(?<=a)b',
    '(a)\\1',
    '[',
  ])('is refused when it is costly or can not be read: %s', (source) => {
    expect(compilePattern(source)).toBeTypeOf('string')
  })

  it.each(['(a+)+$', '^(a|aa)*$', '(.*)*b', '^(([a-z])+.)+[A-Z]([a-z])+$'])('%s needs no backtracking', (source) => {
    // A backtracking engine would not come back from this in years.
    expect(found(source, `${'a'.repeat(5_000)}!`)).toBe(false)
  })
})
