import { DrivenClock } from '@vm-x/gateway/testing'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startMovingAddress } from '../../redis/moving-address.fixture.ts'
import {
  acquainted,
  CONCURRENT,
  failWhereUnheeded,
  gathered,
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

let server: Server
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.stop())

const opened: Replica[] = []
failWhereUnheeded()
afterEach(async () => {
  await Promise.all(opened.splice(0).map((replica) => replica.close()))
})

type Three = [Replica, Replica, Replica]

let clock: DrivenClock
beforeEach(() => {
  clock = new DrivenClock()
})

async function three(setting: Partial<Setting> = {}): Promise<Three> {
  const [a, b, c] = await openReplicas(3, { url: server.url, clock, ...setting })
  if (!a || !b || !c) throw new Error('Three were asked for')
  opened.push(a, b, c)
  return [a, b, c]
}

const lose = () => server.command('FLUSHALL')

test('scripts that are forgotten under load are sent again: no limit is passed and nobody is away', async () => {
  const replicas = await three()
  const item = limited({ maxRequests: 150 })
  const flushing = Promise.all(Array.from({ length: 20 }, () => server.command('SCRIPT', 'FLUSH')))
  const taken = await Promise.all(
    replicas.map(async (replica) => {
      const receipts = []
      for (let turn = 0; turn < 10; turn++) receipts.push(...(await replica.take(10, item)))
      return receipts
    }),
  )
  await flushing
  expect(taken.flat()).toHaveLength(150)
  expect(replicas.some(({ away }) => away)).toBe(false)
})

test('counters resume at the most that any replica last saw', async () => {
  const replicas = await three()
  const [a, b, c] = replicas
  const items = [
    limited({ maxRequests: 10, tokens: 10 }),
    limited({ key: 'life', window: LIFETIME, maxRequests: 10, tokens: 10 }),
  ]
  await a.take(3, ...items)
  await b.take(5, ...items)
  await c.take(1, ...items)
  await lose()
  for (const replica of replicas) await replica.take(1, limited({ key: 'other' }))
  await gathered(replicas, clock)
  for (const item of items) expect(await usedBy(replicas, item)).toEqual({ requests: 9, tokens: 90 })
  for (const replica of replicas) expect(replica.losses).toEqual(['w'])
})

test('however many counters were lost, all of them resume', async () => {
  const [a] = await three()
  const items = Array.from({ length: 1200 }, (_, index) => limited({ key: `minute ${index}`, tokens: index }))
  for (let from = 0; from < items.length; from += 100) await a.granted(...items.slice(from, from + 100))
  await lose()
  await a.take(1, limited({ key: 'other' }))
  await gathered([a], clock)
  const { used } = await a.store.peek(items, [])
  expect(used.map(({ requests, tokens }) => [requests, tokens])).toEqual(items.map((_, index) => [1, index]))
})

test('until all have told what they know each admits its share of each limit, and counts it then', async () => {
  const replicas = await three()
  await acquainted(replicas)
  const [a, b, c] = replicas
  const item = limited({ maxRequests: 90 })
  await a.take(1, item)
  await b.take(89, item)
  await c.take(1, limited({ key: 'other' }))
  await lose()
  const meanwhile = [await a.take(200, item), await b.take(200, item), await c.take(200, item)]
  // Of 90 each has 30, less its share of what it last saw: 1, 90 and nothing.
  expect(meanwhile.map(({ length }) => length)).toEqual([30, 0, 30])
  expect(replicas.map(({ store }) => store.state().away?.reason)).toEqual(
    Array(3).fill(expect.stringContaining('lost')),
  )
  clock.advance(3999)
  const probes = a.calls.length
  await until(() => a.calls.length > probes + 1)
  expect(a.away).toBe(true)
  clock.advance(1)
  await until(() => replicas.every(({ away }) => !away))
  expect(await usedBy(replicas, item)).toMatchObject({ requests: 150 })
  expect(await c.take(50, item)).toHaveLength(0)
})

