import { randomUUID } from 'node:crypto'
import { type Receipt, SUB_WINDOW_MS } from '@vm-x/gateway'
import { DrivenClock } from '@vm-x/gateway/testing'
import fc from 'fast-check'
import { Cluster } from 'ioredis'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { testRedis } from '../../redis/test-redis.ts'
import {
  asDenied,
  CONCURRENT,
  LIFETIME,
  limited,
  openReplicas,
  type Replica,
  type Server,
  type Setting,
  startServer,
  until,
  usedBy,
} from './replicas.fixture.ts'

const opened: Replica[] = []
afterEach(async () => {
  await Promise.all(opened.splice(0).map((replica) => replica.close()))
})

async function open(count: number, setting: Setting): Promise<[Replica, ...Replica[]]> {
  const [first, ...others] = await openReplicas(count, setting)
  if (!first) throw new Error('None was asked for')
  opened.push(first, ...others)
  return [first, ...others]
}

describe.each(testRedis)('several replicas on $kind', ({ url }) => {
  const ofAll = async (replicas: readonly Replica[], item: ReturnType<typeof limited>) =>
    (await Promise.all(replicas.map((replica) => replica.take(120, item)))).flat()

  test('never pass a limit of requests, tokens or places by one, and leave none of it', async () => {
    const replicas = await open(4, { url: url() })
    expect(await ofAll(replicas, limited({ maxRequests: 137 }))).toHaveLength(137)
    expect(await ofAll(replicas, limited({ key: 'tokens', maxTokens: 1000, tokens: 7 }))).toHaveLength(142)
    expect(await ofAll(replicas, limited({ key: 'places', window: CONCURRENT, maxRequests: 61 }))).toHaveLength(61)
    expect(await ofAll(replicas, limited({ key: 'life', window: LIFETIME, maxRequests: 137 }))).toHaveLength(137)
  })

  test('any interleaving of their calls leaves the sum of what was settled', async () => {
    const clock = new DrivenClock()
    const replicas = await open(4, { url: url(), clock })
    let run = 0
    await fc.assert(
      fc.asyncProperty(fc.array(CALL, { minLength: 20, maxLength: 150 }), async (calls) => {
        const [minute, life] = [
          limited({ key: `m ${run}`, tokens: 30 }),
          limited({ key: `l ${run}`, window: LIFETIME }),
        ]
        const places = limited({ key: `p ${run++}`, window: CONCURRENT, maxRequests: 25 })
        const sum = { requests: 0, tokens: 0 }
        const open: { replica: Replica; receipt: Receipt; charged: number }[] = []
        const asked: Promise<void>[] = []
        const end = (settles: boolean, tokens: number, at: number) => {
          const [each] = open.splice(at % Math.max(1, open.length), 1)
          if (!each) return
          if (!settles) return each.replica.store.release(each.receipt)
          each.replica.store.settle(each.receipt, tokens)
          sum.requests++
          sum.tokens += tokens
        }
        for (const { what, by, n } of calls) {
          const replica = replicas[by]
          const each = open[n % Math.max(1, open.length)]
          if (what === 'reserve' && replica) {
            const asking = replica.reserve(minute, { ...life, tokens: n }, places).then((answer) => {
              const [receipt] = answer.granted ? answer.receipts : []
              if (receipt) open.push({ replica, receipt, charged: n })
            })
            asked.push(asking)
            if (n % 3 === 0) await asking
          } else if (what === 'wait') clock.advance(n * 10)
          else if (what === 'progress') each?.replica.store.progress(each.receipt, n * 2)
          else end(what === 'settle', n, by)
        }
        await Promise.all(asked)
        expect(open.length).toBeLessThanOrEqual(25)
        while (open.length > 0) end(true, 11, 0)
        expect(await usedBy(replicas, minute)).toEqual(sum)
        expect(await usedBy(replicas, life)).toEqual(sum)
        expect(await usedBy(replicas, places)).toMatchObject({ requests: 0 })
      }),
      { numRuns: 120 },
    )
  })

  test('what one gives back another finds, though nobody asks the first', async () => {
    const [one, other] = await open(2, { url: url() })
    const item = limited({ maxRequests: 1 })
    one.store.release(await one.granted(item))
    await until(async () => (await other?.reserve(item))?.granted === true)
  })

  test('the hint is exact where two of them used the limit and a third asks', async () => {
    const clock = new DrivenClock()
    const [one, ...others] = await open(3, { url: url(), clock, gatherMs: 0 })
    const step = fc.record({
      by: fc.nat(2),
      waitMs: fc.integer({ min: 0, max: 9_000 }),
      tokens: fc.integer({ min: 1, max: 60 }),
      settled: fc.option(fc.integer({ min: 0, max: 60 })),
    })
    let run = 0
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 30 }), async (steps) => {
        const item = limited({ key: `hint ${run++}`, maxRequests: 8, maxTokens: 100 })
        for (const { by, waitMs, tokens, settled } of steps) {
          clock.advance(waitMs)
          const replica = others[by] ?? one
          const answer = await replica.reserve({ ...item, tokens })
          if (answer.granted) {
            const [receipt] = answer.receipts
            if (settled !== null && receipt) replica.store.settle(receipt, settled)
            // Its correction is the last thing that happens.
            await replica.used(item)
            continue
          }
          const { retryAfterMs = 0 } = answer
          if (retryAfterMs > SUB_WINDOW_MS) {
            clock.advance(retryAfterMs - SUB_WINDOW_MS)
            expect((await one.reserve({ ...item, tokens })).granted).toBe(false)
            clock.advance(SUB_WINDOW_MS)
          } else clock.advance(retryAfterMs)
          expect((await replica.reserve({ ...item, tokens })).granted).toBe(true)
        }
      }),
      { numRuns: 15 },
    )
  })

  test('every key of a workspace lies in one slot and has its expiry', async () => {
    const clock = new DrivenClock()
    const prefix = `test:${randomUUID()}:`
    const replicas = await open(2, { url: url(), clock, prefix })
    const [one, other] = replicas
    const value = limited({ key: 'hour/user resource:1 =ann', window: LIFETIME, forgettable: true, tokens: 5 })
    const items = [
      limited({ tokens: 5 }),
      limited({ key: 'life', window: LIFETIME, tokens: 5 }),
      limited({ key: 'day', window: dayOf(clock), tokens: 5 }),
      limited({ key: 'places', window: CONCURRENT, maxRequests: 5 }),
      value,
      limited({ key: 'minute/user resource:1 =ann', forgettable: true }),
      limited({ key: 'places/user =ann', window: CONCURRENT, forgettable: true }),
    ]
    const begun = await one.store.begin(['{w} day', '{w} hour/user resource:1'])
    await one.store.charge('{w} day', begun[0]?.sinceMs ?? 0, [{ ...items[2], ...value, requests: 3, tokens: 9 }])
    const receipt = await one.granted(...items)
    one.store.progress(receipt, 50)
    clock.advance(20_000)
    one.store.renew([receipt])
    one.store.settle(receipt, 9)
    // What was admitted without Redis, and given back, makes counters of its own.
    const away = limited({ key: 'away', tokens: 3 })
    if (!other) throw new Error('There is no other')
    await other.used(away)
    other.meddle = () => Promise.reject(new Error('away'))
    other.store.release(await other.granted(away, { ...away, key: '{w} away for life', window: LIFETIME }))
    clock.advance(1000)
    other.meddle = (_name, run) => run()
    await until(() => !other.away)
    await usedBy(replicas, away)
    const client = one.redis.client
    const nodes = client instanceof Cluster ? client.nodes('master') : [client]
    const keys = (await Promise.all(nodes.map((node) => node.keys(`${prefix}*{w}*`)))).flat()
    expect(keys.length).toBeGreaterThan(8)
    for (const key of keys) expect([key, (await client.pttl(key)) > 0]).toEqual([key, true])
    const slots = await Promise.all(keys.map((key) => nodes[0]?.call('CLUSTER', 'KEYSLOT', key).catch(() => 0)))
    expect(new Set(slots).size).toBe(1)
  })
})

