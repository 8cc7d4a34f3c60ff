import type { RuleComparison, RuleCondition } from './routing-rule.ts'
import { comparisonInWords } from './rule-sentence.ts'

type Recorded = { readonly field: string; readonly op: string; readonly result: boolean }

export type TracedCondition = {
  /** A comparison in words, or `all`, `any`, `not`. */
  readonly words: string
  readonly kind: 'comparison' | 'all' | 'any' | 'not'
  /** Undefined: it was not looked at, since others had decided. */
  readonly result: boolean | undefined
  readonly parts: readonly TracedCondition[]
}

/**
 * What each condition of a rule came to, out of the comparisons that were made, in their order: as the gateway does, a
 * group is left as soon as its result is certain. Undefined where they are of another rule than this.
 */
export function traceOf(condition: RuleCondition, made: readonly Recorded[]): TracedCondition | undefined {
  const left = [...made]
  try {
    const traced = trace(condition, left)
    return left.length === 0 ? traced : undefined
  } catch (error) {
    if (error === OTHER) return undefined
    throw error
  }
}

const OTHER = new Error('These comparisons were made for another rule')

function trace(condition: RuleCondition, left: Recorded[]): TracedCondition {
  if ('field' in condition) return comparison(condition, left.shift())
  if ('not' in condition) {
    const inner = trace(condition.not, left)
    return { words: 'not', kind: 'not', result: !inner.result, parts: [inner] }
  }
  const [kind, parts] = 'all' in condition ? (['all', condition.all] as const) : (['any', condition.any] as const)
  const decisive = kind === 'any'
  const traced: TracedCondition[] = []
  let result = !decisive
  for (const part of parts) {
    const next = result === decisive ? untouched(part) : trace(part, left)
    if (next.result === decisive) result = decisive
    traced.push(next)
  }
  return { words: kind, kind, result, parts: traced }
}

function comparison(condition: RuleComparison, recorded: Recorded | undefined): TracedCondition {
  if (recorded?.field !== condition.field || recorded.op !== condition.op) throw OTHER
  return { words: comparisonInWords(condition), kind: 'comparison', result: recorded.result, parts: [] }
}

/** A condition that was not looked at, with all that is in it. */
function untouched(condition: RuleCondition): TracedCondition {
  if ('field' in condition)
    return { words: comparisonInWords(condition), kind: 'comparison', result: undefined, parts: [] }
  if ('not' in condition) return { words: 'not', kind: 'not', result: undefined, parts: [untouched(condition.not)] }
  const [kind, parts] = 'all' in condition ? (['all', condition.all] as const) : (['any', condition.any] as const)
  return { words: kind, kind, result: undefined, parts: parts.map(untouched) }
}
