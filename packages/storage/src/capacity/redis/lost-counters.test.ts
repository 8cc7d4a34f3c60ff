import { DrivenClock } from '@vm-x/gateway/testing'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import {
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

let server: Server
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.stop())

const opened: Replica[] = []
const unheeded: unknown[] = []
const note = (reason: unknown) => void unheeded.push(reason)
beforeEach(() => void process.on('unhandledRejection', note))
afterEach(async () => {
  await Promise.all(opened.splice(0).map((replica) => replica.close()))
  process.off('unhandledRejection', note)
  expect(unheeded.splice(0)).toEqual([])
})

type Three = [Replica, Replica, Replica]

async function three(setting: Partial<Setting> = {}): Promise<Three> {
  const [a, b, c] = await openReplicas(3, { url: server.url, ...setting })
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
  const [a, b, c] = await three()
  const items = [
    limited({ maxRequests: 10, tokens: 10 }),
    limited({ key: 'life', window: LIFETIME, maxRequests: 10, tokens: 10 }),
  ]
  await a.take(3, ...items)
  await b.take(5, ...items)
  await c.take(1, ...items)
  await lose()
  for (const replica of [a, b, c]) await replica.take(1, limited({ key: 'other' }))
  for (const item of items) expect(await usedBy([a, b, c], item)).toEqual({ requests: 9, tokens: 90 })
  for (const replica of [a, b, c]) expect([...new Set(replica.losses)]).toEqual(['w'])
})

test('a replica that asks first decides by what it last saw, not by the empty store', async () => {
  const [a, b] = await three()
  const item = limited({ maxRequests: 10 })
  await a.take(4, item)
  await b.take(5, item)
  await lose()
  expect(await b.take(50, item)).toHaveLength(1)
  expect(await a.take(50, item)).toHaveLength(0)
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

test('a server that was killed and comes back empty goes on where it was, without a restart of anything', async () => {
  const [a, b] = await three({ timeoutMs: 500 })
  const item = limited({ maxRequests: 10 })
  const places = limited({ key: 'places', window: CONCURRENT, maxRequests: 4 })
  const held = await a.take(3, item, places)
  await b.take(3, item)
  await server.kill()
  await server.start()
  await until(async () => (await a.reserve(item)) && !a.away)
  await until(async () => (await b.reserve(item)) && !b.away)
  await until(async () => (await usedBy([a, b], places)).requests === 3)
  await until(async () => (await usedBy([a, b], item)).requests >= 8)
  expect(await b.take(20, places)).toHaveLength(1)
  for (const receipt of held) a.store.settle(receipt, 0)
  await until(async () => (await usedBy([a, b], places)).requests === 1)
})

test('places of requests under way are taken again by whatever is asked first', async () => {
  const [a, b] = await three()
  const places = limited({ key: 'places', window: CONCURRENT, maxRequests: 5 })
  await a.take(2, places)
  await b.take(3, places)
  await lose()
  expect(await a.take(5, places)).toHaveLength(3)
  await b.take(1, limited())
  expect((await usedBy([a, b], places)).requests).toBe(8)
  expect(await b.take(5, places)).toHaveLength(0)
})

test('a replica that asks for nothing finds out as well, by itself', async () => {
  const [a, b] = await three()
  const item = limited({ maxRequests: 10 })
  await a.take(9, item)
  await b.take(1, limited({ key: 'other' }))
  await lose()
  await until(async () => (await b.used(item)).requests === 9)
  expect(a.losses).toEqual(['w'])
})

test('what was used before the loss is charged once, whichever of several reads it', async () => {
  const clock = new DrivenClock()
  const replicas = await three({ clock })
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
  await Promise.all([charged(c), a.take(1, item), charged(b), charged(a)])
  // Seen were 75, of which 70 are in the records.
  expect(await usedBy(replicas, item)).toEqual({ requests: 76, tokens: 760 })
  await Promise.all(replicas.map(charged))
  expect(await usedBy(replicas, item)).toEqual({ requests: 76, tokens: 760 })
})

test('what ends after the loss opens no room that it did not take there', async () => {
  const clock = new DrivenClock()
  const [a, b] = await three({ clock })
  const minute = limited({ maxTokens: 1000, tokens: 400 })
  const life = limited({ key: 'life', window: LIFETIME, maxTokens: 1000, tokens: 400 })
  const early = await a.granted(minute, life)
  const small = [minute, life].map((item) => ({ ...item, tokens: 100 }))
  a.meddle = (name, run) => (name === 'settle' ? new Promise(() => {}) : run())
  await lose()
  clock.advance(1000)
  // Long enough for the counters not to be new any more, so that nothing is added for the first.
  expect(await b.take(3, ...small)).toHaveLength(3)
  clock.advance(40_000)
  a.meddle = (_name, run) => run()
  a.store.settle(early, 50)
  await a.used(minute)
  expect(await usedBy([a, b], minute)).toEqual({ requests: 3, tokens: 300 })
  expect((await usedBy([a, b], life)).tokens).toBeGreaterThanOrEqual(0)
  clock.advance(61_000)
  expect(await usedBy([a, b], minute)).toEqual({ requests: 0, tokens: 0 })
})
