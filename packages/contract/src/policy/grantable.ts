import { compilePattern, covers, intersect, type Pattern } from './pattern.ts'
import { type CompiledStatement, compileStatements } from './policy.ts'
import type { PolicyDocument, PolicyStatement } from './policy-document.ts'
import type { PolicyProblem } from './policy-problems.ts'

/**
 * Nobody can grant what they do not have: the actions of `wanted` that exceed what `own` allows together, each with
 * the first resource on which they do. When there are none, everything that `wanted` allows is allowed by `own`.
 *
 * Some documents are refused although they exceed nothing: each pair of an action and a resource must be allowed by
 * one statement of `own`, and what `own` denies of it be denied by one statement of `wanted`.
 */
export function grantable(own: readonly PolicyDocument[], wanted: PolicyDocument): PolicyProblem[] {
  const { allows, denies } = compileStatements(own)
  const context = { allows, denies, withheld: compileStatements([wanted]).denies }
  return wanted.statements.flatMap((statement, index) =>
    statement.effect === 'allow' ? excessOf(statement, ['statements', index], context) : [],
  )
}

/** What `own` allows and denies, and what `wanted` withholds itself. */
type Context = Readonly<Record<'allows' | 'denies' | 'withheld', readonly CompiledStatement[]>>

function excessOf(statement: PolicyStatement, path: PolicyProblem['path'], context: Context): PolicyProblem[] {
  const resources = statement.resources.map((text) => ({ text, reach: reachOf('resources', text, context) }))
  return statement.actions.flatMap((text, index) => {
    const action = reachOf('actions', text, context)
    for (const resource of resources) {
      const reason = excess(action, resource.reach)
      if (reason !== undefined)
        return [{ path: [...path, 'actions', index], message: `${text} on ${resource.text}: ${reason}` }]
    }
    return []
  })
}

function excess(action: Reach, resource: Reach): string | undefined {
  if (haveCommon(action.withheldBy, resource.withheldBy)) return
  if (!haveCommon(action.allowedBy, resource.allowedBy)) return 'your own roles do not allow all of it'
  for (const [deny, withheldBy] of action.deniedBy) {
    const onResource = resource.deniedBy.get(deny)
    if (onResource && !haveCommon(withheldBy, onResource)) return 'your own roles deny some of it'
  }
  return
}

type Statements = ReadonlySet<CompiledStatement>

/** How far statements reach that look only at the action, or only at the resource. */
type Reach = {
  /** Statements of `own` that allow all of it. */
  readonly allowedBy: Statements
  /** Statements of `wanted` that deny all of it. */
  readonly withheldBy: Statements
  /** Statements of `own` that deny some of it; for each, the statements of `wanted` that deny as much of it. */
  readonly deniedBy: ReadonlyMap<CompiledStatement, Statements>
}

function reachOf(side: keyof CompiledStatement, text: string, { allows, denies, withheld }: Context): Reach {
  const wanted = compilePattern(text)
  const covering = (statements: readonly CompiledStatement[], inner: readonly Pattern[]) =>
    new Set(
      statements.filter((statement) => inner.every((part) => statement[side].some((outer) => covers(outer, part)))),
    )
  const withheldBy = covering(withheld, [wanted])
  const deniedBy = denies.flatMap((deny) => {
    const denied = deny[side].filter((pattern) => intersect(pattern, wanted))
    return denied.length > 0 ? [[deny, new Set([...withheldBy, ...covering(withheld, denied)])] as const] : []
  })
  return { allowedBy: covering(allows, [wanted]), withheldBy, deniedBy: new Map(deniedBy) }
}

const haveCommon = (some: Statements, others: Statements) => [...some].some((statement) => others.has(statement))
