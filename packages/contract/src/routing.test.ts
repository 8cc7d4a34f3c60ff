// biome-ignore-all lint/suspicious/noThenProperty: the name that people write
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { routingOf } from './routing.ts'

const routing = routingOf(z.strictObject({ model: z.string() }))
const rule = { when: { field: 'tokens.input', op: 'gt', value: 1 }, then: { target: { model: 'm' } } }

const problems = (rules: unknown) =>
  (routing.safeParse(rules).error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`).join('\n')

describe('the schema of rules', () => {
  it('says where in a nested condition the fault is', () => {
    const when = { all: [rule.when, { not: { any: [{ field: 'random', op: 'larger', value: 1 }] } }] }
    expect(problems([rule, { ...rule, when }])).toMatch(/^1\.when: all\.1: not: any\.0: op: Invalid option/)
  })

  it('names the ways to write a condition or an action that is none', () => {
    expect(problems([{ ...rule, when: { fields: 'random' } }])).toBe(
      '0.when: needs one of field, all, any, not, expression',
    )
    expect(problems([{ ...rule, then: {} }])).toBe('0.then: needs one of target, split, block, balance')
  })

  it('says which part of an action is wrong', () => {
    expect(problems([{ ...rule, then: { target: { model: 5 } } }])).toMatch(/^0\.then: target\.model: Invalid input/)
    expect(problems([{ ...rule, then: { target: { model: 'm' }, sticky: 'random' } }])).toMatch(/sticky/)
  })

  it('takes weights that sum to 100 but for the rounding of fractions, and no others', () => {
    const split = (...weights: number[]) => [
      { ...rule, then: { split: weights.map((weight) => ({ target: { model: 'm' }, weight })) } },
    ]
    expect(problems(split(33.3, 33.3, 33.4))).toBe('')
    expect(problems(split(14.1, 14.2, 14.3, 57.4))).toBe('')
    expect(problems(split(50, 49.9))).toMatch(/weights must sum to 100/)
  })
})
