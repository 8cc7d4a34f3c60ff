import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Clock } from '../clock.ts'
import { DrivenClock } from '../testing/driven-clock.ts'
import type { Journal } from './journal.ts'

/** A place for journals: what one leaves there when it is closed, the next one opened there takes over. */
export type JournalPlace = {
  open(options: { maxBytes: number; sinks: readonly string[]; clock: Clock }): Promise<Journal>
  remove(): Promise<void>
}

/** What every journal promises. @param createPlace an empty place; removed after each test, its journals closed */
export function journalContract(createPlace: () => Promise<JournalPlace>): void {
  const clock = new DrivenClock()
  let place: JournalPlace
  let opened: Journal[]
  beforeEach(async () => {
    place = await createPlace()
    opened = []
  })
  afterEach(async () => {
    for (const journal of opened) await journal.close()
    await place.remove()
  })

  const open = async (maxBytes = 1_000_000): Promise<Journal> => {
    const journal = await place.open({ maxBytes, sinks: ['audit', 'usage'], clock })
    opened.push(journal)
    return journal
  }
  const appendAll = async (journal: Journal, ...texts: string[]) => {
    await Promise.all(texts.map((text) => journal.append(text, text)))
  }
  const textsFor = async (journal: Journal, sink: string, limit = 100) =>
    (await journal.read(sink, limit)).map(({ json }) => json.toString())
  const acknowledge = async (journal: Journal, sink: string, count: number) => {
    const entries = await journal.read(sink, count)
    await journal.acknowledge(sink, entries.at(-1)?.seq ?? 0)
  }

  test('gives records back as they were appended, in their order, from the oldest', async () => {
    const journal = await open()
    const texts = ['{"a":"first"}', '{"b":"snow ☃ and 😀"}', '{"c":"\\ud83d"}', 'not even JSON']
    await appendAll(journal, ...texts)
    expect(await textsFor(journal, 'audit')).toEqual(texts)
    expect(await textsFor(journal, 'audit', 2)).toEqual(texts.slice(0, 2))
  })

  test('what was read stays as it was until its reader acknowledges it, whatever is written and leaves meanwhile', async () => {
    const journal = await open()
    await appendAll(journal, 'gone', '{"a":"first"}', '{"b":"second"}')
    const entries = (await journal.read('audit', 100)).slice(1)
    await acknowledge(journal, 'usage', 3)
    await acknowledge(journal, 'audit', 1)
    await appendAll(journal, '{"c":"third"}', 'x'.repeat(100_000))
    for (let round = 0; round < 30; round++) await appendAll(journal, `${round} ${'x'.repeat(1_000_000)}`)
    expect(entries.map(({ json }) => json.toString())).toEqual(['{"a":"first"}', '{"b":"second"}'])
  })

  test('a sink is shown nothing again that it acknowledged, and the other sink is not affected', async () => {
    const journal = await open()
    await appendAll(journal, 'a', 'b', 'c')
    await acknowledge(journal, 'audit', 2)
    expect(await textsFor(journal, 'audit')).toEqual(['c'])
    expect(await textsFor(journal, 'usage')).toEqual(['a', 'b', 'c'])
  })

  test('a record leaves when the last sink has acknowledged it, and numbers go on growing afterwards', async () => {
    const journal = await open()
    await appendAll(journal, 'a', 'b')
    const before = await journal.read('usage', 100)
    await acknowledge(journal, 'audit', 2)
    expect(journal.stats().depth).toBe(2)
    await acknowledge(journal, 'usage', 1)
    expect(journal.stats().depth).toBe(1)
    await acknowledge(journal, 'usage', 1)
    expect(journal.stats()).toMatchObject({ depth: 0, bytes: 0, oldestAt: null })
    await appendAll(journal, 'c')
    const [c] = await journal.read('audit', 100)
    expect(c?.json.toString()).toBe('c')
    expect(c?.seq).toBeGreaterThan(before.at(-1)?.seq ?? 0)
  })

  test('acknowledging again, backwards or beyond the end neither hides a record nor shows one twice', async () => {
    const journal = await open()
    await appendAll(journal, 'a', 'b')
    const [a, b] = await journal.read('audit', 100)
    await journal.acknowledge('audit', b?.seq ?? 0)
    await journal.acknowledge('audit', a?.seq ?? 0)
    expect(await textsFor(journal, 'audit')).toEqual([])
    await journal.acknowledge('audit', (b?.seq ?? 0) + 1000)
    await appendAll(journal, 'c')
    expect(await textsFor(journal, 'audit')).toEqual(['c'])
  })

  test('a sink that was not registered is an error', async () => {
    const journal = await open()
    await expect(journal.read('audits', 1)).rejects.toThrow('audits')
    await expect(journal.acknowledge('audits', 1)).rejects.toThrow('audits')
  })

  test('what was appended and not acknowledged by all is there after a restart, for every sink', async () => {
    const first = await open()
    await appendAll(first, 'a', 'b')
    await acknowledge(first, 'audit', 2)
    await acknowledge(first, 'usage', 1)
    await first.close()
    const second = await open()
    expect(await textsFor(second, 'audit')).toEqual(['b'])
    expect(await textsFor(second, 'usage')).toEqual(['b'])
  })

  test('closing writes what was accepted before it', async () => {
    const first = await open()
    const accepted = [first.append('a', 'a'), first.open('n', 'n'), first.append('b', 'b')]
    await first.close()
    await Promise.all(accepted)
    const second = await open()
    expect(await textsFor(second, 'audit')).toEqual(['a', 'b'])
    expect(await second.orphans()).toEqual(['n'])
  })

  test('a closed journal refuses every operation', async () => {
    const journal = await open()
    await appendAll(journal, 'a')
    await journal.close()
    await journal.close()
    const closed = 'The journal is closed'
    await expect(journal.append('b', 'b')).rejects.toThrow(closed)
    await expect(journal.open('b', 'b')).rejects.toThrow(closed)
    await expect(journal.read('audit', 1)).rejects.toThrow(closed)
    await expect(journal.acknowledge('audit', 1)).rejects.toThrow(closed)
    await expect(journal.orphans()).rejects.toThrow(closed)
  })

  test('a note is an orphan only after a restart, the latest text of each, the oldest first', async () => {
    const first = await open()
    await Promise.all([first.open('a', 'a1'), first.open('b', 'b1'), first.open('a', 'a2')])
    await first.open('b', 'b2')
    expect(await first.orphans()).toEqual([])
    await first.close()
    expect(await (await open()).orphans()).toEqual(['a2', 'b2'])
  })

  test('appending ends a note, also one written in the same moment', async () => {
    const first = await open()
    await first.open('a', 'a')
    await Promise.all([first.append('a', 'A'), first.open('b', 'b'), first.append('b', 'B'), first.open('c', 'c')])
    await first.close()
    const second = await open()
    expect(await second.orphans()).toEqual(['c'])
    expect(await textsFor(second, 'audit')).toEqual(['A', 'B'])
  })

  test('orphans stay until they are ended, over any number of restarts', async () => {
    const first = await open()
    await Promise.all([first.open('a', 'a'), first.open('b', 'b')])
    await first.close()
    const second = await open()
    await second.append('a', 'A')
    expect(await second.orphans()).toEqual(['b'])
    await second.close()
    const third = await open()
    expect(await third.orphans()).toEqual(['b'])
    expect(await textsFor(third, 'audit')).toEqual(['A'])
  })

  test('a record that is set aside is counted once for each sink, also after a restart, and still read by the others', async () => {
    const first = await open()
    await appendAll(first, 'good', 'bad')
    const bad = (await first.read('audit', 100))[1]
    if (bad === undefined) throw new Error('the record is missing')
    await first.setAside('audit', bad, 'because')
    await first.setAside('audit', bad, 'because')
    await first.acknowledge('audit', bad.seq)
    expect(first.stats().setAside).toBe(1)
    await first.setAside('usage', bad, 'because')
    expect(first.stats().setAside).toBe(2)
    expect(await textsFor(first, 'usage')).toEqual(['good', 'bad'])
    await first.close()
    expect((await open()).stats().setAside).toBe(2)
  })

  test('tells how much is waiting and since when, also after a restart', async () => {
    const first = await open()
    expect(first.stats()).toEqual({ depth: 0, bytes: 0, oldestAt: null, full: false, setAside: 0 })
    const startedAt = clock.now()
    await appendAll(first, 'abc', '☃')
    clock.advance(1000)
    await appendAll(first, 'later')
    expect(first.stats()).toMatchObject({ depth: 3, bytes: 11, oldestAt: startedAt })
    for (const sink of ['audit', 'usage']) await acknowledge(first, sink, 2)
    const waiting = { depth: 1, bytes: 5, oldestAt: startedAt + 1000, full: false, setAside: 0 }
    expect(first.stats()).toEqual(waiting)
    await first.close()
    clock.advance(1000)
    expect((await open()).stats()).toEqual(waiting)
  })

  test('is full at its limit, goes on taking records, and is no longer full once enough has left', async () => {
    const journal = await open(10)
    await appendAll(journal, '123456789')
    expect(journal.stats().full).toBe(false)
    await appendAll(journal, '0', 'more')
    expect(journal.stats().full).toBe(true)
    expect(await textsFor(journal, 'audit')).toEqual(['123456789', '0', 'more'])
    for (const sink of ['audit', 'usage']) await acknowledge(journal, sink, 1)
    expect(journal.stats().full).toBe(false)
  })

  test('tells every listener that records were appended, and not of notes', async () => {
    const journal = await open()
    const heard: string[] = []
    journal.onAppended(() => heard.push('first'))
    journal.onAppended(() => heard.push('second'))
    await journal.open('a', 'a')
    expect(heard).toEqual([])
    await journal.append('a', 'a')
    expect(heard).toEqual(['first', 'second'])
  })

  test('reads a backlog from its beginning to its end, piece by piece, without a gap', async () => {
    const journal = await open()
    const texts = Array.from({ length: 2000 }, (_, index) => `record ${index} ${'x'.repeat(index % 50)}`)
    await appendAll(journal, ...texts)
    const read: string[] = []
    for (;;) {
      const entries = await journal.read('audit', 137)
      if (entries.length === 0) break
      read.push(...entries.map(({ json }) => json.toString()))
      await journal.acknowledge('audit', entries.at(-1)?.seq ?? 0)
    }
    expect(read).toEqual(texts)
  })
}
