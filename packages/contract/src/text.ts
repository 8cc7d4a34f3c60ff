import { z } from 'zod'

/** Text that can be stored. */
export const text = (maxLength: number) => z.string().max(maxLength).refine(isStorable, UNSTORABLE)

/** No database takes U+0000, or half of a surrogate pair. */
export const isStorable = (value: string): boolean => value.isWellFormed() && !value.includes('\0')

export const UNSTORABLE = 'holds a character that can not be stored'
