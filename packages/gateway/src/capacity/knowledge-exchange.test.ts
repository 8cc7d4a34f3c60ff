import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { compileSnapshot, compileTarget, type Target } from '../catalog/snapshot.ts'
import { connectionEntry, environmentEntry, resourceEntry } from '../testing/catalog-double.ts'
import { DrivenClock } from '../testing/driven-clock.ts'
import { KnowledgeDouble } from '../testing/knowledge-double.ts'
import { DiscoveredCapacity } from './discovered-capacity.ts'
import { Estimates } from './estimates.ts'
import { KnowledgeExchange } from './knowledge-exchange.ts'
import { NO_SHARED_KNOWLEDGE, type SharedKnowledge } from './shared-knowledge.ts'

beforeEach(() => vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] }))
afterEach(() => vi.useRealTimers())

const entry = environmentEntry([connectionEntry('c')], [resourceEntry('r', ['c'])])
const compile = (environment: typeof entry) =>
  compileSnapshot(environment, () => ({
    decide: () => ({ targets: undefined, blocked: undefined, matched: undefined, rules: [] }),
  }))
const snapshot = compile(entry)
const target = (model = 'm') => compileTarget({ ...connectionEntry('c'), workspaceId: 'w', environmentId: 'e' }, model)
const invented = (model: string): Target => ({ ...target(model), invented: true })
const size = { textBytes: 4000, otherTokens: 0, outputLimit: undefined, choices: 1 }
const USAGE = { cachedInput: 0, reasoning: 0, source: 'reported' } as const

function place() {
  const clock = new DrivenClock()
  const knowledge = new KnowledgeDouble(clock)
  const logged: string[] = []
  const log = { info: (_fields: object, message: string) => logged.push(message), error: () => {}, warn: () => {} }
  const replica = (with_: SharedKnowledge = knowledge.replica()) => {
    const estimates = new Estimates(clock, with_.shared)
    const discovered = new DiscoveredCapacity({ clock })
    const held: string[] = []
    const exchange = new KnowledgeExchange({
      knowledge: with_,
      estimates,
      discovered,
      onHold: (key, ms) => held.push(`${key} ${ms}`),
      clock,
      log,
    })
    const expected = (model?: string) => estimates.expect(target(model), 'resource-r', size)
    const learn = (times: number, input: number, output: number, model?: string) => {
      for (let each = 0; each < times; each++)
        estimates.learn({
          target: target(model),
          outputKey: 'resource-r',
          size,
          estimate: expected(model),
          reservedTokens: 100,
          reported: { ...USAGE, input, output },
        })
    }
    return { estimates, discovered, exchange, held, expected, learn }
  }
  return { clock, knowledge, logged, replica }
}

