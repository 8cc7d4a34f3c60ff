import type { z } from 'zod'

/**
 * What is wrong with a field, for people: what it must be, and never what it was, which may be secret. Where a schema says
 * it itself, that is what is told.
 */
export function inOurWords(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? MISSING : `must be ${TYPES[issue.expected] ?? issue.expected}`
    case 'too_big':
      return bound('at most', issue.maximum, issue.origin)
    case 'too_small':
      return issue.minimum === 1 && issue.origin !== 'number' && issue.origin !== 'int'
        ? 'must not be empty'
        : bound('at least', issue.minimum, issue.origin)
    case 'invalid_format':
      return FORMATS[issue.format]
    case 'invalid_value':
      return oneOf(issue.values.map(String), issue.input)
    case 'unrecognized_keys':
      return `has no field ${issue.keys.map((key) => JSON.stringify(key)).join(', ')}`
    default:
      return undefined
  }
}

export const MISSING = 'is missing'

const TYPES: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
  null: 'null',
}

const FORMATS: Readonly<Record<string, string>> = {
  uuid: 'must be an id such as 019ab000-0000-7000-8000-000000000001, not a name',
  datetime: 'must be a time such as 2026-01-31T12:00:00Z',
  email: 'must be an e-mail address',
  url: 'must be an address such as https://api.example.com/v1',
}

const UNITS: Readonly<Record<string, string>> = { string: ' characters', array: ' items', set: ' items' }

function bound(which: string, limit: number | bigint, origin: string): string {
  const unit = UNITS[origin]
  return unit === undefined ? `must be ${which} ${limit}` : `must have ${which} ${limit}${unit}`
}

/** Long lists are in the reference; of them only what begins alike is told. */
function oneOf(values: readonly string[], input: unknown): string {
  if (values.length <= MOST_VALUES) return `must be ${values.length > 1 ? 'one of ' : ''}${values.join(', ')}`
  const alike = typeof input === 'string' && input !== '' ? values.filter((value) => value.startsWith(input)) : []
  return alike.length === 0
    ? `is none of the ${values.length} values that it can have, which the reference lists`
    : `must be one of the values that the reference lists, e.g. ${alike.slice(0, MOST_ALIKE).join(', ')}`
}

const MOST_VALUES = 16
const MOST_ALIKE = 5
