import { expect, test } from 'vitest'
import { z } from 'zod'
import { inOurWords } from './in-our-words.ts'

const said = (schema: z.ZodType, value: unknown) =>
  schema.safeParse(value, { error: inOurWords }).error?.issues.map(({ message }) => message)

const many = z.enum(Array.from({ length: 20 }, (_, index) => `value${index}`) as [string, ...string[]])

test.each<[z.ZodType, unknown, string]>([
  [z.strictObject({ a: z.string() }), {}, 'is missing'],
  [z.string(), 5, 'must be a text'],
  [z.int(), 1.5, 'must be a whole number'],
  [z.boolean(), 'x', 'must be true or false'],
  [z.array(z.string()), {}, 'must be a list'],
  [z.int().max(200), 201, 'must be at most 200'],
  [z.int().min(1), 0, 'must be at least 1'],
  [z.string().max(3), 'abcd', 'must have at most 3 characters'],
  [z.string().min(1), '', 'must not be empty'],
  [z.array(z.int()).max(1), [1, 2], 'must have at most 1 items'],
  [z.uuid(), 'support', 'must be an id such as 019ab000-0000-7000-8000-000000000001, not a name'],
  [z.iso.datetime(), '2026-11-26', 'must be a time such as 2026-01-31T12:00:00Z'],
  [z.email(), 'x', 'must be an e-mail address'],
  [z.enum(['a', 'b']), 'c', 'must be one of a, b'],
  [many, 's3cret', 'is none of the 20 values that it can have, which the reference lists'],
  [z.strictObject({}), { budget: 1 }, 'has no field "budget"'],
  [z.string().min(5, 'a word of its own'), 'x', 'a word of its own'],
])('%# what a field must be is told, never what it was', (schema, value, message) => {
  expect(said(schema, value)).toEqual([message])
})

test('of a long list of values those that begin alike are told', () => {
  expect(said(many, 'value1x')).toEqual(['is none of the 20 values that it can have, which the reference lists'])
  expect(said(many, 'value')?.[0]).toBe(
    'must be one of the values that the reference lists, e.g. value0, value1, value2, value3, value4',
  )
})
