import { describe, expect, it, vi } from 'vitest'
import { GatewayError } from '../errors.ts'
import type { ProviderRequest } from '../providers/provider.ts'
import { answers, fails, isSlow, isUnreachable, requestWorld, type Script } from '../testing/request-world.ts'

/** Plays one script after the other; the last one goes on. */
const inTurn = (...scripts: Script[]): Script => {
  let at = 0
  return (request: ProviderRequest) => (scripts[Math.min(at++, scripts.length - 1)] ?? answers())(request)
}

const status = (code: number, details = {}) => fails('provider_unavailable', details, code)
const limited = (details = {}) => fails('provider_rate_limited', details, 429)

const calls = ({ log }: { log: string[] }) =>
  log.filter((entry) => entry.startsWith('call')).map((entry) => entry.slice(5))

const RETRIES = { retries: { max: 2, baseMs: 100, capMs: 1_000 } }

describe('trying one target again', () => {
  it.each([502, 503, 504, 529])('retries %d as often as the resource allows, then falls back', async (code) => {
    const world = requestWorld({ a: status(code), resource: RETRIES })
    await world.ask()
    expect(calls(world)).toEqual(['a', 'a', 'a', 'b'])
  })

  it('retries a 500 once', async () => {
    const world = requestWorld({ a: inTurn(status(500), answers()), resource: RETRIES })
    await world.ask()
    expect(calls(world)).toEqual(['a', 'a'])
    const persistent = requestWorld({ a: status(500), resource: RETRIES })
    await persistent.ask()
    expect(calls(persistent)).toEqual(['a', 'a', 'b'])
  })

  it('retries a reset before the headers once', async () => {
    const world = requestWorld({ a: isUnreachable, resource: RETRIES })
    await world.ask()
    expect(calls(world)).toEqual(['a', 'a', 'b'])
  })

  it('retries a 429 that names no time, with backoff', async () => {
    const world = requestWorld({ a: inTurn(limited(), answers()), resource: RETRIES })
    await world.ask()
    expect(calls(world)).toEqual(['a', 'a'])
  })

  it.each(['provider_timeout', 'provider_auth_failed', 'provider_bad_answer'] as const)(
    'does not retry %s',
    async (code) => {
      const world = requestWorld({ a: fails(code, {}, 200), resource: RETRIES })
      await world.ask()
      expect(calls(world)).toEqual(['a', 'b'])
    },
  )

  it('does not retry an error inside a 200: it may have been paid for', async () => {
    const world = requestWorld({ a: status(200), resource: RETRIES })
    await world.ask()
    expect(calls(world)).toEqual(['a', 'b'])
  })

  it('waits exponentially longer, up to the cap, at random between nothing and that', async () => {
    const resource = { retries: { max: 5, baseMs: 100, capMs: 350 }, fallbackModels: [] }
    const most = requestWorld({ a: limited(), resource, random: () => 1 })
    await most.ask().catch(() => {})
    expect(most.waits).toEqual([100, 200, 350, 350, 350])
    const half = requestWorld({ a: limited(), resource, random: () => 0.5 })
    await half.ask().catch(() => {})
    expect(half.waits).toEqual([50, 100, 175, 175, 175])
    expect(half.ledger.records[0]?.decision.attempts.map(({ waitedMs }) => waitedMs)).toEqual([
      undefined,
      50,
      100,
      175,
      175,
      175,
    ])
  })

  it('does not count waits as its own overhead', async () => {
    const world = requestWorld({ a: inTurn(limited(), answers()), resource: RETRIES, random: () => 1 })
    expect((await world.ask()).headers['x-vmx-overhead-ms']).toBe('0')
  })

  it('honours Retry-After: falls back at once where another target can serve', async () => {
    const world = requestWorld({ a: limited({ retryAfterMs: 300 }), resource: RETRIES })
    await world.ask()
    expect(calls(world)).toEqual(['a', 'b'])
    expect(world.waits).toEqual([])
  })

  it('honours Retry-After: waits that long where it is short and nothing else can serve', async () => {
    const world = requestWorld({
      a: inTurn(limited({ retryAfterMs: 300 }), answers()),
      resource: { ...RETRIES, fallbackModels: [] },
    })
    await world.ask()
    expect(calls(world)).toEqual(['a', 'a'])
    expect(world.waits).toEqual([300])
  })

  it('honours Retry-After: hands a long one on to the client', async () => {
    const world = requestWorld({ a: limited({ retryAfterMs: 30_000 }), resource: { ...RETRIES, fallbackModels: [] } })
    await expect(world.ask()).rejects.toMatchObject({ code: 'provider_rate_limited', retryAfterMs: 30_000 })
    expect(calls(world)).toEqual(['a'])
  })

  it.each([0, 1])('takes a Retry-After of %d ms for a backoff that is never hardly any', async (retryAfterMs) => {
    const resource = { ...RETRIES, fallbackModels: [] }
    const least = requestWorld({ a: limited({ retryAfterMs }), resource, random: () => 0 })
    await least.ask().catch(() => {})
    expect(least.waits).toEqual([100, 100])
    const most = requestWorld({ a: limited({ retryAfterMs }), resource, random: () => 1 })
    await most.ask().catch(() => {})
    expect(most.waits).toEqual([100, 200])
  })

  it.each([
    ['429 without a time', limited()],
    ['429 with a Retry-After of 0', limited({ retryAfterMs: 0 })],
    ['503 with a Retry-After of 0', fails('provider_unavailable', { retryAfterMs: 0 }, 503)],
  ])('tells the client of a %s how long its next try would wait at most', async (_what, a) => {
    const world = requestWorld({ a, resource: { ...RETRIES, fallbackModels: [] } })
    await expect(world.ask()).rejects.toMatchObject({ retryAfterMs: 400 })
    const atOnce = requestWorld({ a, resource: { retries: { max: 0, baseMs: 1, capMs: 1 }, fallbackModels: [] } })
    await expect(atOnce.ask()).rejects.toMatchObject({ retryAfterMs: 100 })
  })

  it('tells no time where nothing says that waiting helps', async () => {
    const world = requestWorld({ a: status(503), resource: { ...RETRIES, fallbackModels: [] } })
    await expect(world.ask()).rejects.toMatchObject({ retryAfterMs: undefined })
  })

  it('borrows from the target for each request, and from the key once', async () => {
    const world = requestWorld({ a: inTurn(status(503), answers()), resource: RETRIES })
    await world.ask()
    expect(world.log).toEqual(['admit a', 'call a', 'settle a nothing', 'admit a', 'call a', 'settle a 10'])
    expect(world.loans).toHaveLength(1)
  })

  it('stops retrying when the client leaves during a wait', async () => {
    const world = requestWorld({ a: status(503), resource: RETRIES })
    const gone = { ...world.gateway, pause: async () => world.client.abort() }
    await expect(world.ask(undefined, undefined, undefined, gone)).rejects.toMatchObject({ code: 'client_closed' })
    expect(calls(world)).toEqual(['a'])
  })
})

