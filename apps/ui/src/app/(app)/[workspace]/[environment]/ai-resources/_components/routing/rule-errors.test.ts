import { expect, it } from 'vitest'
import { errorAt, errorsOfRules, hasErrorBelow } from './rule-errors.ts'

it('finds the field of the rule that a path names, in either way of writing it', () => {
  const { rules, list } = errorsOfRules([
    { path: 'draft.routing[0].when.all[1].any[0].value', message: 'must be a number' },
    { path: 'routing.2.then.split.1.target.model', message: 'must not be empty' },
    { path: 'draft.routing[2].then.split', message: 'weights must sum to 100' },
    { path: 'draft.routing', message: 'has more than 50 rules' },
    { path: 'draft.name', message: 'must not be empty' },
  ])
  expect(list).toBe('has more than 50 rules')
  expect([...rules]).toEqual([
    [0, { 'when.all.1.any.0.value': 'must be a number' }],
    [2, { 'then.split.1.target.model': 'must not be empty', 'then.split': 'weights must sum to 100' }],
  ])
  const second = rules.get(2) ?? {}
  expect(errorAt(second, ['then', 'split'])).toBe('weights must sum to 100')
  expect(errorAt(second, ['then', 'split', 1, 'target'], 'connectionId', 'model')).toBe('must not be empty')
  expect(hasErrorBelow(second, 'then')).toBe(true)
  expect(hasErrorBelow(second, 'when')).toBe(false)
})

it('says once that a target is not chosen', () => {
  const { rules } = errorsOfRules([
    { path: 'routing[0].then.target.connectionId', message: 'must be an id such as 019ab000, not a name' },
    { path: 'routing[0].then.target.model', message: 'must not be empty' },
  ])
  expect(rules.get(0)).toEqual({ 'then.target.connectionId': 'choose a connection' })
})

it('numbers rules in messages as the list does, and joins what is said of one field', () => {
  const { rules } = errorsOfRules([
    { path: 'routing[1]', message: 'is never reached, since rule 0 applies to every request' },
    { path: 'routing[1]', message: 'and more' },
  ])
  expect(rules.get(1)).toEqual({ '': 'is never reached, since rule 1 applies to every request; and more' })
  expect(errorAt(rules.get(1) ?? {}, [])).toMatch(/since rule 1/)
})
