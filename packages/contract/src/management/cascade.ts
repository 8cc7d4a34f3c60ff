import { z } from 'zod'

/** Of deletions: what still uses the object is a refusal (`in_use`), unless all of it is to go. */
export const cascadeQuery = z.strictObject({
  cascade: z
    .enum(['true', 'false'])
    .default('false')
    .transform((value) => value === 'true'),
})
