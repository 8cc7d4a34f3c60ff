import { randomUUID } from 'node:crypto'
import type { Clock, Receipt } from '@vm-x/gateway'
import { DrivenClock } from '@vm-x/gateway/testing'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  acquainted,
  CONCURRENT,
  failWhereUnheeded,
  gathered,
  LIFETIME,
  limited,
  openReplicas,
  Replica,
  type Server,
  type Setting,
  startServer,
  until,
  usedBy,
} from './replicas.fixture.ts'

const TIMEOUT_MS = 300
/** A quarter is how exact deadlines are; the rest is for a machine that is busy, and less than a connection waits. */
const ANSWERED_MS = TIMEOUT_MS * 1.25 + 1200

failWhereUnheeded()
let server: Server
let replicas: Replica[]
const clock = new DrivenClock()
beforeAll(async () => {
  server = await startServer()
  replicas = await openReplicas(4, { url: server.url, timeoutMs: TIMEOUT_MS, clock })
  await acquainted(replicas)
})
afterAll(async () => {
  await Promise.all(replicas.map((replica) => replica.close()))
  await server.stop()
})

const opened: Replica[] = []
beforeEach(() => until(() => replicas.every(({ away }) => !away)))
afterEach(async () => {
  for (const replica of [...replicas, ...opened]) replica.meddle = (_name, run) => run()
  await Promise.all(opened.splice(0).map((replica) => replica.close()))
})

async function openOne(setting: Partial<Setting> = {}): Promise<Replica> {
  const [one] = await openReplicas(1, { url: server.url, timeoutMs: TIMEOUT_MS, ...setting })
  if (!one) throw new Error('One was asked for')
  opened.push(one)
  return one
}

const backAgain = (all: readonly Replica[]) => until(() => all.every(({ away }) => !away))

const lateAnswers = async () => {
  for (const replica of replicas)
    replica.meddle = async (_name, run) => {
      const answer = await run()
      await new Promise((resolve) => setTimeout(resolve, TIMEOUT_MS * 1.5))
      return answer
    }
}

describe.each([
  [
    'was stopped',
    () => server.kill(),
    async () => {
      await server.start()
      await gathered(replicas, clock)
    },
  ],
  ['is frozen', () => server.freeze(), () => server.thaw()],
  [
    'answers later than requests wait',
    lateAnswers,
    async () => {
      for (const replica of replicas) replica.meddle = (_name, run) => run()
    },
  ],
  [
    'has no memory left',
    () => server.command('CONFIG', 'SET', 'maxmemory', 1),
    () => server.command('CONFIG', 'SET', 'maxmemory', 0),
  ],
  ['only reads', () => server.command('REPLICAOF', '127.0.0.1', 1), () => server.command('REPLICAOF', 'NO', 'ONE')],
])('a Redis that %s', (_how, goAway, comeBack) => {
  let away = false
  afterEach(async () => {
    if (away) await comeBack()
  })

  test('has each replica admit its share and no more, in time, and counts all of it when it is back', async () => {
    const workspace = `{${randomUUID()}}`
    const item = limited({ key: `${workspace} minute`, maxRequests: 100, maxTokens: 100_000, tokens: 100 })
    const life = limited({ key: `${workspace} life`, window: LIFETIME, tokens: 100 })
    const places = limited({ key: `${workspace} places`, window: CONCURRENT, maxRequests: 200 })
    const said = replicas.map(({ logged }) => logged.length)
    const before: Receipt[][] = []
    for (const replica of replicas) before.push(await replica.take(10, item, life, places))
    await goAway()
    away = true
    const startMs = performance.now()
    const meanwhile = await Promise.all(replicas.map((replica) => replica.take(100, item, life, places)))
    expect(performance.now() - startMs).toBeLessThan(ANSWERED_MS)
    // Of 100 each has 25, less its share of what it last saw: 10, 20, 30 and 40.
    expect(meanwhile.map(({ length }) => length)).toEqual([23, 20, 18, 15])
    for (const replica of replicas) expect(await replica.take(50, item, life, places)).toEqual([])
    // Half of all end while it is away.
    const settleHalf = (all: readonly Receipt[][]) => {
      for (const [index, receipts] of all.entries())
        for (const receipt of receipts.splice(0, Math.ceil(receipts.length / 2)))
          replicas[index]?.store.settle(receipt, 70)
    }
    settleHalf([...before])
    settleHalf([...meanwhile])
    await comeBack()
    away = false
    await backAgain(replicas)
    await until(async () => (await usedBy(replicas, places)).requests === 20 + 37)
    expect((await usedBy(replicas, item)).requests).toBe(116)
    for (const all of [before, meanwhile])
      for (const [index, receipts] of all.entries())
        for (const receipt of receipts) replicas[index]?.store.settle(receipt, 70)
    expect(await usedBy(replicas, places)).toMatchObject({ requests: 0 })
    expect(await usedBy(replicas, item)).toEqual({ requests: 116, tokens: 116 * 70 })
    expect(await usedBy(replicas, life)).toEqual({ requests: 116, tokens: 116 * 70 })
    for (const [index, { logged }] of replicas.entries()) {
      const lines = logged.slice(said[index])
      expect([lines.length, lines[0], lines[1]]).toEqual([
        2,
        expect.stringMatching(/^Redis does not count limits now: this replica admits its own share of each/),
        expect.stringMatching(/^Redis counts limits again/),
      ])
    }
  })
})

