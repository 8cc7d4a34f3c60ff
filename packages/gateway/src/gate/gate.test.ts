import type { Limit } from '@vm-x/contract'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { CapacityStore } from '../capacity/capacity-store.ts'
import { DiscoveredCapacity } from '../capacity/discovered-capacity.ts'
import { Estimates } from '../capacity/estimates.ts'
import { MemoryCapacityStore } from '../capacity/memory-capacity-store.ts'
import type { LimitsEntry, ModelEntry } from '../catalog/catalog.ts'
import { compileSnapshot, compileTarget } from '../catalog/snapshot.ts'
import { GatewayError } from '../errors.ts'
import type { Usage } from '../ledger/exchange-record.ts'
import { CatalogDouble, connectionEntry, environmentEntry, resourceEntry } from '../testing/catalog-double.ts'
import { DrivenClock } from '../testing/driven-clock.ts'
import type { RequestSize } from '../wire/openai/tokens.ts'
import { type CapacityRequest, createGate, type Loan } from './gate.ts'

const NONE: LimitsEntry = { capacity: [], maxConcurrent: null }
const limits = (period: Limit['period'], more: Partial<Limit>): LimitsEntry => ({
  capacity: [{ period, reserve: 'expected', enabled: true, ...more }],
  maxConcurrent: null,
})
const concurrent = (maxConcurrent: number): LimitsEntry => ({ capacity: [], maxConcurrent })
const usage = (input: number, output: number, source: Usage['source'] = 'reported'): Usage => ({
  input,
  output,
  cachedInput: 0,
  reasoning: 0,
  source,
})

type Sites = {
  key?: LimitsEntry
  resource?: LimitsEntry
  environment?: LimitsEntry
  workspace?: LimitsEntry
  /** Of the connection `a`; `b` has none. */
  connection?: LimitsEntry
  /** Of the model `m` at `a`. */
  model?: Partial<ModelEntry>
  /** Of the connection `a`. */
  discoveredCapacity?: 'ignore' | 'enforce'
  store?: (store: CapacityStore) => CapacityStore
}

/** The gate before a real store: the targets `m` at `a` and at `b`, the resource `gpt`. */
function world(sites: Sites) {
  const { key = NONE, resource = NONE, environment = NONE, workspace = NONE, connection, model, store } = sites
  const clock = new DrivenClock()
  const memory = new MemoryCapacityStore(clock)
  const discovered = new DiscoveredCapacity({ clock })
  const estimates = new Estimates(clock)
  const gate = createGate({ store: store ? store(memory) : memory, clock, discovered, estimates })
  const about: ModelEntry = { contextTokens: null, maxOutputTokens: null, limits: NONE, ...model }
  const connections = [
    connectionEntry('a', {
      limits: connection ?? NONE,
      models: { m: about },
      discoveredCapacity: sites.discoveredCapacity ?? 'ignore',
    }),
    connectionEntry('b', {}),
  ]
  const entry = environmentEntry(connections, [resourceEntry('gpt', ['a', 'b'], { limits: resource })])
  const snapshot = compileSnapshot({ ...entry, limits: environment, workspaceLimits: workspace }, () => ({
    decide: () => ({ targets: undefined, blocked: undefined, matched: undefined, rules: [] }),
  }))
  const catalog = new CatalogDouble()
  catalog.addKey({ limits: key })
  const [principal] = catalog.keys.values()
  const [a, b] = ['a-name', 'b-name'].flatMap((name) => {
    const connection = snapshot.connections.get(name)
    return connection ? [compileTarget(connection, 'm')] : []
  })
  if (!principal || !a || !b) throw new Error('the world is incomplete')
  const open = (size: Partial<RequestSize> = {}, more: Partial<CapacityRequest> = {}): Loan =>
    gate.open({
      snapshot,
      apiKey: principal,
      resource: snapshot.resources.get('gpt'),
      sourceAddress: '192.0.2.1',
      user: undefined,
      size: { textBytes: 400, otherTokens: 0, outputLimit: 100, choices: 1, ...size },
      ...more,
    })
  const refusal = async (loan: Loan, target = a): Promise<GatewayError> => {
    try {
      await loan.admit(target)
    } catch (error) {
      if (error instanceof GatewayError) return error
      throw error
    }
    throw new Error('admitted')
  }
  const use = async (loan: Loan, target = a, used = usage(100, 100)) => {
    const admission = await loan.admit(target)
    admission.settle(used)
    loan.close(true, used)
  }
  return { clock, gate, memory, discovered, estimates, open, refusal, use, a, b }
}

