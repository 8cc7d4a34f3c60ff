import type { Limit } from '@vm-x/contract'
import { describe, expect, it, vi } from 'vitest'
import type { ChargedQuery, ChargedRow } from './capacity/capacity-history.ts'
import type { LimitsEntry } from './catalog/catalog.ts'
import { createGateway } from './gateway.ts'
import { silentLog } from './log.ts'
import { CatalogDouble, connectionEntry, environmentEntry, NO_LIMITS, resourceEntry } from './testing/catalog-double.ts'
import { DrivenClock } from './testing/driven-clock.ts'
import { LedgerDouble } from './testing/ledger-double.ts'

const ENVIRONMENT = new Set(['e'])

const daily = (requests: number): LimitsEntry => {
  const limit: Limit = { period: 'day', requests, reserve: 'expected', enabled: true }
  return { ...NO_LIMITS, capacity: [limit] }
}

function world({ used = 0 }: { used?: number } = {}) {
  const catalog = new CatalogDouble()
  const queries: ChargedQuery[] = []
  let waiting: Promise<void> | undefined
  const history = {
    charged: async (query: ChargedQuery): Promise<readonly ChargedRow[]> => {
      queries.push(query)
      await waiting
      const owner = query.by.includes('apiKeyId') ? { apiKeyId: 'key-1' } : {}
      return used === 0 ? [] : [{ ...owner, requests: used, tokens: 0 }]
    },
  }
  const clock = new DrivenClock()
  // The history is asked for what was before; at midnight there is nothing.
  clock.advance(3_600_000)
  const gateway = createGateway({
    catalog,
    ledger: new LedgerDouble(),
    history,
    providers: new Map(),
    clock,
    log: silentLog,
  })
  const configure = (name: string, limits: LimitsEntry) =>
    catalog.environments.set('e', {
      ...environmentEntry([connectionEntry('a')], [resourceEntry(name, ['a'])]),
      limits,
    })
  const holdHistory = () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    waiting = promise
    return resolve
  }
  configure('gpt', NO_LIMITS)
  const key = catalog.addKey()
  const authenticate = async () => gateway.authenticator.authenticate({ 'x-api-key': key }, '192.0.2.1')
  /** Whether one more request is let in. */
  const admitted = async (): Promise<boolean> => {
    const apiKey = await authenticate()
    const snapshot = await gateway.snapshots.get('e')
    await gateway.seeder.apiKey(snapshot, apiKey)
    const [resource] = snapshot.resources.values()
    const target = resource?.primary
    if (!target) throw new Error('the resource has no target')
    const size = { textBytes: 4, otherTokens: 0, outputLimit: 1, choices: 1 }
    const loan = gateway.gate.open({ snapshot, apiKey, resource, sourceAddress: '', user: undefined, size })
    try {
      await loan.admit(target)
      return true
    } catch {
      return false
    }
  }
  return { catalog, gateway, queries, configure, holdHistory, authenticate, admitted }
}

describe('a refresh of the gateway', () => {
  it('goes on counting: what was used stays used, and is not charged again', async () => {
    const { gateway, queries, configure, admitted } = world({ used: 1 })
    configure('gpt', daily(4))
    expect(await admitted()).toBe(true)
    for (const name of ['renamed', 'again']) {
      configure(name, daily(4))
      await gateway.refresh(ENVIRONMENT)
      expect(await admitted()).toBe(true)
    }
    expect(await admitted()).toBe(false)
    expect(queries).toHaveLength(1)
  })

  it('counts by what a key keeps of its limits too', async () => {
    const { catalog, gateway, queries, admitted } = world({ used: 1 })
    const [hash, entry] = [...catalog.keys][0] ?? []
    if (hash === undefined || entry === undefined) throw new Error('no key')
    catalog.keys.set(hash, { ...entry, limits: daily(3) })
    expect(await admitted()).toBe(true)
    catalog.keys.set(hash, { ...entry, limits: daily(3), labels: ['another'] })
    await gateway.refresh(ENVIRONMENT)
    expect([await admitted(), await admitted()]).toEqual([true, false])
    expect(queries).toHaveLength(1)
  })

  it('puts a new limit in force with what was used of it before', async () => {
    const { gateway, configure, admitted } = world({ used: 2 })
    expect(await admitted()).toBe(true)
    configure('gpt', daily(3))
    await gateway.refresh(ENVIRONMENT)
    expect([await admitted(), await admitted()]).toEqual([true, false])
  })

  it('counts by a new limit from the moment at which it is asked what was used before', async () => {
    const { gateway, configure, holdHistory, queries, admitted } = world()
    await admitted()
    configure('gpt', daily(1))
    const answer = holdHistory()
    const refreshed = gateway.refresh(ENVIRONMENT)
    await vi.waitFor(() => expect(queries).toHaveLength(1))
    expect(await admitted()).toBe(true)
    answer()
    await refreshed
    expect(await admitted()).toBe(false)
  })

  it('refuses a revoked key while the history of a limit is still being read, and is done only after that', async () => {
    const { catalog, gateway, configure, holdHistory, queries, authenticate, admitted } = world()
    await admitted()
    configure('gpt', daily(1))
    catalog.keys.clear()
    const answer = holdHistory()
    let done = false
    const refreshed = gateway.refresh(ENVIRONMENT).finally(() => {
      done = true
    })
    await vi.waitFor(() => expect(queries).toHaveLength(1))
    await vi.waitFor(() => expect(authenticate()).rejects.toMatchObject({ code: 'invalid_api_key' }))
    await new Promise((resolve) => setImmediate(resolve))
    expect(done).toBe(false)
    answer()
    await refreshed
  })

  it('refuses a revoked key also when its environment can not be read, and says that it could not', async () => {
    const { catalog, gateway, authenticate, admitted } = world()
    await admitted()
    catalog.keys.clear()
    catalog.environment = async () => {
      throw new Error('the row is broken')
    }
    await expect(gateway.refresh(ENVIRONMENT)).rejects.toMatchObject({ code: 'unavailable' })
    await expect(authenticate()).rejects.toMatchObject({ code: 'invalid_api_key' })
  })

  it('leaves to a request under way the snapshot that it began with', async () => {
    const { gateway, configure } = world()
    const begun = await gateway.snapshots.get('e')
    configure('renamed', NO_LIMITS)
    await gateway.refresh(ENVIRONMENT)
    expect([...begun.resources.keys()]).toEqual(['gpt'])
    expect([...(await gateway.snapshots.get('e')).resources.keys()]).toEqual(['renamed'])
  })
})
