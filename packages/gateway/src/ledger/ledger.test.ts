import fc from 'fast-check'
import { expect, test } from 'vitest'
import { silentLog } from '../log.ts'
import { DrivenClock } from '../testing/driven-clock.ts'
import { exchangeRecord } from './exchange-record.fixture.ts'
import type { ExchangeRecord } from './exchange-record.ts'
import { createLedger, type Ledger, type LedgerOptions, type Noted } from './ledger.ts'
import { MemoryJournal } from './memory-journal.ts'

const openJournal = (options: { maxBytes?: number; predecessor?: MemoryJournal } = {}) =>
  new MemoryJournal({ maxBytes: 1_000_000, sinks: ['audit'], clock: new DrivenClock(), ...options })

const openLedger = (journal: MemoryJournal, options: Partial<LedgerOptions> = {}) =>
  createLedger({ journal, durability: 'strict', onFull: 'refuse', log: silentLog, ...options })

/** What the ledger knows of each exchange, by its id. */
const exchanges = new Map<string, Noted>()
const known = ({ id }: ExchangeRecord): Noted => {
  const exchange = exchanges.get(id) ?? { id, noted: false }
  exchanges.set(id, exchange)
  return exchange
}
const note = (ledger: Ledger, exchange: ExchangeRecord) => ledger.opened(known(exchange), JSON.stringify(exchange))
const record = (ledger: Ledger, exchange: ExchangeRecord) => ledger.record(known(exchange), JSON.stringify(exchange))

const recordsIn = async (journal: MemoryJournal): Promise<ExchangeRecord[]> =>
  (await journal.read('audit', 1000)).map(({ json }) => JSON.parse(json.toString()))

const interrupted = (changes: Partial<ExchangeRecord> = {}) => {
  const { usage: _, ...exchange } = exchangeRecord({ outcome: 'interrupted', status: 0, ...changes })
  return exchange
}

/** A journal whose writes take until they are let through or refused. */
class SlowJournal extends MemoryJournal {
  write = Promise.withResolvers<void>()

  override async open(id: string, json: string): Promise<void> {
    await this.write.promise
    await super.open(id, json)
  }

  override async append(id: string, json: string): Promise<void> {
    await this.write.promise
    await super.append(id, json)
  }
}

const openSlowJournal = () => new SlowJournal({ maxBytes: 1_000_000, sinks: ['audit'], clock: new DrivenClock() })

/** Whether it has settled, once everything that could happen by itself has happened. */
const isSettled = async (promise: Promise<void>) => {
  let settled = false
  void promise.then(() => {
    settled = true
  })
  await new Promise((resolve) => setImmediate(resolve))
  return settled
}

test('strict: a record is waited for until the journal has it; batched: nobody waits', async () => {
  for (const durability of ['strict', 'batched'] as const) {
    const journal = openSlowJournal()
    const ledger = openLedger(journal, { durability })
    const [opened, recorded] = [note(ledger, interrupted()), record(ledger, exchangeRecord())]
    expect(await isSettled(opened)).toBe(durability === 'batched')
    expect(await isSettled(recorded)).toBe(durability === 'batched')
    journal.write.resolve()
    await Promise.all([opened, recorded])
  }
})

test('what was noted is open until it has ended, and kept only once the journal has all of it', async () => {
  for (const durability of ['strict', 'batched'] as const) {
    const journal = openSlowJournal()
    const ledger = openLedger(journal, { durability })
    await ledger.kept()
    const exchange = exchangeRecord()
    const noted = note(ledger, interrupted({ id: exchange.id }))
    expect(ledger.counts().open).toBe(1)
    const recorded = record(ledger, exchange)
    expect(ledger.counts().open).toBe(0)
    expect(await isSettled(ledger.kept())).toBe(false)
    journal.write.resolve()
    await Promise.all([noted, recorded, ledger.kept()])
    expect(await recordsIn(journal)).toEqual([exchange])
  }
})

test('a journal that fails never fails the exchange: it is counted, and said once when it begins and when it ends', async () => {
  const journal = openSlowJournal()
  const said: string[] = []
  const say = (_: object, message: string) => void said.push(message)
  const ledger = openLedger(journal, { log: { info: say, warn: say, error: say } })
  const failing = [note(ledger, interrupted()), record(ledger, exchangeRecord()), record(ledger, exchangeRecord())]
  journal.write.reject(new Error('disk full'))
  await Promise.all(failing)
  expect(ledger.counts()).toMatchObject({ dropped: 0, failed: 3 })
  const begin = 'The journal does not keep records: exchanges go unrecorded'
  expect(said).toEqual([begin])

  journal.write = Promise.withResolvers()
  journal.write.resolve()
  await Promise.all([record(ledger, exchangeRecord()), record(ledger, exchangeRecord())])
  expect(ledger.counts().failed).toBe(3)
  expect(said).toEqual([begin, 'The journal keeps records again'])
})

