// biome-ignore-all lint/suspicious/noThenProperty: the name that people write in rules
import type { Limit, Rule } from '@vm-x/contract'
import { describe, expect, it } from 'vitest'
import type { ApiKeyEntry, EnvironmentEntry, LimitsEntry, ResourceEntry, TargetEntry } from '../catalog/catalog.ts'
import { createGateway } from '../gateway.ts'
import { silentLog } from '../log.ts'
import {
  CatalogDouble,
  connectionEntry,
  environmentEntry,
  NO_LIMITS,
  resourceEntry,
} from '../testing/catalog-double.ts'
import { DrivenClock } from '../testing/driven-clock.ts'
import { LedgerDouble } from '../testing/ledger-double.ts'
import type { RouteQuestion } from './explain-route.ts'

const BODY = { messages: [{ role: 'user', content: 'hello' }], max_tokens: 10 }
const ALWAYS: Rule<TargetEntry>['when'] = { all: [] }
const at = (connectionId: string, model = 'm') => ({ connectionId, model })
const rule = (more: Partial<Rule<TargetEntry>>): Rule<TargetEntry> => ({
  description: '',
  enabled: true,
  when: ALWAYS,
  then: { target: at('b') },
  traffic: 100,
  ...more,
})
const limited = (...capacity: Partial<Limit>[]): LimitsEntry => ({
  capacity: capacity.map((limit) => ({ period: 'minute', reserve: 'expected', enabled: true, ...limit })),
  maxConcurrent: null,
})

/** A gateway, and a question about the resource `gpt`, whose targets are `a` and then `b`. */
function world(resource: Partial<ResourceEntry> = {}, environment: Partial<EnvironmentEntry> = {}) {
  const catalog = new CatalogDouble()
  const ledger = new LedgerDouble()
  const clock = new DrivenClock()
  const parts = { catalog, ledger, providers: new Map(), clock, log: silentLog }
  const gateway = createGateway({ ...parts, history: { charged: async () => [] } })
  const entry = resourceEntry('gpt', ['a', 'b'], resource)
  const surroundings = { ...environmentEntry([connectionEntry('a'), connectionEntry('b')], []), ...environment }
  const ask = (question: Partial<RouteQuestion> = {}) =>
    gateway.explainRoute({ environment: surroundings, resource: entry, body: BODY, ...question })
  const apiKey = (more: Partial<ApiKeyEntry>): ApiKeyEntry => {
    catalog.addKey(more)
    const [key] = [...catalog.keys.values()].slice(-1)
    if (!key) throw new Error('there is no key')
    return key
  }
  return { ask, gateway, catalog, ledger, clock, apiKey }
}

