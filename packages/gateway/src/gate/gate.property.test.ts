import type { Limit } from '@vm-x/contract'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Cancellation } from '../cancel.ts'
import type { CapacityHistory, ChargedQuery, ChargedRow, ChargeGroup } from '../capacity/capacity-history.ts'
import { CapacitySeeder } from '../capacity/capacity-seeder.ts'
import { type CompiledLimit, counterOf, Limits } from '../capacity/limits.ts'
import { MemoryCapacityStore } from '../capacity/memory-capacity-store.ts'
import type { LimitsEntry } from '../catalog/catalog.ts'
import { compileTarget } from '../catalog/snapshot.ts'
import { complete, type Gateway } from '../completion/pipeline.ts'
import { GatewayError } from '../errors.ts'
import type { ExchangeRecord, Usage } from '../ledger/exchange-record.ts'
import type { Provider, ProviderReply, ProviderRequest } from '../providers/provider.ts'
import { connectionEntry, environmentEntry, resourceEntry } from '../testing/catalog-double.ts'
import { requestWorld } from '../testing/request-world.ts'
import { SinkDouble, StreamDouble } from '../testing/stream-double.ts'
import { createGate } from './gate.ts'

beforeEach(() => vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }))
afterEach(() => vi.useRealTimers())

it('passes no limit at any moment and ends with what was recorded, also for the next process, whatever hundreds of requests do', async () => {
  let [most, refused] = [0, 0]
  await fc.assert(
    fc.asyncProperty(fc.array(ACTION, { minLength: 250, maxLength: 500 }), async (actions) => {
      const play = await stage()
      for (const action of actions) {
        await play.act(action)
        play.checkBounds()
      }
      most = Math.max(most, play.mostAtOnce())
      await play.finish()
      play.checkBounds()
      play.checkBooks()
      await play.restart()
      play.checkBooks()
      refused += play.refused()
    }),
    { numRuns: 20, interruptAfterTimeLimit: 20_000 },
  )
  expect(most, 'requests under way at once').toBeGreaterThanOrEqual(80)
  expect(refused, 'requests refused for want of capacity').toBeGreaterThan(100)
}, 60_000)

/** How a provider answers a call: all of these but `unreachable` are of requests that were sent. */
const OUTCOMES = ['answer', 'silent answer', 'down', 'reset', 'limited', 'rejected', 'timeout', 'unreachable'] as const
type Outcome = (typeof OUTCOMES)[number]

/** `n` chooses among what is under way. */
type Action =
  | {
      readonly do: 'start'
      readonly count: number
      readonly stream: boolean
      readonly direct: boolean
      readonly n: number
    }
  | { readonly do: 'answer'; readonly count: number; readonly outcome: Outcome; readonly n: number }
  | { readonly do: 'end'; readonly count: number; readonly n: number }
  | { readonly do: 'flow' | 'break' | 'leave'; readonly n: number }
  | { readonly do: 'wait'; readonly ms: number }

const n = fc.nat(9_999)
const count = fc.oneof(fc.integer({ min: 1, max: 5 }), fc.constant(40))
const outcome = fc.oneof({ weight: 5, arbitrary: fc.constant('answer' as const) }, fc.constantFrom(...OUTCOMES))
const ACTION: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('start' as const), count, stream: fc.boolean(), direct: fc.boolean(), n }),
  },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('answer' as const), count, outcome, n }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('end' as const), count, n }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('flow' as const, 'break' as const, 'leave' as const), n }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 4_000 }) }) },
)

const PLACES = { key: 120, a: 40 }
const PER_MINUTE = { key: 220, a: 80, b: 150 }
/** Reserved as the most that a request can use: reached by answers that use nearly as much. */
const TOKENS_PER_MINUTE = 35_000
const ENDLESS = { requests: 1_000_000_000, tokens: 1_000_000_000_000 }

const limit = (period: Limit['period'], more: Partial<Limit> = ENDLESS): Limit => ({
  period,
  reserve: 'expected',
  enabled: true,
  ...more,
})
const limits = (capacity: Limit[], maxConcurrent: number | null = null): LimitsEntry => ({ capacity, maxConcurrent })
const about = (entry: LimitsEntry) => ({ contextTokens: null, maxOutputTokens: null, limits: entry })

/** One HTTP request at a provider. */
type Sent = { readonly target: string; readonly atMs: number; readonly exchange: string; open: boolean; sent: boolean }

