import { type PolicyDocument, type PolicyProblem, policyDocument } from '@vm-x/contract'

/**
 * A policy out of parsed JSON: as long as it has the form of one it can be edited statement by statement, whatever is
 * wrong with its patterns. Else the problems say what is in the way.
 */
export function readPolicy(value: unknown): { document: PolicyDocument } | { problems: readonly PolicyProblem[] } {
  const { success, data, error } = policyDocument.safeParse(value)
  if (success) return { document: data }
  if (!error.issues.every(isOfContent)) {
    const problems = error.issues.map(({ path, message }) => ({ path: path.filter(isPlain), message }))
    return { problems }
  }
  return { document: withEffects(value as PolicyDocument) }
}

/** About a pattern that is a text, or about how much there is: the form is right. */
const isOfContent = ({ code, path }: { code: string; path: readonly PropertyKey[] }) =>
  code === 'too_small' || code === 'too_big' || code === 'custom' || (code === 'invalid_format' && path.length === 4)

const withEffects = ({ statements }: PolicyDocument): PolicyDocument => ({
  statements: statements.map((statement) => ({
    ...statement,
    effect: statement.effect.toLowerCase() === 'allow' ? 'allow' : 'deny',
  })),
})

const isPlain = (key: PropertyKey): key is string | number => typeof key !== 'symbol'