describe('the total time limit', () => {
  const slow =
    (ms: number, script: Script): Script =>
    (request) => {
      world.clock.advance(ms)
      return script(request)
    }
  let world: ReturnType<typeof requestWorld>

  it('is what is left of it for each attempt', async () => {
    world = requestWorld({
      a: slow(600, fails('provider_timeout')),
      resource: { timeouts: { totalMs: 1_000 } },
    })
    await world.ask()
    expect(world.requests.map(({ remainingMs }) => remainingMs)).toEqual([1_000, 400])
  })

  it('ends the request once it has passed', async () => {
    world = requestWorld({ a: slow(1_000, fails('provider_timeout')), resource: { timeouts: { totalMs: 1_000 } } })
    await expect(world.ask()).rejects.toMatchObject({ code: 'provider_timeout', status: 504 })
    expect(calls(world)).toEqual(['a'])
  })

  it('can be lowered by the caller, not raised', async () => {
    const resource = { timeouts: { totalMs: 1_000 } }
    world = requestWorld({ resource })
    await world.ask({ model: 'gpt', vmx: { timeoutMs: 50 } })
    await world.ask({ model: 'gpt', vmx: { timeoutMs: 5_000 } })
    expect(world.requests.map(({ remainingMs }) => remainingMs)).toEqual([50, 1_000])
  })

  it('leaves no room for a wait that would pass it', async () => {
    world = requestWorld({
      a: status(503),
      random: () => 1,
      resource: { timeouts: { totalMs: 90 }, ...RETRIES },
    })
    await world.ask()
    expect(calls(world)).toEqual(['a', 'b'])
    expect(world.waits).toEqual([])
  })
})

