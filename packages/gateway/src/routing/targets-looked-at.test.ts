// biome-ignore-all lint/suspicious/noThenProperty: the name that people write
import type { Rule } from '@vm-x/contract'
import { describe, expect, it } from 'vitest'
import { targetsLookedAt } from './targets-looked-at.ts'

const rule = (when: Rule<unknown>['when']): Rule<unknown> => ({
  description: '',
  enabled: true,
  when,
  then: { block: 'no' },
  traffic: 100,
})
const watching = (field: string) => ({ field, op: 'gt', value: 1 }) as const
const modelsAt = (connection: string, ...whens: Rule<unknown>['when'][]) =>
  targetsLookedAt(whens.map(rule), connection).map(({ model }) => model)

describe('the targets that rules look at', () => {
  it('are those of the connection, named in any case, in conditions however they are nested', () => {
    const nested = { any: [watching('random'), { not: { all: [watching('latency.p95(5, OpenAI/a/b)')] } }] }
    expect(modelsAt('openai', nested, watching('errorRate(5,openai/c)'), watching('errorRate(5, other/d)'))).toEqual([
      'a/b',
      'c',
    ])
  })

  it('are found in expressions, escaped or not, also in those that can not be compiled', () => {
    const named = (target: string) => ({ expression: `request.stream && errorRate(5, "${target}") > 0.1` })
    expect(modelsAt('openai', named('openai/a'), named('other/b'), named('\\u006fpenai/c'))).toEqual(['a', 'c'])
    expect(modelsAt('openai', { expression: 'errorRate(5, "openai/a") > 0.1 && nope' })).toEqual(['a'])
    expect(modelsAt('openai', { expression: 'openai/' })).toEqual([])
  })

  it('are none where a connection is only mentioned', () => {
    const mentioned = { field: 'request.user', op: 'eq', value: 'openai/a' } as const
    expect(modelsAt('openai', mentioned, { expression: 'request.user == "openai/a"' })).toEqual([])
    expect(modelsAt('a.i', watching('errorRate(5, abi/m)'))).toEqual([])
    expect(modelsAt('ai', watching('errorRate(5, openai/m)'))).toEqual([])
  })
})
