import { place } from '@vm-x/storage'
import type { z } from 'zod'
import { inOurWords } from './in-our-words.ts'
import { type FieldError, invalidFields } from './problem.ts'
import { schemaProblems } from './schema-problems.ts'

/** What the schema makes of a value. Throws `invalid_fields` with the path of everything that is wrong. */
export function parsed<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const result = safelyParsed(schema, value)
  if (result.success) return result.data
  throw invalidFields(fieldErrors(result.error.issues))
}

/** Conditions nest at will, and a body of 1 MiB deeper than the stack takes. */
function safelyParsed<Schema extends z.ZodType>(schema: Schema, value: unknown) {
  try {
    return schema.safeParse(value, { error: inOurWords })
  } catch (cause) {
    throw cause instanceof RangeError ? invalidFields([{ path: '', message: 'is nested too deep' }]) : cause
  }
}

/** Each unknown field is told by a path of its own, up to a number that somebody would read. */
export function fieldErrors(issues: readonly z.core.$ZodIssue[]): FieldError[] {
  return issues
    .slice(0, MOST_ERRORS)
    .flatMap((issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.slice(0, MOST_ERRORS).map((key) => ({
            path: shortened(place([...issue.path, key])),
            message: 'is not a field that exists here',
          }))
        : schemaProblems([issue]).map(({ path, message }) => ({ path: shortened(place(path)), message })),
    )
    .slice(0, MOST_ERRORS)
}

const MOST_ERRORS = 100
const LONGEST_PATH = 500

/** Keys are what somebody sent, as long as they like. */
const shortened = (path: string) => (path.length > LONGEST_PATH ? `${path.slice(0, LONGEST_PATH)}…` : path)
