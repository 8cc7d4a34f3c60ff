// biome-ignore-all lint/suspicious/noThenProperty: the name that people write
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { ROUTING_BOUNDS, routingOf, storedRoutingOf } from './routing.ts'

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

describe('the bounds of rules', () => {
  const ruleOf = (when: unknown) => ({ ...rule, when })
  const empty = { all: [] }
  const around = (depth: number, inner: unknown = rule.when) => {
    let when = inner
    for (let at = 0; at < depth; at++) when = { not: when }
    return when
  }
  const wide = (parts: number) => ({ any: Array(parts).fill(empty) })

  it('count every condition of all rules, those without a comparison too', () => {
    const nine = Array.from({ length: 9 }, () => ruleOf(wide(49)))
    expect(problems([...nine, ruleOf(wide(49))])).toBe('')
    expect(problems([...nine, ruleOf(wide(50))])).toBe('9.when: brings the rules to more than 500 conditions')
    expect(problems([...nine, ruleOf({ all: [wide(24), wide(24)] })])).toMatch(/^9\.when: .* 500 conditions$/)
  })

  it('allow conditions within each other ten times', () => {
    expect(problems([ruleOf(around(10))])).toBe('')
    expect(problems([rule, ruleOf(around(11))])).toBe('1.when: is nested more than 10 deep')
  })

  it('take a condition for every form whose keys it has', () => {
    const mixed = { field: 'random', op: 'eq', all: Array(300).fill(empty), any: Array(300).fill(empty) }
    expect(problems([ruleOf(mixed)])).toBe('0.when: brings the rules to more than 500 conditions')
    expect(problems([ruleOf({ all: 5, not: around(20) })])).toBe('0.when: is nested more than 10 deep')
  })

  it('allow 50 rules, and 65,536 characters of JSON', () => {
    expect(problems(Array(51).fill(rule))).toBe(': has more than 50 rules')
    const [one, ...more] = Array.from({ length: 50 }, () => ({ ...rule, then: { block: 'x'.repeat(500) } }))
    expect(problems([one, ...more])).toBe('')
    const long = { field: 'request.user', op: 'in', value: Array(60).fill('x'.repeat(1000)) }
    expect(problems([ruleOf(long)])).toBe('')
    expect(problems([ruleOf(long), one, ...more.slice(0, 10)])).toBe(': is longer than 65536 characters as JSON')
    expect(problems(Array.from({ length: 50 }, () => Array(1_000).fill(0)))).toMatch(/^: is longer than 65536/)
  })

  it.each([
    ['conditions without comparisons', { any: Array(50).fill({ any: Array(50).fill(wide(20)) }) }],
    ['conditions within each other', around(20_000)],
    ['lists within each other', JSON.parse('['.repeat(50_000) + ']'.repeat(50_000))],
  ])('refuse %s before they are looked at one by one', (_case, when) => {
    let looked = 0
    const counting = routingOf(z.custom(() => ++looked > 0))
    expect(counting.safeParse([ruleOf(when)]).success).toBe(false)
    expect(looked).toBe(0)
  })

  it('are not asked of what is stored', () => {
    const stored = storedRoutingOf(z.strictObject({ model: z.string() }))
    expect(stored.safeParse([ruleOf(wide(50)), ...Array(9).fill(ruleOf(wide(50)))]).success).toBe(true)
  })

  it('are those of the rules of a resource', () => {
    expect(ROUTING_BOUNDS).toEqual({ rules: 50, conditions: 500, depth: 10, characters: 65_536 })
  })
})
