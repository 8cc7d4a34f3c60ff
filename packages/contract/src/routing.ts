import { z } from 'zod'

const scalar = z.union([z.string().max(1000), z.number(), z.boolean()])

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
  value: z.union([scalar, z.array(scalar).max(200)]).optional(),
})

export type Comparison = z.infer<typeof comparison>
export type Condition = Comparison | { all: Condition[] } | { any: Condition[] } | { not: Condition }

/** Comparisons, nested at will. An empty `all` holds, an empty `any` doesn't. */
export const condition: z.ZodType<Condition> = z.lazy(() =>
  z.union([
    comparison,
    z.strictObject({ all: z.array(condition).max(50) }),
    z.strictObject({ any: z.array(condition).max(50) }),
    z.strictObject({ not: condition }),
  ]),
)

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
  // biome-ignore lint/suspicious/noThenProperty: the name that people write
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
    .refine((parts) => parts.reduce((sum, { weight }) => sum + weight, 0) === 100, 'weights must sum to 100')
  return z
    .array(
      z.strictObject({
        description: z.string().max(500).default(''),
        enabled: z.boolean().default(true),
        when: z.union([condition, z.strictObject({ expression: z.string().min(1).max(2048) })]),
        // biome-ignore lint/suspicious/noThenProperty: the name that people write
        then: z.union([
          z.strictObject({ target }),
          z.strictObject({ split, sticky: z.string().min(1).max(400).optional() }),
          z.strictObject({ block: z.string().min(1).max(500) }),
          z.strictObject({
            balance: z.enum(['latency', 'least-busy', 'round-robin']),
            targets: z.array(target).min(1).max(20),
          }),
        ]),
        traffic: z.number().min(1).max(100).default(100),
      }),
    )
    .max(50)
}