/** The request path with limits on every owner, and books of its own. */
async function stage() {
  const world = requestWorld({
    key: {
      connections: ['a', 'b'],
      limits: limits(
        [limit('minute', { requests: PER_MINUTE.key, tokens: TOKENS_PER_MINUTE, reserve: 'ceiling' }), limit('month')],
        PLACES.key,
      ),
    },
  })
  const connections = [
    connectionEntry('a', {
      provider: 'a',
      limits: limits([limit('minute', { requests: PER_MINUTE.a }), limit('week')], PLACES.a),
      models: { m: about(limits([limit('lifetime')])) },
    }),
    connectionEntry('b', {
      provider: 'b',
      limits: limits([limit('lifetime')]),
      models: {
        m: about(
          limits([limit('minute', { requests: PER_MINUTE.b }), limit('day', { ...ENDLESS, dimension: 'user' })]),
        ),
      },
    }),
  ]
  const resource = resourceEntry('gpt', ['a', 'b'], { retries: { max: 1 }, limits: limits([limit('hour')], 1_000) })
  world.catalog.environments.set('e', {
    ...environmentEntry(connections, [resource]),
    limits: limits([limit('lifetime', { ...ENDLESS, dimension: 'user' })]),
    workspaceLimits: limits([limit('day')], 1_000),
  })
  const { clock, ledger } = world
  let store = new MemoryCapacityStore(clock)
  const compiled = new Limits()
  const calls: Sent[] = []
  const pending: ((outcome: Outcome) => void)[] = []
  const streams: { source: StreamDouble; call: Sent }[] = []
  const clients: Cancellation[] = []
  let [begun, open, mostOpen] = [0, 0, 0]

  const call = ({ target, attempt, signal, stream, body: { fields } }: ProviderRequest): Promise<ProviderReply> => {
    const id = String(fields['id'])
    const made: Sent = { target: target.key, atMs: clock.now(), exchange: id, open: true, sent: true }
    attempt.sent = true
    calls.push(made)
    const most = Number(fields['max_tokens'])
    return new Promise<ProviderReply>((resolve, reject) => {
      signal.addEventListener('abort', () => reject(new GatewayError('client_closed', 'gone')))
      pending.push((outcome) => {
        if (outcome === 'unreachable') attempt.sent = made.sent = false
        const error = failureOf(outcome)
        if (error) {
          if (outcome === 'down') attempt.status = 500
          return reject(error)
        }
        const usage: Usage = { ...used(60, begun % 4 === 0 ? begun % most : most), source: 'reported' }
        if (!stream) return resolve(jsonOf(outcome === 'answer' ? usage : undefined))
        const source = new StreamDouble()
        source.counts = outcome === 'answer' ? usage : { ...usage, source: 'estimated' }
        streams.push({ source, call: made })
        resolve({ kind: 'stream', headers: {}, stream: source })
      })
    }).then(
      (reply) => {
        if (reply.kind === 'json') made.open = false
        return reply
      },
      (error: unknown) => {
        made.open = false
        throw error
      },
    )
  }
  const provider: Provider = { call, close: async () => {} }
  const gateway: Gateway = {
    ...world.gateway,
    gate: createGate({ store, clock, limits: compiled }),
    providers: new Map([
      ['a', provider],
      ['b', provider],
    ]),
  }

  const start = (stream: boolean, direct: boolean): void => {
    const id = String(++begun)
    const signal = new Cancellation()
    signal.addEventListener('abort', () => {
      for (const each of calls) if (each.exchange === id) each.open = false
    })
    clients.push(signal)
    const body = {
      model: direct ? 'b-name/m' : 'gpt',
      stream,
      user: `u${begun % 3}`,
      max_tokens: 50 + (begun % 200),
      id,
    }
    open++
    complete(gateway, { ...world.callOf(body), id, signal }).then(
      (reply) => {
        if (reply.kind === 'stream') reply.stream.start(new SinkDouble())
        open--
      },
      (error: unknown) => {
        open--
        if (!(error instanceof GatewayError) || error.code === 'internal_error') throw error
      },
    )
  }
  const takeOne = <T>(list: T[], at: number): T | undefined => list.splice(at % Math.max(1, list.length), 1)[0]

  const act = async (action: Action): Promise<void> => {
    if (action.do === 'wait') {
      clock.advance(action.ms)
      vi.advanceTimersByTime(action.ms)
    } else {
      const times = 'count' in action ? action.count : 1
      for (let each = 0; each < times; each++) perform(action)
    }
    await settled()
    mostOpen = Math.max(mostOpen, calls.filter((each) => each.open).length)
  }
  const perform = (action: Exclude<Action, { do: 'wait' }>): void => {
    if (action.do === 'start') {
      start(action.stream, action.direct)
      if (action.n % 5 === 0) clients.at(-1)?.abort()
    } else if (action.do === 'answer') takeOne(pending, action.n)?.(action.outcome)
    else if (action.do === 'leave') takeOne(clients, action.n)?.abort()
    else if (action.do === 'flow') {
      const each = streams[action.n % Math.max(1, streams.length)]
      for (let piece = 0; piece < 64; piece++) each?.source.events('data: {}\n\n')
    } else {
      const each = takeOne(streams, action.n)
      if (each) each.call.open = false
      if (action.do === 'end') each?.source.done()
      else each?.source.failed(new GatewayError('provider_stream_failed', 'cut'))
    }
  }

  /** Of requests that are under way or were sent, in the last 60 seconds. */
  const inMinute = (since: number) => calls.filter(({ atMs, open, sent }) => atMs > since && (open || sent))
  const recordedTokens = new Map<string, number>()
  const usedBy = (id: string) => {
    for (const record of ledger.records.slice(recordedTokens.size)) recordedTokens.set(record.id, tokensOf([record]))
    return recordedTokens.get(id) ?? 0
  }
  const checkBounds = (): void => {
    const openAt = (target: string) => calls.filter((each) => each.open && each.target === target).length
    expect(openAt('a/m')).toBeLessThanOrEqual(PLACES.a)
    expect(new Set(calls.filter((each) => each.open).map(({ exchange }) => exchange)).size).toBeLessThanOrEqual(
      PLACES.key,
    )
    const recent = inMinute(clock.now() - 60_000)
    expect(recent.filter(({ target }) => target === 'a/m').length).toBeLessThanOrEqual(PER_MINUTE.a)
    expect(recent.filter(({ target }) => target === 'b/m').length).toBeLessThanOrEqual(PER_MINUTE.b)
    const exchanges = new Set(recent.map(({ exchange }) => exchange))
    for (const { atMs, exchange } of calls) if (atMs <= clock.now() - 60_000) exchanges.delete(exchange)
    expect(exchanges.size).toBeLessThanOrEqual(PER_MINUTE.key)
    let tokens = 0
    for (const id of exchanges) tokens += usedBy(id)
    expect(tokens).toBeLessThanOrEqual(TOKENS_PER_MINUTE)
  }

  const finish = async (): Promise<void> => {
    for (let rounds = 0; open > 0 || streams.length > 0; rounds++) {
      expect(rounds, 'rounds until all has ended').toBeLessThan(5_000)
      await act({ do: 'answer', count: 1, outcome: 'answer', n: 0 })
      await act({ do: 'end', count: 1, n: 0 })
    }
  }

  const snapshot = await gateway.snapshots.get('e')
  const principal = await gateway.authenticator.authenticate(world.callOf({}).headers, '192.0.2.1')
  const [a, b] = ['a-name', 'b-name'].flatMap((name) => snapshot.connections.get(name) ?? [])
  const gpt = snapshot.resources.get('gpt')
  if (!a || !b || !gpt) throw new Error('the world is incomplete')

  /** What the store counts of a limit, found out by one request more. */
  const counted = (limit: CompiledLimit, user: string) => {
    const item = { ...counterOf(limit, { sourceAddress: '', user }, clock.now()), tokens: 0 }
    const answer = store.reserve([[{ ...item, maxRequests: ENDLESS.requests, maxTokens: ENDLESS.tokens }]])
    if (!answer.granted) throw new Error('the probe was refused')
    for (const receipt of answer.receipts) store.release(receipt)
    const left = answer.remaining[0]?.[0]
    return { requests: ENDLESS.requests - (left?.requests ?? 0) - 1, tokens: ENDLESS.tokens - (left?.tokens ?? 0) }
  }

  const sentRecords = () => ledger.records.filter(({ decision }) => decision.attempts.some(({ sent }) => sent))
  const checkBooks = (): void => {
    expect(ledger.records).toHaveLength(begun)
    for (const user of ['u0', 'u1', 'u2']) {
      const ofUser = <T extends { user?: string }>(records: T[]) => records.filter((record) => record.user === user)
      const own = (of: readonly CompiledLimit[], ofResource = false) => {
        const records = sentRecords().filter(({ resourceId }) => !ofResource || resourceId !== undefined)
        for (const limit of of) {
          const those = limit.dimension ? ofUser(records) : records
          check(limit, those.length, tokensOf(those), user)
        }
      }
      own(compiled.ofEnvironment(snapshot))
      own(compiled.ofApiKey(snapshot, principal))
      own(compiled.ofResource(snapshot, gpt), true)
      for (const connection of [a, b]) {
        const its = [
          ...compiled.ofConnection(snapshot, connection),
          ...compiled.ofModel(snapshot, compileTarget(connection, 'm')),
        ]
        for (const limit of its) {
          const records = limit.dimension ? ofUser(sentRecords()) : sentRecords()
          const attempts = records.flatMap(({ decision }) => decision.attempts)
          const requests = attempts.filter(({ connectionId, sent }) => sent && connectionId === connection.id).length
          check(limit, requests, tokensOf(records.filter(({ connectionId }) => connectionId === connection.id)), user)
        }
      }
    }
  }
  const check = (limit: CompiledLimit, requests: number, tokens: number, user: string): void => {
    if (limit.period === 'minute') return
    const expected = limit.period === 'concurrent' ? { requests: 0 } : { requests, tokens }
    expect(counted(limit, user), `${limit.key} ${user}`).toMatchObject(expected)
  }

  /** As a process that finds nothing but the records. */
  const restart = async (): Promise<void> => {
    store = new MemoryCapacityStore(clock)
    const history: CapacityHistory = { charged: async (query) => charged(ledger.records, query) }
    const log = { info: () => {}, warn: () => {}, error: () => {} }
    clock.advance(1)
    const seeder = new CapacitySeeder({ store, history, limits: compiled, clock, log })
    await seeder.environment(snapshot)
    await seeder.apiKey(snapshot, principal)
  }

  const refused = () => {
    const codes = new Set(['capacity_exceeded', 'target_busy'])
    return ledger.records.filter(({ outcome }) => codes.has(outcome)).length
  }
  return { act, checkBounds, finish, checkBooks, restart, refused, mostAtOnce: () => mostOpen }
}

