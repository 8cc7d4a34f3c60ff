import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { explainPolicy } from './explain-policy.ts'
import { compilePolicy } from './policy.ts'
import type { PolicyDocument, PolicyStatement } from './policy-document.ts'
import { anyDocument, probeOf, referenceDecision } from './reference-policy.fixture.ts'

const document = (...statements: PolicyStatement[]): PolicyDocument => ({ statements })
const statement = (effect: 'allow' | 'deny', actions: string[], resources = ['*']) => ({ effect, actions, resources })
const at = (document: number, statement: number) => ({ document, statement })

describe('why a policy decides', () => {
  it('is no statement where none applies', () => {
    const none = { decision: 'not-allowed', by: null, exceptions: [] }
    expect(explainPolicy([])('user:get', 'user:u')).toEqual(none)
    const explain = explainPolicy([document(statement('allow', ['user:get'], ['user:u']))])
    expect(explain('user:get', 'user:v')).toEqual(none)
    expect(explain('user:list', 'user:u')).toEqual(none)
  })

  it('is the first statement that allows it, and a deny wherever that stands', () => {
    const allows = document(statement('allow', ['role:*']), statement('allow', ['user:*']), statement('allow', ['*']))
    const denies = document(statement('allow', ['*']), statement('deny', ['user:get'], ['user:u']))
    const explain = explainPolicy([allows, denies])
    expect(explain('user:get', 'user:v')).toEqual({ decision: 'allowed', by: at(0, 1), exceptions: [] })
    expect(explain('user:get', 'user:u')).toEqual({ decision: 'denied', by: at(1, 1), exceptions: [] })
  })

  it('has the statements that decide otherwise for some of what is asked about', () => {
    const id = '019ab000-0000-7000-8000-00000000000a'
    const some = document(statement('allow', ['user:get'], [`user:${id}`]), statement('allow', ['role:get']))
    const all = document(statement('allow', ['user:*']), statement('deny', ['user:*'], [`user:${id}`, 'user:z']))
    const of = (...documents: PolicyDocument[]) => explainPolicy(documents)('user:get', 'user:{userId}')
    expect(of(some)).toEqual({ decision: 'not-allowed', by: null, exceptions: [at(0, 0)] })
    expect(of(some, all)).toEqual({ decision: 'allowed', by: at(1, 0), exceptions: [at(1, 1)] })
    expect(of(some, all, document(statement('deny', ['*'])))).toMatchObject({ decision: 'denied', exceptions: [] })
    expect(explainPolicy([some])('user:get', 'user:*').exceptions).toEqual([])
  })

  it('is consistent with what is decided, for ten thousand random policies', () => {
    const scenario = fc
      .array(anyDocument, { minLength: 1, maxLength: 3 })
      .chain((documents) =>
        fc.tuple(fc.constant(documents), fc.array(probeOf(documents), { minLength: 5, maxLength: 5 })),
      )
    const seen = { allowed: 0, denied: 0, 'not-allowed': 0 }
    fc.assert(
      fc.property(scenario, ([documents, probes]) => {
        const policy = compilePolicy(documents)
        const explain = explainPolicy(documents)
        for (const [action, resource] of probes) {
          const { decision, by } = explain(action, resource)
          seen[decision] += 1
          expect(decision).toBe(policy.decide(action, resource))
          const decider = by && documents[by.document]?.statements[by.statement]
          // By itself it decides the same.
          const alone = decider ? referenceDecision([{ statements: [decider] }], action, resource) : 'not-allowed'
          expect(alone).toBe(decision)
        }
      }),
      { numRuns: 10_000 },
    )
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(5_000)
  }, 60_000)
})
