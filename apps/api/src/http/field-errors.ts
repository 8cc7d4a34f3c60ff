import { place } from '@vm-x/storage'
import type { z } from 'zod'
import { schemaProblems } from '../setup/schema-problems.ts'
import { type FieldError, invalidFields } from './problem.ts'

/** What the schema makes of a value. Throws `invalid_fields` with the path of everything that is wrong. */
export function parsed<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const result = safelyParsed(schema, value)
  if (result.success) return result.data
  throw invalidFields(fieldErrors(result.error.issues))
}

/** Conditions nest at will, and a body of 1 MiB deeper than the stack takes. */
function safelyParsed<Schema extends z.ZodType>(schema: Schema, value: unknown) {
  try {
    return schema.safeParse(value)
  } catch (cause) {
    throw cause instanceof RangeError ? invalidFields([{ path: '', message: 'is nested too deep' }]) : cause
  }
}

/** Each unknown field is told by a path of its own. */
export function fieldErrors(issues: readonly z.core.$ZodIssue[]): FieldError[] {
  return issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({ path: place([...issue.path, key]), message: 'is not a field that exists here' }))
      : schemaProblems([issue]).map(({ path, message }) => ({ path: place(path), message })),
  )
}
