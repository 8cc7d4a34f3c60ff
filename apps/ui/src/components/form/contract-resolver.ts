import { zodResolver } from '@hookform/resolvers/zod'
import type { FieldValues, Resolver } from 'react-hook-form'
import type { z } from 'zod'

/**
 * Holds a form against a schema of the contract as it is typed. The API parses once more: what is sent is what was typed,
 * not what the schema made of it.
 */
export function contractResolver<Values extends FieldValues>(schema: z.ZodType<unknown, Values>): Resolver<Values> {
  return zodResolver(schema as never, undefined, { raw: true }) as never
}
