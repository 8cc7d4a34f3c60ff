import { compilePolicy } from '@vm-x/contract'
import { describe, expect, it } from 'vitest'
import { inUse, requireDeletable } from './in-use.ts'

const key = (id: number) => ({
  kind: 'api-key',
  id: `${id}`,
  name: `key-${id}`,
  resource: `environment:e/api-key:${id}`,
})
const user = { kind: 'user', id: 'u', name: 'Somebody', resource: 'user:u' }
const allowing = (...actions: string[]) =>
  compilePolicy([{ statements: [{ effect: 'allow', actions, resources: ['*'] }] }])
const named = ({ kind, id, name }: typeof user) => ({ kind, id, name })

describe('what is said of something that is in use', () => {
  it('names what whoever asks may get, and counts what they may not', () => {
    const problem = inUse(allowing('api-key:get'), 'It has keys', [user, key(1), key(2)])
    expect(problem).toMatchObject({ code: 'in_use', usedBy: [named(key(1)), named(key(2))] })
    expect(inUse(allowing('api-key:get'), 'It has keys', [user, key(1)]).message).toBe(
      'It has keys; and 1 more that you may not see',
    )
    expect(inUse(allowing('user:*'), 'It has keys', [user]).message).toBe('It has keys')
  })

  it('names everything to parts of the product', () => {
    expect(inUse(undefined, 'It has keys', [user, key(1)])).toMatchObject({
      message: 'It has keys',
      usedBy: [named(user), named(key(1))],
    })
  })

  it('names twenty at most', () => {
    const keys = Array.from({ length: 25 }, (_, index) => key(index))
    const problem = inUse(allowing('api-key:*'), 'It has keys', [...keys, user])
    expect(problem.usedBy).toEqual(keys.slice(0, 20).map(named))
    expect(problem.message).toBe('It has keys; and 5 more; and 1 more that you may not see')
  })
})

describe('what goes with something else', () => {
  it('must be what whoever asks may delete, each of it', () => {
    const policy = allowing('api-key:*')
    expect(() => requireDeletable(policy, [key(1), key(2)])).not.toThrow()
    expect(() => requireDeletable(policy, [key(1), user])).toThrow('user:delete on user:u')
    expect(() => requireDeletable(undefined, [user])).not.toThrow()
  })
})