describe('the explanation of a route', () => {
  it('names the targets in order, and records and reads nothing', async () => {
    const { ask, ledger, catalog } = world()
    const { decision, targets, matched, refusedBy } = await ask()
    expect(decision).toEqual({
      targets: [
        { connectionId: 'a', connection: 'a-name', model: 'm' },
        { connectionId: 'b', connection: 'b-name', model: 'm' },
      ],
      attempts: [],
    })
    expect(targets.map(({ connectionId, provider }) => [connectionId, provider])).toEqual([
      ['a', 'openai-compatible'],
      ['b', 'openai-compatible'],
    ])
    expect([matched, refusedBy, ledger.records, ledger.notes, catalog.asked]).toEqual([
      undefined,
      undefined,
      [],
      [],
      [],
    ])
  })

  it('says what came of each rule, comparison by comparison, and which decided', async () => {
    const { ask } = world({
      routing: [
        rule({ enabled: false }),
        rule({ when: { field: 'request.messagesCount', op: 'gt', value: 3 } }),
        rule({ when: { field: 'request.user', op: 'eq', value: 'ann' } }),
        rule({}),
      ],
    })
    const { decision, matched } = await ask({ body: { ...BODY, user: 'ann' } })
    expect(matched).toBe(2)
    expect(decision.rules).toEqual([
      { index: 0, result: 'disabled' },
      {
        index: 1,
        result: 'not_matched',
        conditions: [{ field: 'request.messagesCount', op: 'gt', result: false }],
      },
      { index: 2, result: 'matched', conditions: [{ field: 'request.user', op: 'eq', result: true }] },
    ])
    expect(decision.targets.map(({ connectionId }) => connectionId)).toEqual(['b'])
  })

  it('says what a rule blocks with, and for how many tokens it took the request', async () => {
    const { ask } = world({
      routing: [rule({ when: { field: 'tokens.input', op: 'gt', value: 100 }, then: { block: 'Too long' } })],
    })
    expect(await ask()).not.toHaveProperty('blocked')
    const blocked = await ask({ body: { messages: [{ role: 'user', content: 'x'.repeat(4000) }] } })
    expect(blocked).toMatchObject({ blocked: 'Too long', refusedBy: 'blocked_by_route', matched: 0, targets: [] })
    expect(blocked.inputTokens).toBeGreaterThan(1000)
  })

  it('takes a body as bytes, as they would come', async () => {
    const { ask } = world()
    expect((await ask({ body: Buffer.from(JSON.stringify(BODY)) })).targets).toHaveLength(2)
    await expect(ask({ body: Buffer.from('{"a":1,"a":2}') })).rejects.toMatchObject({ code: 'invalid_request' })
  })

  it('is about a resource that is switched off or was never saved, in the form in which it is given', async () => {
    const { ask } = world({ enabled: false })
    expect((await ask()).targets).toHaveLength(2)
    const draft = resourceEntry('draft', ['b'])
    expect((await ask({ resource: draft })).targets).toMatchObject([{ connectionId: 'b' }])
  })

  it('shows rules the key, the headers and the metadata that are asked about, and no key otherwise', async () => {
    const { ask, apiKey } = world({
      routing: [
        rule({ when: { field: 'apiKey.labels', op: 'contains', value: 'vip' } }),
        rule({ when: { field: 'request.headers.x-team', op: 'eq', value: 'red' } }),
        rule({ when: { field: 'request.metadata.tier', op: 'eq', value: 'gold' } }),
        rule({ when: { field: 'apiKey.id', op: 'notExists' } }),
      ],
    })
    expect((await ask({ apiKey: apiKey({ labels: ['vip'] }) })).matched).toBe(0)
    expect((await ask({ headers: { 'x-team': 'red' } })).matched).toBe(1)
    expect((await ask({ body: { ...BODY, vmx: { metadata: { tier: 'gold' } } } })).matched).toBe(2)
    expect((await ask()).matched).toBe(3)
  })

  it('starts from the secondary model that is asked for', async () => {
    const { ask } = world({ secondaryModels: [{ name: 'other', ...at('b', 'n') }] })
    const { decision } = await ask({ body: { ...BODY, vmx: { secondaryModel: 'other' } } })
    expect(decision).toMatchObject({ secondaryModel: 0, targets: [{ model: 'n' }, { connectionId: 'b', model: 'm' }] })
  })

  it('uses the draws that it is given, draws the others, and says which it used', async () => {
    const then = { split: [at('a'), at('b')].map((target) => ({ target, weight: 50 })) }
    const { ask } = world({ fallbackModels: [], routing: [rule({ traffic: 50, then })] })
    expect(await ask({ draws: [0.1, 0.2] })).toMatchObject({
      matched: 0,
      targets: [{ connectionId: 'a' }],
      draws: [0.1, 0.2],
    })
    expect(await ask({ draws: [0.1, 0.9] })).toMatchObject({ matched: 0, targets: [{ connectionId: 'b' }] })
    expect((await ask({ draws: [0.6, 0.9] })).decision.rules).toMatchObject([{ result: 'not_in_traffic' }])
    const drawn = await ask()
    expect(drawn.draws.length).toBeGreaterThan(0)
    expect(await ask({ draws: drawn.draws })).toEqual(drawn)
  })

  it('says how far expressions can go', async () => {
    const { ask } = world({
      routing: [
        rule({ when: { expression: 'tokens.input > 5' } }),
        rule({}),
        rule({ when: { expression: 'request.allMessagesContent.contains("secret")' } }),
      ],
    })
    const { expressions } = await ask()
    expect(expressions.map(({ rule }) => rule)).toEqual([0, 2])
    expect(expressions[1]?.cost).toBeGreaterThan(30_000)
    expect(expressions[0]?.cost).toBeLessThan(10)
  })

  it('says that nothing can answer', async () => {
    const { ask } = world({}, { connections: [] })
    expect(await ask()).toMatchObject({ refusedBy: 'unavailable', targets: [] })
  })
})