describe('falling back by class', () => {
  it('falls back only after the errors that the resource names', async () => {
    const resource = { fallbackOn: ['provider_timeout' as const] }
    const other = requestWorld({ a: fails('provider_auth_failed'), resource })
    await expect(other.ask()).rejects.toMatchObject({ code: 'provider_auth_failed' })
    expect(calls(other)).toEqual(['a'])
    const named = requestWorld({ a: fails('provider_timeout'), resource })
    await named.ask()
    expect(calls(named)).toEqual(['a', 'b'])
  })

  const sizes = (a: number | null, b: number | null) => ({
    a: { m: { contextTokens: a, maxOutputTokens: null, limits: { capacity: [], maxConcurrent: null } } },
    b: { m: { contextTokens: b, maxOutputTokens: null, limits: { capacity: [], maxConcurrent: null } } },
  })

  it.each([
    [8_000, 128_000, ['a', 'b']],
    [8_000, 8_000, ['a']],
    [128_000, 8_000, ['a']],
    [null, 128_000, ['a']],
    [8_000, null, ['a']],
  ])('takes a request that is too long from a model of %j tokens to one of %j: %j', async (a, b, expected) => {
    const world = requestWorld({ a: fails('context_length_exceeded'), models: sizes(a, b) })
    await world.ask().catch((error) => expect(error).toMatchObject({ code: 'context_length_exceeded', status: 400 }))
    expect(calls(world)).toEqual(expected)
  })
})

describe('the error when everything has failed', () => {
  const busy = (connection: string) => {
    if (connection === 'b') throw new GatewayError('target_busy', 'busy', { retryAfterMs: 9 })
  }

  it('is that of the last target that was asked, not of one that was passed over', async () => {
    const world = requestWorld({ a: fails('provider_auth_failed'), admit: busy })
    await expect(world.ask()).rejects.toMatchObject({ code: 'provider_auth_failed' })
    expect(world.ledger.records[0]?.decision.attempts.map(({ outcome }) => outcome)).toEqual([
      'provider_auth_failed',
      'target_busy',
    ])
  })

  const fullAtFirst = (connection: string) => {
    if (connection === 'a') throw new GatewayError('target_busy', 'busy', { clientRetry: false })
  }

  it('is that of a target that could not be reached rather than of one that had no room', async () => {
    const world = requestWorld({ b: isUnreachable, admit: fullAtFirst })
    await expect(world.ask()).rejects.toMatchObject({ code: 'provider_unavailable' })
  })

  it('is not that of a target whose circuit is open when another one had no room', async () => {
    const world = requestWorld({ admit: fullAtFirst })
    for (let i = 0; i < 5; i++) world.gateway.circuits.failed('b/m')
    await expect(world.ask()).rejects.toMatchObject({ code: 'target_busy' })
  })

  it('is not that of a target that does not offer what is asked when another one had no room', async () => {
    const world = requestWorld({
      admit: fullAtFirst,
      b: async () => {
        throw new GatewayError('unsupported_parameter', 'not offered')
      },
    })
    await expect(world.ask()).rejects.toMatchObject({ code: 'target_busy' })
  })

  it('is what the target said before it had no more room', async () => {
    let asked = 0
    const world = requestWorld({
      a: status(503),
      admit: () => {
        if (asked++ > 0) throw new GatewayError('target_busy', 'busy')
      },
      resource: { ...RETRIES, fallbackModels: [] },
    })
    await expect(world.ask()).rejects.toMatchObject({ code: 'provider_unavailable' })
    expect(world.ledger.records[0]?.decision.attempts.map(({ outcome }) => outcome)).toEqual([
      'provider_unavailable',
      'target_busy',
    ])
  })

  it('is a refusal that no target can cure rather than an open circuit', async () => {
    const world = requestWorld({
      admit: () => {
        throw new GatewayError('capacity_exceeded', 'reached', { retryAfterMs: 30_000 })
      },
    })
    for (let i = 0; i < 5; i++) world.gateway.circuits.failed('a/m')
    await expect(world.ask()).rejects.toMatchObject({ code: 'capacity_exceeded', status: 429, retryAfterMs: 30_000 })
    expect(world.ledger.outcomes).toEqual(['capacity_exceeded'])
  })

  it('is the first refusal where nobody could be asked', async () => {
    const world = requestWorld({
      admit: (connection) => {
        throw new GatewayError('target_busy', connection, { limit: 'connection minute requests' })
      },
    })
    await expect(world.ask()).rejects.toMatchObject({ code: 'target_busy', message: 'a' })
    expect(world.ledger.records[0]?.decision.attempts[0]?.limit).toBe('connection minute requests')
  })
})

