import { afterEach, describe, expect, test } from 'vitest'
import { testRedis } from '../../redis/test-redis.ts'
import {
  CONCURRENT,
  failWhereUnheeded,
  LIFETIME,
  limited,
  openReplicas,
  type Replica,
  type Setting,
  until,
  usedBy,
} from './replicas.fixture.ts'
import { Settlements } from './settlements.ts'

const opened: Replica[] = []
failWhereUnheeded()
afterEach(async () => {
  await Promise.all(opened.splice(0).map((replica) => replica.close()))
})

async function two(setting: Setting): Promise<[Replica, Replica]> {
  const [a, b] = await openReplicas(2, setting)
  if (!a || !b) throw new Error('Two were asked for')
  opened.push(a, b)
  return [a, b]
}

describe.each(testRedis)('what was used, on $kind', ({ url }) => {
  test('is counted once though its answer was lost, also when Redis was away in between', async () => {
    const [one, other] = await two({ url: url() })
    const item = limited({ tokens: 10 })
    const life = limited({ key: 'life', window: LIFETIME, tokens: 10 })
    const receipts = await one.take(3, item, life)
    let lost = 0
    one.meddle = async (name, run) => {
      if (name !== 'settle') return run()
      if (lost++ === 2) throw new Error('The connection was refused')
      await run()
      throw new Error('The connection was closed')
    }
    const [first, second, third] = receipts
    if (first) one.store.settle(first, 100)
    await until(() => lost > 0)
    if (second) one.store.settle(second, 200)
    if (third) one.store.release(third)
    await until(() => lost > 3)
    one.meddle = (_name, run) => run()
    await until(() => !one.away)
    for (const each of [item, life]) expect(await usedBy([one, other], each)).toEqual({ requests: 2, tokens: 300 })
  })

  test('is counted once though an earlier sending of it arrives after a later one', async () => {
    const [one, other] = await two({ url: url(), timeoutMs: 200 })
    const item = limited({ tokens: 10 })
    const [first, second] = await one.take(2, item)
    const late: (() => Promise<unknown>)[] = []
    one.meddle = (name, run) => {
      if (name !== 'settle') return run()
      late.push(run)
      return new Promise(() => {})
    }
    if (first) one.store.settle(first, 100)
    await until(() => late.length > 1)
    one.meddle = (_name, run) => run()
    if (second) one.store.settle(second, 200)
    await until(() => !one.away)
    await Promise.all(late.map((run) => run()))
    expect(await usedBy([one, other], item)).toEqual({ requests: 2, tokens: 300 })
  })

  test('is all there when the replica has closed', async () => {
    const [one, other] = await two({ url: url() })
    const items = Array.from({ length: 1200 }, (_, index) => limited({ key: `minute ${index}`, tokens: 10 }))
    for (let from = 0; from < items.length; from += 100)
      one.store.settle(await one.granted(...items.slice(from, from + 100)), 7)
    await one.store.close()
    const { used } = await other.store.peek(items, [])
    expect(new Set(used.map(({ tokens }) => tokens))).toEqual(new Set([7]))
  })

  test('is added up while requests are under way, and sent at once where a place was given back', async () => {
    const [one] = await two({ url: url(), gatherMs: 60_000 })
    const [item, places] = [limited({ tokens: 10 }), limited({ key: 'places', window: CONCURRENT })]
    const [first, second] = await one.take(2, item, places)
    if (!first || !second) throw new Error('Two were asked for')
    const sent = () => one.calls.filter((name) => name === 'settle').length
    one.store.progress(first, 20)
    await until(() => sent() === 1)
    for (let tokens = 21; tokens < 40; tokens++) {
      one.store.progress(first, tokens)
      await new Promise(setImmediate)
    }
    expect(sent()).toBe(1)
    one.store.settle(first, 50)
    // Sooner than it watches.
    await until(() => sent() === 2, 1500)
    one.store.progress(second, 50)
    await new Promise(setImmediate)
    expect(sent()).toBe(2)
  })

  test('can be looked at while more and more is used', async () => {
    const [one] = await two({ url: url() })
    const item = limited({ tokens: 10 })
    const receipts = await one.take(1000, item)
    const settleOne = () => {
      const receipt = receipts.pop()
      if (receipt) one.store.settle(receipt, 5)
    }
    one.meddle = (name, run) => {
      if (name === 'settle') settleOne()
      return run()
    }
    settleOne()
    await one.used(item)
    expect(receipts.length).toBeGreaterThan(990)
  })
})

describe('what is to be sent', () => {
  const value = (name: number) => limited({ key: `minute/user =${name}`, forgettable: true })
  const places = limited({ key: 'places', window: CONCURRENT })

  test('is bounded, and what clients invent pushes out nothing that is configured', () => {
    const settlements = new Settlements()
    settlements.take(limited(), 1, 7)
    for (let name = 0; name < 120_000; name++) settlements.take(value(name), 1, 7)
    expect(settlements.size).toBe(100_001)
    expect(settlements.next().keys[0]).toBe(limited().key)
  })

  test('holds nothing of a place that was lent and given back without Redis', () => {
    const settlements = new Settlements()
    for (let request = 0; request < 1000; request++) {
      settlements.hold(places, `lease ${request}`)
      settlements.keep(places, `lease ${request}`)
      settlements.end(places, `lease ${request}`)
    }
    settlements.keep(places, 'known')
    settlements.end(places, 'known')
    expect(settlements.next().entries).toEqual([[['p', 0, 0, 0], 0, ['known'], []]])
  })

  test('holds no more of a minute than its half seconds, however long Redis is away', () => {
    const settlements = new Settlements()
    for (let mark = 0; mark < 100_000; mark++) settlements.take(limited(), mark, 7)
    expect(JSON.stringify(settlements.next()).length).toBeLessThan(10_000)
  })

  test('leaves in as few batches as it says, of both kinds', () => {
    const settlements = new Settlements()
    for (let name = 0; name < 700; name++) settlements.take(limited({ key: `minute ${name}` }), 1, 7)
    for (let name = 0; name < 700; name++) settlements.take(value(name), 1, 7)
    const { batches } = settlements
    const sent = Array.from({ length: batches }, () => settlements.next().keys.length)
    expect(sent).toEqual([500, 500, 400])
    expect(settlements.size).toBe(0)
  })
})
