import fc from 'fast-check'
import type { Decision } from './policy.ts'
import type { PolicyDocument, PolicyStatement } from './policy-document.ts'

/** The evaluator again, word by word as the rules are written, with no thought for time. */
export function referenceDecision(documents: readonly PolicyDocument[], action: string, resource: string): Decision {
  let decision: Decision = 'not-allowed'
  for (const { statements } of documents) {
    for (const { effect, actions, resources } of statements) {
      for (const actionPattern of actions) {
        for (const resourcePattern of resources) {
          if (!referenceMatches(actionPattern, action) || !referenceMatches(resourcePattern, resource)) continue
          if (effect === 'deny') return 'denied'
          decision = 'allowed'
        }
      }
    }
  }
  return decision
}

export function referenceMatches(pattern: string, text: string): boolean {
  if (pattern === '') return text === ''
  if (pattern === '*') return true
  const [head, tail] = [pattern.charAt(0), pattern.slice(1)]
  if (head === '?') return text !== '' && isOneSegment(text.charAt(0)) && referenceMatches(tail, text.slice(1))
  if (head !== '*') return text.charAt(0) === head && referenceMatches(tail, text.slice(1))
  for (let length = 0; length <= text.length; length += 1) {
    if (isOneSegment(text.slice(0, length)) && referenceMatches(tail, text.slice(length))) return true
  }
  return false
}

const isOneSegment = (text: string) => !text.includes('/') && !text.includes(':')

/** Out of few letters, so that patterns overlap and match often. */
const wildcard = fc.constantFrom('*', '?')
const separator = fc.constantFrom(':', '/')
const letter = fc.constantFrom('a', 'b')
const pieces = fc.oneof({ weight: 3, arbitrary: letter }, { weight: 2, arbitrary: wildcard }, separator)

export const anyPattern = fc.oneof(
  { weight: 4, arbitrary: fc.array(pieces, { minLength: 1, maxLength: 6 }).map((parts) => parts.join('')) },
  { weight: 1, arbitrary: fc.constantFrom('*', 'a:*', '*:a', 'a/*', 'a:?', 'a:*/b:*') },
)

export const anyText = fc
  .array(fc.oneof({ weight: 3, arbitrary: letter }, { weight: 1, arbitrary: fc.constantFrom(':', '/', '*') }), {
    maxLength: 7,
  })
  .map((parts) => parts.join(''))

/** A text that the pattern matches: each `?` and `*` with something in its place. */
export const textOf = (pattern: string): fc.Arbitrary<string> =>
  fc
    .tuple(
      ...[...pattern].map((character, index) => {
        if (character === '?') return letter
        if (character !== '*') return fc.constant(character)
        return index === pattern.length - 1
          ? anyText
          : fc.array(letter, { maxLength: 3 }).map((letters) => letters.join(''))
      }),
    )
    .map((parts) => parts.join(''))

export const anyStatement: fc.Arbitrary<PolicyStatement> = fc.record({
  effect: fc.constantFrom('allow' as const, 'allow' as const, 'deny' as const),
  actions: fc.array(anyPattern, { minLength: 1, maxLength: 3 }),
  resources: fc.array(anyPattern, { minLength: 1, maxLength: 3 }),
})

export const anyDocument: fc.Arbitrary<PolicyDocument> = fc.record({
  statements: fc.array(anyStatement, { minLength: 1, maxLength: 6 }),
})

/** An action and a resource that a statement of one of the documents is about, or any at all. */
export const probeOf = (documents: readonly PolicyDocument[]): fc.Arbitrary<[action: string, resource: string]> => {
  const statements = documents.flatMap((document) => document.statements)
  const about = fc
    .constantFrom(...statements)
    .chain(({ actions, resources }) =>
      fc.tuple(fc.constantFrom(...actions).chain(textOf), fc.constantFrom(...resources).chain(textOf)),
    )
  return fc.oneof({ weight: 3, arbitrary: about }, { weight: 1, arbitrary: fc.tuple(anyText, anyText) })
}