const used = (input: number, output: number): Omit<Usage, 'source'> => ({ input, output, cachedInput: 0, reasoning: 0 })

const tokensOf = (records: readonly { usage?: Usage }[]) =>
  records.reduce((sum, { usage }) => sum + (usage ? usage.input + usage.output : 0), 0)

/** The sums that a store of the records answers. */
function charged(records: readonly ExchangeRecord[], { counted, by, beforeMs }: ChargedQuery): ChargedRow[] {
  const rows = records.flatMap((record): ChargedRow[] => {
    const sent = record.decision.attempts.filter((attempt) => attempt.sent)
    if (sent.length === 0 || record.startedAt >= beforeMs) return []
    const its = { requests: counted === 'exchanges' ? 1 : 0, tokens: tokensOf([record]), ...pick(record, by) }
    if (counted === 'exchanges') return [its]
    return [its, ...sent.map((attempt) => ({ requests: 1, tokens: 0, ...pick({ ...record, ...attempt }, by) }))]
  })
  const groups = Map.groupBy(rows, (row) => JSON.stringify(pick(row, by)))
  return [...groups].map(([group, its]) => ({
    ...JSON.parse(group),
    requests: its.reduce((sum, { requests }) => sum + requests, 0),
    tokens: its.reduce((sum, { tokens }) => sum + tokens, 0),
  }))
}

const pick = (from: { readonly [K in ChargeGroup]?: string | null }, by: readonly ChargeGroup[]) =>
  Object.fromEntries(by.map((group) => [group, from[group] ?? null]))

const jsonOf = (usage: Usage | undefined): ProviderReply => ({
  kind: 'json',
  headers: {},
  body: Buffer.from('{}'),
  usage,
})

function failureOf(outcome: Outcome): GatewayError | undefined {
  switch (outcome) {
    case 'answer':
    case 'silent answer':
      return undefined
    case 'limited':
      return new GatewayError('provider_rate_limited', 'slow down')
    case 'rejected':
      return new GatewayError('provider_rejected', 'no')
    case 'timeout':
      return new GatewayError('provider_timeout', 'silence')
    default:
      return new GatewayError('provider_unavailable', 'away')
  }
}

/** Resolves when nothing more happens by itself. */
const settled = () => new Promise((resolve) => setImmediate(resolve))
