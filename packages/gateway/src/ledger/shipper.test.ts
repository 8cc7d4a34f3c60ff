import fc from 'fast-check'
import { afterEach, expect, test, vi } from 'vitest'
import { DrivenClock } from '../testing/driven-clock.ts'
import { MemoryJournal } from './memory-journal.ts'
import { BatchRejected, type RecordSink } from './record-sink.ts'
import { Shipper, type ShipperOptions } from './shipper.ts'

/** A store that keeps each record once, can be away, and rejects batches with a record that says `bad`. */
class StoreDouble implements RecordSink {
  readonly kept: string[] = []
  readonly batches: number[] = []
  away: Error | undefined
  /** Stores the batch and then fails, as when an answer is lost. */
  losesAnswers = false
  held: Promise<void> | undefined

  async append(texts: readonly Buffer[]): Promise<void> {
    const records = texts.map((text) => text.toString())
    this.batches.push(records.length)
    await this.held
    if (this.away !== undefined) throw this.away
    if (records.some((record) => record.includes('bad'))) {
      throw new BatchRejected('bad: secret', { cause: Object.assign(new Error('bad: secret'), { code: '22P02' }) })
    }
    this.kept.push(...records.filter((record) => !this.kept.includes(record)))
    if (this.losesAnswers) throw new Error('connection lost')
  }
}

const running: Shipper[] = []
afterEach(() => {
  for (const shipper of running.splice(0)) shipper.stop()
})

const ship = (options: Partial<ShipperOptions> = {}) => {
  const journal = new MemoryJournal({ maxBytes: 1_000_000, sinks: ['audit'], clock: new DrivenClock() })
  const store = new StoreDouble()
  const pauses: { ms: number; end: () => void }[] = []
  const pause = (ms: number, signal: AbortSignal) =>
    new Promise<void>((end) => {
      pauses.push({ ms, end })
      signal.addEventListener('abort', () => end())
    })
  const said: string[] = []
  const say = (level: string) => (fields: object, message: string) =>
    void said.push(`${level}: ${message} ${JSON.stringify(fields)}`)
  const log = { info: say('info'), warn: say('warn'), error: say('error') }
  const shipper = new Shipper({ name: 'audit', journal, sink: store, log, pause, random: () => 1, ...options })
  running.push(shipper)
  /** Lets the pause that the shipper is in, or comes to next, end. Answers how long it would have been. */
  const pass = async () => {
    const { ms, end } = await vi.waitFor(() => {
      const next = pauses.shift()
      if (next === undefined) throw new Error('the shipper does not pause')
      return next
    })
    end()
    return ms
  }
  const append = async (...texts: string[]) => {
    for (const text of texts) await journal.append(text, text)
  }
  return { journal, store, shipper, pass, append, said, pauses }
}

const never = new AbortController().signal

test('ships what was there before it started and what comes later, each once and in order', async () => {
  const { journal, store, shipper, pass, append } = ship()
  await append('a', 'b')
  shipper.start()
  await pass()
  await vi.waitFor(() => expect(store.kept).toEqual(['a', 'b']))
  await append('c')
  await pass()
  await vi.waitFor(() => expect(journal.stats().depth).toBe(0))
  expect(store.kept).toEqual(['a', 'b', 'c'])
})

test('lets a batch fill up, and ships a backlog in full batches without waiting between them', async () => {
  const { journal, store, shipper, pass, append, pauses } = ship({ maxBatch: 10, lingerMs: 7 })
  await append(...Array.from({ length: 25 }, (_, index) => `${index}`))
  shipper.start()
  expect(await pass()).toBe(7)
  await vi.waitFor(() => expect(journal.stats().depth).toBe(0))
  expect(store.batches).toEqual([10, 10, 5])
  expect(pauses).toEqual([])
})

test('a store that is away is tried ever less often, said once; when it is back nothing is lost or there twice', async () => {
  const { journal, store, shipper, pass, append, said } = ship()
  store.away = Object.assign(new Error('connect to secret failed'), { code: 'ECONNREFUSED' })
  await append('a', 'b')
  shipper.start()
  await pass()
  const waits: number[] = []
  for (let failure = 0; failure < 8; failure++) waits.push(await pass())
  expect(waits).toEqual([100, 200, 400, 800, 1600, 3200, 5000, 5000])
  await append('c')
  store.away = undefined
  store.losesAnswers = true
  await pass()
  await vi.waitFor(() => expect(store.kept).toEqual(['a', 'b', 'c']))
  store.losesAnswers = false
  await pass()
  await vi.waitFor(() => expect(journal.stats().depth).toBe(0))
  expect(store.kept).toEqual(['a', 'b', 'c'])
  expect(said).toEqual([
    'warn: Records cannot be shipped: the journal keeps them {"sink":"audit","reason":"Error ECONNREFUSED"}',
    'info: Records are shipped again {"sink":"audit"}',
  ])
})

