// biome-ignore-all lint/suspicious/noThenProperty: the name that people write
import { aiResourceInput } from '@vm-x/contract'
import { describe, expect, it } from 'vitest'
import { resourceFaults } from './resource-faults.ts'

const OPEN = '019ab000-0000-7000-8000-00000000000a'
const LIMITED = '019ab000-0000-7000-8000-00000000000b'
const GONE = '019ab000-0000-7000-8000-00000000000c'
const connections = [
  { id: OPEN, name: 'open', allowedModels: null },
  { id: LIMITED, name: 'limited', allowedModels: ['small'] },
]

const above = (value: number) => ({ field: 'tokens.input', op: 'gt', value })
const when = above(10)
const good = { connectionId: LIMITED, model: 'small' }
const gone = { connectionId: GONE, model: 'small' }
const forbidden = { connectionId: LIMITED, model: 'large' }

const faultsOf = (fields: object) =>
  resourceFaults(
    aiResourceInput.parse({ name: 'r', model: { connectionId: OPEN, model: 'any' }, ...fields }),
    connections,
  )
const pathsOf = (fields: object) => faultsOf(fields).map(({ path }) => path)

describe('what is wrong with an AI resource', () => {
  it('is nothing when every target is there and allowed', () => {
    const everywhere = {
      model: good,
      routing: [{ when, then: { target: good } }],
      secondaryModels: [{ name: 'cheap', ...good }, good],
      fallback: { models: [good], on: ['provider_timeout'] },
    }
    expect(faultsOf(everywhere)).toEqual([])
  })

  it('is told at once for every place that names a target', () => {
    const everywhere = {
      model: gone,
      routing: [
        { when: above(11), then: { target: forbidden } },
        { when: above(12), then: { block: 'no' } },
        {
          when: above(14),
          then: {
            split: [
              { target: good, weight: 50 },
              { target: gone, weight: 50 },
            ],
          },
        },
        { when: above(13), then: { balance: 'round-robin', targets: [good, forbidden] } },
      ],
      secondaryModels: [good, gone],
      fallback: { enabled: false, models: [good, gone] },
    }
    expect(pathsOf(everywhere)).toEqual([
      'model.connectionId',
      'routing[0].then.target.model',
      'routing[2].then.split[1].target.connectionId',
      'routing[3].then.targets[1].model',
      'secondaryModels[1].connectionId',
      'fallback.models[1].connectionId',
    ])
  })

  it('says which model a connection does not allow', () => {
    expect(faultsOf({ model: forbidden })).toEqual([
      { path: 'model.model', message: 'the connection does not allow "large"' },
    ])
  })

  it('is a rule that does not compile, at the field at fault', () => {
    const rules = [
      { when, then: { target: good } },
      { when: { any: [when, { field: 'tokens.inputs', op: 'gt', value: 1 }] }, then: { target: good } },
      { when: { field: 'request.user', op: 'matches', value: '(' }, then: { target: good } },
      { when: { expression: 'tokens.input >' }, then: { target: good } },
    ]
    expect(pathsOf({ routing: rules })).toEqual([
      'routing[1].when.any[1].field',
      'routing[2].when.value',
      'routing[3].when.expression',
    ])
  })

  it('is a rule that asks how a target does that can not be called', () => {
    const asks = (target: string) => ({
      when: { field: `errorRate(5, ${target})`, op: 'gt', value: 10 },
      then: { target: good },
    })
    expect(pathsOf({ routing: [asks('LIMITED/small'), asks('open/any/thing')] })).toEqual([])
    expect(pathsOf({ routing: [asks('limited/large'), asks('gone/small')] })).toEqual([
      'routing[0].when.field',
      'routing[1].when.field',
    ])
  })

  it('is a name that two secondary models have, whatever the case', () => {
    const named = (name: string | null) => ({ name, ...good })
    const models = [named('Cheap'), named(null), named(null), named('cheap'), named('other')]
    expect(faultsOf({ secondaryModels: models })).toEqual([
      { path: 'secondaryModels[3].name', message: '"cheap" is there twice' },
    ])
  })

  it('is what can not take effect, of any part', () => {
    const rules = [
      { when: { all: [] }, then: { target: good } },
      { when, then: { target: good } },
    ]
    const useless = {
      routing: rules,
      fallback: { models: [good], on: [] },
      timeouts: { totalMs: 10, connectMs: 11 },
    }
    expect(pathsOf(useless)).toEqual(['routing[1]', 'fallback.on', 'timeouts.connectMs'])
    expect(pathsOf({ fallback: { enabled: false, models: [good], on: [] } })).toEqual([])
  })

  it('is a text that no database takes, wherever it is', () => {
    const rule = { when: { field: 'request.user', op: 'eq', value: 'a\0b' }, then: { block: '\ud800' } }
    expect(pathsOf({ routing: [rule] })).toEqual(['routing[0].when.value', 'routing[0].then.block'])
  })
})