test('an exchange without an end is recorded at the next start: interrupted, with the usage that was expected', async () => {
  const dead = openJournal()
  const [expected, unknown] = [interrupted({ estimate: { input: 7, output: 9 } }), interrupted()]
  delete unknown.estimate
  const before = openLedger(dead)
  const ended = exchangeRecord()
  for (const exchange of [expected, unknown, { ...ended, outcome: 'interrupted' as const }])
    await note(before, exchange)
  await record(before, ended)
  await dead.close()

  const journal = openJournal({ predecessor: dead })
  const ledger = openLedger(journal)
  expect(await ledger.recover()).toBe(2)
  expect(await recordsIn(journal)).toEqual([
    ended,
    { ...expected, usage: { input: 7, output: 9, cachedInput: 0, reasoning: 0, source: 'estimated' } },
    unknown,
  ])
  expect(await ledger.recover()).toBe(0)
})

test('a note that cannot be read is counted and does not keep the others from being ended', async () => {
  const dead = openJournal()
  await dead.open('bad', '{"id":')
  await note(openLedger(dead), interrupted())
  await dead.close()
  const ledger = openLedger(openJournal({ predecessor: dead }))
  expect(await ledger.recover()).toBe(1)
  expect(ledger.counts().failed).toBe(1)
})

test('full and set to refuse: no new exchanges, those under way are recorded, and it accepts again once drained', async () => {
  const journal = openJournal({ maxBytes: 100 })
  const ledger = openLedger(journal)
  expect(ledger.accepting()).toBe(true)
  const records = [exchangeRecord(), exchangeRecord()]
  for (const each of records) await record(ledger, each)
  expect(ledger.accepting()).toBe(false)
  expect(await recordsIn(journal)).toEqual(records)
  expect(ledger.counts().dropped).toBe(0)
  await journal.acknowledge('audit', 2)
  expect(ledger.accepting()).toBe(true)
})

test('full and set to drop: exchanges go on and are counted as dropped, but what was noted before gets its true end', async () => {
  const journal = openJournal({ maxBytes: 100 })
  const ledger = openLedger(journal, { onFull: 'drop' })
  const underWay = exchangeRecord()
  await note(ledger, { ...underWay, outcome: 'interrupted' })
  const fills = exchangeRecord()
  await record(ledger, fills)
  expect(journal.stats().full).toBe(true)
  expect(ledger.accepting()).toBe(true)

  const late = exchangeRecord()
  await note(ledger, { ...late, outcome: 'interrupted' })
  await record(ledger, late)
  await record(ledger, underWay)
  expect(await recordsIn(journal)).toEqual([fills, underWay])
  expect(ledger.counts()).toMatchObject({ dropped: 1, failed: 0 })
  await journal.close()
  expect(await openJournal({ predecessor: journal }).orphans()).toEqual([])
})

test('no text of a request makes a record that a database would refuse, and honest text is kept to the letter', async () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc
      .array(fc.constantFrom('\0', '\ud83d', '\udc00', '😀', 'a', '\\', '\\u0000', '\\ud83d', '"'))
      .map((parts) => parts.join('')),
  )
  const metadata = fc.dictionary(text, text, { noNullPrototype: true })
  await fc.assert(
    fc.asyncProperty(text, metadata, async (requestedModel, metadata) => {
      const journal = openJournal()
      await record(openLedger(journal), exchangeRecord({ requestedModel, metadata }))
      const [kept] = await recordsIn(journal)
      const keptTexts = [kept?.requestedModel ?? '', ...Object.entries(kept?.metadata ?? {}).flat()]
      for (const each of keptTexts) expect(each.isWellFormed() && !each.includes('\0')).toBe(true)
      const texts = [requestedModel, ...Object.entries(metadata).flat()]
      if (texts.every((each) => each.isWellFormed() && !each.includes('\0'))) {
        expect(kept).toMatchObject({ requestedModel, metadata })
        expect(keptTexts).toEqual(texts)
      }
      expect(kept?.requestedModel).toBe(requestedModel.toWellFormed().replaceAll('\0', ''))
    }),
  )
})
