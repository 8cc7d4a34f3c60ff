import type { Limit } from '@vm-x/contract'
import { describe, expect, it } from 'vitest'
import type { EnvironmentEntry, LimitsEntry } from '../catalog/catalog.ts'
import { compileSnapshot } from '../catalog/snapshot.ts'
import { targetsOf } from '../catalog/targets-of.ts'
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
import { capacityView } from './capacity-view.ts'
import { DiscoveredCapacity } from './discovered-capacity.ts'
import { type CompiledLimit, counterOf, Limits } from './limits.ts'
import { MemoryCapacityStore } from './memory-capacity-store.ts'

const limited = (...capacity: Partial<Limit>[]): LimitsEntry => ({
  capacity: capacity.map((limit) => ({ period: 'minute', reserve: 'expected', enabled: true, ...limit })),
  maxConcurrent: null,
})
const keyed = (limits: LimitsEntry) => ({ id: 'key-1', limits })

/** An environment, and what is used of its limits. */
function world(more: Partial<EnvironmentEntry> = {}) {
  const clock = new DrivenClock()
  const store = new MemoryCapacityStore(clock)
  const limits = new Limits()
  const entry = { ...environmentEntry([connectionEntry('a')], [resourceEntry('gpt', ['a'])]), ...more }
  const snapshot = compileSnapshot(entry, () => ({
    decide: () => ({ targets: undefined, blocked: undefined, matched: undefined, rules: [] }),
  }))
  const use = (limit: CompiledLimit | undefined, tokens: number, user?: string) => {
    if (!limit) throw new Error('there is no such limit')
    const counter = counterOf(limit, { sourceAddress: '192.0.2.1', user }, clock.now())
    store.reserve([[{ ...counter, maxRequests: limit.maxRequests, maxTokens: limit.maxTokens, tokens }]])
  }
  const discovered = new DiscoveredCapacity({ clock })
  const view = (...apiKeys: ReturnType<typeof keyed>[]) =>
    capacityView({ store, limits, discovered, clock }, snapshot, apiKeys, targetsOf(snapshot))
  return { clock, store, limits, discovered, snapshot, use, view }
}