test('a replica whose clock is wrong by an hour counts in the same windows as the others', async () => {
  const redisUrl = testRedis[0]?.url() ?? ''
  for (const wrongMs of [3_600_000, -3_600_000]) {
    const clockOfRedis = new DrivenClock()
    clockOfRedis.advance(1_800_000)
    const wrong = new DrivenClock()
    wrong.advance(1_800_000 + wrongMs)
    const prefix = `test:${randomUUID()}:`
    const [right] = await open(1, { url: redisUrl, prefix, clock: clockOfRedis })
    const [off] = await open(1, { url: redisUrl, prefix, clock: wrong, clockOfRedis })
    const forRight = () => limited({ key: 'hour', window: hourOf(clockOfRedis), maxRequests: 5 })
    const forOff = () => limited({ key: 'hour', window: hourOf(wrong), maxRequests: 5 })
    expect(await right.take(2, forRight())).toHaveLength(2)
    expect(await off.take(2, forOff())).toHaveLength(2)
    expect(await right.take(2, forRight()), `${wrongMs}`).toHaveLength(1)
    const denied = asDenied(await off.reserve(forOff()))
    expect(denied.retryAfterMs).toBe(1_800_000)
    clockOfRedis.advance(1_800_000)
    wrong.advance(1_800_000)
    expect((await off.take(4, forOff())).length + (await right.take(4, forRight())).length).toBe(5)
  }
})

