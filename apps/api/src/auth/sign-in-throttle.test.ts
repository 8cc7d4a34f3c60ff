import type { OpenedDatabase } from '@vm-x/storage'
import { testDatabases } from '@vm-x/storage/testing'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { SignInThrottle } from './sign-in-throttle.ts'

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS
const ADA = 'ada@example.com'
const HOME = '203.0.113.7'

describe.each(testDatabases)('on $kind', ({ open }) => {
  let database: OpenedDatabase
  let nowMs: number
  const clock = { now: () => nowMs, monotonicMs: () => nowMs }
  let throttle: SignInThrottle
  beforeAll(async () => {
    database = await open()
  })
  afterAll(() => database.close())
  beforeEach(() => {
    nowMs = Date.UTC(2026, 0, 1)
    throttle = new SignInThrottle(database.db, clock)
  })
  afterEach(() => database.db.deleteFrom('sign_in_throttle').execute())

  const rows = () => database.db.selectFrom('sign_in_throttle').selectAll().execute()

  /** How long to wait before the next attempt; 0 when it was made. */
  async function fail(email = ADA, address = HOME): Promise<number> {
    const attempt = await throttle.begin(email, address)
    return attempt.allowed ? 0 : attempt.retryAfterMs
  }

  async function failTimes(times: number, email?: string, address?: string) {
    for (let made = 0; made < times; made++) expect(await fail(email, address), `failure ${made + 1}`).toBe(0)
  }

  async function succeed(email = ADA, address = HOME) {
    const attempt = await throttle.begin(email, address)
    if (!attempt.allowed) throw new Error(`must wait ${attempt.retryAfterMs} ms`)
    await throttle.succeeded(attempt)
  }

  test('five failures are free, then each costs a wait that doubles up to a quarter of an hour', async () => {
    await failTimes(5)
    const waits: number[] = []
    for (let made = 0; made < 10; made++) {
      const waitMs = await fail()
      waits.push(waitMs / 1000)
      nowMs += waitMs - 1
      expect(await fail(), 'a millisecond too early').toBe(1)
      nowMs += 1
      expect(await fail(), 'after the wait').toBe(0)
    }
    expect(waits).toEqual([10, 20, 40, 80, 160, 320, 640, 900, 900, 900])
  })

  test('the last attempt that is free says so, once', async () => {
    const last: boolean[] = []
    for (let made = 0; made < 8; made++) {
      const attempt = await throttle.begin(ADA, HOME)
      if (attempt.allowed) last.push(attempt.last)
      else nowMs += attempt.retryAfterMs
    }
    expect(last).toEqual([false, false, false, false, true, false])
  })

  test('an attempt that is refused costs nothing', async () => {
    await failTimes(5)
    for (let made = 0; made < 20; made++) expect(await fail()).toBe(10_000)
    nowMs += 10_000
    await failTimes(1)
  })

  test('of many attempts at once as many are made as are free', async () => {
    const waits = await Promise.all(Array.from({ length: 20 }, () => fail()))
    expect(waits.filter((waitMs) => waitMs === 0)).toHaveLength(5)
  })

  test('attempts on several accounts and from several addresses at once do not wait for each other', async () => {
    const pairs = Array.from({ length: 24 }, (_, at) => [`user${at % 5}@example.com`, `203.0.113.${at % 7}`] as const)
    expect(await Promise.all(pairs.map(([email, address]) => fail(email, address)))).toEqual(pairs.map(() => 0))
    const failures = (await rows()).map((row) => row.failures).reduce((sum, count) => sum + count, 0)
    expect(failures).toBe(3 * pairs.length)
  })

  test('all replicas count together', async () => {
    await failTimes(3)
    throttle = new SignInThrottle(database.db, clock)
    await failTimes(2)
    expect(await fail()).toBe(10_000)
  })

  test('an hour without an attempt forgets the failures', async () => {
    await failTimes(5)
    nowMs += 60 * MINUTE_MS
    await failTimes(5)
    expect(await fail()).toBe(10_000)
  })

  test('a success forgets the failures of the account', async () => {
    await failTimes(4)
    await succeed()
    await failTimes(5)
    expect(await fail()).toBe(10_000)
  })

  test('twenty failures from one address, whatever the accounts, make it wait', async () => {
    for (let made = 0; made < 20; made++) await failTimes(1, `user${made}@example.com`)
    expect(await fail('one-more@example.com')).toBe(10_000)
    expect(await fail('one-more@example.com', '198.51.100.1')).toBe(0)
  })

  test('a success does not give back an address the failures on other accounts', async () => {
    for (let made = 0; made < 19; made++) await failTimes(1, `user${made}@example.com`)
    await succeed('mallory@example.com')
    await failTimes(1, 'user19@example.com')
    expect(await fail('user20@example.com')).toBe(10_000)
  })

  test('successes alone never make an address wait', async () => {
    for (let made = 0; made < 60; made++) await succeed(`user${made}@example.com`)
    await failTimes(1, 'one-more@example.com')
  })

  test('all addresses of one IPv6 network are one', async () => {
    for (let made = 0; made < 5; made++) await failTimes(1, ADA, `2001:db8:1:2::${made}`)
    expect(await fail(ADA, '2001:db8:1:2:ffff::1')).toBe(10_000)
    expect(await fail(ADA, '2001:db8:1:3::1')).toBe(0)
  })

  test('fifty failures on one account from anywhere make strangers wait, but not where its owner has signed in', async () => {
    await succeed(ADA, HOME)
    for (let made = 0; made < 50; made++) await failTimes(1, ADA, `198.51.100.${made}`)
    expect(await fail(ADA, '198.51.100.200')).toBe(10_000)
    await succeed(ADA, HOME)
  })

  test('who guesses at other accounts from where an owner signs in does not lock the owner out', async () => {
    await succeed(ADA, HOME)
    for (let made = 0; made < 20; made++) await failTimes(1, `user${made}@example.com`, HOME)
    expect(await fail('one-more@example.com', HOME)).toBe(10_000)
    await succeed(ADA, HOME)
  })

  test('where an owner has signed in, guesses at that account are still counted', async () => {
    await succeed(ADA, HOME)
    await failTimes(5)
    expect(await fail()).toBe(10_000)
  })

  test('a place is no longer known thirty days after the last sign-in from there', async () => {
    await succeed(ADA, HOME)
    nowMs += 30 * DAY_MS
    for (let made = 0; made < 50; made++) await failTimes(1, ADA, `198.51.100.${made}`)
    expect(await fail(ADA, HOME)).toBe(10_000)
  })

  test('what no longer counts is removed, and what still does is kept', async () => {
    await failTimes(3, 'nobody@example.com', '198.51.100.1')
    await succeed(ADA, HOME)
    nowMs += 2 * DAY_MS
    await failTimes(1, 'other@example.com', '198.51.100.2')
    expect((await rows()).filter((row) => row.succeeded_at)).toHaveLength(1)
    expect(await rows()).toHaveLength(4)
    nowMs += 31 * DAY_MS
    await failTimes(1, 'other@example.com', '198.51.100.2')
    expect(await rows()).toHaveLength(3)
  })

  test('no e-mail address and no address of the network is stored', async () => {
    await failTimes(1)
    expect(JSON.stringify(await rows())).not.toMatch(/ada|example|203/)
  })
})