test('waits between tries are spread, so that shippers do not come back all at once', async () => {
  const { store, shipper, pass, append } = ship({ random: () => 0 })
  store.away = new Error('away')
  await append('a')
  shipper.start()
  await pass()
  expect([await pass(), await pass()]).toEqual([50, 100])
})

test('rejected records are set aside alone, wherever they are; every good one is stored, in order', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.boolean(), { maxLength: 60 }),
      fc.integer({ min: 1, max: 20 }),
      async (bads, maxBatch) => {
        const { journal, store, shipper, append } = ship({ maxBatch })
        const texts = bads.map((bad, index) => `${index} ${bad ? 'bad' : 'good'}`)
        await append(...texts)
        await shipper.drain(never)
        expect(store.kept).toEqual(texts.filter((text) => text.endsWith('good')))
        expect(journal.refused().map(({ entry }) => entry.json.toString())).toEqual(
          texts.filter((text) => text.endsWith('bad')),
        )
        expect(journal.stats().depth).toBe(0)
      },
    ),
  )
})

test('one bad record among many is found by halving, not one by one', async () => {
  const { store, shipper, append } = ship()
  await append(...Array.from({ length: 64 }, (_, index) => (index === 40 ? 'bad' : `${index}`)))
  await shipper.drain(never)
  expect(store.batches).toHaveLength(1 + 2 * Math.log2(64))
})

test('a record is set aside with the kind of fault, never with a value of it', async () => {
  const { journal, shipper, append, said } = ship()
  await append('bad: secret')
  await shipper.drain(never)
  expect(journal.refused().map(({ reason }) => reason)).toEqual(['BatchRejected 22P02'])
  expect(said).toEqual([
    'error: A record was rejected and is set aside {"sink":"audit","reason":"BatchRejected 22P02"}',
  ])
})

test('a store that goes away while a batch is being halved: what it has stays acknowledged, the rest comes later', async () => {
  const { journal, store, shipper, append } = ship()
  await append('a', 'b', 'bad', 'c')
  const append_ = store.append.bind(store)
  store.append = async (records) => {
    if (records.length === 1 && records[0]?.toString() === 'c') throw new Error('away')
    await append_(records)
  }
  await shipper.drain(never)
  expect((await journal.read('audit', 10)).map(({ json }) => json.toString())).toEqual(['c'])
  store.append = append_
  await shipper.drain(never)
  expect(store.kept).toEqual(['a', 'b', 'c'])
  expect(journal.stats()).toMatchObject({ depth: 0, setAside: 1 })
})

test('draining ships everything that is there, without lingering', async () => {
  const { journal, store, shipper, append } = ship({ maxBatch: 2 })
  shipper.start()
  await append('a', 'b', 'c', 'd', 'e')
  await shipper.drain(never)
  expect(store.kept).toEqual(['a', 'b', 'c', 'd', 'e'])
  expect(journal.stats().depth).toBe(0)
})

test('draining also ships what came while a batch was under way', async () => {
  const { store, shipper, append } = ship()
  const answer = Promise.withResolvers<void>()
  store.held = answer.promise
  await append('a')
  const first = shipper.drain(never)
  await vi.waitFor(() => expect(store.batches).toEqual([1]))
  await append('b')
  const second = shipper.drain(never)
  answer.resolve()
  await Promise.all([first, second])
  expect(store.kept).toEqual(['a', 'b'])
})

test('draining ends at its deadline although the store does not answer, and at once when the store is away', async () => {
  const { journal, store, shipper, append } = ship()
  await append('a')
  store.away = new Error('away')
  await shipper.drain(never)
  store.held = new Promise(() => {})
  await shipper.drain(AbortSignal.abort())
  const deadline = new AbortController()
  const drained = shipper.drain(deadline.signal)
  deadline.abort()
  await drained
  expect(journal.stats().depth).toBe(1)
})

test('after a stop nothing more is begun', async () => {
  const { store, shipper, pass, append, pauses } = ship()
  shipper.start()
  await pass()
  shipper.stop()
  await append('a')
  await new Promise((resolve) => setImmediate(resolve))
  expect(pauses).toEqual([])
  expect(store.batches).toEqual([])
})
