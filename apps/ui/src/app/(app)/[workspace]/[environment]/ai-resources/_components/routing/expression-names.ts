import type { FieldDefinition } from './field-catalogue.ts'

/** How expressions write a field, with an example of its parameter. */
export function nameInExpression({ id, parameter }: FieldDefinition): string {
  if (parameter === 'key') return `${id}["key"]`
  if (parameter === 'header') return `${id}["x-name"]`
  return parameter === 'minutes' ? `${id}(5)` : id
}

/** The most that the characters of an expression may be, as bytes. */
export const MOST_EXPRESSION_BYTES = 2048

/** The most characters that an expression may go through, whatever the request. */
export const MOST_EXPRESSION_COST = 5_000_000
