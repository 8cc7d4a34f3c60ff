import { conditionsIn, type Rule } from '@vm-x/contract'
import { targetsInExpression } from './expression.ts'
import { type NamedTarget, parseField } from './field.ts'

/**
 * The targets at a connection that rules look at by its name, e.g. `errorRate(5, openai/gpt-5.1)`, without regard to its
 * case; one that is named twice is there twice. Compiles nothing, and reads only what can name one.
 */
export function targetsLookedAt(rules: readonly Rule<unknown>[], connection: string): NamedTarget[] {
  const wanted = connection.toLowerCase()
  const targets: NamedTarget[] = []
  for (const { when } of rules) {
    for (const { condition } of conditionsIn(when)) {
      if ('expression' in condition) {
        if (mayName(condition.expression, wanted)) targets.push(...targetsInExpression(condition.expression))
      } else if ('field' in condition && mayName(condition.field, wanted))
        parseField(condition.field, { exists: (target) => targets.push(target) > 0, keyOf: () => undefined })
    }
  }
  return targets.filter((target) => target.connection.toLowerCase() === wanted)
}

/** Letters of a text may be escaped. */
const mayName = (written: string, connection: string) =>
  written.includes('\\') || written.toLowerCase().includes(`${connection}/`)
