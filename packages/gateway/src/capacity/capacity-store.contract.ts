import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Clock } from '../clock.ts'
import { DrivenClock } from '../testing/driven-clock.ts'
import {
  type CapacityItem,
  type CapacityStore,
  type CapacityWindow,
  CONCURRENT,
  type Denied,
  type Granted,
  LEASE_MS,
  LIFETIME,
  MINUTE,
  type Receipt,
  type Reservation,
  SUB_WINDOW_MS,
} from './capacity-store.ts'
import { Calendar } from './windows.ts'

/** A store that counts nothing yet and reads this clock. */
export type OpenCapacityStore = (clock: Clock) => Promise<{ store: CapacityStore; close(): Promise<void> }>

/** What every capacity store promises. Corrections are done when the next reservation is decided. */
export function capacityStoreContract(open: OpenCapacityStore): void {
  let clock: DrivenClock
  let store: CapacityStore
  let close: () => Promise<void>
  beforeEach(async () => {
    clock = new DrivenClock()
    const opened = await open(clock)
    store = opened.store
    close = opened.close
  })
  afterEach(() => close())

  const reserve = async (...items: CapacityItem[]): Promise<Reservation> => store.reserve([items])
  const granted = async (...items: CapacityItem[]): Promise<Granted> => asGranted(await reserve(...items))
  const denied = async (...items: CapacityItem[]): Promise<Denied> => asDenied(await reserve(...items))
  const receiptOf = async (...items: CapacityItem[]): Promise<Receipt> => firstOf(await granted(...items))
  const leftOf = async (probe: CapacityItem) => {
    const { receipts, remaining } = await granted({ ...probe, tokens: 0 })
    for (const receipt of receipts) store.release(receipt)
    const left = remaining[0]?.[0]
    return { requests: (left?.requests ?? 0) + 1, tokens: left?.tokens ?? 0 }
  }
  const beginningOf = async (limitKey: string) => {
    const [begun] = await store.begin([limitKey])
    if (!begun) throw new Error('Nothing was answered of a limit')
    return begun
  }
  const takeAll = async (item: CapacityItem, count: number) => {
    const answers = await Promise.all(Array.from({ length: count }, () => reserve(item)))
    return answers.filter((answer) => answer.granted).length
  }

  test('hundreds of callers at once are never granted one request above the limit', async () => {
    expect(await takeAll(limited({ maxRequests: 37 }), 400)).toBe(37)
    expect(await takeAll(limited({ key: 'places', window: CONCURRENT, maxRequests: 37 }), 400)).toBe(37)
    expect(await takeAll(limited({ key: 'life', window: LIFETIME, maxRequests: 37 }), 400)).toBe(37)
  })

  test('hundreds of callers at once are never granted one token above the limit', async () => {
    expect(await takeAll(limited({ maxTokens: 1000, tokens: 27 }), 400)).toBe(37)
  })

  test('the size of a limit that is zero is zero, and it is refused without a hint', async () => {
    expect(await denied(limited({ maxRequests: 0 }))).toMatchObject({ size: 0, used: 0, retryAfterMs: undefined })
    const none = limited({ key: 'places', window: CONCURRENT, maxRequests: 0 })
    expect(await denied(none)).toMatchObject({ size: 0, retryAfterMs: undefined })
    expect(await granted(limited({ key: 'tokens', maxTokens: 0, tokens: 0 }))).toBeDefined()
  })

  test('a request that can never fit is refused without a hint and counts nowhere', async () => {
    const other = limited({ key: 'other', maxRequests: 5 })
    const answer = await denied(other, limited({ maxTokens: 100, tokens: 101 }))
    expect(answer).toMatchObject({ item: 1, measure: 'tokens', size: 100, needed: 101, retryAfterMs: undefined })
    expect((await leftOf(other)).requests).toBe(5)
    expect((await leftOf(limited({ maxTokens: 100 }))).tokens).toBe(100)
  })

  test('all items of all parts are taken, or none', async () => {
    const [a, b] = [limited({ key: 'a', maxRequests: 5 }), limited({ key: 'b', maxRequests: 1 })]
    await granted(b)
    expect(asDenied(await store.reserve([[a], [b]]))).toMatchObject({ part: 1, item: 0 })
    expect((await leftOf(a)).requests).toBe(5)
  })

  test('counters with different keys know nothing of each other', async () => {
    await granted(limited({ key: 'a', maxRequests: 1 }))
    await granted(limited({ key: 'b', maxRequests: 1 }))
    await denied(limited({ key: 'a', maxRequests: 1 }))
  })

  test('says what is left after the reservation', async () => {
    const item = limited({ maxRequests: 5, maxTokens: 100, tokens: 30 })
    const { remaining } = await granted(item)
    expect(remaining).toMatchObject([[{ requests: 4, tokens: 70 }]])
    expect((await granted(item)).remaining).toMatchObject([[{ requests: 3, tokens: 40 }]])
  })

  test('a look tells what is used, of all counters at once, and charges nothing', async () => {
    const [minute, life] = [limited({ tokens: 30 }), limited({ key: 'life', window: LIFETIME, tokens: 30 })]
    const places = limited({ key: 'places', window: CONCURRENT })
    const receipt = await receiptOf(minute, life, places)
    await granted(minute)
    for (let times = 0; times < 3; times++) {
      const { used, atMs } = await store.peek([life, minute, places], [])
      expect(used).toMatchObject([
        { requests: 1, tokens: 30, resetMs: Number.POSITIVE_INFINITY },
        { requests: 2, tokens: 60 },
        { requests: 1, resetMs: Number.POSITIVE_INFINITY },
      ])
      expect(atMs).toBe(clock.now())
    }
    store.settle(receipt, 10)
    expect((await store.peek([life, minute, places], [])).used).toMatchObject([
      { requests: 1, tokens: 10 },
      { requests: 2, tokens: 40 },
      { requests: 0 },
    ])
  })

  test('a look finds nothing where nothing was used, or no longer counts', async () => {
    const hour = limited({ key: 'hour', window: calendar(clock, 'hour'), tokens: 5 })
    const [minute, places] = [limited({ tokens: 5 }), limited({ key: 'places', window: CONCURRENT })]
    const nothing = { requests: 0, tokens: 0, resetMs: 0 }
    const all = [minute, hour, places]
    expect((await store.peek(all, [])).used).toEqual([nothing, nothing, nothing])
    await granted(...all)
    clock.advance(61_000)
    expect((await store.peek(all, [])).used).toMatchObject([nothing, { requests: 1, tokens: 5 }, nothing])
    clock.advance(3_600_000)
    const later = { ...hour, window: calendar(clock, 'hour') }
    expect((await store.peek([later], [])).used).toEqual([nothing])
  })

  test('a look says until when the last of a minute counts, and not a sub-window more', async () => {
    const item = limited({ tokens: 5 })
    await granted(item)
    clock.advance(20_000)
    const [used] = (await store.peek([item], [])).used
    clock.advance((used?.resetMs ?? 0) - 1)
    expect((await store.peek([item], [])).used).toMatchObject([{ requests: 1 }])
    clock.advance(1)
    expect((await store.peek([item], [])).used).toMatchObject([{ requests: 0 }])
  })

  test('a look tells how many values of a dimension are in use', async () => {
    const of = (family: string, value: string) => limited({ key: `${family}${value}`, forgettable: true })
    for (const value of [' =ann', ' =bob', ' #hash', ' = =', ' ='])
      await granted(of('{w} minute/user resource:1', value))
    await granted(of('{w} minute/user resource:12', ' =ann'))
    const families = [1, 12, 3].map((id) => ({ key: `{w} minute/user resource:${id}`, window: MINUTE }))
    expect((await store.peek([], families)).members).toEqual([5, 1, 0])
    clock.advance(61_000)
    await granted(of('{w} minute/user resource:1', ' =ann'))
    expect((await store.peek([], families)).members).toEqual([1, 0, 0])
  })

  test('says with each answer when it was given, and in which order', async () => {
    const item = limited({ maxRequests: 1 })
    const first = await granted(item)
    clock.advance(5)
    const [second, third] = [await denied(item), await denied(limited({ maxTokens: 1, tokens: 2 }))]
    expect(second.seq).toBeGreaterThan(first.seq)
    expect(third.seq).toBeGreaterThan(second.seq)
    expect([second.atMs - first.atMs, third.atMs]).toEqual([5, clock.now()])
  })

  test('parts are ended apart', async () => {
    const [a, b] = [limited({ key: 'a', maxRequests: 5 }), limited({ key: 'b', maxRequests: 5 })]
    const { receipts } = asGranted(await store.reserve([[a], [b]]))
    expect(receipts).toHaveLength(2)
    store.release(firstOf({ receipts }))
    expect((await leftOf(a)).requests).toBe(5)
    expect((await leftOf(b)).requests).toBe(4)
  })

  test('settlement corrects tokens in both directions and keeps the request', async () => {
    const item = limited({ maxRequests: 10, maxTokens: 1000, tokens: 100 })
    store.settle(await receiptOf(item), 40)
    expect(await leftOf(item)).toEqual({ requests: 9, tokens: 960 })
    store.settle(await receiptOf(item), 250)
    expect(await leftOf(item)).toEqual({ requests: 8, tokens: 710 })
  })

  test('release gives request and tokens back', async () => {
    const item = limited({ maxRequests: 10, maxTokens: 1000, tokens: 100 })
    store.release(await receiptOf(item))
    expect(await leftOf(item)).toEqual({ requests: 10, tokens: 1000 })
  })

  test('a receipt ends once: what comes later changes nothing', async () => {
    const item = limited({ maxRequests: 10, maxTokens: 1000, tokens: 100 })
    const receipt = await receiptOf(item)
    store.settle(receipt, 40)
    store.settle(receipt, 40)
    store.settle(receipt, 500)
    store.progress(receipt, 900)
    store.release(receipt)
    expect(await leftOf(item)).toEqual({ requests: 9, tokens: 960 })
    const released = await receiptOf(item)
    store.release(released)
    store.release(released)
    store.settle(released, 100)
    expect(await leftOf(item)).toEqual({ requests: 9, tokens: 960 })
  })

  test('progress charges only what outgrew the reservation, and settlement knows of it', async () => {
    const item = limited({ maxTokens: 1000, tokens: 100 })
    const receipt = await receiptOf(item)
    store.progress(receipt, 60)
    expect((await leftOf(item)).tokens).toBe(900)
    store.progress(receipt, 300)
    store.progress(receipt, 300)
    store.progress(receipt, 200)
    expect((await leftOf(item)).tokens).toBe(700)
    store.settle(receipt, 310)
    expect((await leftOf(item)).tokens).toBe(690)
  })

  test('a minute is 60.5 seconds at most and never less than 60, wherever in its half second a request came', async () => {
    for (const offset of [0, 1, 250, 499]) {
      const item = limited({ key: `minute ${offset}`, maxRequests: 1 })
      align(clock)
      clock.advance(offset)
      await granted(item)
      clock.advance(60_000)
      expect((await reserve(item)).granted, `60 s later at ${offset}`).toBe(false)
      clock.advance(SUB_WINDOW_MS)
      expect((await reserve(item)).granted, `60.5 s later at ${offset}`).toBe(true)
    }
  })

  test('two bursts at the ends of sub-windows do not pass the limit in any 60 seconds', async () => {
    const item = limited({ maxRequests: 100 })
    align(clock)
    clock.advance(SUB_WINDOW_MS - 1)
    expect(await takeAll(item, 150)).toBe(100)
    clock.advance(60_000 - SUB_WINDOW_MS + 2)
    expect(await takeAll(item, 150)).toBe(0)
    clock.advance(SUB_WINDOW_MS)
    expect(await takeAll(item, 150)).toBe(100)
  })

  test('a minute forgets all at once after a long silence', async () => {
    const item = limited({ maxRequests: 3, maxTokens: 30, tokens: 10 })
    expect(await takeAll(item, 5)).toBe(3)
    clock.advance(3_600_000)
    expect(await leftOf(item)).toEqual({ requests: 3, tokens: 30 })
  })

  test('corrections are made in the sub-window of the reservation; upwards in the current one once it has left', async () => {
    const item = limited({ maxTokens: 1000, tokens: 100 })
    align(clock)
    const [early, late, less] = [await receiptOf(item), await receiptOf(item), await receiptOf(item)]
    clock.advance(30_000)
    store.settle(early, 300)
    expect((await leftOf(item)).tokens).toBe(500)
    clock.advance(30_500)
    expect((await leftOf(item)).tokens, 'the correction left with its reservation').toBe(1000)
    store.settle(late, 350)
    store.settle(less, 10)
    expect((await leftOf(item)).tokens, 'only what is more than was reserved counts now').toBe(750)
    clock.advance(60_000)
    expect((await leftOf(item)).tokens).toBe(750)
    clock.advance(500)
    expect((await leftOf(item)).tokens).toBe(1000)
  })

  test('a clock that goes back opens no room and loses nothing', async () => {
    const item = limited({ maxRequests: 2 })
    await granted(item)
    clock.advance(-50_000)
    await granted(item)
    expect((await reserve(item)).granted).toBe(false)
    clock.advance(-3_600_000)
    expect((await reserve(item)).granted).toBe(false)
    clock.advance(3_650_000 + 60_500)
    expect(await takeAll(item, 5)).toBe(2)
  })

  test('the hint for one client is exact: then a retry succeeds, one sub-window earlier it does not', async () => {
    const step = fc.record({ waitMs: fc.integer({ min: 0, max: 9_000 }), tokens: fc.integer({ min: 1, max: 60 }) })
    let run = 0
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 40 }), async (steps) => {
        const item = limited({ key: `hint ${run++}`, maxRequests: 8, maxTokens: 100 })
        for (const { waitMs, tokens } of steps) {
          clock.advance(waitMs)
          const answer = await reserve({ ...item, tokens })
          if (answer.granted) continue
          const { retryAfterMs = 0 } = answer
          expect(retryAfterMs).toBeGreaterThan(0)
          expect(retryAfterMs).toBeLessThanOrEqual(60_500)
          const earlier = retryAfterMs - SUB_WINDOW_MS
          if (earlier > 0) {
            clock.advance(earlier)
            expect((await reserve({ ...item, tokens })).granted).toBe(false)
            clock.advance(SUB_WINDOW_MS)
          } else clock.advance(retryAfterMs)
          expect((await reserve({ ...item, tokens })).granted).toBe(true)
        }
      }),
      { numRuns: 40 },
    )
  })

  test('of several full limits the one that frees last is named, with its time', async () => {
    const minute = limited({ key: 'minute', maxRequests: 1 })
    const day = limited({ key: 'day', window: calendar(clock, 'day'), maxRequests: 1 })
    await granted(minute, day)
    const answer = await denied(minute, day)
    expect(answer).toMatchObject({ item: 1, measure: 'requests', size: 1, used: 1, needed: 1 })
    expect(answer.retryAfterMs).toBe(24 * HOUR_MS)
    expect(asDenied(await store.reserve([[minute], [day]])), 'the first part that is full decides').toMatchObject({
      part: 0,
      item: 0,
    })
  })

  test('a lifetime never ends', async () => {
    const item = limited({ window: LIFETIME, maxRequests: 1 })
    await granted(item)
    clock.advance(10_000 * HOUR_MS)
    expect((await denied(item)).retryAfterMs).toBeUndefined()
  })

  test('a calendar window turns when it ends, also for a caller who has not noticed', async () => {
    const item = limited({ window: calendar(clock, 'hour'), maxRequests: 1 })
    await granted(item)
    clock.advance(HOUR_MS - 1)
    expect((await denied(item)).retryAfterMs).toBe(1)
    clock.advance(1)
    expect((await reserve(item)).granted, 'the item still names the window that has ended').toBe(true)
    const noticed = { ...item, window: calendar(clock, 'hour') }
    expect((await denied(noticed)).retryAfterMs).toBe(HOUR_MS)
    expect((await reserve(item)).granted, 'nobody gets the window that has ended back').toBe(false)
  })

  test('a day of the clock change has its own length', async () => {
    clock.advance(Date.UTC(2026, 2, 28, 23) - clock.now())
    const berlin = new Calendar('Europe/Berlin')
    const item = () => limited({ window: berlin.window('day', clock.now()), maxRequests: 1 })
    await granted(item())
    expect((await denied(item())).retryAfterMs).toBe(23 * HOUR_MS)
    clock.advance(23 * HOUR_MS)
    await granted(item())
    expect((await denied(item())).retryAfterMs).toBe(24 * HOUR_MS)
  })

  test('a correction upwards is not lost when the calendar window has turned, one downwards is', async () => {
    const window = () => calendar(clock, 'hour')
    const item = () => limited({ window: window(), maxTokens: 1000, tokens: 100 })
    const [more, less] = [await receiptOf(item()), await receiptOf(item())]
    clock.advance(HOUR_MS)
    store.settle(more, 150)
    store.settle(less, 10)
    expect((await leftOf(item())).tokens).toBe(950)
  })

  test('concurrent places are free again when requests end, however they end', async () => {
    const item = limited({ window: CONCURRENT, maxRequests: 2 })
    const [a, b] = [await granted(item), await granted(item)]
    expect((await denied(item)).retryAfterMs).toBeGreaterThan(0)
    expect(firstOf(a).leased).toBe(true)
    store.settle(firstOf(a), 5)
    store.release(firstOf(b))
    store.release(firstOf(b))
    expect(await takeAll(item, 5)).toBe(2)
  })

  test('a concurrent place that nobody renews is free after its time, a renewed one is kept', async () => {
    const item = limited({ window: CONCURRENT, maxRequests: 2 })
    const [kept, lost] = [await receiptOf(item), await receiptOf(item)]
    for (let renewals = 0; renewals < 6; renewals++) {
      clock.advance(LEASE_MS / 3)
      store.renew([kept])
    }
    expect(await takeAll(item, 5)).toBe(1)
    store.settle(lost, 0)
    expect(await takeAll(item, 5), 'whoever lost its place gives nothing back').toBe(0)
  })

  test('a renewal takes a place again that had run out, but not one that was given back', async () => {
    const item = limited({ window: CONCURRENT, maxRequests: 1 })
    const receipt = await receiptOf(item)
    clock.advance(LEASE_MS)
    store.renew([receipt])
    expect((await reserve(item)).granted).toBe(false)
    store.release(receipt)
    store.renew([receipt])
    expect((await reserve(item)).granted).toBe(true)
  })

  test('what was used before a limit was counted is added, once', async () => {
    const item = limited({ window: calendar(clock, 'day'), maxRequests: 10, maxTokens: 100, tokens: 10 })
    const begun = await beginningOf(item.key)
    expect(begun).toEqual({ sinceMs: clock.now(), complete: false })
    await granted(item)
    clock.advance(5)
    const charges = [{ ...item, requests: 4, tokens: 50 }]
    await store.charge(item.key, begun.sinceMs, charges)
    expect(await leftOf(item)).toEqual({ requests: 5, tokens: 40 })
    expect(await beginningOf(item.key)).toEqual({ ...begun, complete: true })
    await store.charge(item.key, begun.sinceMs, charges)
    expect(await leftOf(item), 'whoever else knew it').toEqual({ requests: 5, tokens: 40 })
  })

  test('what was used in a window that has ended meanwhile is not added to the next', async () => {
    const item = () => limited({ key: 'hour', window: calendar(clock, 'hour'), maxRequests: 10, maxTokens: 100 })
    const begun = await beginningOf(item().key)
    const charges = [{ ...item(), requests: 9, tokens: 90 }]
    clock.advance(HOUR_MS)
    await store.charge(item().key, begun.sinceMs, charges)
    expect(await leftOf(item())).toEqual({ requests: 10, tokens: 100 })
    expect(await beginningOf(item().key)).toMatchObject({ complete: true })
  })

  test('what was used of values of a dimension is added to each of them', async () => {
    const key = '{w} hour/user resource:1'
    const of = (user: string) => limited({ key: `${key} =${user}`, window: calendar(clock, 'hour'), forgettable: true })
    const begun = await beginningOf(key)
    const users = Array.from({ length: 700 }, (_, index) => `u${index}`)
    const charges = users.map((user, index) => ({ ...of(user), requests: 1, tokens: index }))
    await Promise.all([store.charge(key, begun.sinceMs, charges), store.charge(key, begun.sinceMs, charges)])
    const { used, members } = await store.peek(users.map(of), [{ key, window: calendar(clock, 'hour') }])
    expect(used.map(({ requests, tokens }) => [requests, tokens])).toEqual(users.map((_, index) => [1, index]))
    expect(members).toEqual([700])
  })

  test('a limit that was forgotten begins anew when it comes back, and what was known of it before is not added', async () => {
    const item = limited({ window: calendar(clock, 'day'), maxRequests: 10, tokens: 0 })
    const value = limited({ key: `${item.key} =ann`, window: LIFETIME, forgettable: true, maxRequests: 5 })
    const first = await beginningOf(item.key)
    await store.charge(item.key, first.sinceMs, [{ ...item, requests: 4, tokens: 0 }])
    await granted(item, value)
    await store.forget([item.key])
    expect((await store.peek([item, value], [])).used).toMatchObject([{ requests: 0 }, { requests: 0 }])
    clock.advance(1000)
    const second = await beginningOf(item.key)
    expect(second).toEqual({ sinceMs: clock.now(), complete: false })
    await store.charge(item.key, first.sinceMs, [{ ...item, requests: 4, tokens: 0 }])
    expect((await leftOf(item)).requests).toBe(10)
    await store.charge(item.key, second.sinceMs, [{ ...item, requests: 6, tokens: 0 }])
    expect((await leftOf(item)).requests).toBe(4)
  })

  test('any mix of calls leaves the sum of what was settled, and passes no limit in any 60 seconds', async () => {
    let run = 0
    await fc.assert(
      fc.asyncProperty(fc.array(STEP, { minLength: 20, maxLength: 200 }), async (steps) => {
        await exerciseMix(store, clock, run++, steps)
      }),
      { numRuns: 60 },
    )
  })
}

