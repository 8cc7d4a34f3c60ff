import type { Condition, Rule } from '@vm-x/contract'
import { compileWhen, type Problem } from './compile-condition.ts'
import { type NamedTarget, parseField } from './field.ts'

const MAX_COMPARISONS = 500
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
  let comparisons = 0
  let patterns = 0
  for (const [index, { when, then }] of rules.entries()) {
    const path = [index, 'when']
    const before = { comparisons, patterns }
    if ('expression' in when) patterns += when.expression.match(/\bmatches\b/g)?.length ?? 0
    else {
      for (const { op } of comparisonsOf(when)) {
        comparisons++
        if (op === 'matches') patterns++
      }
    }
    if (comparisons > MAX_COMPARISONS && before.comparisons <= MAX_COMPARISONS)
      problems.push({ path, message: `brings the rules to more than ${MAX_COMPARISONS} comparisons` })
    if (patterns > MAX_PATTERNS && before.patterns <= MAX_PATTERNS)
      problems.push({ path, message: `brings the rules to more than ${MAX_PATTERNS} patterns` })
    // What is too much is not compiled either.
    if (comparisons > MAX_COMPARISONS || patterns > MAX_PATTERNS) break
    compileWhen(when, path, targets, problems)
    problems.push(...faultsOfThen(then, [index, 'then'], targets))
  }
  return problems
}

function comparisonsOf(condition: Condition): { readonly op: string }[] {
  const found: { readonly op: string }[] = []
  const left = [condition]
  for (let next = left.pop(); next; next = left.pop()) {
    if ('not' in next) left.push(next.not)
    else if ('all' in next) left.push(...next.all)
    else if ('any' in next) left.push(...next.any)
    else found.push(next)
  }
  return found
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
