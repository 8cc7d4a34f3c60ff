import { z } from 'zod'

const pattern = (what: string) =>
  z
    .string()
    .min(1)
    .max(500)
    .regex(
      /^[A-Za-z0-9:/_.*?-]+$/,
      `must be a pattern of ${what}: letters, digits, : / _ . - and the wildcards * and ?`,
    )

export const policyStatement = z.strictObject({
  effect: z.preprocess(
    (value) => (typeof value === 'string' ? value.toLowerCase() : value),
    z.enum(['allow', 'deny'], 'must be allow or deny'),
  ),
  /** Patterns of actions, e.g. `ai-connection:*`. */
  actions: z.array(pattern('actions')).min(1).max(100),
  /** Patterns of resources, built from ids, e.g. `workspace:<id>/environment:<id>/ai-connection:*`. */
  resources: z.array(pattern('resources')).min(1).max(100),
})

/** So that documents can be compared with each other in bounded time. */
const MAX_CHARACTERS = 10_000

/** What a role permits. A deny overrides every allow; what nothing allows is denied. */
export const policyDocument = z
  .strictObject({ statements: z.array(policyStatement).min(1).max(50) })
  .refine(
    ({ statements }) =>
      statements.flatMap(({ actions, resources }) => [...actions, ...resources]).join('').length <= MAX_CHARACTERS,
    { path: ['statements'], message: `must have at most ${MAX_CHARACTERS} characters in all patterns together` },
  )

export type PolicyStatement = z.infer<typeof policyStatement>
export type PolicyDocument = z.infer<typeof policyDocument>