test('a replica that was only refused knows what is used, too', async () => {
  const [a, b] = await three()
  const item = limited({ maxRequests: 10 })
  await b.take(1, item)
  await a.take(9, item)
  expect(await b.take(5, item)).toHaveLength(0)
  await lose()
  expect(await b.take(5, item)).toHaveLength(0)
})

test('a replica that knew no counters goes by those that others restore', async () => {
  const [a, b, c] = await three()
  const item = limited({ maxRequests: 10 })
  await a.take(9, item)
  await lose()
  await a.take(1, limited({ key: 'other' }))
  expect(await b.take(5, item)).toHaveLength(1)
  expect([b.away, c.away]).toEqual([false, false])
})

test('a server that was killed and comes back empty goes on where it was, without a restart of anything', async () => {
  const replicas = await three({ timeoutMs: 500 })
  const [a, b, c] = replicas
  const item = limited({ maxRequests: 10 })
  const places = limited({ key: 'places', window: CONCURRENT, maxRequests: 4 })
  const held = await a.take(3, item, places)
  await b.take(3, item)
  await c.take(1, limited({ key: 'other' }))
  await server.kill()
  await server.start()
  await until(async () => {
    for (const replica of replicas) await replica.reserve(limited({ key: 'other' }))
    return replicas.every(({ store }) => store.state().away?.reason.includes('lost'))
  })
  await gathered(replicas, clock)
  expect((await usedBy(replicas, places)).requests).toBe(3)
  expect((await usedBy(replicas, item)).requests).toBe(6)
  expect(await b.take(20, places)).toHaveLength(1)
  for (const receipt of held) a.store.settle(receipt, 0)
  await until(async () => (await usedBy(replicas, places)).requests === 1)
})

test('values of a dimension are found and bounded as such after they were restored, and what is settled without Redis, too', async () => {
  const [a] = await three({ timeoutMs: 300 })
  const of = (user: string) => limited({ key: `minute/user resource:1 =${user}`, forgettable: true })
  const family = { key: '{w} minute/user resource:1', window: of('').window }
  await a.take(1, of('ann'))
  await lose()
  await a.take(1, of('bob'))
  await gathered([a], clock)
  expect((await a.store.peek([], [family])).members).toEqual([2])
  await a.store.forget([family.key])
  expect((await a.store.peek([of('ann'), of('bob')], [])).used).toMatchObject([{ requests: 0 }, { requests: 0 }])
})

test('places of requests under way are taken again by whatever is asked first', async () => {
  const replicas = await three()
  await acquainted(replicas)
  const [a, b] = replicas
  const places = limited({ key: 'places', window: CONCURRENT, maxRequests: 6 })
  await a.take(2, places)
  await b.take(3, places)
  await lose()
  // Of its share of two both are taken.
  expect(await a.take(5, places)).toHaveLength(0)
  await b.take(1, limited())
  expect((await usedBy([a, b], places)).requests).toBe(5)
  await gathered([a, b], clock)
  expect(await b.take(5, places)).toHaveLength(1)
})

test('a replica that asks for nothing finds out as well, by itself', async () => {
  const [a, b] = await three()
  const item = limited({ maxRequests: 10 })
  await a.take(9, item)
  await b.take(1, limited({ key: 'other' }))
  await lose()
  await gathered([a, b], clock)
  expect((await b.used(item)).requests).toBe(9)
  expect(a.losses).toEqual(['w'])
})

test('what was used before the loss is charged once, whichever of several reads it', async () => {
  const replicas = await three()
  const item = limited({ key: 'life', window: LIFETIME, tokens: 10 })
  const charged = async (replica: Replica) => {
    const [begun] = await replica.store.begin([item.key])
    if (!begun?.complete)
      await replica.store.charge(item.key, begun?.sinceMs ?? 0, [{ ...item, requests: 70, tokens: 700 }])
  }
  await Promise.all(replicas.map(charged))
  const [a, b, c] = replicas
  await a.take(5, item)
  await lose()
  await a.take(1, item)
  for (const replica of [b, c]) await replica.take(1, limited({ key: 'other' }))
  await gathered(replicas, clock)
  await Promise.all(replicas.map(charged))
  // Seen were 75, of which 70 are in the records.
  expect(await usedBy(replicas, item)).toEqual({ requests: 76, tokens: 760 })
  await Promise.all(replicas.map(charged))
  expect(await usedBy(replicas, item)).toEqual({ requests: 76, tokens: 760 })
})