describe('what would stop a request', () => {
  it('is an open circuit, for as long as it is', async () => {
    const { ask, gateway } = world()
    for (let times = 0; times < 5; times++) gateway.circuits.failed('a/m')
    const [a, b] = (await ask()).targets
    expect(a).toMatchObject({ stoppedBy: 'circuit_open' })
    expect(a?.circuitOpensInMs).toBeGreaterThan(0)
    expect(b).toMatchObject({ circuitOpensInMs: 0 })
    expect(b).not.toHaveProperty('stoppedBy')
    expect(gateway.circuits.opensInMs('a/m')).toBe(a?.circuitOpensInMs)
  })

  it('is a provider that has asked to be left alone, for as long as it has', async () => {
    const { ask, gateway } = world()
    gateway.holds.heard('a/m', 3000)
    const [a, b] = (await ask()).targets
    expect(a).toMatchObject({ stoppedBy: 'held', heldForMs: 3000, circuitOpensInMs: 0 })
    expect(b).toMatchObject({ heldForMs: 0 })
    expect(b).not.toHaveProperty('stoppedBy')
  })

  it('is a limit of a target without room, and asking takes nothing of it', async () => {
    const connections = [
      connectionEntry('a', { limits: limited({ requests: 0 }, { period: 'day', requests: 1 }) }),
      connectionEntry('b'),
    ]
    const { ask } = world({}, { connections })
    for (let times = 0; times < 3; times++) {
      const { targets, refusedBy } = await ask()
      expect(refusedBy).toBeUndefined()
      expect(targets).toMatchObject([
        {
          stoppedBy: 'target_busy',
          limits: [
            { owner: 'connection', ownerId: 'a', refuses: true, requests: { limit: 0, used: 0, remaining: 0 } },
            { period: 'day', refuses: false, requests: { limit: 1, used: 0, remaining: 1 } },
          ],
        },
        { connectionId: 'b', limits: [] },
      ])
    }
  })

  it('is a limit of tokens that has less left than the request is expected to use', async () => {
    const limits = limited({ tokens: 25 })
    const { ask } = world({ limits })
    const small = await ask({ body: { max_tokens: 1 } })
    expect(small).not.toHaveProperty('refusedBy')
    expect(small.targets[0]?.estimate).toMatchObject({ output: 1 })
    expect(await ask()).toMatchObject({
      refusedBy: 'capacity_exceeded',
      limits: [{ owner: 'resource', refuses: true, tokens: { limit: 25, used: 0, remaining: 25 } }],
    })
  })

  it('counts limits of the key that is asked about, and what it has used', async () => {
    const { ask, apiKey, gateway, catalog } = world()
    const key = apiKey({ limits: limited({ requests: 1, dimension: 'source-ip' }) })
    catalog.environments.set('e', environmentEntry([connectionEntry('a')], [resourceEntry('gpt', ['a'])]))
    const snapshot = await gateway.snapshots.get('e')
    const resource = snapshot.resources.get('gpt')
    if (!resource?.primary) throw new Error('there is no target')
    const size = { textBytes: 4, otherTokens: 0, outputLimit: 1, choices: 1 }
    const request = { snapshot, apiKey: key, resource, sourceAddress: '192.0.2.1', user: undefined, size }
    await gateway.gate.open(request).admit(resource.primary)
    expect(await ask({ apiKey: key, sourceAddress: '192.0.2.1' })).toMatchObject({
      refusedBy: 'capacity_exceeded',
      limits: [{ owner: 'api-key', ownerId: key.id, dimension: 'source-ip', requests: { used: 1 } }],
    })
    expect(await ask({ apiKey: key, sourceAddress: '192.0.2.2' })).not.toHaveProperty('refusedBy')
    expect((await ask()).limits).toEqual([])
  })

  it('is a limit that reserves the most where the request has no bound', async () => {
    const limits = limited({ tokens: 1_000_000, reserve: 'ceiling' })
    const connections = [connectionEntry('a', { limits }), connectionEntry('b')]
    const { ask } = world({}, { connections })
    expect((await ask({ body: { messages: [] } })).targets[0]).toMatchObject({ stoppedBy: 'unsupported_parameter' })
    expect((await ask()).targets[0]).not.toHaveProperty('stoppedBy')
  })

  it('is nothing where nothing is limited', async () => {
    const { ask } = world({ limits: NO_LIMITS })
    expect((await ask()).targets.map(({ stoppedBy }) => stoppedBy)).toEqual([undefined, undefined])
  })
})