const CALL = fc.record({
  what: fc.constantFrom('reserve', 'reserve', 'reserve', 'settle', 'release', 'progress', 'wait'),
  by: fc.nat(3),
  n: fc.nat(60),
})

const windowOf = (clock: DrivenClock, lengthMs: number) => {
  const startMs = Math.floor(clock.now() / lengthMs) * lengthMs
  return { kind: 'calendar', startMs, endMs: startMs + lengthMs, nextEndMs: startMs + 2 * lengthMs } as const
}
const hourOf = (clock: DrivenClock) => windowOf(clock, 3_600_000)
const dayOf = (clock: DrivenClock) => windowOf(clock, 24 * 3_600_000)

describe('on a server of its own,', () => {
  let server: Server
  beforeAll(async () => {
    server = await startServer()
  })
  afterAll(() => server.stop())

  /** Of Redis's own commands, those that read hashes: one for the book and one for the counter, one more to read all half seconds. */
  const scansOf = async (others: number, ask: () => Promise<unknown>) => {
    await server.command('CONFIG', 'RESETSTAT')
    await ask()
    const stats = String(await server.command('INFO', 'commandstats'))
    return Number(/cmdstat_hmget:calls=(\d+)/.exec(stats)?.[1]) - others
  }

  test('a replica is there for the others at once, and gone when it has closed', async () => {
    const prefix = `test:${randomUUID()}:`
    const there = async () => Number(await server.command('ZCARD', `${prefix}replicas`))
    const [, other] = await open(2, { url: server.url, prefix })
    // Sooner than it tells again that it is there.
    await until(async () => (await there()) === 2, 1500)
    await other?.close()
    expect(await there()).toBe(1)
  })

  test('a minute that is only asked for does not end before its last half second has left', async () => {
    const clock = new DrivenClock()
    const prefix = `test:${randomUUID()}:`
    const [one] = await open(1, { url: server.url, clock, prefix })
    const item = limited({ maxRequests: 1 })
    await one.granted(item)
    await server.command('PEXPIRE', `${prefix}${item.key}`, 20_000)
    clock.advance(40_000)
    asDenied(await one.reserve(item))
    expect(Number(await server.command('PTTL', `${prefix}${item.key}`))).toBeGreaterThan(50_000)
  })

  test('past a hundred thousand values of a dimension the one that was not used for longest is forgotten', async () => {
    const clock = new DrivenClock()
    const prefix = `test:${randomUUID()}:`
    const [one] = await open(1, { url: server.url, clock, prefix })
    const family = '{w} minute/user resource:1'
    const of = (user: string) => limited({ key: `${family} =${user}`, forgettable: true })
    await one.granted(of('first'))
    clock.advance(1)
    await one.granted(of('second'))
    const others = Array.from({ length: 99_998 }, (_, index) => [clock.now() + 1, `{w} ${index}`])
    for (let from = 0; from < others.length; from += 10_000)
      await one.redis.client.zadd(`${prefix}${family} values`, ...others.slice(from, from + 10_000).flat())
    clock.advance(2)
    await one.granted(of('second'))
    await one.granted(of('new'))
    const { used, members } = await one.store.peek(['first', 'second', 'new'].map(of), [
      of(''),
      limited({ key: family }),
    ])
    expect(used.map(({ requests }) => requests)).toEqual([0, 2, 1])
    expect(members[1]).toBe(100_000)
  })

  test('a storm of refusals reads all half seconds of the minute once for each replica, however many are asked for at once', async () => {
    const clock = new DrivenClock()
    const replicas = await open(2, { url: server.url, clock })
    const item = limited({ maxRequests: 60 })
    for (const replica of replicas) await replica.granted(limited({ key: 'other' }))
    for (let halfSeconds = 0; halfSeconds < 60; halfSeconds++) {
      await replicas[0].take(1, item)
      clock.advance(500)
    }
    const storm = async () => {
      const all = await Promise.all(
        replicas.map((replica) => Promise.all(Array.from({ length: 200 }, () => replica.reserve(item)))),
      )
      for (const answer of all.flat()) expect(asDenied(answer).retryAfterMs).toBe(30_500)
    }
    expect(await scansOf(2 * 400, storm)).toBe(2)
    expect(await scansOf(2 * 400, storm)).toBe(0)
  })

  test('more than a thousand counters that refuse at once each tell when they have room', async () => {
    const clock = new DrivenClock()
    const [one] = await open(1, { url: server.url, clock })
    const items = Array.from({ length: 1100 }, (_, user) =>
      limited({ key: `{w} minute/user resource:1 =${user}`, forgettable: true, maxRequests: 1 }),
    )
    await Promise.all(items.map((item) => one.granted(item)))
    clock.advance(30_000)
    for (let times = 0; times < 2; times++) {
      const answers = await Promise.all(items.map((item) => one.reserve(item)))
      expect([...new Set(answers.map((answer) => asDenied(answer).retryAfterMs))]).toEqual([30_500])
    }
  })

  test('a storm of refusals reads them a few times in each half second while more and more is corrected', async () => {
    const clock = new DrivenClock()
    const [one, other] = await open(2, { url: server.url, clock, gatherMs: 0 })
    const item = limited({ maxRequests: 60, tokens: 10 })
    const receipts = await one.take(60, item)
    await other?.granted(limited({ key: 'other' }))
    clock.advance(10_000)
    const storm = async () => {
      for (const receipt of receipts.splice(0, 30)) {
        one.store.settle(receipt, 5)
        await one.used(item)
        for (let refusals = 0; refusals < 5; refusals++) if (other) asDenied(await other.reserve(item))
      }
    }
    // Each settlement reads both and the half second that it corrects, each look the counter.
    expect(await scansOf(30 * (2 * 5 + 3 + 1), storm)).toBe(4)
    clock.advance(500)
    expect(await scansOf(30 * (2 * 5 + 3 + 1), storm)).toBe(4)
  })
})
