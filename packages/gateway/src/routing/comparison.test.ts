import type { Comparison } from '@vm-x/contract'
import { describe, expect, it } from 'vitest'
import { checkRouting } from './check-routing.ts'
import { requestOf, routingOf } from './routing.fixture.ts'

const request = requestOf({ user: 'Ann', tools: [{}, {}, {}] }, { stream: true, labels: ['gold', 'eu'] })
const matches = (when: Comparison) => routingOf([{ when }]).decide(request).matched === 0

const TEXT: [Comparison['op'], Comparison['value'], boolean][] = [
  ['eq', 'Ann', true],
  ['eq', 'ann', false],
  ['ne', 'Ann', false],
  ['ne', 'ann', true],
  ['contains', 'nn', true],
  ['contains', 'NN', false],
  ['notContains', 'nn', false],
  ['notContains', 'x', true],
  ['startsWith', 'An', true],
  ['startsWith', 'nn', false],
  ['endsWith', 'nn', true],
  ['endsWith', 'An', false],
  ['matches', '^A.n$', true],
  ['matches', '^a', false],
  ['matches', '(?i)^a', true],
  ['in', ['Bob', 'Ann'], true],
  ['in', ['Bob'], false],
  ['notIn', ['Bob', 'Ann'], false],
  ['notIn', ['Bob'], true],
  ['exists', undefined, true],
  ['notExists', undefined, false],
]
const NUMBER: typeof TEXT = [
  ['eq', 3, true],
  ['eq', 4, false],
  ['ne', 3, false],
  ['ne', 4, true],
  ['gt', 2, true],
  ['gt', 3, false],
  ['gte', 3, true],
  ['gte', 4, false],
  ['lt', 4, true],
  ['lt', 3, false],
  ['lte', 3, true],
  ['lte', 2, false],
  ['in', [1, 3], true],
  ['in', [1], false],
  ['notIn', [1, 3], false],
  ['notIn', [1], true],
  ['exists', undefined, true],
  ['notExists', undefined, false],
]
const FLAG: typeof TEXT = [
  ['eq', true, true],
  ['eq', false, false],
  ['ne', true, false],
  ['ne', false, true],
  ['exists', undefined, true],
  ['notExists', undefined, false],
]
const LIST: typeof TEXT = [
  ['contains', 'gold', true],
  ['contains', 'gol', false],
  ['notContains', 'gold', false],
  ['notContains', 'us', true],
  ['in', ['us', 'eu'], true],
  ['in', ['us'], false],
  ['notIn', ['us', 'eu'], false],
  ['notIn', ['us'], true],
  ['exists', undefined, true],
  ['notExists', undefined, false],
]
const BY_FIELD = { 'request.user': TEXT, 'request.toolsCount': NUMBER, 'request.stream': FLAG, 'apiKey.labels': LIST }
const OPS: readonly Comparison['op'][] = [...new Set([...TEXT, ...NUMBER].map(([op]) => op))]

describe.each(Object.entries(BY_FIELD))('a comparison of %s', (field, table) => {
  it.each(table)('%s %j is %s', (op, value, expected) => {
    expect(matches({ field, op, value })).toBe(expected)
  })

  it('takes no other operator, and says which it takes', () => {
    const fitting = new Set(table.map(([op]) => op))
    for (const op of OPS.filter((other) => !fitting.has(other))) {
      const [problem] = checkRouting([rule({ field, op, value: 'x' })])
      expect(problem).toMatchObject({
        path: [0, 'when', 'op'],
        message: expect.stringContaining(`${op} does not fit ${field}`),
      })
    }
  })
})

describe('a comparison', () => {
  it.each(OPS)('%s with an absent value is false, unless it denies', (op) => {
    const value = op.endsWith('xists') ? undefined : op === 'in' || op === 'notIn' ? ['x'] : 'x'
    const field = 'request.metadata.none'
    const number = ['gt', 'gte', 'lt', 'lte'].includes(op)
    const when = number ? { field: 'tokens.maxOutput', op, value: 0 } : { field, op, value }
    expect(matches(when)).toBe(['ne', 'notContains', 'notIn', 'notExists'].includes(op))
  })

  it.each<Comparison>([
    { field: 'request.user', op: 'eq', value: 5 },
    { field: 'request.user', op: 'eq' },
    { field: 'request.user', op: 'in', value: 'x' },
    { field: 'request.user', op: 'in', value: [] },
    { field: 'request.user', op: 'in', value: ['x', 1] },
    { field: 'request.user', op: 'matches', value: '(' },
    { field: 'request.user', op: 'matches', value: '(?=x)' },
    { field: 'request.user', op: 'exists', value: true },
    { field: 'tokens.input', op: 'gt', value: '5' },
    { field: 'tokens.input', op: 'in', value: ['5'] },
    { field: 'request.stream', op: 'eq', value: 'true' },
    { field: 'apiKey.labels', op: 'contains', value: ['x'] },
  ])('is refused for its value, and never matches: %j', (when) => {
    expect(checkRouting([rule(when)])).toMatchObject([{ path: [0, 'when', 'value'] }])
    expect(routingOf([{ when }]).decide(request)).toMatchObject({ matched: undefined, rules: [{ result: 'failed' }] })
  })
})

const rule = (when: Comparison) => ({
  description: '',
  enabled: true,
  when,
  // biome-ignore lint/suspicious/noThenProperty: the name that people write
  then: { block: 'no' },
  traffic: 100,
})