test('what ends after the loss opens no room that it did not take there', async () => {
  const [a, b] = await three({ timeoutMs: 300 })
  const minute = limited({ maxTokens: 1000, tokens: 400 })
  const life = limited({ key: 'life', window: LIFETIME, tokens: 400 })
  const [early, released, longer] = [await a.granted(minute, life), await a.granted(life), await a.granted(life)]
  const small = [minute, life].map((item) => ({ ...item, tokens: 100 }))
  a.meddle = (name, run) => (name === 'settle' ? new Promise(() => {}) : run())
  // On its way already when they are lost, or not yet.
  a.store.release(released)
  await lose()
  clock.advance(1000)
  expect(await b.take(3, ...small)).toHaveLength(3)
  // Long enough for the counters not to be new any more, so that nothing is added for the first.
  clock.advance(40_000)
  a.store.settle(early, 50)
  a.store.settle(longer, 450)
  await until(() => a.away)
  a.meddle = (_name, run) => run()
  await until(() => !a.away)
  expect(await usedBy([a, b], life)).toEqual({ requests: 3, tokens: 350 })
  clock.advance(61_000)
  expect(await usedBy([a, b], minute)).toEqual({ requests: 0, tokens: 0 })
})

test('what was granted without Redis is corrected as a whole, though counters were lost long ago meanwhile', async () => {
  const [a, b] = await three({ timeoutMs: 300 })
  const life = limited({ key: 'life', window: LIFETIME, tokens: 400 })
  await a.granted(life)
  await b.granted(life)
  a.meddle = () => Promise.reject(new Error('away'))
  const [first, second, third] = await a.take(3, life)
  if (first) a.store.settle(first, 50)
  if (second) a.store.release(second)
  await lose()
  await b.granted(life)
  clock.advance(40_000)
  a.meddle = (_name, run) => run()
  await until(() => !a.away)
  // 800 were seen before, 400 granted after, and 50 and 400 without Redis.
  expect(await usedBy([a, b], life)).toEqual({ requests: 5, tokens: 1650 })
  if (third) a.store.settle(third, 100)
  expect(await usedBy([a, b], life)).toEqual({ requests: 5, tokens: 1350 })
})

test('a lifetime that nobody has used for so long that it has ended in Redis is charged from the records again', async () => {
  const [a] = await three()
  const life = limited({ key: 'lifetime resource:1', window: LIFETIME })
  const each = limited({ key: 'lifetime/user resource:1', window: LIFETIME })
  const begin = async () => await a.store.begin([life.key, each.key])
  const charge = async () => {
    const [ofLife, ofEach] = await begin()
    await a.store.charge(life.key, ofLife?.sinceMs ?? 0, [{ ...life, requests: 70, tokens: 0 }])
    const ann = { ...each, key: `${each.key} =ann`, forgettable: true, requests: 30, tokens: 0 }
    await a.store.charge(each.key, ofEach?.sinceMs ?? 0, [ann])
  }
  await charge()
  expect(await begin()).toMatchObject([{ complete: true }, { complete: true }])
  clock.advance(5)
  for (const key of [`${life.key}`, `${each.key} values`, `${each.key} =ann`]) await expire(key)
  const sinceMs = clock.now()
  expect(await begin()).toEqual([
    { sinceMs, complete: false },
    { sinceMs, complete: false },
  ])
  await charge()
  expect(await a.used(life)).toMatchObject({ requests: 70 })
})

/** As Redis does by itself after a time. */
async function expire(key: string): Promise<void> {
  const keys = await server.command('KEYS', `*${key}`)
  if (!Array.isArray(keys) || keys.length === 0) throw new Error(`There is no ${key}`)
  await server.command('DEL', ...keys.map(String))
}