describe('the view of capacity', () => {
  it('shows what a provider tells of its limits where that is kept, and nowhere else', async () => {
    const enforcing = world({ connections: [connectionEntry('a', { discoveredCapacity: 'enforce' })] })
    const [target] = targetsOf(enforcing.snapshot)
    if (!target) throw new Error('there is no target')
    enforcing.discovered.note(target, { requests: 500, tokens: undefined, exhaustedMs: 0 })
    enforcing.use(enforcing.discovered.limitsOf(target)[0], 0)
    expect(await enforcing.view()).toEqual([
      {
        owner: 'connection model',
        ownerId: 'a',
        model: 'm',
        period: 'minute',
        discovered: true,
        requests: { limit: 500, used: 1, remaining: 499 },
        resetsAtMs: expect.any(Number),
      },
    ])
    const ignoring = world()
    ignoring.discovered.note(target, { requests: 500, tokens: undefined, exhaustedMs: 0 })
    expect(await ignoring.view()).toEqual([])
  })

  it('shows the limits of every owner, with whose they are', async () => {
    const one = limited({ requests: 1 })
    const about = { contextTokens: null, maxOutputTokens: null, limits: one }
    const { view } = world({
      workspaceLimits: one,
      limits: one,
      connections: [connectionEntry('a', { limits: one, models: { m: about } })],
      resources: [resourceEntry('gpt', ['a'], { limits: one })],
    })
    expect((await view(keyed(one))).map(({ owner, ownerId, model }) => [owner, ownerId, model])).toEqual([
      ['workspace', 'w', undefined],
      ['environment', 'e', undefined],
      ['resource', 'resource-gpt', undefined],
      ['connection', 'a', undefined],
      ['connection model', 'a', 'm'],
      ['api-key', 'key-1', undefined],
    ])
  })

  it('shows what is used and what is left of requests and tokens, and leaves it as it is', async () => {
    const { view, use, limits, snapshot } = world({ limits: limited({ requests: 5, tokens: 100 }) })
    use(limits.ofEnvironment(snapshot)[0], 30)
    for (let times = 0; times < 3; times++) {
      expect(await view()).toMatchObject([
        {
          period: 'minute',
          requests: { limit: 5, used: 1, remaining: 4 },
          tokens: { limit: 100, used: 30, remaining: 70 },
        },
      ])
    }
  })

  it('leaves out the measure that is not limited', async () => {
    const [level] = await world({ limits: limited({ tokens: 9 }) }).view()
    expect(level).toEqual({
      owner: 'environment',
      ownerId: 'e',
      period: 'minute',
      tokens: { limit: 9, used: 0, remaining: 9 },
    })
  })

  it('never shows less than nothing left', async () => {
    const { view, store, limits, snapshot, clock } = world({ limits: limited({ period: 'day', tokens: 10 }) })
    const [limit] = limits.ofEnvironment(snapshot)
    if (limit) {
      const counter = counterOf(limit, { sourceAddress: '', user: '' }, clock.now())
      const [begun] = store.begin([limit.key])
      store.charge(limit.key, begun?.sinceMs ?? 0, [{ ...counter, requests: 1, tokens: 25 }])
    }
    expect(await view()).toMatchObject([{ tokens: { limit: 10, used: 25, remaining: 0 } }])
  })

  it('shows the requests under way', async () => {
    const { view, use, limits, snapshot } = world({ limits: { ...NO_LIMITS, maxConcurrent: 3 } })
    use(limits.ofEnvironment(snapshot)[0], 0)
    const [level] = await view()
    expect(level).toMatchObject({ period: 'concurrent', requests: { limit: 3, used: 1, remaining: 2 } })
    expect(level).not.toHaveProperty('resetsAtMs')
  })

  it("ends windows of the calendar by the workspace's own clocks", async () => {
    const { view, clock } = world({ timeZone: 'Asia/Kolkata', limits: limited({ period: 'day', requests: 1 }) })
    const [level] = await view()
    expect(clock.now()).toBe(Date.UTC(2026, 0, 1))
    expect(level?.resetsAtMs).toBe(Date.UTC(2026, 0, 1, 18, 30))
  })

  it('resets a minute when the last of it has left, and a lifetime never', async () => {
    const { view, use, limits, snapshot, clock } = world({
      limits: limited({ requests: 5 }, { period: 'lifetime', requests: 5 }),
    })
    for (const limit of limits.ofEnvironment(snapshot)) use(limit, 0)
    const [minute, lifetime] = await view()
    expect(minute?.resetsAtMs).toBe(clock.now() + 60_500)
    expect(lifetime).not.toHaveProperty('resetsAtMs')
  })

  it('counts the values of a dimension instead of naming them', async () => {
    const { view, use, limits, snapshot } = world({
      limits: limited({ requests: 5, dimension: 'user' }, { requests: 9 }),
    })
    const [perUser] = limits.ofEnvironment(snapshot)
    for (const user of ['ann', 'bob', 'ann']) use(perUser, 0, user)
    expect(await view()).toMatchObject([
      { dimension: 'user', requests: { limit: 5 }, values: 2 },
      { requests: { limit: 9, used: 0, remaining: 9 } },
    ])
    expect(JSON.stringify(await view())).not.toContain('ann')
  })

  it('shows no limit that is switched off', async () => {
    expect(await world({ limits: limited({ requests: 1, enabled: false }) }).view()).toEqual([])
  })
})

describe('the capacity of an environment', () => {
  it('knows what a key had used before this process began, also of one that has asked nothing here', async () => {
    const clock = new DrivenClock()
    clock.advance(3_600_000)
    const catalog = new CatalogDouble()
    catalog.environments.set('e', environmentEntry([], []))
    const charged = async () => [{ apiKeyId: 'key-1', requests: 7, tokens: 70 }]
    const parts = { catalog, ledger: new LedgerDouble(), providers: new Map(), clock, log: silentLog }
    const gateway = createGateway({ ...parts, history: { charged } })
    const keys = [keyed(limited({ period: 'day', requests: 10 }))]
    for (let times = 0; times < 2; times++)
      expect(await gateway.capacityOf('e', keys)).toMatchObject([
        { ownerId: 'key-1', requests: { used: 7, remaining: 3 } },
      ])
    await expect(gateway.capacityOf('nowhere')).rejects.toMatchObject({ code: 'unavailable' })
  })
})
