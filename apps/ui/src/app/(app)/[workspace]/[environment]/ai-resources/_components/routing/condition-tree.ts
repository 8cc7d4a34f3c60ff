import { conditionsIn, ROUTING_BOUNDS } from '@vm-x/contract'
import type { RoutingRule, RuleComparison, RuleCondition } from './routing-rule.ts'

/** Where a condition is within another, e.g. `['all', 1, 'not']`. */
export type ConditionPath = readonly (string | number)[]
export type GroupKind = 'all' | 'any'

export const NEW_COMPARISON: RuleComparison = { field: 'tokens.input', op: 'gt', value: 1000 }

/** A condition with another one in the place that the path names; undefined takes it away. */
export function replacedAt(
  condition: RuleCondition,
  path: ConditionPath,
  next: RuleCondition | undefined,
): RuleCondition | undefined {
  const [key, ...rest] = path
  if (key === undefined) return next
  if (key === 'not' && 'not' in condition) {
    const inner = replacedAt(condition.not, rest, next)
    return inner && { not: inner }
  }
  const [index, ...below] = rest
  const kind = kindOf(condition)
  if (!kind || kind !== key || typeof index !== 'number') return condition
  const parts = partsOf(condition).flatMap((part, at) =>
    at === index ? (replacedAt(part, below, next) ?? []) : [part],
  )
  return groupOf(kind, parts)
}

/** `all` or `any` where the condition is such a group. */
export function kindOf(condition: RuleCondition): GroupKind | undefined {
  if ('all' in condition) return 'all'
  return 'any' in condition ? 'any' : undefined
}

/** The conditions of a group. */
export function partsOf(condition: RuleCondition): readonly RuleCondition[] {
  if ('all' in condition) return condition.all
  return 'any' in condition ? condition.any : []
}

export const groupOf = (kind: GroupKind, parts: readonly RuleCondition[]): RuleCondition =>
  kind === 'all' ? { all: [...parts] } : { any: [...parts] }

/** A condition with one more beside it: in the group that it is, or in a new one of both. */
export function withAdded(condition: RuleCondition, added: RuleCondition): RuleCondition {
  const kind = kindOf(condition)
  return kind ? groupOf(kind, [...partsOf(condition), added]) : groupOf('all', [condition, added])
}

/** The opposite; of a negated condition, what it negates. */
export const negated = (condition: RuleCondition): RuleCondition =>
  'not' in condition ? condition.not : { not: condition }

/** A group without its frame, where it has one part and nothing is lost by it. */
export function unwrapped(condition: RuleCondition): RuleCondition | undefined {
  const [only, ...others] = partsOf(condition)
  return others.length === 0 ? only : undefined
}

/** All conditions of all rules, groups and expressions counted too, as the bound counts them. */
export const conditionCount = (rules: readonly RoutingRule[]): number =>
  rules.reduce((sum, { when }) => sum + [...conditionsIn(when)].length, 0)

/** How many conditions are around the innermost one. */
export const depthOf = (when: RoutingRule['when']): number =>
  Math.max(...[...conditionsIn(when)].map(({ depth }) => depth))

export type NearBound = { readonly text: string; readonly over: boolean }

/** The bounds that the rules come near to, or are over. */
export function nearBounds(rules: readonly RoutingRule[]): NearBound[] {
  const characters = JSON.stringify(rules).length
  return [
    nearBound(rules.length, ROUTING_BOUNDS.rules, 'rules'),
    nearBound(conditionCount(rules), ROUTING_BOUNDS.conditions, 'conditions'),
    nearBound(characters, ROUTING_BOUNDS.characters, 'characters as JSON'),
    nearBound(Math.max(0, ...rules.map(({ when }) => depthOf(when))), ROUTING_BOUNDS.depth, 'levels of nesting'),
  ].filter((bound) => bound !== undefined)
}

const NEAR = 0.8

function nearBound(value: number, most: number, what: string): NearBound | undefined {
  if (value < most * NEAR) return undefined
  const figures = new Intl.NumberFormat('en')
  return { text: `${figures.format(value)} of at most ${figures.format(most)} ${what}`, over: value > most }
}
