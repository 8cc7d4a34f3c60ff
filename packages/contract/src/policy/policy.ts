import { compilePattern, compileText, covers, type Pattern } from './pattern.ts'
import type { PolicyDocument, PolicyStatement } from './policy-document.ts'

/** `denied` says that a statement denies it, `not-allowed` that none allows it. */
export type Decision = 'allowed' | 'denied' | 'not-allowed'

/** What somebody may do with all of their roles. */
export type Policy = {
  /** Whether `action`, e.g. `ai-connection:get`, may be done to `resource`, e.g. `workspace:<id>/environment:<id>`. */
  allows(action: string, resource: string): boolean
  /** The same with the reason. */
  decide(action: string, resource: string): Decision
}

/** A deny in any document overrides every allow; what no document allows is not allowed. */
export function compilePolicy(documents: readonly PolicyDocument[]): Policy {
  const { allows, denies } = compileStatements(documents)
  const decide = (action: string, resource: string): Decision => {
    const [actionText, resourceText] = [compileText(action), compileText(resource)]
    const applies = ({ actions, resources }: CompiledStatement) =>
      matches(actions, actionText) && matches(resources, resourceText)
    if (denies.some(applies)) return 'denied'
    return allows.some(applies) ? 'allowed' : 'not-allowed'
  }
  return { allows: (action, resource) => decide(action, resource) === 'allowed', decide }
}

export type CompiledStatement = { readonly actions: readonly Pattern[]; readonly resources: readonly Pattern[] }

/** The statements of all documents by their effect: only `allow` allows, whatever else there may be denies. */
export function compileStatements(documents: readonly PolicyDocument[]) {
  const statements = documents.flatMap((document) => document.statements)
  return {
    allows: statements.filter(isAllow).map(compileStatement),
    denies: statements.filter((statement) => !isAllow(statement)).map(compileStatement),
  }
}

export const isAllow = ({ effect }: PolicyStatement): boolean => effect === 'allow'

export const matches = (patterns: readonly Pattern[], text: Pattern): boolean =>
  patterns.some((pattern) => covers(pattern, text))

export const compileStatement = ({ actions, resources }: PolicyStatement): CompiledStatement => ({
  actions: actions.map(compilePattern),
  resources: resources.map(compilePattern),
})