describe('while Redis is away', () => {
  test.each([
    ['was stopped', (its: Server) => its.kill(), /ECONNREFUSED|closed/],
    ['has no memory left', (its: Server) => its.command('CONFIG', 'SET', 'maxmemory', 1), /^its memory is full/],
    ['only reads', (its: Server) => its.command('REPLICAOF', '127.0.0.1', 1), /^is a replica, or takes no writes now$/],
  ])('operators read why in words of their own where it %s', async (_how, goAway, why) => {
    const its = await startServer()
    try {
      const one = await openOne({ url: its.url })
      await one.granted(limited())
      await goAway(its)
      await until(async () => (await one.granted(limited())) && why.test(one.store.state().away?.reason ?? ''))
      expect(one.logged).toEqual([expect.not.stringMatching(/script|Stream|offline/i)])
    } finally {
      await its.stop()
    }
  })

  test('several absences in a row have one share together', async () => {
    const workspace = `{${randomUUID()}}`
    const item = limited({ key: `${workspace} minute`, maxRequests: 100 })
    const [one] = replicas
    await one?.take(8, item)
    if (one) one.meddle = (name, run) => (name === 'reserve' ? Promise.reject(new Error('It did not answer')) : run())
    let taken = 0
    for (let absences = 0; absences < 4; absences++) {
      taken += (await one?.take(10, item))?.length ?? 0
      await backAgain(replicas)
    }
    expect(taken).toBe(23)
  })

  test('a share of tokens is rounded down, and a request that is larger is admitted alone if the limit holds it', async () => {
    const workspace = `{${randomUUID()}}`
    const tokens = limited({ key: `${workspace} tokens`, maxTokens: 1000, tokens: 99 })
    const large = limited({ key: `${workspace} large`, maxTokens: 1000, tokens: 600 })
    const few = limited({ key: `${workspace} few`, maxRequests: 3 })
    const tooLarge = limited({ key: `${workspace} too large`, maxTokens: 1000, tokens: 1001 })
    for (const replica of replicas) {
      replica.meddle = () => Promise.reject(new Error('away'))
      expect(await replica.take(10, tokens)).toHaveLength(2)
      expect(await replica.take(10, large)).toHaveLength(1)
      expect(await replica.take(10, few)).toHaveLength(1)
      expect(await replica.reserve(tooLarge)).toMatchObject({ size: 1000, retryAfterMs: undefined })
    }
  })

  test('a refusal names the limit as it is configured, and the share of it that is used', async () => {
    const workspace = `{${randomUUID()}}`
    const [one] = replicas
    if (!one) throw new Error('There are no replicas')
    one.meddle = () => Promise.reject(new Error('away'))
    const item = limited({ key: `${workspace} minute`, maxRequests: 100 })
    const tokens = limited({ key: `${workspace} tokens`, maxTokens: 1000, tokens: 300 })
    await one.take(25, item)
    await one.take(1, tokens)
    expect(await one.reserve(item)).toMatchObject({ size: 100, used: 25, share: { of: 4, size: 25 } })
    expect(await one.reserve(tokens)).toMatchObject({ size: 1000, used: 300, needed: 300, share: { of: 4, size: 300 } })
    const alone = await openOne()
    alone.meddle = () => Promise.reject(new Error('away'))
    await alone.take(100, item)
    expect(await alone.reserve(item)).toMatchObject({ size: 100, used: 100 })
    expect(await alone.reserve(item)).not.toHaveProperty('share')
  })

  test('what was seen of a minute long ago takes nothing of the share', async () => {
    const workspace = `{${randomUUID()}}`
    const item = limited({ key: `${workspace} minute`, maxRequests: 100 })
    const clock = new DrivenClock()
    const one = await openOne({ clock })
    await one.take(100, item)
    clock.advance(61_000)
    one.meddle = () => Promise.reject(new Error('away'))
    expect((await one.take(200, item)).length).toBe(100)
  })

  test('what is admitted counts in its own half second, and not at all once that has left', async () => {
    const clock = new DrivenClock()
    const one = await openOne({ clock })
    const [item, life] = [limited({ tokens: 5 }), limited({ key: 'life', window: LIFETIME, tokens: 5 })]
    await one.used(item)
    one.meddle = () => Promise.reject(new Error('away'))
    await one.take(3, item, life)
    clock.advance(40_000)
    await one.take(2, item, life)
    clock.advance(30_000)
    one.meddle = (_name, run) => run()
    await backAgain([one])
    expect(await one.used(item)).toEqual({ requests: 2, tokens: 10 })
    expect(await one.used(life)).toEqual({ requests: 5, tokens: 25 })
    clock.advance(31_000)
    expect(await one.used(item)).toEqual({ requests: 0, tokens: 0 })
  })

  test('places are held and renewed, and given back by whatever ended meanwhile', async () => {
    const clock = new DrivenClock()
    const one = await openOne({ clock })
    const places = limited({ key: 'places', window: CONCURRENT, maxRequests: 6 })
    const before = await one.take(3, places)
    one.meddle = () => Promise.reject(new Error('away'))
    const meanwhile = await one.take(10, places)
    expect(meanwhile).toHaveLength(3)
    for (let renewals = 0; renewals < 5; renewals++) {
      clock.advance(10_000)
      one.store.renew([...before, ...meanwhile])
    }
    expect(await one.take(10, places)).toHaveLength(0)
    const [first, second] = [before.pop(), meanwhile.pop()]
    if (first) one.store.release(first)
    if (second) one.store.settle(second, 5)
    expect(await one.take(10, places)).toHaveLength(2)
    one.meddle = (_name, run) => run()
    await backAgain([one])
    expect((await one.used(places)).requests).toBe(6)
    for (const receipt of [...before, ...meanwhile]) one.store.release(receipt)
    expect((await one.used(places)).requests).toBe(2)
  })

  test('all is refused for a second where that was chosen, or all admitted', async () => {
    const item = limited({ maxRequests: 5 })
    for (const onFailure of ['deny', 'allow'] as const) {
      const one = await openOne({ onFailure })
      await one.used(item)
      one.meddle = () => new Promise(() => {})
      const answers = await Promise.allSettled(Array.from({ length: 30 }, () => one.reserve(item)))
      const later = await Promise.allSettled([(async () => one.reserve(item))()])
      const refused = { reason: { code: 'unavailable', retryAfterMs: 1000 } }
      for (const answer of [...answers, ...later])
        expect(answer).toMatchObject(onFailure === 'allow' ? { value: { granted: true } } : refused)
      one.meddle = (_name, run) => run()
      await backAgain([one])
      expect((await one.used(item)).requests).toBe(onFailure === 'allow' ? 31 : 0)
    }
  })

  test('what was used before can not be charged, which is said at once, and where that is found out Redis is away', async () => {
    const one = await openOne()
    await one.granted(limited())
    one.meddle = () => new Promise(() => {})
    await expect(one.store.begin(['{w} day'])).rejects.toThrow('has not answered')
    expect(one.away).toBe(true)
    const calls = one.calls.length
    await expect(one.store.begin(['{w} day'])).rejects.toThrow('away')
    await expect(one.store.charge('{w} day', 1, [])).rejects.toThrow('away')
    expect(one.calls.slice(calls).filter((name) => name !== 'settle' && name !== 'attend')).toEqual([])
    one.meddle = (_name, run) => run()
    await backAgain([one])
    expect(one.losses).toEqual(['w'])
    expect(await one.store.begin(['{w} day'])).toMatchObject([{ complete: false }])
  })

  test('one outage is said once, however many workspaces there are, and closing waits no longer than commands do', async () => {
    const one = await openOne()
    const items = Array.from({ length: 20 }, (_, index) => limited({ key: `{w${index}} minute` }))
    for (const item of items) await one.granted(item)
    await one.store.peek(items.slice(0, 1), [])
    one.meddle = () => new Promise(() => {})
    await Promise.all(items.map((item) => one.granted(item)))
    expect(one.store.state().away).toMatchObject({ workspaces: 20 })
    const startMs = performance.now()
    await one.store.close()
    expect(performance.now() - startMs).toBeLessThan(TIMEOUT_MS * 3 + 2000)
    expect(one.logged.filter((line) => line.startsWith('Redis does not count'))).toHaveLength(1)
  })
})