const left = (loan: Loan, kind: 'requests' | 'tokens') => loan.headers()[`x-ratelimit-remaining-${kind}`]

describe('Gate', () => {
  it('admits without a call of the store where there is no limit', async () => {
    const { open, use, memory } = world({})
    const loan = open()
    await use(loan)
    expect(memory.size).toBe(0)
    expect(loan.headers()).toEqual({})
    expect(loan.estimate).toMatchObject({ input: 100, output: 100 })
  })

  it.each([
    ['key', 'this API key', 'api-key'],
    ['resource', 'this resource', 'resource'],
    ['environment', 'this environment', 'environment'],
    ['workspace', 'this workspace', 'workspace'],
  ] as const)(
    'refuses for good when a limit of the %s is reached, and says which and when',
    async (site, told, name) => {
      const { open, refusal, use, clock, b } = world({ [site]: limits('minute', { requests: 3 }) })
      for (let each = 0; each < 3; each++) await use(open())
      clock.advance(48_000)
      const error = await refusal(open())
      expect(error).toMatchObject({ code: 'capacity_exceeded', retryAfterMs: 12_500, limit: `${name} minute requests` })
      expect(error.message).toBe(
        `The limit of 3 requests per minute of ${told} is reached: 3 are used. Try again in 12.5 s.`,
      )
      expect(await refusal(open(), b)).toMatchObject({ code: 'capacity_exceeded' })
    },
  )

  it('makes a target busy whose own limit is reached, and no other; nothing of its name is told', async () => {
    const { open, refusal, use, a, b } = world({ connection: limits('minute', { requests: 1 }) })
    await use(open())
    const error = await refusal(open())
    expect(error).toMatchObject({ code: 'target_busy', limit: 'connection minute requests' })
    expect(error.message).toMatch(
      /^The limit of 1 request per minute of the connection to the provider is reached: 1 is/,
    )
    expect(error.message).not.toContain('a-name')
    await expect(open().admit(b)).toBeDefined()
    const byModel = world({ model: { limits: limits('minute', { requests: 0 }) } })
    expect(await byModel.refusal(byModel.open(), byModel.a)).toMatchObject({
      limit: 'connection model minute requests',
    })
    expect(a.key).toBe('a/m')
  })

  it("tells the exchange's own limit when that and the target's are reached", async () => {
    const one = limits('minute', { requests: 1 })
    const { open, refusal, use } = world({ key: one, connection: one })
    await use(open())
    expect(await refusal(open())).toMatchObject({ code: 'capacity_exceeded' })
  })

  it("takes the exchange's own limits once and the target's for each request to it, retries included", async () => {
    const ten = limits('minute', { requests: 10 })
    const { open, refusal, use, a, b } = world({ key: ten, connection: limits('minute', { requests: 3 }) })
    const loan = open()
    for (let each = 0; each < 3; each++) (await loan.admit(a)).settle(undefined)
    expect(await refusal(loan)).toMatchObject({ code: 'target_busy' })
    await use(loan, b)
    const next = open()
    await next.admit(b)
    expect(left(next, 'requests')).toBe('8')
  })

  it('takes nothing when it refuses', async () => {
    const { open, refusal, b } = world({
      key: limits('minute', { requests: 10 }),
      connection: limits('minute', { requests: 0 }),
    })
    for (let each = 0; each < 5; each++) (await refusal(open())).toJSON()
    const loan = open()
    await loan.admit(b)
    expect(left(loan, 'requests')).toBe('9')
  })

  it('gives everything back when nothing was sent, and keeps the request charged when it was', async () => {
    const { open, b } = world({ key: limits('minute', { requests: 10, tokens: 10_000 }) })
    const unsent = open()
    ;(await unsent.admit(b)).release()
    unsent.close(false, undefined)
    const failed = open()
    ;(await failed.admit(b)).settle(undefined)
    failed.close(true, undefined)
    const loan = open()
    await loan.admit(b)
    expect(left(loan, 'requests')).toBe('8')
    expect(left(loan, 'tokens')).toBe('9800')
  })

  it('corrects the estimate by what was used, at both ends of the exchange', async () => {
    const tokens = limits('minute', { tokens: 10_000 })
    for (const site of ['key', 'connection'] as const) {
      const { open, use, a } = world({ [site]: tokens })
      await use(open(), a, usage(700, 300))
      const loan = open({ textBytes: 0, outputLimit: 0 })
      await loan.admit(a)
      expect(left(loan, 'tokens'), site).toBe('9000')
    }
  })

  it('charges a stream that outgrows what it borrowed before it ends', async () => {
    for (const site of ['key', 'connection'] as const) {
      const { open, a } = world({ [site]: limits('minute', { tokens: 10_000 }) })
      const stream = open()
      const admission = await stream.admit(a)
      admission.progress(usage(100, 4900, 'estimated'))
      const loan = open({ textBytes: 0, outputLimit: 0 })
      await loan.admit(a)
      expect(left(loan, 'tokens'), site).toBe('5000')
    }
  })

  it('refuses what can never fit without a hint, and the client need not try again', async () => {
    const { open, refusal } = world({ key: limits('minute', { tokens: 1000 }) })
    const error = await refusal(open({ textBytes: 8000 }))
    expect(error).toMatchObject({ code: 'capacity_exceeded', retryAfterMs: undefined, limit: 'api-key minute tokens' })
    expect(error.headers()).toMatchObject({ 'x-should-retry': 'false' })
    expect(error.message).toBe(
      'This request needs about 2100 tokens: more than the limit of 1000 tokens per minute of this API key ever has room for.',
    )
  })

  it('does not take what it has learned for what can never fit: once nothing is used, an answer may correct it', async () => {
    const tokens = limits('minute', { tokens: 2000 })
    const { open, refusal, use, clock, a } = world({ key: tokens })
    for (let each = 0; each < 10; each++) {
      await use(open({ outputLimit: undefined }), a, usage(1e9, 1e9))
      clock.advance(120_000)
    }
    const text = { textBytes: 4000, outputLimit: undefined }
    const first = open(text)
    await first.admit(a)
    expect(left(first, 'tokens')).toBe('0')
    expect(await refusal(open(text)), 'it is taken for as large as the limit').toMatchObject({ retryAfterMs: 60_500 })
    first.close(false, undefined)
    for (let each = 0; each < 200; each++) {
      await use(open(text), a, usage(1000, 10))
      clock.advance(120_000)
    }
    const known = open(text)
    await known.admit(a)
    expect(Number(left(known, 'tokens'))).toBeGreaterThan(500)
  })

  it('allows nothing where the limit is zero, and hints at nothing when a lifetime is used up', async () => {
    const zero = world({ key: limits('day', { requests: 0 }) })
    expect((await zero.refusal(zero.open())).message).toBe(
      'The limit of 0 requests per day of this API key allows none.',
    )
    const life = world({ key: limits('lifetime', { requests: 1 }) })
    await life.use(life.open())
    const error = await life.refusal(life.open())
    expect(error.message).toBe('The limit of 1 request in all of this API key is reached: 1 is used.')
    expect(error.headers()).toMatchObject({ 'x-should-retry': 'false' })
    expect(error.headers()).not.toHaveProperty('retry-after')
  })

  it('counts each user and each address alone where the limit says so', async () => {
    for (const dimension of ['user', 'source-ip'] as const) {
      const { open, refusal, use } = world({ key: limits('minute', { requests: 1, dimension }) })
      const from = (value: string) => open({}, { user: value, sourceAddress: value })
      await use(from('x'))
      await use(from('y'))
      const error = await refusal(from('x'))
      expect(error.limit).toBe(`api-key minute requests by ${dimension}`)
      expect(error.message).toMatch(/per minute for each (user|source address) of this API key/)
    }
  })

  it('reserves the longest answer while little is known, but no more of a limit than leaves room to learn', async () => {
    const { open, use, a } = world({ key: limits('minute', { tokens: 50_000 }), model: { maxOutputTokens: 4000 } })
    const loan = open({ outputLimit: undefined })
    await loan.admit(a)
    expect(left(loan, 'tokens')).toBe(String(50_000 - 100 - 4000))
    loan.close(false, undefined)
    const large = world({ key: limits('minute', { tokens: 50_000 }), model: { maxOutputTokens: 100_000 } })
    const [first, second] = [large.open({ outputLimit: undefined }), large.open({ outputLimit: undefined })]
    await first.admit(large.a)
    await second.admit(large.a)
    expect(left(second, 'tokens')).toBe(String(50_000 - 2 * 5000))
    for (let each = 0; each < 10; each++) await use(open(), a, usage(100, 40))
    const known = open({ outputLimit: undefined })
    await known.admit(a)
    expect(left(known, 'tokens')).toBe(String(50_000 - 10 * 140 - 140))
  })

  it('reserves the most that a request can use where the limit says so, and needs to know it', async () => {
    const ceiling = limits('minute', { tokens: 10_000, reserve: 'ceiling' })
    const { open, refusal, a } = world({ key: ceiling })
    const loan = open({ textBytes: 4000, outputLimit: 1000 })
    await loan.admit(a)
    expect(left(loan, 'tokens')).toBe(String(10_000 - 4000 - 64 - 1000))
    expect(await refusal(open({ outputLimit: undefined }))).toMatchObject({
      code: 'unsupported_parameter',
      param: 'max_tokens',
    })
  })

  it('learns from what providers report, and from nothing else', async () => {
    const { gate, open, use, a } = world({})
    const size = { textBytes: 400, otherTokens: 0, outputLimit: 100, choices: 1 }
    await use(open(), a, usage(200, 10, 'estimated'))
    expect(gate.expectedInput(a, size)).toBe(100)
    await use(open(), a, usage(200, 10))
    expect(gate.expectedInput(a, size)).toBe(200)
  })

  it('measures how far the estimate was off by what the tightest limit took', async () => {
    const { open, use, estimates, a } = world({
      key: limits('minute', { tokens: 100_000, reserve: 'ceiling' }),
      connection: limits('minute', { tokens: 10_000 }),
    })
    await use(open(), a, usage(150, 100))
    const expected = { answers: 1, expectedTokens: 200, reservedTokens: 200, reportedTokens: 250, meanError: 0.2 }
    for (const key of ['a/m', 'resource-gpt', 'e']) expect(estimates.errors.of(key)).toMatchObject(expected)
    const ceiling = world({ key: limits('minute', { tokens: 100_000, reserve: 'ceiling' }) })
    await ceiling.use(ceiling.open(), ceiling.a, usage(150, 100))
    expect(ceiling.estimates.errors.of('e')).toMatchObject({ expectedTokens: 200, reservedTokens: 400 + 64 + 100 })
    const unlimited = world({})
    await unlimited.use(unlimited.open(), unlimited.a, usage(150, 100))
    expect(unlimited.estimates.errors.of('e')).toMatchObject({ expectedTokens: 200, reservedTokens: 200 })
  })

  it('keeps what the provider tells of its limits where the connection says so, besides what is configured', async () => {
    const { open, use, refusal, discovered, a, b } = world({
      model: { limits: limits('minute', { requests: 3 }) },
      discoveredCapacity: 'enforce',
    })
    discovered.note(a, { requests: 2, tokens: undefined, exhaustedMs: 0 })
    discovered.note(b, { requests: 1, tokens: undefined, exhaustedMs: 0 })
    for (let each = 0; each < 2; each++) await use(open(), a)
    expect(await refusal(open(), a)).toMatchObject({
      code: 'target_busy',
      limit: 'connection model minute requests discovered',
      message: expect.stringContaining(
        'The limit of 2 requests per minute of the model at the provider, which the provider has told, is reached: 2 are used.',
      ),
    })
    discovered.note(a, { requests: 50, tokens: 1_000_000, exhaustedMs: 0 })
    await use(open(), a)
    expect(await refusal(open(), a)).toMatchObject({ limit: 'connection model minute requests' })
    for (let each = 0; each < 3; each++) await use(open(), b)
  })

  it('says when a limit that the provider has told is forgotten to a request that is larger than it', async () => {
    const { open, refusal, use, discovered, clock, a } = world({ discoveredCapacity: 'enforce' })
    discovered.note(a, { requests: undefined, tokens: 1, exhaustedMs: 0 })
    clock.advance(120_000)
    const error = await refusal(open())
    expect(error.message).toBe(
      'This request needs about 200 tokens: more than the limit of 1 token per minute of the model at the provider, which the provider has told, has room for. Try again in 9 min.',
    )
    expect(error).toMatchObject({ code: 'target_busy', retryAfterMs: 480_001 })
    expect(error.headers()).toMatchObject({ 'x-should-retry': 'false' })
    clock.advance(480_001)
    await use(open())
  })

  it('says what is left of the tightest limit of all levels, and after a refusal what refused', async () => {
    const { open, refusal, use, a } = world({
      key: limits('day', { requests: 10, tokens: 100_000 }),
      connection: limits('minute', { requests: 2 }),
    })
    const loan = open()
    await use(loan)
    expect(loan.headers()).toEqual({
      'x-ratelimit-limit-requests': '2',
      'x-ratelimit-remaining-requests': '1',
      'x-ratelimit-reset-requests': '1m0.5s',
      'x-ratelimit-limit-tokens': '100000',
      'x-ratelimit-remaining-tokens': '99800',
      'x-ratelimit-reset-tokens': '24h0m0s',
    })
    await use(open())
    const busy = open()
    expect((await refusal(busy)).headers()).toMatchObject({ 'x-ratelimit-remaining-requests': '0' })
    expect(busy.headers()).toMatchObject({
      'x-ratelimit-limit-requests': '2',
      'x-ratelimit-remaining-requests': '0',
      'x-ratelimit-reset-requests': '1m0.5s',
    })
    expect(a.connection.id).toBe('a')
  })

  it('says nothing of a target that refused once another has answered', async () => {
    const { open, refusal, b } = world({ connection: limits('minute', { requests: 0 }) })
    const loan = open()
    await refusal(loan)
    await loan.admit(b)
    expect(loan.headers()).toEqual({})
    const withKey = world({ key: limits('minute', { requests: 9 }), connection: limits('minute', { requests: 1 }) })
    await withKey.use(withKey.open())
    const falls = withKey.open()
    await falls.admit(withKey.b)
    await withKey.refusal(falls)
    await falls.admit(withKey.b)
    expect(falls.headers()).toMatchObject({
      'x-ratelimit-limit-requests': '9',
      'x-ratelimit-remaining-requests': '7',
    })
  })

  it('does not take a target for used up because a request was too large for it', async () => {
    const { gate, open, refusal, use, a } = world({ connection: limits('minute', { tokens: 1000 }) })
    await refusal(open({ textBytes: 8000 }))
    expect(gate.remainingPercent(a.key)).toBeUndefined()
    await use(open())
    await refusal(open({ textBytes: 8000 }))
    expect(gate.remainingPercent(a.key)).toBe(80)
  })

  it('knows what its last reservation left of a target, until that has recovered', async () => {
    const { gate, open, refusal, use, clock, a, b } = world({ connection: limits('minute', { requests: 4 }) })
    expect(gate.remainingPercent(a.key)).toBeUndefined()
    await use(open())
    expect(gate.remainingPercent(a.key)).toBe(75)
    for (let each = 0; each < 3; each++) await use(open())
    await refusal(open())
    expect(gate.remainingPercent(a.key)).toBe(0)
    await use(open(), b)
    expect(gate.remainingPercent(b.key)).toBeUndefined()
    clock.advance(60_500)
    expect(gate.remainingPercent(a.key)).toBeUndefined()
  })

  describe('with requests under way', () => {
    beforeEach(() => vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }))
    afterEach(() => vi.useRealTimers())

    it('keeps a concurrent place as long as the exchange lasts, and frees it however that ends', async () => {
      const { open, refusal, clock, b } = world({ key: concurrent(1) })
      const loan = open()
      const admission = await loan.admit(b)
      for (let renewals = 0; renewals < 12; renewals++) {
        clock.advance(10_000)
        vi.advanceTimersByTime(10_000)
      }
      const error = await refusal(open())
      expect(error).toMatchObject({ code: 'capacity_exceeded', limit: 'api-key concurrent requests' })
      expect(error.message).toMatch(
        /^The limit of 1 request at the same time of this API key is reached: 1 is under way/,
      )
      admission.release()
      expect(await refusal(open()), 'the exchange goes on').toBeDefined()
      loan.close(false, undefined)
      const next = open()
      await next.admit(b)
      next.close(true, undefined)
      vi.advanceTimersByTime(10_000)
      expect(vi.getTimerCount()).toBe(0)
    })

    it("frees a target's place when the request to it ends, not when the exchange does", async () => {
      const { open, refusal, a } = world({ connection: concurrent(1) })
      const loan = open()
      const admission = await loan.admit(a)
      expect(await refusal(open())).toMatchObject({ code: 'target_busy' })
      admission.settle(undefined)
      expect(await open().admit(a)).toBeDefined()
    })
  })

  it('ends an admission once', async () => {
    const { gate, open, a } = world({ connection: limits('minute', { requests: 9 }) })
    const admission = await open().admit(a)
    admission.settle(usage(200, 10))
    admission.settle(usage(999, 10))
    admission.release()
    const loan = open()
    await loan.admit(a)
    expect(left(loan, 'requests')).toBe('7')
    expect(gate.expectedInput(a, { textBytes: 400, otherTokens: 0, outputLimit: 1, choices: 1 })).toBe(200)
  })

  it('works with a store elsewhere, and keeps nothing that is granted after the exchange has ended', async () => {
    const elsewhere = (store: CapacityStore): CapacityStore => ({
      reserve: async (parts) => store.reserve(parts),
      progress: (receipt, tokens) => store.progress(receipt, tokens),
      settle: (receipt, tokens) => store.settle(receipt, tokens),
      release: (receipt) => store.release(receipt),
      renew: (receipts) => store.renew(receipts),
      peek: async (...asked) => store.peek(...asked),
      begin: async (keys) => store.begin(keys),
      charge: async (...charged) => store.charge(...charged),
      forget: (keys) => store.forget(keys),
      onLoss: (listener) => store.onLoss(listener),
    })
    const { open, refusal, a } = world({ key: limits('minute', { requests: 2 }), store: elsewhere })
    const gone = open()
    const late = gone.admit(a)
    gone.close(false, undefined)
    ;(await late).release()
    await open().admit(a)
    await open().admit(a)
    expect(await refusal(open())).toMatchObject({ code: 'capacity_exceeded' })
  })
})
