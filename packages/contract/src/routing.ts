import { z } from 'zod'

const scalar = z.union([z.string().max(1000), z.number(), z.boolean()], 'must be a text, a number, true or false')

export const comparison = z.strictObject({
  /** A field of the request, e.g. `tokens.input`, or of a target, e.g. `errorRate(5)`; the reference page lists them. */
  field: z.string().min(1).max(400),
  op: z.enum([
    'eq',
    'ne',
    'gt',
    'gte',
    'lt',
    'lte',
    'contains',
    'notContains',
    'startsWith',
    'endsWith',
    'matches',
    'in',
    'notIn',
    'exists',
    'notExists',
  ]),
  value: z
    .union(
      [scalar, z.array(scalar).max(200)],
      'must be a text, a number, true, false, or a list of at most 200 of them',
    )
    .optional(),
})

export type Comparison = z.infer<typeof comparison>
export type Condition = Comparison | { all: Condition[] } | { any: Condition[] } | { not: Condition }

/** Says what is wrong with the alternative that is meant, which is told by its key, in the order of the union. */
const keyed =
  (...keys: string[]) =>
  (issue: z.core.$ZodRawIssue): string | undefined => {
    if (issue.code !== 'invalid_union') return undefined
    const { input } = issue
    const meant = keys.findIndex((key) => typeof input === 'object' && input !== null && Object.hasOwn(input, key))
    const faults = issue.errors[meant]
    return faults ? faults.map(described).join('; ') : `needs one of ${keys.join(', ')}`
  }

function described({ path, message }: z.core.$ZodIssue): string {
  const [first, ...rest] = path.map(String)
  return first === undefined ? message : `${[first, ...rest].join('.')}: ${message}`
}

/** Comparisons, nested at will. An empty `all` holds, an empty `any` doesn't. */
export const condition: z.ZodType<Condition> = z.lazy(() =>
  z.union([comparison, all, any, not], { error: keyed('field', 'all', 'any', 'not') }),
)

const all = z.strictObject({ all: z.array(condition).max(50) })
const any = z.strictObject({ any: z.array(condition).max(50) })
const not = z.strictObject({ not: condition })
const expression = z.strictObject({ expression: z.string().min(1).max(2048) })

export type When = Condition | { expression: string }

/** What a rule does, with targets as `Target` names them. */
export type Then<Target> =
  | { target: Target }
  | { split: { target: Target; weight: number }[]; sticky?: string | undefined }
  | { block: string }
  | { balance: 'latency' | 'least-busy' | 'round-robin'; targets: Target[] }

export type Rule<Target> = {
  description: string
  enabled: boolean
  when: When
  then: Then<Target>
  /** Percent of the matching requests that the rule applies to; the others go on to the next rule. */
  traffic: number
}

/** An ordered list of rules; the first that matches decides. */
export const routingOf = <Target extends z.ZodType>(target: Target) => {
  const split = z
    .array(z.strictObject({ target, weight: z.number().min(0).max(100) }))
    .min(1)
    .max(20)
    .refine(addsUp, 'weights must sum to 100')
  return z
    .array(
      z.strictObject({
        description: z.string().max(500).default(''),
        enabled: z.boolean().default(true),
        when: z.union([comparison, all, any, not, expression], {
          error: keyed('field', 'all', 'any', 'not', 'expression'),
        }),
        // biome-ignore lint/suspicious/noThenProperty: the name that people write
        then: z.union(
          [
            z.strictObject({ target }),
            z.strictObject({ split, sticky: z.string().min(1).max(400).optional() }),
            z.strictObject({ block: z.string().min(1).max(500) }),
            z.strictObject({
              balance: z.enum(['latency', 'least-busy', 'round-robin']),
              targets: z.array(target).min(1).max(20),
            }),
          ],
          { error: keyed('target', 'split', 'block', 'balance') },
        ),
        traffic: z.number().min(1).max(100).default(100),
      }),
    )
    .max(50)
}

/** Fractions such as 33.3 don't sum exactly. */
const addsUp = (parts: readonly { weight: number }[]) =>
  Math.abs(parts.reduce((sum, { weight }) => sum + weight, 0) - 100) < 1e-6