const HOUR_MS = 3_600_000

type Step = { readonly what: 'reserve' | 'settle' | 'release' | 'progress' | 'wait'; readonly n: number }

const STEP: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ what: fc.constant('reserve' as const), n: fc.integer({ min: 1, max: 40 }) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      what: fc.constantFrom('settle' as const, 'release' as const, 'progress' as const),
      n: fc.nat(99),
    }),
  },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('wait' as const), n: fc.integer({ min: 1, max: 20_000 }) }) },
)

/** Plays the steps against a minute limit, a lifetime and a number of places, and keeps books of its own. */
async function exerciseMix(store: CapacityStore, clock: DrivenClock, run: number, steps: readonly Step[]) {
  const minute = limited({ key: `minute ${run}`, maxRequests: 12 })
  const life = limited({ key: `life ${run}`, window: LIFETIME, maxTokens: 1_000_000 })
  const places = limited({ key: `places ${run}`, window: CONCURRENT, maxRequests: 6 })
  const open: { receipt: Receipt; startedAt: number; charged: number }[] = []
  const counted: number[] = []
  let settled = 0
  for (const { what, n } of steps) {
    if (what === 'wait') {
      clock.advance(Math.min(n, LEASE_MS / 3))
      store.renew(open.map(({ receipt }) => receipt))
    } else if (what === 'reserve') {
      const answers = await Promise.all(
        Array.from({ length: n }, async () => store.reserve([[minute, { ...life, tokens: n }, places]])),
      )
      for (const answer of answers) {
        if (answer.granted) open.push({ receipt: firstOf(answer), startedAt: clock.now(), charged: n })
      }
      expect(open.length).toBeLessThanOrEqual(6)
    } else {
      const each = open[n % Math.max(1, open.length)]
      if (!each) continue
      if (what === 'progress') {
        store.progress(each.receipt, n)
        each.charged = Math.max(each.charged, n)
        continue
      }
      open.splice(open.indexOf(each), 1)
      if (what === 'release') store.release(each.receipt)
      else {
        store.settle(each.receipt, n)
        settled += n
        counted.push(each.startedAt)
      }
    }
    const recent = [...counted, ...open.map(({ startedAt }) => startedAt)].filter((at) => at > clock.now() - 60_000)
    expect(recent.length).toBeLessThanOrEqual(12)
  }
  for (const { receipt, charged } of open) {
    store.settle(receipt, charged)
    settled += charged
  }
  const { remaining } = asGranted(await store.reserve([[life, places]]))
  expect(remaining).toMatchObject([[{ tokens: 1_000_000 - settled }, { requests: 5 }]])
}

const limited = ({ key = 'minute api-key:k', ...item }: Partial<CapacityItem>): CapacityItem => ({
  key: key.startsWith('{') ? key : `{w} ${key}`,
  window: MINUTE,
  forgettable: false,
  maxRequests: Number.POSITIVE_INFINITY,
  maxTokens: Number.POSITIVE_INFINITY,
  tokens: 0,
  ...item,
})

const calendar = (clock: Clock, period: 'day' | 'hour'): CapacityWindow =>
  new Calendar('UTC').window(period, clock.now())

const align = (clock: DrivenClock) => clock.advance(SUB_WINDOW_MS - (clock.now() % SUB_WINDOW_MS))

function asGranted(answer: Reservation): Granted {
  if (!answer.granted) throw new Error(`Denied: ${JSON.stringify(answer)}`)
  return answer
}

function asDenied(answer: Reservation): Denied {
  if (answer.granted) throw new Error(`Granted: ${JSON.stringify(answer.remaining)}`)
  return answer
}

function firstOf({ receipts }: Pick<Granted, 'receipts'>): Receipt {
  const [receipt] = receipts
  if (!receipt) throw new Error('Granted without a receipt')
  return receipt
}
