import { conditionsIn, ROUTING_BOUNDS, type Rule, TOO_MANY_CONDITIONS } from '@vm-x/contract'
import { compileWhen, type Problem } from './compile-condition.ts'
import { type NamedTarget, parseField } from './field.ts'

const MAX_PATTERNS = 20

/**
 * What is wrong with the rules of one resource, each with its path from their list; empty when they compile. Whether the
 * targets of `then` are there is for those to check who know how they are named.
 * @param targetExists whether a field such as `errorRate(5, openai/gpt-5.1)` may name a target; any one when absent
 */
export function checkRouting(
  rules: readonly Rule<unknown>[],
  targetExists: (target: NamedTarget) => boolean = () => true,
): Problem[] {
  const targets = { exists: targetExists, keyOf: () => undefined }
  const problems: Problem[] = []
  let conditions = 0
  let patterns = 0
  for (const [index, { when, then }] of rules.entries()) {
    const path = [index, 'when']
    for (const { condition } of conditionsIn(when)) {
      patterns += patternsOf(condition)
      if (++conditions > ROUTING_BOUNDS.conditions) return [...problems, { path, message: TOO_MANY_CONDITIONS }]
      if (patterns > MAX_PATTERNS)
        return [...problems, { path, message: `brings the rules to more than ${MAX_PATTERNS} patterns` }]
    }
    compileWhen(when, path, targets, problems)
    problems.push(...faultsOfThen(then, [index, 'then'], targets))
  }
  return problems
}

function patternsOf(condition: Rule<unknown>['when']): number {
  if ('expression' in condition) return condition.expression.match(/\bmatches\b/g)?.length ?? 0
  return 'op' in condition && condition.op === 'matches' ? 1 : 0
}

function faultsOfThen(
  then: Rule<unknown>['then'],
  path: Problem['path'],
  targets: Parameters<typeof parseField>[1],
): Problem[] {
  if (!('split' in then) || then.sticky === undefined) return []
  const field = parseField(then.sticky, targets)
  if (typeof field === 'string') return [{ path: [...path, 'sticky'], message: `${then.sticky} ${field}` }]
  return field.type === 'text'
    ? []
    : [{ path: [...path, 'sticky'], message: `${then.sticky} is no text, so that it can not tell callers apart` }]
}