describe('a decision that was given up', () => {
  test('and is made nevertheless is given back', async () => {
    const one = await openOne()
    const [item, places] = [limited({ tokens: 9 }), limited({ key: 'places', window: CONCURRENT })]
    const life = limited({ key: 'life', window: LIFETIME, tokens: 9 })
    one.meddle = async (name, run) => {
      const answer = await run()
      if (name === 'reserve') await new Promise((resolve) => setTimeout(resolve, TIMEOUT_MS * 2))
      return answer
    }
    const receipts = await one.take(5, item, places, life)
    one.meddle = (_name, run) => run()
    for (const receipt of receipts) one.store.release(receipt)
    await backAgain([one])
    for (const each of [item, places, life])
      await until(async () => (await one.used(each)).requests + (await one.used(each)).tokens === 0)
    expect(one.away).toBe(false)
  })

  test('is not made any more by a Redis that comes to it later', async () => {
    const clock = new DrivenClock()
    const one = await openOne({ clock })
    const item = limited({ maxRequests: 50, tokens: 9 })
    await one.granted(item)
    const late: (() => Promise<unknown>)[] = []
    one.meddle = (name, run) => {
      if (name !== 'reserve') return run()
      late.push(run)
      return new Promise(() => {})
    }
    const receipts = await one.take(5, item)
    for (const receipt of receipts) one.store.release(receipt)
    clock.advance(TIMEOUT_MS + 1)
    const answers = await Promise.all(late.map((run) => run()))
    expect(answers.map((answer) => Array.isArray(answer) && answer[0])).toEqual(Array(5).fill('late'))
    await backAgain([one])
    expect(await one.used(item)).toEqual({ requests: 1, tokens: 9 })
  })

  test('and is answered when Redis is back again, is no sign that counters were lost', async () => {
    const one = await openOne()
    const item = limited()
    let answer = () => {}
    const held = new Promise<void>((resolve) => {
      answer = resolve
    })
    one.meddle = async (name, run) => {
      const answered = await run()
      if (name === 'reserve') await held
      return answered
    }
    // The first of all: the counters are not known yet.
    await one.granted(item)
    one.meddle = (_name, run) => run()
    await backAgain([one])
    await one.take(4, item)
    answer()
    await one.take(1, limited({ key: 'other' }))
    expect((await one.used(item)).requests).toBe(5)
    expect(one.calls.filter((name) => name === 'restore')).toHaveLength(1)
  })

  test('and fails when Redis is back again, does not send it away', async () => {
    const one = await openOne()
    const item = limited()
    await one.granted(item)
    const fail: ((error: Error) => void)[] = []
    one.meddle = (name, run) => (name === 'reserve' ? new Promise((_resolve, reject) => fail.push(reject)) : run())
    await one.take(5, item)
    await backAgain([one])
    for (const reject of fail) reject(new Error('The connection was closed'))
    await new Promise(setImmediate)
    expect(one.away).toBe(false)
  })
})