describe('a 429 that names a time', () => {
  const alone = { ...RETRIES, fallbackModels: [] }
  const long = { retryAfterMs: 30_000 }
  const lastAttempts = ({ ledger }: ReturnType<typeof requestWorld>) => ledger.records.at(-1)?.decision.attempts

  it('holds its target for that time: others pass it over, at no cost', async () => {
    const world = requestWorld({ a: inTurn(limited(long), answers()), resource: RETRIES })
    await world.ask()
    await world.ask()
    expect(calls(world)).toEqual(['a', 'b', 'b'])
    expect(world.log.slice(-3)).toEqual(['admit b', 'call b', 'settle b 10'])
    expect(lastAttempts(world)).toMatchObject([
      { connectionId: 'a', outcome: 'held', sent: false },
      { connectionId: 'b', outcome: 'ok' },
    ])
    world.clock.advance(30_000)
    await world.ask()
    expect(calls(world)).toEqual(['a', 'b', 'b', 'a'])
  })

  it('is told to those who come next with what is left of it, without asking the provider', async () => {
    const world = requestWorld({ a: limited(long), resource: alone })
    await world.ask().catch(() => {})
    world.clock.advance(12_000)
    await expect(world.ask()).rejects.toMatchObject({
      code: 'provider_rate_limited',
      status: 429,
      retryAfterMs: 18_000,
    })
    expect(calls(world)).toEqual(['a'])
    expect(lastAttempts(world)).toMatchObject([{ outcome: 'held', sent: false }])
  })

  it('is waited for where what is left is short and nobody else can serve', async () => {
    const world = requestWorld({ a: inTurn(limited(long), answers()), resource: alone })
    await world.ask().catch(() => {})
    world.clock.advance(29_500)
    await world.ask()
    expect(world.waits).toEqual([500])
    expect(calls(world)).toEqual(['a', 'a'])
    expect(lastAttempts(world)).toMatchObject([{ outcome: 'ok', waitedMs: 500 }])
  })

  it('is waited for a little longer at random, so that not all come back in one instant', async () => {
    for (const [random, expected] of [
      [0.5, [2200]],
      [0, [2000]],
    ] as const) {
      const a = inTurn(limited({ retryAfterMs: 2000 }), answers())
      const resource = { retries: { ...RETRIES.retries, capMs: 2000 }, fallbackModels: [] }
      const world = requestWorld({ a, resource, random: () => random })
      await world.ask()
      expect(world.waits).toEqual(expected)
    }
  })

  it('is not waited for where the resource allows no retries, or no time is left', async () => {
    const held = async (resource: object) => {
      const world = requestWorld({ a: limited({ retryAfterMs: 500 }), resource })
      world.gateway.holds.heard('a/m', 500)
      await expect(world.ask()).rejects.toMatchObject({ code: 'provider_rate_limited', retryAfterMs: 500 })
      expect(world.waits).toEqual([])
      expect(calls(world)).toEqual([])
    }
    await held({ retries: { max: 0 }, fallbackModels: [] })
    await held({ ...alone, timeouts: { totalMs: 400 } })
  })

  it('that is made longer again and again is waited for as often as the resource allows', async () => {
    const world = requestWorld({ resource: alone })
    world.gateway.holds.heard('a/m', 500)
    const pause: typeof world.gateway.pause = async (ms, signal) => {
      await world.gateway.pause(ms, signal)
      world.gateway.holds.heard('a/m', 500)
    }
    const ask = world.ask(undefined, undefined, undefined, { ...world.gateway, pause })
    await expect(ask).rejects.toMatchObject({ code: 'provider_rate_limited' })
    expect(world.waits).toEqual([500, 500])
    expect(lastAttempts(world)).toMatchObject([{ outcome: 'held', waitedMs: 1000 }])
  })

  it('leaves nobody to fall back to where the others are held as well: the shortest that is left is waited for', async () => {
    const world = requestWorld({ resource: RETRIES })
    world.gateway.holds.heard('a/m', 30_000)
    world.gateway.holds.heard('b/m', 500)
    await world.ask()
    expect(world.waits).toEqual([500])
    expect(calls(world)).toEqual(['b'])
    expect(lastAttempts(world)).toMatchObject([
      { outcome: 'held' },
      { connectionId: 'b', outcome: 'ok', waitedMs: 500 },
    ])
  })

  it('is waited for on a target whose fallbacks are held', async () => {
    const world = requestWorld({ a: inTurn(limited({ retryAfterMs: 300 }), answers()), resource: RETRIES })
    world.gateway.holds.heard('b/m', 30_000)
    await world.ask()
    expect(calls(world)).toEqual(['a', 'a'])
    expect(world.waits).toEqual([300])
  })

  it('says less than an error of a target that was asked', async () => {
    const world = requestWorld({ a: fails('provider_auth_failed'), resource: RETRIES })
    world.gateway.holds.heard('b/m', 30_000)
    await expect(world.ask()).rejects.toMatchObject({ code: 'provider_auth_failed' })
  })

  it('holds for a minute at most, whatever it names, and tells its own client the whole of it', async () => {
    const world = requestWorld({ a: limited({ retryAfterMs: 86_400_000 }), resource: alone })
    await expect(world.ask()).rejects.toMatchObject({ retryAfterMs: 86_400_000 })
    await expect(world.ask()).rejects.toMatchObject({ retryAfterMs: 60_000 })
    world.clock.advance(60_000)
    await world.ask().catch(() => {})
    expect(calls(world)).toEqual(['a', 'a'])
  })

  it.each([
    ['names no time', {}],
    ['names hardly any', { retryAfterMs: 99 }],
  ])('holds nothing where it %s', async (_what, details) => {
    const world = requestWorld({ a: limited(details), resource: { ...RETRIES, retries: { max: 0 } } })
    await world.ask()
    await world.ask()
    expect(calls(world)).toEqual(['a', 'b', 'a', 'b'])
  })

  it('is followed by one request that finds out whether it still holds: others fall back until that is known', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const a: Script = async (request) => {
      request.attempt.sent = true
      await promise
      return answers()(request)
    }
    const world = requestWorld({ a, resource: RETRIES })
    world.gateway.holds.heard('a/m', 1000)
    world.clock.advance(1000)
    const first = world.ask()
    for (let each = 0; each < 20; each++) await world.ask()
    expect(calls(world)).toEqual(['a', ...new Array<string>(20).fill('b')])
    resolve()
    await first
    await world.ask()
    expect(calls(world).at(-1)).toBe('a')
  })

  it('is followed by another one where the first left before it found out', async () => {
    const world = requestWorld({ a: isSlow, resource: RETRIES })
    world.gateway.holds.heard('a/m', 1000)
    world.clock.advance(1000)
    const first = world.ask()
    await vi.waitFor(() => expect(calls(world)).toEqual(['a']))
    world.client.abort()
    await expect(first).rejects.toMatchObject({ code: 'client_closed' })
    expect(world.gateway.holds.enter('a/m')).toBe('probe')
  })

  it('that never ends costs about a request a second, however many wait and come again when they are told to', async () => {
    const { world, sleep, run } = timed(limited({ retryAfterMs: 1000 }))
    const client = async () => {
      while (world.clock.monotonicMs() < untilMs) {
        const error: unknown = await world.ask(undefined, undefined, undefined, world.gateway).catch((e) => e)
        await sleep(error instanceof GatewayError ? (error.retryAfterMs ?? 1) : 1)
      }
    }
    world.gateway.holds.heard('a/m', 1000)
    const untilMs = world.clock.monotonicMs() + 20_000
    await run(Array.from({ length: 100 }, client))
    expect(calls(world).length).toBeLessThanOrEqual(20)
    expect(calls(world).length).toBeGreaterThanOrEqual(10)
  })

  it('that has ended lets all through who waited for it, soon after the first was answered', async () => {
    const { world, run } = timed(answers())
    world.gateway.holds.heard('a/m', 1000)
    const beganMs = world.clock.monotonicMs()
    await run(Array.from({ length: 60 }, () => world.ask(undefined, undefined, undefined, world.gateway)))
    expect(calls(world)).toHaveLength(60)
    expect(world.clock.monotonicMs() - beganMs).toBeLessThan(2500)
  })

  /** Time passes for all who wait at once; the provider takes 300 ms. */
  function timed(script: Script) {
    const timers: { atMs: number; go: () => void }[] = []
    const sleep = (ms: number) => {
      const { promise, resolve } = Promise.withResolvers<void>()
      timers.push({ atMs: world.clock.monotonicMs() + ms, go: resolve })
      return promise
    }
    const a: Script = async (request) => {
      await sleep(300)
      return script(request)
    }
    let seed = 1
    const random = () => {
      seed = (seed * 16_807) % 2_147_483_647
      return seed / 2_147_483_647
    }
    const world = requestWorld({ a, resource: alone, random })
    const gateway = { ...world.gateway, pause: sleep }
    const run = async (all: readonly Promise<unknown>[]) => {
      let done = false
      const ended = Promise.all(all).finally(() => {
        done = true
      })
      while (!done) {
        await new Promise(setImmediate)
        timers.sort((one, other) => one.atMs - other.atMs)
        const next = timers.shift()
        if (!next) continue
        world.clock.advance(Math.max(0, next.atMs - world.clock.monotonicMs()))
        next.go()
      }
      await ended
    }
    return { world: { ...world, gateway }, sleep, run }
  }

  it('is of a 429 only: a 503 holds nothing', async () => {
    const world = requestWorld({ a: fails('provider_unavailable', long, 503), resource: RETRIES })
    await world.ask()
    await world.ask()
    expect(calls(world)).toEqual(['a', 'b', 'a', 'b'])
  })

  it('stops waiting when the client leaves', async () => {
    const world = requestWorld({ resource: alone })
    world.gateway.holds.heard('a/m', 500)
    const gone = { ...world.gateway, pause: async () => world.client.abort() }
    await expect(world.ask(undefined, undefined, undefined, gone)).rejects.toMatchObject({ code: 'client_closed' })
    expect(calls(world)).toEqual([])
  })
})

