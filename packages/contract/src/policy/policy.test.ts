import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compilePolicy } from './policy.ts'
import { type PolicyDocument, type PolicyStatement, policyDocument } from './policy-document.ts'
import { anyDocument, probeOf, referenceDecision } from './reference-policy.fixture.ts'

const document = (...statements: PolicyStatement[]): PolicyDocument => ({ statements })
const statement = (effect: 'allow' | 'deny', actions: string[], resources = ['*']) => ({ effect, actions, resources })

describe('what a policy decides', () => {
  it('does not allow what nothing allows, and nothing at all without a role', () => {
    expect(compilePolicy([]).decide('user:get', 'user:u')).toBe('not-allowed')
    const policy = compilePolicy([document(statement('allow', ['user:get'], ['user:u']))])
    expect(policy.decide('user:get', 'user:v')).toBe('not-allowed')
    expect(policy.decide('user:list', 'user:u')).toBe('not-allowed')
    expect(policy.allows('user:list', 'user:u')).toBe(false)
  })

  it('allows what any statement of any document allows', () => {
    const policy = compilePolicy([
      document(statement('allow', ['user:get']), statement('allow', ['role:list', 'role:get'], ['role:r', 'role:*'])),
      document(statement('allow', ['workspace:get'])),
    ])
    expect(policy.decide('role:get', 'role:s')).toBe('allowed')
    expect(policy.allows('workspace:get', 'workspace:w')).toBe(true)
  })

  it('lets a deny override every allow, whichever document it is in and wherever it stands', () => {
    const allow = document(statement('allow', ['*']))
    const deny = document(statement('deny', ['user:*'], ['user:u']))
    for (const documents of [[allow, deny], [deny, allow], [document(...allow.statements, ...deny.statements)]]) {
      const policy = compilePolicy(documents)
      expect(policy.decide('user:get', 'user:u')).toBe('denied')
      expect(policy.allows('user:get', 'user:u')).toBe(false)
      expect(policy.decide('user:get', 'user:v')).toBe('allowed')
      expect(policy.decide('role:get', 'user:u')).toBe('allowed')
    }
  })

  it('takes the action and the resource of one statement together, never of two', () => {
    const policy = compilePolicy([
      document(statement('allow', ['user:get'], ['user:u']), statement('allow', ['user:list'], ['user:v'])),
    ])
    expect(policy.decide('user:get', 'user:v')).toBe('not-allowed')
  })

  it('allows nothing by an effect that it does not know', () => {
    const stored = JSON.parse('{"statements":[{"effect":"Deny","actions":["*"],"resources":["*"]}]}')
    expect(compilePolicy([document(statement('allow', ['*'])), stored]).decide('user:get', 'user:u')).toBe('denied')
  })

  it('is what the reference decides, for two thousand random policies', () => {
    const scenario = fc
      .array(anyDocument, { minLength: 1, maxLength: 3 })
      .chain((documents) =>
        fc.tuple(fc.constant(documents), fc.array(probeOf(documents), { minLength: 5, maxLength: 5 })),
      )
    const seen = { allowed: 0, denied: 0, 'not-allowed': 0 }
    fc.assert(
      fc.property(scenario, ([documents, probes]) => {
        const policy = compilePolicy(documents)
        for (const [action, resource] of probes) {
          const decision = referenceDecision(documents, action, resource)
          seen[decision] += 1
          expect(policy.decide(action, resource)).toBe(decision)
          expect(policy.allows(action, resource)).toBe(decision === 'allowed')
        }
      }),
      // A rule that is wrong shows within a hundred.
      { numRuns: 2_000 },
    )
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(1_000)
  }, 60_000)
})

describe('the schema of a document', () => {
  it('takes the effect in any case, and keeps it in lower case', () => {
    expect(policyDocument.parse({ statements: [{ effect: 'DENY', actions: ['*'], resources: ['*'] }] })).toEqual(
      document(statement('deny', ['*'])),
    )
  })

  it('refuses what is no pattern, what is empty and what it does not know', () => {
    const wrong = [
      { statements: [] },
      { statements: [statement('allow', [])] },
      { statements: [statement('allow', ['user get'])] },
      { statements: [statement('allow', ['*'], ['user:{id}'])] },
      { statements: [{ ...statement('allow', ['*']), condition: true }] },
    ]
    for (const value of wrong) expect(policyDocument.safeParse(value).success).toBe(false)
  })

  it('refuses more patterns than can be compared in time', () => {
    const resources = Array.from({ length: 25 }, (_, index) => `${index}`.padEnd(400, 'x'))
    expect(policyDocument.safeParse(document(statement('allow', ['*'], resources.slice(1)))).success).toBe(true)
    expect(policyDocument.safeParse(document(statement('allow', ['*'], resources))).error?.issues).toEqual([
      expect.objectContaining({
        path: ['statements'],
        message: 'must have at most 10000 characters in all patterns together',
      }),
    ])
  })
})
