// biome-ignore-all lint/suspicious/noThenProperty: the name that people write
import type { Rule } from '@vm-x/contract'
import { describe, expect, it } from 'vitest'
import type { TargetEntry } from '../catalog/catalog.ts'
import { checkRouting } from './check-routing.ts'
import { requestOf, routingOf, seeded, type World } from './routing.fixture.ts'

const to = (connectionId: string): TargetEntry => ({ connectionId, model: 'm' })
const yes = { field: 'request.messagesCount', op: 'eq', value: 0 } as const
const no = { field: 'request.messagesCount', op: 'gt', value: 0 } as const

const decide = (rules: Partial<Rule<TargetEntry>>[], world?: World) => routingOf(rules, world).decide(requestOf())
const keys = (routed: ReturnType<typeof decide>) => routed.targets?.map(({ key }) => key)

describe('the rules of a resource', () => {
  it('decide nothing where there are none, or none matches', () => {
    expect(decide([])).toEqual({ targets: undefined, blocked: undefined, matched: undefined, rules: [] })
    expect(decide([{ when: no }])).toMatchObject({ targets: undefined, blocked: undefined, matched: undefined })
  })

  it('are tried in order, the first that matches decides, and each says what came of it', () => {
    const routed = decide([
      { when: no, then: { target: to('a') } },
      { when: yes, enabled: false, then: { target: to('b') } },
      { when: { any: [no, yes, yes] }, then: { target: to('c') } },
      { when: yes, then: { target: to('d') } },
    ])
    expect(keys(routed)).toEqual(['c/m'])
    expect(routed.matched).toBe(2)
    const field = 'request.messagesCount'
    expect(routed.rules).toEqual([
      { index: 0, result: 'not_matched', conditions: [{ field, op: 'gt', result: false }] },
      { index: 1, result: 'disabled' },
      {
        index: 2,
        result: 'matched',
        conditions: [
          { field, op: 'gt', result: false },
          { field, op: 'eq', result: true },
        ],
      },
    ])
  })

  it('never put a value of the request into the decision record', () => {
    const routing = routingOf([
      { when: { field: 'request.user', op: 'eq', value: 'someone' } },
      { when: { expression: 'request.user == "someone"' } },
      { when: { field: 'request.allMessagesContent', op: 'matches', value: 'x' } },
      {
        when: { field: 'request.user', op: 'exists' },
        then: { split: [{ target: to('a'), weight: 100 }], sticky: 'request.user' },
      },
    ])
    const routed = routing.decide(requestOf({ user: 'SECRET', messages: [{ role: 'user', content: 'SECRET' }] }))
    expect(routed.matched).toBe(3)
    expect(JSON.stringify(routed.rules)).not.toContain('SECRET')
  })

  it('block with the message of the rule', () => {
    expect(decide([{ then: { block: 'Not here' } }])).toMatchObject({
      targets: undefined,
      blocked: 'Not here',
      matched: 0,
    })
  })

  it('leave out targets that are off, and go on when none is left', () => {
    const world = { off: ['a', 'b'] }
    const routed = decide(
      [
        { then: { target: to('a') } },
        { then: { split: [{ target: to('a'), weight: 100 }] } },
        {
          then: {
            split: [
              { target: to('a'), weight: 100 },
              { target: to('c'), weight: 0 },
            ],
          },
        },
        { then: { balance: 'least-busy', targets: [to('a'), to('b')] } },
        { then: { balance: 'round-robin', targets: [to('a'), to('c')] } },
      ],
      world,
    )
    expect(routed.rules.map(({ result }) => result)).toEqual([...Array(4).fill('no_target'), 'matched'])
    expect(keys(routed)).toEqual(['c/m'])
  })

  it('go on to the next rule with those who are not of its share of the traffic', () => {
    const routing = routingOf([{ traffic: 30 }, { then: { target: to('b') } }], { random: seeded() })
    const routed = Array.from({ length: 5_000 }, () => routing.decide(requestOf()))
    const share = routed.filter(({ matched }) => matched === 0).length / routed.length
    expect(share).toBeGreaterThan(0.28)
    expect(share).toBeLessThan(0.32)
    expect(routed.find(({ matched }) => matched === 1)?.rules[0]).toEqual({ index: 0, result: 'not_in_traffic' })
  })

  it('never throw: what can not be evaluated fails, and the next rule decides', () => {
    const routed = decide(
      [
        { when: { field: 'errorRate(5)', op: 'gt', value: 0 } },
        { when: { field: 'nope', op: 'eq', value: 1 } },
        { then: { split: [{ target: to('a'), weight: 100 }], sticky: 'nope' } },
        { then: { target: to('b') } },
      ],
      {
        signals: {
          errorRate: () => {
            throw new Error('boom')
          },
        },
      },
    )
    expect(routed.rules.map(({ result }) => result)).toEqual(['failed', 'failed', 'failed', 'matched'])
  })

  it('look at a text only when a rule does, and then once', () => {
    let reads = 0
    const message = {
      role: 'user',
      get content() {
        reads++
        return 'hello'
      },
    }
    const request = requestOf({ messages: [message] })
    routingOf([{ when: { field: 'request.messagesCount', op: 'eq', value: 1 } }]).decide({
      ...request,
      fields: { messages: [{}] },
    })
    routingOf([{ when: { field: 'tokens.input', op: 'gt', value: 1 } }]).decide(request)
    expect(reads).toBe(0)
    const when = { field: 'request.lastMessage.content', op: 'eq', value: 'x' } as const
    routingOf([{ when }, { when }, { when }]).decide(request)
    expect(reads).toBe(1)
  })
})

