import { describe, expect, it } from 'vitest'
import type { PolicyStatement } from './policy-document.ts'
import { policyProblems } from './policy-problems.ts'

const id = '019ab000-0000-7000-8000-00000000000f'
const known = [
  { action: 'workspace:get', on: 'workspace:{workspaceId}' },
  { action: 'environment:list', on: 'workspace:{workspaceId}/environment:*' },
  { action: 'environment:get', on: 'workspace:{workspaceId}/environment:{environmentId}' },
  { action: 'usage:query', on: 'workspace:{workspaceId}/environment:{environmentId}/usage:*' },
  { action: 'user:get', on: 'user:{userId}' },
  { action: 'role-member:create', on: 'role:{roleId}/role-member:{userId}' },
  { action: 'role:update', on: 'role:{roleId}' },
]

const problems = (...statements: PolicyStatement[]) =>
  policyProblems({ statements }, known).map(({ path, message }) => `${path.join('.')}: ${message}`)
const allow = (actions: string[], resources = ['*']) => ({ effect: 'allow' as const, actions, resources })

describe('a document that is saved', () => {
  it('is fine when every pattern of it can take effect', () => {
    expect(problems(allow(['user:get', '*:list'], ['user:*', `workspace:${id}/*`]))).toEqual([])
    expect(problems(allow(['role*'], [`role:${id}/role-member:*`, `role:${id}`]))).toEqual([])
    expect(problems(allow(['*'], [`workspace:*/environment:${id}/usage:*`]))).toEqual([])
  })

  it('is told which action there is not', () => {
    expect(problems(allow(['*']), allow(['user:get', 'users:get', 'User:get', 'user']))).toEqual([
      'statements.1.actions.1: matches no action that there is',
      'statements.1.actions.2: matches no action that there is',
      'statements.1.actions.3: matches no action that there is',
    ])
  })

  it('is told which resource there can not be: a name for an id, an id of another form, a segment too many', () => {
    const none = 'matches no resource that there can be: they are built from ids, e.g. workspace:<id>/environment:<id>'
    const resources = [
      'workspace:production',
      `user:${id.toUpperCase()}`,
      `user:${id}/role:*`,
      `environment:${id}`,
      '*',
    ]
    expect(problems(allow(['*'], resources))).toEqual(
      [0, 1, 2, 3].map((index) => `statements.0.resources.${index}: ${none}`),
    )
  })

  it('is told which action and which resource never go together in their statement', () => {
    expect(problems(allow(['user:get', 'role:update'], [`user:${id}`, `workspace:${id}/*`]))).toEqual([
      'statements.0.actions.1: matches only actions that are never done to a resource of this statement',
      'statements.0.resources.1: matches only resources to which no action of this statement is ever done',
    ])
    expect(problems(allow(['workspace:get'], [`workspace:${id}/*`]))).toHaveLength(2)
  })

  it('is told of a deny that denies nothing as well, and once only where a whole side is wrong', () => {
    expect(problems({ effect: 'deny', actions: ['usr:*'], resources: ['user:*', `role:${id}`] })).toEqual([
      'statements.0.actions.0: matches no action that there is',
    ])
  })
})
