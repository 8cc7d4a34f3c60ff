import { describe, expect, it } from 'vitest'
import { compilePattern, compileTemplate, compileText, covers, intersect } from './pattern.ts'
import { referenceMatches } from './reference-policy.fixture.ts'

const matches = (pattern: string, text: string) => covers(compilePattern(pattern), compileText(text))
const includes = (outer: string, inner: string) => covers(compilePattern(outer), compilePattern(inner))
const overlap = (one: string, other: string) => intersect(compilePattern(one), compilePattern(other))

/** Every text of up to `length` characters. */
function wordsOf(alphabet: string, length: number): string[] {
  if (length === 0) return ['']
  const shorter = wordsOf(alphabet, length - 1)
  const longest = shorter.filter((word) => word.length === length - 1)
  return [...shorter, ...longest.flatMap((word) => [...alphabet].map((character) => word + character))]
}

describe('what a pattern matches', () => {
  it.each([
    ['user:get', 'user:get', true],
    ['user:get', 'user:gets', false],
    ['ser:get', 'user:get', false],
    ['User:get', 'user:get', false],
    ['user:?et', 'user:get', true],
    ['user:?get', 'user:get', false],
    ['user?get', 'user:get', false],
    ['*:get', 'user:get', true],
    ['*:get', 'workspace:user:get', false],
    ['u*r:get', 'ur:get', true],
    ['u*:get', 'user/x:get', false],
    ['*', '', true],
    ['*', 'workspace:w/environment:e', true],
    ['workspace:*', 'workspace:w/environment:e', true],
    ['workspace:w/*', 'workspace:w/environment:e/api-key:k', true],
    ['workspace:w/*', 'workspace:w', false],
    ['workspace:w/*', 'workspace:ww/environment:e', false],
    ['workspace:*/environment:e', 'workspace:w/environment:e', true],
    ['workspace:*/environment:e', 'workspace:w/environment:x/environment:e', false],
    ['workspace:w/environment:*', 'workspace:w/environment:*', true],
    ['user:a.c', 'user:abc', false],
  ])('%s on %s: %s', (pattern, text, expected) => {
    expect(matches(pattern, text)).toBe(expected)
  })

  it('is as the reference says for every pattern of up to five and text of up to six characters', () => {
    const texts = wordsOf('ab:', 6)
    const wrong = wordsOf('a:*?', 5).flatMap((pattern) => {
      const compiled = compilePattern(pattern)
      return texts
        .filter((text) => covers(compiled, compileText(text)) !== referenceMatches(pattern, text))
        .map((text) => `${pattern} on ${text}`)
    })
    expect(wrong).toEqual([])
  })

  it('is found out in few steps for patterns made to take many', () => {
    const hostile = ['*a'.repeat(249), `${'*'.repeat(249)}b`, '*?'.repeat(249), '*a?'.repeat(166)]
    for (const pattern of hostile) {
      const steps = counted('a'.repeat(500))
      covers(compilePattern(`${pattern}c`), steps.text)
      expect(steps.count()).toBeLessThan(4 * 500 * 500)
      expect(intersect(compilePattern(`${pattern}c`), compilePattern(`${pattern}d`))).toBe(false)
    }
  })
})

describe('patterns among each other', () => {
  // Six characters are enough for a text in common: all that two patterns of four can ask for besides runs.
  const texts = wordsOf('ab:', 6)
  const patterns = wordsOf('a:*?', 4)
    .filter((pattern) => pattern !== '')
    .map((pattern) => {
      const bits = texts.map((text) => (referenceMatches(pattern, text) ? '1' : '0')).join('')
      return { pattern, matched: BigInt(`0b${bits}`), compiled: compilePattern(pattern) }
    })
  const pairs = patterns.flatMap((one) => patterns.map((other) => [one, other] as const))

  it('overlap exactly where some text is matched by both', () => {
    const wrong = pairs.filter(
      ([one, other]) => intersect(one.compiled, other.compiled) !== ((one.matched & other.matched) !== 0n),
    )
    expect(wrong.map(([one, other]) => `${one.pattern} and ${other.pattern}`)).toEqual([])
  })

  it('cover nothing that they do not match, and nearly all that they do', () => {
    const included = pairs.filter(([outer, inner]) => (inner.matched & ~outer.matched) === 0n)
    const covered = pairs.filter(([outer, inner]) => covers(outer.compiled, inner.compiled))
    expect(covered.filter((pair) => !included.includes(pair))).toEqual([])
    expect(covered.length / included.length).toBeGreaterThan(0.9)
  })

  it.each([
    ['*', 'user:*', true],
    ['*', '*:get', true],
    ['*:get', 'user:get', true],
    ['*:get', 'u?er:get', true],
    ['*:get', '*:list', false],
    ['*:get', '*', false],
    ['*:get', '*get', false],
    ['user:*', 'user:*:x', true],
    ['user:?*', 'user:*?', true],
    ['user:?', 'user:*', false],
    ['a*c*e:x', 'abc?*de:x', true],
    ['workspace:w/*', 'workspace:w/environment:*', true],
    ['workspace:w/*', 'workspace:*', false],
    ['workspace:*/environment:e', 'workspace:w/environment:e', true],
    ['workspace:*/environment:e', 'workspace:*', false],
  ])('%s covers %s: %s', (outer, inner, expected) => {
    expect(includes(outer, inner)).toBe(expected)
  })

  it.each([
    ['*:get', 'user:*', true],
    ['*:get', 'user:g?t', true],
    ['ai-*:get', '*-resource:get', true],
    ['ai-*', 'api-key:*', false],
    ['?:get', 'user:*', false],
    ['workspace:w/*', 'workspace:*/environment:e', true],
    ['workspace:w/*', 'workspace:w', false],
  ])('%s overlaps %s: %s', (one, other, expected) => {
    expect(overlap(one, other)).toBe(expected)
    expect(overlap(other, one)).toBe(expected)
  })
})

describe('a template of resources', () => {
  const id = '019ab000-0000-7000-8000-00000000000f'
  it.each([
    ['user:{userId}', `user:${id}`, true],
    ['user:{userId}', 'user:019ab000-*', true],
    ['user:{userId}', '*', true],
    ['user:{userId}', `user:${id.toUpperCase()}`, false],
    ['user:{userId}', 'user:somebody', false],
    ['user:{userId}', `user:${id}0`, false],
    ['user:{userId}', `user:${id.slice(0, -1)}g`, false],
    ['user:{userId}', `user:${id}/*`, false],
    ['user:*', 'user:?', true],
    ['user:*', `user:${id}`, false],
    ['workspace:{workspaceId}/environment:*', `workspace:${id}/*`, true],
  ])('%s can be matched by %s: %s', (template, pattern, expected) => {
    expect(intersect(compileTemplate(template), compilePattern(pattern))).toBe(expected)
  })
})

/** A text that counts how often a character of it is looked at. */
function counted(word: string) {
  let count = 0
  const text = new Proxy(compileText(word), {
    get: (target, key) => {
      if (typeof key === 'string' && /^\d+$/.test(key)) count += 1
      return Reflect.get(target, key)
    },
  })
  return { text, count: () => count }
}