describe('nobody is away because', () => {
  test("this process's clock was set, or that of Redis", async () => {
    const clockOfRedis = new DrivenClock()
    let setMs = 0
    const clock: Clock = { now: () => clockOfRedis.now() + setMs, monotonicMs: () => clockOfRedis.monotonicMs() }
    const one = await openOne({ clock, clockOfRedis })
    const item = limited({ maxRequests: 10 })
    for (const ms of [0, 3_600_000, -3_600_000]) {
      setMs = ms
      expect(await one.take(2, item)).toHaveLength(2)
    }
    const another = new DrivenClock()
    const two = await openOne({ clock: another, clockOfRedis })
    for (const ms of [0, 10_000, -20_000]) {
      clockOfRedis.advance(ms)
      expect(await two.take(2, limited({ key: 'other' }))).toHaveLength(2)
    }
    expect([one.logged, two.logged]).toEqual([[], []])
  })

  test('this process was busy for longer than requests wait', async () => {
    const one = await openOne({ clock: { now: () => Date.now(), monotonicMs: () => performance.now() } })
    const item = limited()
    await one.granted(item)
    // Longer than it takes to look at deadlines.
    one.meddle = async (_name, run) => {
      const answer = await run()
      await new Promise((resolve) => setTimeout(resolve, 10))
      return answer
    }
    const asked = one.take(20, item)
    const untilMs = performance.now() + TIMEOUT_MS * 2
    while (performance.now() < untilMs);
    expect(await asked).toHaveLength(20)
    expect(await one.take(20, item)).toHaveLength(20)
    expect(one.logged).toEqual([])
  })
})