describe('a split', () => {
  const split = [
    { target: to('a'), weight: 50 },
    { target: to('b'), weight: 50 },
  ]

  it('answers the chosen target alone', () => {
    expect(keys(decide([{ then: { split } }], { random: () => 0.2 }))).toEqual(['a/m'])
    expect(keys(decide([{ then: { split } }], { random: () => 0.7 }))).toEqual(['b/m'])
  })

  it('keeps a caller on one side by its sticky field, and leaves those without to chance', () => {
    const routing = routingOf([{ then: { split, sticky: 'request.user' } }], { random: seeded() })
    const sides = (user: string | undefined) =>
      new Set(Array.from({ length: 50 }, () => keys(routing.decide(requestOf({ user })))?.[0])).size
    expect([sides('ann'), sides('bob'), sides(undefined)]).toEqual([1, 1, 2])
  })
})

describe('a balance', () => {
  const targets = [to('a'), to('b'), to('c')]

  it('takes turns, the others following', () => {
    const routing = routingOf([{ then: { balance: 'round-robin', targets } }])
    const turns = Array.from({ length: 4 }, () => keys(routing.decide(requestOf()))?.join(' '))
    expect(turns).toEqual(['a/m b/m c/m', 'b/m c/m a/m', 'c/m a/m b/m', 'a/m b/m c/m'])
  })

  it('prefers the target with the fewest requests under way', () => {
    const busy: Record<string, number> = { 'a/m': 5, 'b/m': 0, 'c/m': 2 }
    const signals = { inFlight: (key: string) => busy[key] ?? 0 }
    expect(keys(decide([{ then: { balance: 'least-busy', targets } }], { signals }))).toEqual(['b/m', 'c/m', 'a/m'])
  })

  it('prefers the fastest target of the last five minutes, after those it knows nothing of', () => {
    const known: Record<string, number> = { 'a/m': 900, 'c/m': 300 }
    const signals = { latencyP95: (key: string, minutes: number) => (minutes === 5 ? known[key] : undefined) }
    expect(keys(decide([{ then: { balance: 'latency', targets } }], { signals }))).toEqual(['b/m', 'c/m', 'a/m'])
  })

  it('leaves ties to chance', () => {
    const routing = routingOf([{ then: { balance: 'least-busy', targets } }], { random: seeded() })
    const firsts = new Set(Array.from({ length: 100 }, () => keys(routing.decide(requestOf()))?.[0]))
    expect(firsts.size).toBe(3)
  })
})

describe('checkRouting', () => {
  const rule = (over: Partial<Rule<TargetEntry>>): Rule<TargetEntry> => ({
    description: '',
    enabled: true,
    when: yes,
    then: { target: to('a') },
    traffic: 100,
    ...over,
  })

  it('answers all problems, each with its path', () => {
    const bad = { field: 'nope', op: 'eq', value: 1 } as const
    const problems = checkRouting([
      rule({}),
      rule({ when: { all: [yes, { any: [{ not: bad }, { field: 'random', op: 'contains', value: 'x' }] }] } }),
      rule({
        when: { expression: 'nope' },
        then: { split: [{ target: to('a'), weight: 100 }], sticky: 'tokens.input' },
      }),
      rule({ enabled: false, when: bad }),
    ])
    expect(problems.map(({ path }) => path.join('.'))).toEqual([
      '1.when.all.1.any.0.not.field',
      '1.when.all.1.any.1.op',
      '2.when.expression',
      '2.then.sticky',
      '3.when.field',
    ])
    for (const { message } of problems) expect(message).not.toBe('')
  })

  it('refuses more nesting, conditions and patterns than are cheap', () => {
    let deep: Rule<TargetEntry>['when'] = yes
    for (let depth = 0; depth < 50; depth++) deep = { not: deep }
    expect(checkRouting([rule({ when: deep })])).toMatchObject([{ message: expect.stringContaining('nested') }])
    const many = rule({ when: { all: Array(50).fill({ any: Array(11).fill(yes) }) } })
    expect(checkRouting([many])).toMatchObject([{ path: [0, 'when'], message: expect.stringContaining('500') }])
    const none = rule({ when: { all: Array(50).fill({ any: Array(11).fill({ not: { all: [] } }) }) } })
    expect(checkRouting([none])).toMatchObject([{ path: [0, 'when'], message: expect.stringContaining('500') }])
    const pattern = { field: 'request.user', op: 'matches', value: 'x' } as const
    expect(checkRouting([rule({ when: { any: Array(21).fill(pattern) } })])).toMatchObject([
      { path: [0, 'when'], message: expect.stringContaining('20 patterns') },
    ])
  })

  it('counts the patterns of expressions too', () => {
    const expression = Array(11).fill('request.user.matches("x")').join(' || ')
    expect(checkRouting([rule({ when: { expression } })])).toEqual([])
    expect(checkRouting([rule({ when: { expression } }), rule({ when: { expression } })])).toMatchObject([
      { path: [1, 'when'] },
    ])
  })

  it('asks whether a target that a field names is there', () => {
    const when = { field: 'errorRate(5, openai/gpt)', op: 'gt', value: 0.1 } as const
    expect(checkRouting([rule({ when })], ({ connection }) => connection === 'openai')).toEqual([])
    expect(checkRouting([rule({ when })], () => false)).toMatchObject([{ path: [0, 'when', 'field'] }])
  })
})
