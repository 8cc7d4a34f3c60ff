import { compileTemplate, compileText, intersect } from './pattern.ts'
import { compileStatement, type Decision, isAllow, matches } from './policy.ts'
import type { PolicyDocument } from './policy-document.ts'

/** A statement by where it stands, counted from 0. */
export type StatementPlace = { readonly document: number; readonly statement: number }

export type Explanation = {
  readonly decision: Decision
  /** What decided: the first deny that overrides, else the first statement that allows; null where none applies. */
  readonly by: StatementPlace | null
  /** Of a resource with `{…}`: what decides otherwise for some ids, e.g. a deny of one connection. */
  readonly exceptions: readonly StatementPlace[]
}

/**
 * Why `compilePolicy` of the same documents decides what it decides.
 *
 * @returns for an action and a resource, in which `{…}` stands for any id: it is decided as `*` in its place, as where
 *   something is listed or created
 */
export function explainPolicy(documents: readonly PolicyDocument[]): (action: string, resource: string) => Explanation {
  const statements = documents.flatMap((document, index) =>
    document.statements.map((statement, position) => ({
      place: { document: index, statement: position },
      allows: isAllow(statement),
      compiled: compileStatement(statement),
    })),
  )
  const inOrder = [...statements.filter(({ allows }) => !allows), ...statements.filter(({ allows }) => allows)]
  return (action, resource) => {
    const actionText = compileText(action)
    const ofAction = inOrder.filter(({ compiled }) => matches(compiled.actions, actionText))
    const resourceText = compileText(resource.replace(/\{\w+\}/g, '*'))
    const decider = ofAction.find(({ compiled }) => matches(compiled.resources, resourceText))
    const decision = decider ? (decider.allows ? 'allowed' : 'denied') : 'not-allowed'
    const template = resource.includes('{') ? compileTemplate(resource) : undefined
    const otherwise = ofAction.filter(
      ({ allows, compiled }) =>
        template !== undefined &&
        decision !== 'denied' &&
        allows === (decision === 'not-allowed') &&
        compiled.resources.some((pattern) => intersect(pattern, template)),
    )
    return { decision, by: decider?.place ?? null, exceptions: otherwise.map(({ place }) => place) }
  }
}
