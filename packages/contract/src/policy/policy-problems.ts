import { compilePattern, compileTemplate, compileText, intersect, type Pattern } from './pattern.ts'
import type { PolicyDocument } from './policy-document.ts'

/** What is wrong with a document, and where: `['statements', 1, 'actions', 0]`. */
export type PolicyProblem = { readonly path: readonly (string | number)[]; readonly message: string }

/** An action that is asked for somewhere, and what it is done to, e.g. `workspace:{workspaceId}/environment:*`. */
export type KnownPermission = { readonly action: string; readonly on: string }

/**
 * The patterns of a document that can not take effect: an action or a resource that there is not, or one that never
 * goes with any of the others of its statement. Empty when every pattern can.
 *
 * @param known every permission that is asked for; `{…}` in `on` stands for any id (a lower-case UUID)
 */
export function policyProblems(document: PolicyDocument, known: Iterable<KnownPermission>): PolicyProblem[] {
  const permissions = [...known].map(({ action, on }) => ({
    actions: compileText(action),
    resources: compileTemplate(on),
  }))
  const meeting = (side: Side) => (text: string) => {
    const pattern = compilePattern(text)
    return permissions.filter((permission) => intersect(pattern, permission[side]))
  }
  return document.statements.flatMap((statement, index) => {
    const actions = statement.actions.map(meeting('actions'))
    const resources = statement.resources.map(meeting('resources'))
    return [
      ...sideProblems('actions', actions, new Set(resources.flat())),
      ...sideProblems('resources', resources, new Set(actions.flat())),
    ].map(({ path, message }) => ({ path: ['statements', index, ...path], message }))
  })
}

type Side = 'actions' | 'resources'
type Permission = Readonly<Record<Side, Pattern>>

const MESSAGES = {
  actions: {
    none: 'matches no action that there is',
    apart: 'matches only actions that are never done to a resource of this statement',
  },
  resources: {
    none: 'matches no resource that there can be: they are built from ids, e.g. workspace:<id>/environment:<id>',
    apart: 'matches only resources to which no action of this statement is ever done',
  },
}

/** `matched` holds, for each pattern of one side, what it matches; `reached` what the other side matches. */
function sideProblems(side: Side, matched: Permission[][], reached: ReadonlySet<Permission>): PolicyProblem[] {
  const { none, apart } = MESSAGES[side]
  return matched.flatMap((permissions, index) => {
    const path = [side, index]
    if (permissions.length === 0) return [{ path, message: none }]
    // Where the other side matches nothing at all, that is said there.
    if (reached.size === 0 || permissions.some((permission) => reached.has(permission))) return []
    return [{ path, message: apart }]
  })
}
