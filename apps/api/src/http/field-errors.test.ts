import { expect, test } from 'vitest'
import { z } from 'zod'
import { parsed } from './field-errors.ts'
import { Problem } from './problem.ts'

function refused(schema: z.ZodType, value: unknown): Problem {
  try {
    parsed(schema, value)
  } catch (error) {
    if (error instanceof Problem) return error
    throw error
  }
  throw new Error('It was not refused')
}

test('a body of a hundred thousand unknown fields is told of a hundred of them, and ten in words', () => {
  const body = Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [String(index), 1]))
  const problem = refused(z.strictObject({ email: z.string().optional() }), body)
  expect(problem.errors).toHaveLength(100)
  expect(problem.message).toMatch(/; and 90 more$/)
  expect(JSON.stringify(problem.body()).length).toBeLessThan(20_000)
})

test('a name of a field is repeated as far as somebody would read it', () => {
  const problem = refused(z.strictObject({}), { ['k'.repeat(100_000)]: 1 })
  expect(JSON.stringify(problem.body()).length).toBeLessThan(2000)
})
