import {
  grantable,
  type KnownPermission,
  type PolicyDocument,
  type PolicyProblem,
  policyDocument,
  policyProblems,
} from '@vm-x/contract'

/** What is wrong with a policy, where; `exceeds`: it is right, but more than who writes it may grant. */
export type PolicyFault = PolicyProblem & { readonly kind: 'wrong' | 'exceeds' }

type Context = {
  readonly known: Iterable<KnownPermission>
  /** The roles of who writes it. */
  readonly own: readonly PolicyDocument[]
}

/** Everything that the API would say about a policy, as far as it can be known before. */
export function policyFaults(document: PolicyDocument, { known, own }: Context): PolicyFault[] {
  const { error } = policyDocument.safeParse(document)
  if (!error) {
    const excess = grantable(own, document).map((problem) => ({ ...problem, kind: 'exceeds' as const }))
    return [...policyProblems(document, known).map(wrong), ...excess]
  }
  const issues = error.issues.map(({ path, message }) => wrong({ path: path.filter(isPlain), message }))
  // The statements that can be read are looked at all the same.
  const broken = new Set(issues.map(({ path }) => path[1]))
  const kept = document.statements.map((_, index) => index).filter((index) => !broken.has(index))
  const readable = { statements: document.statements.filter((_, index) => kept.includes(index)) }
  const problems = policyProblems(readable, known).map(({ path: [first, index, ...rest], message }) =>
    wrong({ path: [...(first === undefined ? [] : [first]), kept[Number(index)] ?? 0, ...rest], message }),
  )
  return [...issues, ...problems]
}

/** Those of the API's refusal that are about the policy, e.g. at `policy.statements[0].actions[1]`. */
export function refusedPatterns(errors: readonly { readonly path: string; readonly message: string }[]): PolicyFault[] {
  return errors.flatMap(({ path, message }) => {
    const [first, ...rest] = keysOf(path)
    return first === 'policy' ? [wrong({ path: rest, message })] : []
  })
}

/** A place as the API writes it, in its parts. */
const keysOf = (path: string) =>
  path.split(/[.[\]]+/).flatMap((key) => (key === '' ? [] : [/^\d+$/.test(key) ? Number(key) : key]))

/** The messages about exactly this place, each once. */
export function messagesAt(faults: readonly PolicyFault[], ...place: PolicyFault['path']): string[] {
  const at = faults.filter(({ path }) => path.length === place.length && path.every((key, i) => key === place[i]))
  return [...new Set(at.map(({ message }) => message))]
}

/** A place as people write it: `statements[0].actions[1]`. */
export const placeText = (path: PolicyFault['path']): string =>
  path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`))
    .join('')
    .replace(/^\./, '') || 'the policy'

const wrong = (problem: PolicyProblem): PolicyFault => ({ ...problem, kind: 'wrong' })
const isPlain = (key: PropertyKey): key is string | number => typeof key !== 'symbol'
