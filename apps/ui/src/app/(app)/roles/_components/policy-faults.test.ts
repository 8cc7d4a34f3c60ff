import { BUILT_IN_ROLES, type PolicyDocument } from '@vm-x/contract'
import { describe, expect, it } from 'vitest'
import { KNOWN_PERMISSIONS } from './draft-rows.ts'
import { messagesAt, placeText, policyFaults, refusedPatterns } from './policy-faults.ts'
import { readPolicy } from './read-policy.ts'

const faults = (document: PolicyDocument, own: PolicyDocument = BUILT_IN_ROLES.admin.policy) =>
  policyFaults(document, { known: KNOWN_PERMISSIONS, own: [own] })

const allow = (actions: string[], resources: string[] = ['*']) => ({ effect: 'allow' as const, actions, resources })

describe('what is wrong with a policy', () => {
  it('is nothing for the built-in roles, written by an administrator', () => {
    for (const { policy } of Object.values(BUILT_IN_ROLES)) expect(faults(policy)).toEqual([])
  })

  it('is said at the pattern, also beside a statement that can not be read yet', () => {
    const found = faults({ statements: [allow([]), allow(['user:get', 'user:fly']), allow(['with space'])] })
    expect(messagesAt(found, 'statements', 1, 'actions', 1)).toEqual(['matches no action that there is'])
    expect(messagesAt(found, 'statements', 0, 'actions')).toHaveLength(1)
    expect(messagesAt(found, 'statements', 2, 'actions', 0)[0]).toContain('must be a pattern of actions')
  })

  it('is told from what exceeds the own roles', () => {
    const found = faults({ statements: [allow(['user:delete'])] }, BUILT_IN_ROLES.readOnly.policy)
    expect(found.map(({ kind, path }) => `${kind} ${placeText(path)}`)).toEqual(['exceeds statements[0].actions[0]'])
  })

  it('is put where the API says that it is', () => {
    const errors = [
      { path: 'policy.statements[0].actions[1]', message: 'no' },
      { path: 'name', message: 'is taken' },
    ]
    expect(messagesAt(refusedPatterns(errors), 'statements', 0, 'actions', 1)).toEqual(['no'])
    expect(refusedPatterns(errors)).toHaveLength(1)
  })
})

describe('a policy as JSON', () => {
  it('is read while its patterns are wrong, and its effect in any case', () => {
    const value = { statements: [{ effect: 'Deny', actions: ['a b'], resources: [] }] }
    const read = readPolicy(value)
    expect(read).toEqual({ document: { statements: [{ effect: 'deny', actions: ['a b'], resources: [] }] } })
  })

  it('is not read in another form', () => {
    for (const value of [
      null,
      { statements: {} },
      { statements: [{ effect: 'maybe', actions: ['*'], resources: ['*'] }] },
      { statements: [{ effect: 'allow', actions: [1], resources: ['*'] }] },
      { statements: [{ effect: 'allow', actions: ['*'], resources: ['*'], when: 1 }] },
    ])
      expect(readPolicy(value)).toHaveProperty('problems')
  })
})
