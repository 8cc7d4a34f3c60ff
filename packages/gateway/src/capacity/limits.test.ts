import type { Limit } from '@vm-x/contract'
import { describe, expect, it } from 'vitest'
import type { LimitsEntry } from '../catalog/catalog.ts'
import { compileSnapshot, compileTarget } from '../catalog/snapshot.ts'
import { connectionEntry, environmentEntry } from '../testing/catalog-double.ts'
import { type CompiledLimit, counterOf, Limits } from './limits.ts'

const PERIODS: Limit['period'][] = ['minute', 'hour', 'day', 'week', 'month', 'lifetime']
const DIMENSIONS: Limit['dimension'][] = [undefined, 'source-ip', 'user']
const limit = (more: Partial<Limit> = {}): Limit => ({
  period: 'minute',
  requests: 1,
  reserve: 'expected',
  enabled: true,
  ...more,
})
const every: LimitsEntry = {
  capacity: PERIODS.flatMap((period) => DIMENSIONS.map((dimension) => limit({ period, dimension }))),
  maxConcurrent: 1,
}
const routing = { decide: () => ({ targets: undefined, blocked: undefined, matched: undefined, rules: [] }) }
const modelNames = ['m', 'm minute', 'm =x', 'm/model:n', '\ud800', 'm%20']
const about = { contextTokens: null, maxOutputTokens: null, limits: every }
const models = Object.fromEntries(modelNames.map((name) => [name, about]))

/** The same entry on every owner: what differs is whose limits they are. */
function world(timeZone = 'UTC') {
  const connections = ['c', 'd'].map((id) => connectionEntry(id, { limits: every, models }))
  const entry = { ...environmentEntry(connections, []), timeZone, limits: every, workspaceLimits: every }
  const snapshot = compileSnapshot(entry, () => routing)
  const limits = new Limits()
  const compiled: CompiledLimit[] = [...limits.ofEnvironment(snapshot)]
  for (const connection of snapshot.connections.values()) {
    compiled.push(...limits.ofConnection(snapshot, connection))
    for (const model of modelNames) compiled.push(...limits.ofModel(snapshot, compileTarget(connection, model)))
  }
  return { snapshot, limits, compiled }
}

describe('Limits', () => {
  it('gives no two limits the same counter, whatever models and values are called', () => {
    const { compiled } = world()
    const values = ['', 'x', 'm', ' =x', 'minute', 'x minute', 'y'.repeat(65), 'y'.repeat(66)]
    const keys = compiled.flatMap((each) =>
      each.dimension === undefined
        ? [counterOf(each, { sourceAddress: '', user: undefined }, 0).key]
        : values.map((value) => counterOf(each, { sourceAddress: value, user: value }, 0).key),
    )
    expect(keys.length).toBeGreaterThan(1000)
    expect(new Set(keys).size).toBe(keys.length)
  })

  it("keeps all counters of a workspace together, and their keys' length within bounds", () => {
    const { compiled } = world()
    for (const each of compiled) {
      const { key } = counterOf(each, { sourceAddress: 'z'.repeat(100_000), user: 'z'.repeat(100_000) }, 0)
      expect(key.startsWith('{w} ')).toBe(true)
      expect(key.length).toBeLessThan(200)
    }
  })

  it('compiles the limits of an owner once', () => {
    const { limits, snapshot } = world()
    const connection = snapshot.connections.get('c-name')
    if (!connection) throw new Error('no connection')
    expect(limits.ofEnvironment(snapshot)).toBe(limits.ofEnvironment(snapshot))
    expect(limits.ofConnection(snapshot, connection)).toBe(limits.ofConnection(snapshot, connection))
    const target = () => compileTarget(connection, 'm')
    expect(limits.ofModel(snapshot, target())).toBe(limits.ofModel(snapshot, target()))
  })

  it('leaves out what is switched off, and counts without a bound what is not limited', () => {
    const capacity = [limit({ enabled: false }), { ...limit({ period: 'day', tokens: 5 }), requests: undefined }]
    const entry = { ...environmentEntry([], []), limits: { capacity, maxConcurrent: null } }
    const compiled = new Limits().ofEnvironment(compileSnapshot(entry, () => routing))
    expect(compiled).toHaveLength(1)
    expect(compiled[0]).toMatchObject({ period: 'day', maxRequests: Number.POSITIVE_INFINITY, maxTokens: 5 })
  })

  it("reads calendar windows in the workspace's time zone", () => {
    const day = world('Europe/Berlin').compiled.find(({ period }) => period === 'day')
    const at = Date.UTC(2026, 0, 15, 23, 30)
    const window = day && counterOf(day, { sourceAddress: '', user: undefined }, at).window
    expect(window).toMatchObject({ kind: 'calendar', startMs: Date.UTC(2026, 0, 15, 23) })
  })

  it('counts a request without a user as one whose user is empty, apart from all others', () => {
    const byUser = world().compiled.find(({ dimension }) => dimension === 'user')
    if (!byUser) throw new Error('no limit by user')
    const keyOf = (user: string | undefined) => counterOf(byUser, { sourceAddress: 'a', user }, 0).key
    expect(keyOf(undefined)).toBe(keyOf(''))
    expect(keyOf(undefined)).not.toBe(keyOf('undefined'))
  })
})
