import { expect, it } from 'vitest'
import { numbersIn, withField, withOp } from './comparison-edits.ts'
import { parseFieldName } from './field-catalogue.ts'

const field = (name: string) => {
  const parsed = parseFieldName(name)
  if (!parsed) throw new Error(name)
  return parsed
}

it('gives an operator a value of the kind that it takes', () => {
  const tokens = { field: 'tokens.input', op: 'gt', value: 5 } as const
  expect(withOp(tokens, 'in')).toEqual({ field: 'tokens.input', op: 'in', value: [5] })
  expect(withOp(withOp(tokens, 'in'), 'lt')).toEqual({ field: 'tokens.input', op: 'lt', value: 5 })
  expect(withOp(tokens, 'exists')).toEqual({ field: 'tokens.input', op: 'exists' })
  expect(withOp({ field: 'request.stream', op: 'exists' }, 'eq')).toMatchObject({ value: true })
  expect(withOp({ field: 'request.user', op: 'eq', value: '' }, 'in')).toMatchObject({ value: [] })
})

it('keeps the operator that fits another field, and the value only where the field is the same but for its parameter', () => {
  const team = { field: 'request.metadata.team', op: 'startsWith', value: 'a' } as const
  expect(withField(team, field('request.metadata.group'))).toEqual({ ...team, field: 'request.metadata.group' })
  expect(withField(team, field('request.user'))).toEqual({ field: 'request.user', op: 'startsWith', value: '' })
  expect(withField(team, field('tokens.input'))).toEqual({ field: 'tokens.input', op: 'gt', value: 1000 })
  expect(withField({ ...team, op: 'exists' }, field('errorRate(5)'))).toEqual({ field: 'errorRate(5)', op: 'exists' })
})

it('reads numbers however they are separated, and nothing where one is none', () => {
  expect(numbersIn('1, 2;3  4.5')).toEqual([1, 2, 3, 4.5])
  expect(numbersIn('1, two')).toBeUndefined()
  expect(numbersIn('')).toEqual([])
})