describe('circuits', () => {
  const resource = { retries: { max: 0 } }

  it('passes a target over, at no cost, once it has failed five times in a row', async () => {
    const world = requestWorld({ a: status(503), resource })
    for (let i = 0; i < 7; i++) await world.ask()
    expect(calls(world).filter((name) => name === 'a')).toHaveLength(5)
    expect(world.log.slice(-3)).toEqual(['admit b', 'call b', 'settle b 10'])
    expect(world.ledger.records[6]?.decision.attempts).toMatchObject([
      { connectionId: 'a', outcome: 'circuit_open', sent: false },
      { connectionId: 'b', outcome: 'ok' },
    ])
  })

  it('probes it with a single request, and uses it again when that succeeds', async () => {
    let down = true
    const world = requestWorld({ a: (request) => (down ? status(503) : answers())(request), resource })
    for (let i = 0; i < 5; i++) await world.ask()
    world.clock.advance(4_000)
    down = false
    await world.ask()
    expect(world.ledger.records[5]?.decision.attempts).toMatchObject([
      { connectionId: 'a', probe: true, outcome: 'ok' },
    ])
    await world.ask()
    expect(world.ledger.records[6]?.decision.attempts).toMatchObject([{ connectionId: 'a', outcome: 'ok' }])
    expect(world.ledger.records[6]?.decision.attempts[0]).not.toHaveProperty('probe')
  })

  it('counts every try, and stops trying when the circuit opens', async () => {
    const world = requestWorld({ a: status(503), resource: { retries: { max: 9, baseMs: 1, capMs: 1 } } })
    await world.ask()
    expect(calls(world)).toEqual(['a', 'a', 'a', 'a', 'a', 'b'])
    // Four waits between five tries: nobody is asked after a fifth.
    expect(world.waits).toHaveLength(4)
  })

  it('sends no second probe when an older request ends without telling anything', async () => {
    const older = Promise.withResolvers<void>()
    const probe = Promise.withResolvers<void>()
    const tellsNothing: Script = async ({ attempt }) => {
      attempt.sent = true
      await older.promise
      throw new GatewayError('provider_rate_limited', 'limited')
    }
    const answersLate: Script = async (request) => {
      await probe.promise
      return await answers()(request)
    }
    const world = requestWorld({ a: inTurn(tellsNothing, answersLate), resource })
    const first = world.ask()
    await vi.waitFor(() => expect(calls(world)).toEqual(['a']))
    for (let i = 0; i < 5; i++) world.gateway.circuits.failed('a/m')
    world.clock.advance(4_000)
    const second = world.ask()
    await vi.waitFor(() => expect(calls(world)).toEqual(['a', 'a']))
    older.resolve()
    await first
    await world.ask()
    expect(calls(world).filter((name) => name === 'a')).toHaveLength(2)
    probe.resolve()
    await second
  })

  it.each([
    ['provider_rejected', 'refuses requests, which proves that it works'],
    ['provider_rate_limited', 'limits requests'],
  ] as const)('stays closed for a target that answers %s: it %s', async (code, _why) => {
    const world = requestWorld({ a: fails(code), resource })
    for (let i = 0; i < 7; i++) await world.ask().catch(() => {})
    expect(calls(world).filter((name) => name === 'a')).toHaveLength(7)
  })

  it('says when to come back where every circuit is open', async () => {
    const world = requestWorld({ a: status(503), resource: { ...resource, fallbackModels: [] } })
    for (let i = 0; i < 5; i++) await world.ask().catch(() => {})
    await expect(world.ask()).rejects.toMatchObject({ code: 'provider_unavailable', status: 502, retryAfterMs: 4_000 })
    expect(calls(world)).toHaveLength(5)
  })

  it('waits for a Retry-After where the only other target has an open circuit', async () => {
    const world = requestWorld({ a: inTurn(limited({ retryAfterMs: 300 }), answers()), resource: RETRIES })
    for (let i = 0; i < 5; i++) world.gateway.circuits.failed('b/m')
    await world.ask()
    expect(world.waits).toEqual([300])
  })
})

describe('what rules can learn of a target', () => {
  it('is told of each call and how it ended', async () => {
    const world = requestWorld({ a: fails('provider_unavailable') })
    await world.ask()
    expect(world.observed).toEqual(['began a/m', 'ended a/m provider_failed', 'began b/m', 'ended b/m ok'])
  })

  it("takes the gateway's own refusals and the request's faults for no failure of the provider", async () => {
    const world = requestWorld({ a: fails('provider_rejected') })
    await world.ask().catch(() => {})
    expect(world.observed).toEqual(['began a/m', 'ended a/m ignored'])
    const busy = requestWorld({
      admit: () => {
        throw new GatewayError('target_busy', 'busy')
      },
    })
    await busy.ask().catch(() => {})
    expect(busy.observed).toEqual([])
  })
})
