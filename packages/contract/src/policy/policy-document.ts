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

const WILDCARDS =
  '`*` is any run of characters of a segment, and as the last character everything that follows; `?` is one character ' +
  'of a segment. Segments end at `/` and `:`. A pattern is compared with the whole text, and with its case'

export const policyStatement = z.strictObject({
  effect: z
    .preprocess(
      (value) => (typeof value === 'string' ? value.toLowerCase() : value),
      z.enum(['allow', 'deny'], 'must be allow or deny'),
    )
    .describe('A deny, of whichever role, overrides every allow'),
  actions: z
    .array(pattern('actions'))
    .min(1)
    .max(100)
    .describe(`Patterns of actions, e.g. \`ai-connection:*\` or \`*:get\`. ${WILDCARDS}`),
  resources: z
    .array(pattern('resources'))
    .min(1)
    .max(100)
    .describe(
      'Patterns of resources, built from ids, not names, e.g. `workspace:<id>/environment:<id>/ai-connection:*`. What is ' +
        'listed or created is asked for with `*` as its id. Wildcards as in `actions`; `workspace:<id>/*` is all that is ' +
        'in the workspace, but not the workspace itself',
    ),
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
