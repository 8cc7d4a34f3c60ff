import { type Condition, ROUTING_BOUNDS, TOO_DEEP, type When } from '@vm-x/contract'
import { type Compiled, compileComparison } from './comparison.ts'
import { compileExpression } from './expression.ts'
import { parseField, type TargetNames } from './field.ts'

export type Problem = { readonly path: readonly (string | number)[]; readonly message: string }

/** Undefined when it can't be compiled; then `problems` says why, by paths that begin with `path`. */
export function compileWhen(
  when: When,
  path: Problem['path'],
  targets: TargetNames,
  problems: Problem[],
): Compiled | undefined {
  if (!('expression' in when)) return compileCondition(when, path, targets, problems)
  const holds = compileExpression(when.expression, targets)
  if (typeof holds !== 'string') return holds
  problems.push({ path: [...path, 'expression'], message: holds })
  return undefined
}

function compileCondition(
  condition: Condition,
  path: Problem['path'],
  targets: TargetNames,
  problems: Problem[],
  depth = 0,
): Compiled | undefined {
  if (depth > ROUTING_BOUNDS.depth) {
    problems.push({ path, message: TOO_DEEP })
    return undefined
  }
  const inner = (part: Condition, ...at: Problem['path']) =>
    compileCondition(part, [...path, ...at], targets, problems, depth + 1)
  if ('not' in condition) {
    const holds = inner(condition.not, 'not')
    return holds && ((view, made) => !holds(view, made))
  }
  if ('all' in condition || 'any' in condition) {
    const [key, parts] = 'all' in condition ? (['all', condition.all] as const) : (['any', condition.any] as const)
    const compiled = parts.map((part, index) => inner(part, key, index)).filter((part) => part !== undefined)
    if (compiled.length < parts.length) return undefined
    return key === 'all'
      ? (view, made) => compiled.every((holds) => holds(view, made))
      : (view, made) => compiled.some((holds) => holds(view, made))
  }
  const field = parseField(condition.field, targets)
  if (typeof field === 'string') {
    problems.push({ path: [...path, 'field'], message: `${condition.field} ${field}` })
    return undefined
  }
  const compiled = compileComparison(field, condition)
  if (typeof compiled === 'function') return compiled
  problems.push({ path: [...path, compiled.part], message: compiled.message })
  return undefined
}