test('a replica that starts while Redis is away admits its share of as many as were last remembered', async () => {
  const changed: number[] = []
  const one = new Replica({
    url: 'redis://127.0.0.1:1',
    timeoutMs: TIMEOUT_MS,
    attendance: { last: 4, changed: (replicas) => void changed.push(replicas) },
  })
  opened.push(one)
  expect(await one.take(300, limited({ maxRequests: 100 }))).toHaveLength(25)
  expect(one.store.state().replicas).toBe(4)
  expect(changed).toEqual([])
})

test('that more replicas are seen than were remembered is told once', async () => {
  const prefix = `test:${randomUUID()}:`
  const changed: number[] = []
  await openOne({ prefix })
  await openOne({ prefix, attendance: { last: 1, changed: (replicas) => void changed.push(replicas) } })
  await until(() => changed.length > 0)
  expect(changed).toEqual([2])
})

// The last: it leaves all of them away.
test('a Redis that begins anew does not make a replica believe that it is alone', async () => {
  await server.command('FLUSHALL')
  const seen = replicas.map(({ calls }) => calls.length)
  await until(() => replicas.every(({ calls }, index) => calls.slice(seen[index]).includes('attend')))
  expect(replicas.map(({ store }) => store.state().replicas)).toEqual([4, 4, 4, 4])
})
