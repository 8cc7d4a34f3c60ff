import { expect, it } from 'vitest'
import { traceOf } from './condition-trace.ts'
import type { RuleCondition } from './routing-rule.ts'

const is = (value: string): RuleCondition => ({ field: 'request.user', op: 'eq', value })
const made = (...results: boolean[]) => results.map((result) => ({ field: 'request.user', op: 'eq', result }))
const flat = (condition: RuleCondition, ...results: boolean[]) => {
  const said: (boolean | undefined)[] = []
  const walk = (part: ReturnType<typeof traceOf>): void => {
    if (part?.kind === 'comparison') said.push(part.result)
    part?.parts.forEach(walk)
  }
  const traced = traceOf(condition, made(...results))
  walk(traced)
  return [traced?.result, said]
}

it('gives each comparison its own result, also where the same field stands in a group that was left', () => {
  const condition: RuleCondition = { any: [{ all: [is('a'), is('b')] }, is('c')] }
  expect(flat(condition, false, true)).toEqual([true, [false, undefined, true]])
  expect(flat(condition, true, true)).toEqual([true, [true, true, undefined]])
  expect(flat(condition, true, false, false)).toEqual([false, [true, false, false]])
})

it('turns what is negated, and leaves groups as the gateway does', () => {
  expect(flat({ all: [{ not: is('a') }, is('b')] }, true)).toEqual([false, [true, undefined]])
  expect(flat({ all: [] })).toEqual([true, []])
  expect(flat({ any: [] })).toEqual([false, []])
})

it('says nothing where the comparisons were made for another rule', () => {
  expect(traceOf(is('a'), [{ field: 'request.stream', op: 'eq', result: true }])).toBeUndefined()
  expect(traceOf(is('a'), made(true, true))).toBeUndefined()
  expect(traceOf({ all: [is('a'), is('b')] }, made(true))).toBeUndefined()
})
