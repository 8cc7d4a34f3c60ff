import { expect, it } from 'vitest'
import { conditionCount, depthOf, nearBounds, negated, replacedAt, unwrapped, withAdded } from './condition-tree.ts'
import type { RuleCondition } from './routing-rule.ts'
import { newRule } from './rule-templates.ts'

const is = (value: string): RuleCondition => ({ field: 'request.user', op: 'eq', value })
const tree: RuleCondition = { all: [is('a'), { any: [is('b'), { not: is('c') }] }] }
const target = { connectionId: 'c', model: 'm' }

it('replaces what the path names and nothing else', () => {
  expect(replacedAt(tree, ['all', 1, 'any', 1, 'not'], is('x'))).toEqual({
    all: [is('a'), { any: [is('b'), { not: is('x') }] }],
  })
  expect(replacedAt(tree, [], is('x'))).toEqual(is('x'))
  expect(replacedAt(tree, ['any', 0], is('x'))).toBe(tree)
})

it('takes a condition away with the negation around it, and leaves an empty group', () => {
  expect(replacedAt(tree, ['all', 1, 'any', 1, 'not'], undefined)).toEqual({ all: [is('a'), { any: [is('b')] }] })
  expect(replacedAt({ all: [is('a')] }, ['all', 0], undefined)).toEqual({ all: [] })
  expect(replacedAt({ not: is('a') }, ['not'], undefined)).toBeUndefined()
})

it('adds to a group, and makes one of what is none', () => {
  expect(withAdded({ any: [is('a')] }, is('b'))).toEqual({ any: [is('a'), is('b')] })
  expect(withAdded(is('a'), is('b'))).toEqual({ all: [is('a'), is('b')] })
})

it('negates twice to the same, and opens only groups of one', () => {
  expect(negated(negated(tree))).toEqual(tree)
  expect(unwrapped({ any: [is('a')] })).toEqual(is('a'))
  expect(unwrapped({ any: [is('a'), is('b')] })).toBeUndefined()
  expect(unwrapped({ any: [] })).toBeUndefined()
})

it('counts groups and expressions as the bound does, and says when a bound is near', () => {
  const rule = { ...newRule(target), when: tree }
  expect(conditionCount([rule, { ...rule, when: { expression: 'true' } }])).toBe(7)
  expect(depthOf(tree)).toBe(3)
  expect(nearBounds([rule])).toEqual([])
  const rules = Array.from({ length: 51 }, () => newRule(target))
  expect(nearBounds(rules)).toEqual([{ text: '51 of at most 50 rules', over: true }])
  const wide = { ...rule, when: { all: Array.from({ length: 420 }, () => is('a')) } }
  expect(nearBounds([wide])).toEqual([{ text: '421 of at most 500 conditions', over: false }])
})
