import type { Limit } from '@vm-x/contract'
import { describe, expect, it, vi } from 'vitest'
import type { Principal } from '../api-key/authenticator.ts'
import type { LimitsEntry } from '../catalog/catalog.ts'
import { compileSnapshot, type EnvironmentSnapshot } from '../catalog/snapshot.ts'
import {
  CatalogDouble,
  connectionEntry,
  environmentEntry,
  NO_LIMITS,
  resourceEntry,
} from '../testing/catalog-double.ts'
import { DrivenClock } from '../testing/driven-clock.ts'
import type { ChargedQuery, ChargedRow } from './capacity-history.ts'
import { CapacitySeeder } from './capacity-seeder.ts'
import type { Beginning } from './capacity-store.ts'
import { type CompiledLimit, counterOf, Limits } from './limits.ts'
import { MemoryCapacityStore } from './memory-capacity-store.ts'

const limit = (period: Limit['period'], more: Partial<Limit> = {}): Limit => ({
  period,
  requests: 100,
  tokens: 10_000,
  reserve: 'expected',
  enabled: true,
  ...more,
})
const limits = (...capacity: Limit[]): LimitsEntry => ({ capacity, maxConcurrent: 3 })

/** Can be away, and says when it is back. */
class DistantStore extends MemoryCapacityStore {
  away = false
  readonly begun: (readonly string[])[] = []
  readonly forgotten: string[] = []
  readonly #listeners: ((workspaceId: string) => void)[] = []

  override begin(limitKeys: readonly string[]): readonly Beginning[] {
    this.begun.push(limitKeys)
    if (this.away) throw new Error('ECONNREFUSED')
    return super.begin(limitKeys)
  }

  override forget(limitKeys: readonly string[]): void {
    this.forgotten.push(...limitKeys)
    super.forget(limitKeys)
  }

  override onLoss(listener?: (workspaceId: string) => void): void {
    if (listener) this.#listeners.push(listener)
  }