describe('KnowledgeExchange', () => {
  it('tells others each second what was learned, and takes what they know of what is used', async () => {
    const { replica, knowledge } = place()
    const [one, other] = [replica(), replica()]
    one.learn(6, 2000, 40)
    other.learn(6, 2000, 60)
    expect(other.expected().output, 'six answers are not enough').toBe(512)
    await vi.advanceTimersByTimeAsync(1000)
    one.expected()
    other.expected()
    await vi.advanceTimersByTimeAsync(1000)
    for (const { expected } of [one, other]) expect(expected()).toMatchObject({ input: 2000, output: 50 })
    const told = knowledge.batches.length
    expect(other.expected()).toBeDefined()
    await vi.advanceTimersByTimeAsync(1000)
    expect(
      knowledge.batches.slice(told).every(({ number }) => number === 0),
      'asks, for nothing is new',
    ).toBe(true)
    const asked = knowledge.batches.length
    await vi.advanceTimersByTimeAsync(5000)
    expect(knowledge.batches.length, 'nothing was used').toBe(asked)
  })

  it('lets a new replica begin with what others know', async () => {
    const { replica } = place()
    const one = replica()
    one.learn(10, 2000, 40)
    await one.exchange.exchange()
    const late = replica()
    await late.exchange.prepare(snapshot)
    expect(late.expected()).toMatchObject({ input: 2000, output: 40, reservedOutput: 40 })
  })

  it('asks others once for what an environment has, and for what is new in it', async () => {
    const { replica, knowledge } = place()
    const { exchange } = replica()
    await exchange.prepare(snapshot)
    expect(exchange.prepare(snapshot)).toBeUndefined()
    const grown = environmentEntry([connectionEntry('c')], [resourceEntry('r', ['c']), resourceEntry('s', ['c'])])
    await exchange.prepare(compile(grown))
    expect(knowledge.batches.map(({ lessons }) => lessons.map(({ key }) => key))).toEqual([
      ['resource-r', 'c/m'],
      ['resource-s'],
    ])
  })

  it('tells news first, and of very many keys a part each second, none of them twice', async () => {
    const { replica, knowledge } = place()
    const one = replica()
    for (let each = 0; each < 700; each++) one.learn(1, 2000, 40, `m${each}`)
    for (let each = 0; each < 5; each++) await one.exchange.exchange()
    const told = knowledge.batches.flatMap(({ lessons }) =>
      lessons.filter(({ subject, sums }) => subject === 'input' && sums.length > 0).map(({ key }) => key),
    )
    expect(told).toHaveLength(700)
    expect(new Set(told).size).toBe(700)
    for (const { lessons } of knowledge.batches) expect(lessons.length).toBeLessThanOrEqual(3 * 500)
  })

  it('tells others nothing of models that only clients name, nor asks for them', async () => {
    const { replica, knowledge } = place()
    const { estimates, exchange } = replica()
    for (const model of ['x1', 'x2']) {
      const direct = { target: invented(model), outputKey: `c/${model}`, size }
      const estimate = estimates.expect(direct.target, direct.outputKey, size)
      const reported = { ...USAGE, input: 2000, output: 40 }
      estimates.learn({ ...direct, estimate, reservedTokens: 100, reported })
    }
    expect(estimates.expectedInput(invented('x1'), size), 'it is known here').toBe(2000)
    await exchange.exchange()
    const told = knowledge.batches.flatMap(({ lessons, targets }) => [...lessons.map(({ key }) => key), ...targets])
    expect(told, 'the environment alone').toEqual(['e'])
  })

  it('adds up the errors of all replicas', async () => {
    const { replica } = place()
    const [one, other] = [replica(), replica()]
    one.learn(1, 1000, 512)
    other.learn(3, 1000, 512)
    await one.exchange.exchange()
    await other.exchange.exchange()
    await one.exchange.look('w', ['c/m', 'resource-r', 'e'], [])
    for (const key of ['c/m', 'resource-r', 'e'])
      expect(one.estimates.errors.of(key)).toMatchObject({ answers: 4, reservedTokens: 400, reportedTokens: 4 * 1512 })
    expect(one.estimates.errors.ofThisProcess()).toMatchObject({ answers: 1 })
  })

  it('goes on with what it knows while others can not be reached, says so once, and tells them later, once', async () => {
    const { replica, knowledge, logged } = place()
    const one = replica()
    knowledge.away = true
    one.learn(10, 2000, 40)
    await vi.advanceTimersByTimeAsync(5000)
    one.learn(1, 2000, 40)
    await vi.advanceTimersByTimeAsync(5000)
    expect(one.expected()).toMatchObject({ input: 2000, output: 40 })
    expect(logged).toHaveLength(1)
    knowledge.away = false
    await vi.advanceTimersByTimeAsync(1000)
    expect(logged.slice(1)).toEqual(['Replicas hear of each other again'])
    one.expected()
    one.learn(1, 2000, 40)
    await vi.advanceTimersByTimeAsync(2000)
    const other = replica()
    await other.exchange.look('w', ['e'], [])
    expect(other.estimates.errors.of('e')?.answers).toBe(12)
  })

  it('counts once what was heard though no answer came', async () => {
    const { replica, knowledge } = place()
    const one = replica()
    knowledge.deaf = true
    one.learn(3, 1000, 40)
    await vi.advanceTimersByTimeAsync(4000)
    knowledge.deaf = false
    one.learn(1, 1000, 40)
    await vi.advanceTimersByTimeAsync(2000)
    one.learn(1, 1000, 40)
    await vi.advanceTimersByTimeAsync(2000)
    const other = replica()
    await other.exchange.look('w', ['e'], [])
    expect(other.estimates.errors.of('e')?.answers).toBe(5)
  })

  it('teaches others again what they have forgotten, and forgets nothing itself', async () => {
    const { replica, knowledge } = place()
    const one = replica()
    one.learn(20, 2000, 40)
    await one.exchange.exchange()
    knowledge.forget()
    one.learn(1, 2000, 40)
    await one.exchange.exchange()
    expect(one.expected()).toMatchObject({ input: 2000, output: 40 })
    await one.exchange.exchange()
    const late = replica()
    await late.exchange.prepare(snapshot)
    expect(late.expected()).toMatchObject({ input: 2000, output: 40 })
  })

  it('hears of limits and holds of targets, when they are announced and of those that it uses', async () => {
    const { replica, knowledge } = place()
    const one = replica()
    const discovered = { requests: 500, tokens: undefined, ageMs: 0 }
    knowledge.replica().announce({ workspaceId: 'w', targetKey: 'c/m', discovered, holdMs: 3000 })
    expect(one.held).toEqual(['c/m 3000'])
    expect(one.discovered.of('c/m')).toMatchObject({ requests: 500 })
    const late = replica()
    late.expected()
    await late.exchange.exchange()
    expect(late.held).toEqual(['c/m 3000'])
    expect(late.discovered.of('c/m')).toMatchObject({ requests: 500 })
  })

  it('lets an environment wait for others for a moment only', async () => {
    const { replica } = place()
    const silent: SharedKnowledge = { ...NO_SHARED_KNOWLEDGE, shared: true, exchange: () => new Promise(() => {}) }
    let prepared = false
    void replica(silent)
      .exchange.prepare(snapshot)
      ?.then(() => {
        prepared = true
      })
    await vi.advanceTimersByTimeAsync(249)
    expect(prepared).toBe(false)
    await vi.advanceTimersByTimeAsync(1)
    expect(prepared).toBe(true)
  })

  it('asks and keeps nothing for others where there are none', async () => {
    const { replica } = place()
    const asked: unknown[] = []
    const alone: SharedKnowledge = {
      ...NO_SHARED_KNOWLEDGE,
      exchange: async (batch) => {
        asked.push(batch)
        return { learned: [], targets: [] }
      },
    }
    const one = replica(alone)
    one.learn(10, 2000, 40)
    expect(one.exchange.prepare(snapshot)).toBeUndefined()
    await vi.advanceTimersByTimeAsync(5000)
    await one.exchange.look('w', ['e'], [])
    await one.exchange.close()
    expect(asked).toEqual([])
    expect(one.estimates.inputs.take(() => false)).toEqual([])
    expect(one.expected()).toMatchObject({ input: 2000, output: 40 })
  })

  it('tells what is left when it is closed', async () => {
    const { replica, knowledge } = place()
    const one = replica()
    one.learn(1, 2000, 40)
    await one.exchange.close()
    const other = replica()
    await other.exchange.look('w', ['e'], [])
    expect(other.estimates.errors.of('e')?.answers).toBe(1)
    one.learn(1, 2000, 40)
    await vi.advanceTimersByTimeAsync(5000)
    expect(knowledge.batches.filter(({ number }) => number > 0)).toHaveLength(1)
  })
})