describe('a Redis that comes back with what it held a while ago', () => {
  const comesBack = async (replicas: readonly Replica[]) => {
    await server.kill()
    await server.start()
    await until(async () => {
      for (const replica of replicas) await replica.reserve(limited({ key: 'other' }))
      return replicas.every(({ store }) => store.state().away?.reason.includes('lost'))
    })
  }

  test('counts on from what the replicas have seen since', async () => {
    const replicas = await three({ timeoutMs: 500 })
    const [a, b] = replicas
    const items = [
      limited({ maxRequests: 90, tokens: 1 }),
      limited({ key: 'life', window: LIFETIME, maxRequests: 90, tokens: 1 }),
    ]
    const [minute = limited(), life = limited()] = items
    const early = await a.take(20, ...items)
    await b.take(20, ...items)
    await server.command('SAVE')
    await a.take(15, ...items)
    await b.take(5, ...items)
    await comesBack([a, b])
    await gathered([a, b], clock)
    for (const item of items) expect(await usedBy(replicas, item)).toEqual({ requests: 60, tokens: 60 })
    // Whatever is charged from records now is a part of it.
    const [begun] = await a.store.begin([life.key])
    expect(begun?.complete).toBe(false)
    await a.store.charge(life.key, begun?.sinceMs ?? 0, [{ ...life, requests: 55, tokens: 65 }])
    expect(await usedBy(replicas, life)).toEqual({ requests: 60, tokens: 65 })
    for (const receipt of early) a.store.release(receipt)
    expect(await usedBy(replicas, minute)).toEqual({ requests: 40, tokens: 40 })
    expect(await b.take(100, life)).toHaveLength(50)
  })

  test('is found out by whoever has settled something since, however much others have asked for', async () => {
    const replicas = await three({ timeoutMs: 500 })
    const [a, b] = replicas
    const life = limited({ key: 'life', window: LIFETIME, tokens: 1 })
    const [receipt, later] = await a.take(5, life)
    await b.take(1, limited({ key: 'other' }))
    await server.command('SAVE')
    if (receipt) a.store.settle(receipt, 50)
    expect((await a.used(life)).tokens).toBe(54)
    await a.take(1, life)
    a.meddle = () => Promise.reject(new Error('away'))
    await server.kill()
    await server.start()
    await until(() => b.redis.state().connected)
    await b.take(50, limited({ key: 'other' }))
    expect(b.away).toBe(false)
    // What b uses before it knows is a part of what is there.
    await b.take(2, life)
    expect((await b.used(life)).tokens).toBe(7)
    a.meddle = (_name, run) => run()
    if (later) a.store.settle(later, 3)
    await a.used(life)
    await b.take(1, limited({ key: 'other' }))
    await gathered([a, b], clock)
    expect(await usedBy(replicas, life)).toEqual({ requests: 7, tokens: 57 })
  })

  test('is the replica of one that died, too, which had not received all', async () => {
    await server.command('CONFIG', 'SET', 'repl-diskless-sync-delay', 0)
    const follower = await startServer()
    const address = await startMovingAddress(server.url)
    try {
      const replicas = await three({ url: address.url, timeoutMs: 500 })
      const [a, b] = replicas
      const life = limited({ key: 'life', window: LIFETIME, maxRequests: 90 })
      await a.take(20, life)
      await b.take(20, life)
      await follower.command('REPLICAOF', '127.0.0.1', new URL(server.url).port)
      await until(async () => /master_link_status:up/.test(String(await follower.command('INFO', 'replication'))))
      await follower.command('REPLICAOF', 'NO', 'ONE')
      await a.take(1, life)
      await b.take(19, life)
      address.moveTo(follower.url, { cut: true })
      await until(async () => {
        for (const replica of [a, b]) await replica.reserve(limited({ key: 'other' }))
        return [a, b].every(({ store }) => store.state().away?.reason.includes('lost'))
      })
      await gathered([a, b], clock)
      expect(await usedBy(replicas, life)).toMatchObject({ requests: 60 })
      expect(await b.take(100, life)).toHaveLength(30)
    } finally {
      address.close()
      await follower.stop()
    }
  })
})
