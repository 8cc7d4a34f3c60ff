import { z } from 'zod'
import { conditionsIn } from './conditions-in.ts'
import { isLongerThan } from './size-of-json.ts'

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

/** The most that the rules of one resource may have. */
export const ROUTING_BOUNDS = {
  rules: 50,
  /** Of all rules together: comparisons and expressions, and every `all`, `any` and `not` around them. */
  conditions: 500,
  /** Of conditions around a condition. */
  depth: 10,
  /** Of all rules together, as JSON. */
  characters: 65_536,
} as const

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

/** An ordered list of rules; the first that matches decides. What is too much is refused before the rest is looked at. */
export const routingOf = <Target extends z.ZodType>(target: Target) =>
  z.preprocess((rules, context) => {
    const excess = excessOf(rules)
    if (!excess) return rules
    context.addIssue({ code: 'custom', ...excess })
    return z.NEVER
  }, storedRoutingOf(target))

/** The same as it is read back: it was held against the bounds when it was saved. */
export const storedRoutingOf = <Target extends z.ZodType>(target: Target) => {
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
    .max(ROUTING_BOUNDS.rules)
}

/** Fractions such as 33.3 don't sum exactly. */
const addsUp = (parts: readonly { weight: number }[]) =>
  Math.abs(parts.reduce((sum, { weight }) => sum + weight, 0) - 100) < 1e-6

type Excess = { readonly path: (string | number)[]; readonly message: string }

/** What of rules that nothing is known of is too much; undefined when nothing is. */
function excessOf(rules: unknown): Excess | undefined {
  if (!Array.isArray(rules)) return undefined
  if (rules.length > ROUTING_BOUNDS.rules) return { path: [], message: `has more than ${ROUTING_BOUNDS.rules} rules` }
  if (isLongerThan(ROUTING_BOUNDS.characters, rules))
    return { path: [], message: `is longer than ${ROUTING_BOUNDS.characters} characters as JSON` }
  let conditions = 0
  for (const [index, rule] of rules.entries()) {
    const path = [index, 'when']
    for (const { depth } of conditionsIn(whenOf(rule))) {
      if (depth > ROUTING_BOUNDS.depth) return { path, message: TOO_DEEP }
      if (++conditions > ROUTING_BOUNDS.conditions) return { path, message: TOO_MANY_CONDITIONS }
    }
  }
  return undefined
}

export const TOO_DEEP = `is nested more than ${ROUTING_BOUNDS.depth} deep`
export const TOO_MANY_CONDITIONS = `brings the rules to more than ${ROUTING_BOUNDS.conditions} conditions`

const whenOf = (rule: unknown) => (typeof rule === 'object' && rule !== null && 'when' in rule ? rule.when : undefined)