  tellLoss(): void {
    for (const listener of this.#listeners) listener('w')
  }
}

type Answer = (query: ChargedQuery) => readonly ChargedRow[] | Promise<readonly ChargedRow[]>

function world({ answer = () => [], mostKeys }: { answer?: Answer; mostKeys?: number }) {
  const clock = new DrivenClock()
  clock.advance(Date.UTC(2026, 0, 15, 12, 30) - clock.now())
  const store = new DistantStore(clock)
  const compiled = new Limits()
  const queries: ChargedQuery[] = []
  const warnings: unknown[] = []
  const seeder = new CapacitySeeder(
    {
      store,
      limits: compiled,
      clock,
      log: { info: () => {}, error: () => {}, warn: (fields) => warnings.push(fields) },
      history: {
        charged: async (query) => {
          queries.push(query)
          return answer(query)
        },
      },
    },
    mostKeys,
  )
  /** Requests and tokens that are left of a limit. */
  const left = (limit: CompiledLimit, user?: string) => {
    const { maxRequests, maxTokens } = limit
    const counter = counterOf(limit, { sourceAddress: '', user }, clock.now())
    const answer = store.reserve([[{ ...counter, maxRequests, maxTokens, tokens: 0 }]])
    if (!answer.granted) return { requests: 0 }
    for (const receipt of answer.receipts) store.release(receipt)
    const remaining = answer.remaining[0]?.[0]
    return { requests: (remaining?.requests ?? 0) + 1, tokens: remaining?.tokens }
  }
  return { clock, store, compiled, queries, warnings, seeder, left }
}

const snapshotOf = (entry: Partial<Parameters<typeof compileSnapshot>[0]> = {}): EnvironmentSnapshot =>
  compileSnapshot({ ...environmentEntry([connectionEntry('a')], [resourceEntry('gpt', ['a'])]), ...entry }, () => ({
    decide: () => ({ targets: undefined, blocked: undefined, matched: undefined, rules: [] }),
  }))

function principal(entry: Partial<Principal>): Principal {
  const catalog = new CatalogDouble()
  catalog.addKey(entry)
  const [key] = catalog.keys.values()
  if (!key) throw new Error('no key')
  return key
}

describe('CapacitySeeder', () => {
  it('charges each window of an hour and more with what was used of it', async () => {
    const { seeder, compiled, queries, left } = world({
      answer: ({ counted }) => [
        counted === 'exchanges' ? { requests: 7, tokens: 70 } : { connectionId: 'a', requests: 9, tokens: 90 },
      ],
    })
    const snapshot = snapshotOf({
      limits: limits(limit('hour'), limit('minute')),
      connections: [connectionEntry('a', { limits: limits(limit('lifetime')) })],
    })
    await seeder.environment(snapshot)
    const [hour] = compiled.ofEnvironment(snapshot)
    const connection = snapshot.connections.get('a-name')
    const [lifetime] = connection ? compiled.ofConnection(snapshot, connection) : []
    expect(hour && left(hour)).toEqual({ requests: 93, tokens: 9930 })
    expect(lifetime && left(lifetime)).toEqual({ requests: 91, tokens: 9910 })
    const noon = Date.UTC(2026, 0, 15, 12)
    const beforeMs = noon + 30 * 60_000
    expect(queries).toEqual([
      { scope: { environmentId: 'e' }, counted: 'exchanges', sinceMs: noon, beforeMs, by: [] },
      { scope: { environmentId: 'e' }, counted: 'attempts', sinceMs: 0, beforeMs, by: ['connectionId'] },
    ])
  })

  it('charges every owner and every value of a dimension its own, and nobody what belongs to none', async () => {
    const { seeder, compiled, left } = world({
      answer: ({ by }) =>
        by.includes('model')
          ? [
              { connectionId: 'a', model: 'm', user: 'ann', requests: 5, tokens: 1 },
              { connectionId: 'a', model: 'm', user: null, requests: 6, tokens: 1 },
              { connectionId: 'b', model: 'm', user: 'ann', requests: 50, tokens: 1 },
            ]
          : [],
    })
    const about = {
      contextTokens: null,
      maxOutputTokens: null,
      limits: limits(limit('day', { dimension: 'user' })),
    }
    const snapshot = snapshotOf({ connections: [connectionEntry('a', { models: { m: about } })] })
    await seeder.environment(snapshot)
    const connection = snapshot.connections.get('a-name')
    const [day] = connection ? compiled.ofModel(snapshot, { connection, model: 'm', about }) : []
    expect(day && left(day, 'ann')).toMatchObject({ requests: 95 })
    expect(day && left(day)).toMatchObject({ requests: 94 })
    expect(day && left(day, 'bob')).toMatchObject({ requests: 100 })
  })

  it('charges two periods that began at the same moment both', async () => {
    const { seeder, compiled, clock, left } = world({ answer: () => [{ requests: 7, tokens: 0 }] })
    clock.advance(Date.UTC(2026, 1, 1, 5) - clock.now())
    const snapshot = snapshotOf({ workspaceLimits: limits(limit('day'), limit('month')) })
    await seeder.environment(snapshot)
    const [day, month] = compiled.ofEnvironment(snapshot)
    expect(day && left(day)).toMatchObject({ requests: 93 })
    expect(month && left(month)).toMatchObject({ requests: 93 })
  })

  it('reads nothing where there is nothing to find out, nor twice for the same limit', async () => {
    const { seeder, queries } = world({})
    expect(seeder.environment(snapshotOf({ limits: limits(limit('minute')) }))).toBeUndefined()
    expect(seeder.apiKey(snapshotOf(), principal({ limits: NO_LIMITS }))).toBeUndefined()
    const withDay = () => snapshotOf({ workspaceLimits: limits(limit('day')) })
    const both = [seeder.environment(withDay()), seeder.environment(withDay())]
    expect(both.every((each) => each instanceof Promise)).toBe(true)
    await Promise.all(both)
    expect(seeder.environment(withDay())).toBeUndefined()
    expect(queries).toHaveLength(1)
    expect(queries[0]?.scope).toEqual({ workspaceId: 'w' })
  })

  it('counts a limit that was gone for a time anew, from what was recorded of its whole window', async () => {
    const { seeder, compiled, store, queries, clock, left } = world({
      answer: ({ by }) => (queries.length < 3 ? [] : [{ requests: 5, tokens: 0, ...(by[0] && { apiKeyId: 'key-1' }) }]),
    })
    const day = limits(limit('day'))
    const [withLimit, without] = [() => snapshotOf({ workspaceLimits: day }), () => snapshotOf({})]
    const [withKey, withoutKey] = [() => principal({ limits: day }), () => principal({ limits: NO_LIMITS })]
    const read = async (snapshot: EnvironmentSnapshot, key: Principal) => {
      await seeder.environment(snapshot)
      await seeder.apiKey(snapshot, key)
      return [compiled.ofEnvironment(snapshot)[0], compiled.ofApiKey(snapshot, key)[0]]
    }
    for (const counted of await read(withLimit(), withKey())) {
      if (!counted) throw new Error('no limit')
      const values = { sourceAddress: '', user: undefined }
      store.reserve([[{ ...counterOf(counted, values, clock.now()), maxRequests: 9, maxTokens: 9, tokens: 0 }]])
    }
    clock.advance(1000)
    await read(without(), withoutKey())
    clock.advance(1000)
    await read(without(), withoutKey())
    clock.advance(3_600_000)
    const back = await read(withLimit(), withKey())
    expect(queries.slice(2)).toMatchObject([
      { scope: { workspaceId: 'w' }, sinceMs: Date.UTC(2026, 0, 15), beforeMs: clock.now() },
      { scope: { apiKeyId: 'key-1' }, sinceMs: Date.UTC(2026, 0, 15), beforeMs: clock.now() },
    ])
    for (const each of back) expect(each && left(each)).toMatchObject({ requests: 100 - 5 })
    await read(withLimit(), withKey())
    expect(queries).toHaveLength(4)
  })

  it('charges the windows of a time zone that is new to the workspace with what was used of them', async () => {
    const { seeder, compiled, queries, left } = world({ answer: () => [{ requests: 5, tokens: 0 }] })
    const inZone = (timeZone: string) => snapshotOf({ timeZone, workspaceLimits: limits(limit('day')) })
    await seeder.environment(inZone('UTC'))
    const moved = inZone('America/New_York')
    await seeder.environment(moved)
    expect(queries.map(({ sinceMs }) => sinceMs)).toEqual([Date.UTC(2026, 0, 15), Date.UTC(2026, 0, 15, 5)])
    const [day] = compiled.ofEnvironment(moved)
    expect(day && left(day)).toMatchObject({ requests: 95 })
  })

  it('asks for a key alone, once', async () => {
    const { seeder, compiled, queries, left } = world({
      answer: () => [{ apiKeyId: 'key-1', requests: 8, tokens: 80 }],
    })
    const [snapshot, key] = [snapshotOf(), principal({ limits: limits(limit('week')) })]
    await seeder.apiKey(snapshot, key)
    expect(seeder.apiKey(snapshot, key)).toBeUndefined()
    expect(queries).toHaveLength(1)
    expect(queries[0]).toMatchObject({ scope: { environmentId: 'e', apiKeyId: 'key-1' }, by: ['apiKeyId'] })
    const [week] = compiled.ofApiKey(snapshot, key)
    expect(week && left(week)).toEqual({ requests: 92, tokens: 9920 })
  })

  it('goes on without the history, says so once, and asks again when the configuration is next read', async () => {
    let away = true
    const { seeder, compiled, queries, warnings, clock, left } = world({
      answer: () => {
        if (away) throw new Error('ECONNREFUSED')
        return [{ requests: 8, tokens: 80 }]
      },
    })
    const entry = { limits: limits(limit('day'), limit('month')) }
    await seeder.environment(snapshotOf(entry))
    const key = principal({ limits: limits(limit('day')) })
    await seeder.apiKey(snapshotOf(), key)
    expect(seeder.apiKey(snapshotOf(), key), 'requests are not held up by every try').toBeUndefined()
    expect(warnings).toHaveLength(1)
    away = false
    const firstTry = queries[0]?.beforeMs
    clock.advance(60_000)
    const snapshot = snapshotOf(entry)
    await seeder.environment(snapshot)
    expect(queries.at(-1)?.beforeMs, 'what was counted since is not charged again').toBe(firstTry)
    const [day] = compiled.ofEnvironment(snapshot)
    expect(day && left(day)).toEqual({ requests: 92, tokens: 9920 })
  })

  const ofAll = ({ by }: ChargedQuery): ChargedRow[] => [
    { requests: 8, tokens: 80, ...(by[0] && { apiKeyId: 'key-1' }) },
  ]
  const day = { capacity: [limit('day')], maxConcurrent: null }

  it('charges what was used once a store that was away from the start is back, and holds no request up for it', async () => {
    const { seeder, compiled, store, queries, left } = world({ answer: ofAll })
    store.away = true
    const [snapshot, key] = [snapshotOf({ workspaceLimits: day }), principal({ limits: day })]
    await seeder.environment(snapshot)
    await seeder.apiKey(snapshot, key)
    for (let each = 0; each < 100; each++) expect(seeder.apiKey(snapshot, key)).toBeUndefined()
    expect(store.begun, 'not asked with every request').toHaveLength(2)
    store.away = false
    store.tellLoss()
    const both = [...compiled.ofEnvironment(snapshot), ...compiled.ofApiKey(snapshot, key)]
    await vi.waitFor(() => expect(both.map((each) => left(each).requests)).toEqual([92, 92]))
    store.tellLoss()
    expect(queries, 'charged once').toHaveLength(2)
  })

  it('asks a history that fails again with a request, at most once a second, more seldom if it fails slowly', async () => {
    let away = true
    let waitMs = 0
    const { seeder, compiled, queries, warnings, clock, left } = world({
      answer: (query) => {
        clock.advance(waitMs)
        if (away) throw new Error('canceling statement due to statement timeout')
        return ofAll(query)
      },
    })
    const [snapshot, key] = [snapshotOf({ workspaceLimits: day }), principal({ limits: day })]
    await seeder.environment(snapshot)
    await seeder.apiKey(snapshot, key)
    const askAgain = () => {
      for (let each = 0; each < 10; each++) expect(seeder.apiKey(snapshot, key), 'none waits').toBeUndefined()
    }
    askAgain()
    expect(queries).toHaveLength(2)
    clock.advance(1000)
    waitMs = 15_000
    askAgain()
    await vi.waitFor(() => expect(queries).toHaveLength(4))
    await new Promise(setImmediate)
    clock.advance(100_000)
    askAgain()
    await new Promise(setImmediate)
    expect(queries).toHaveLength(4)
    expect(warnings).toHaveLength(1)
    ;[away, waitMs] = [false, 0]
    clock.advance(250_000)
    askAgain()
    const both = [...compiled.ofEnvironment(snapshot), ...compiled.ofApiKey(snapshot, key)]
    await vi.waitFor(() => expect(both.map((each) => left(each).requests)).toEqual([92, 92]))
    clock.advance(3_600_000)
    askAgain()
    await new Promise(setImmediate)
    expect(queries).toHaveLength(6)
  })

  it('charges a limit whose history can be read next to one whose can not', async () => {
    const { seeder, compiled, queries, left } = world({
      answer: (query) => {
        if (query.sinceMs === 0) throw new Error('canceling statement due to statement timeout')
        return ofAll(query)
      },
    })
    const snapshot = snapshotOf({ workspaceLimits: limits(limit('lifetime'), limit('day')) })
    await seeder.environment(snapshot)
    const [, day] = compiled.ofEnvironment(snapshot)
    expect(day && left(day)).toMatchObject({ requests: 92 })
    await seeder.environment(snapshot)
    expect(queries.map(({ sinceMs }) => sinceMs)).toEqual([0, Date.UTC(2026, 0, 15), 0])
  })

  it('takes no try from before a loss for one that was made after it', async () => {
    const answers: (() => void)[] = []
    const { seeder, compiled, store, queries, left } = world({
      answer: (query) => new Promise((resolve) => answers.push(() => resolve(ofAll(query)))),
    })
    const snapshot = snapshotOf({ workspaceLimits: day })
    const first = seeder.environment(snapshot)
    await vi.waitFor(() => expect(answers).toHaveLength(1))
    store.forget(compiled.ofEnvironment(snapshot).map(({ key }) => key))
    store.away = true
    store.tellLoss()
    await vi.waitFor(() => expect(store.begun).toHaveLength(2))
    answers[0]?.()
    await first
    store.away = false
    const again = seeder.environment(snapshot)
    await vi.waitFor(() => expect(queries).toHaveLength(2))
    answers[1]?.()
    await again
    const [limited] = compiled.ofEnvironment(snapshot)
    expect(limited && left(limited)).toMatchObject({ requests: 92 })
  })

  it('keeps in memory no more keys than it may, and asks for one that was dropped when it is next used', async () => {
    const { seeder, store } = world({ mostKeys: 2 })
    const snapshot = snapshotOf()
    const keys = ['a', 'b', 'c'].map((id) => principal({ id, limits: day }))
    const [a, b, c] = keys
    for (const key of keys) await seeder.apiKey(snapshot, key)
    const used = (key?: Principal) => key && seeder.apiKey(snapshot, key)
    expect([used(b), used(c)]).toEqual([undefined, undefined])
    expect(used(a)).toBeInstanceOf(Promise)
    expect(store.begun).toHaveLength(4)
    store.tellLoss()
    expect(store.begun.at(-1), 'only of those is charged again').toHaveLength(2)
    expect(store.forgotten, 'what is dropped goes on being counted').toEqual([])
  })

  it('forgets the limits of an environment that is gone, and leaves those of its workspace to the others', async () => {
    const { seeder, compiled, store } = world({})
    const entry = { workspaceLimits: day, limits: day }
    const [one, other] = [snapshotOf({ ...entry, id: 'one' }), snapshotOf({ ...entry, id: 'other' })]
    await seeder.environment(one)
    await seeder.environment(other)
    seeder.environmentGone('one')
    const [ofWorkspace, ofOne] = compiled.ofEnvironment(one)
    expect(store.forgotten).toEqual([ofOne?.key])
    store.tellLoss()
    expect(store.begun.at(-1)?.toSorted()).toEqual(
      compiled
        .ofEnvironment(other)
        .map(({ key }) => key)
        .toSorted(),
    )
    seeder.environmentGone('other')
    expect(store.forgotten).not.toContain(ofWorkspace?.key)
    store.tellLoss()
    expect(store.begun, 'nothing is left').toHaveLength(3)
  })
})
