import { z } from 'zod'

/** Text that can be stored: no database takes U+0000, or half of a surrogate pair. */
export const text = (maxLength: number) =>
  z
    .string()
    .max(maxLength)
    .refine((value) => value.isWellFormed() && !value.includes('\0'), 'holds a character that can not be stored')
