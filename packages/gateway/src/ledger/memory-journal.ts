import type { Clock } from '../clock.ts'
import type { Journal, JournalEntry, JournalStats } from './journal.ts'

export type MemoryJournalOptions = {
  /** Bytes of records waiting at which the journal counts as full. It still takes what it is given. */
  maxBytes: number
  /** Every reader there will be: a record is kept until all of them have acknowledged it. */
  sinks: readonly string[]
  clock: Clock
  /** A closed journal whose contents this one takes over, as one on disk takes over a dead process's. */
  predecessor?: MemoryJournal
}

type Kept = JournalEntry & { readonly at: number }

/** A journal that lasts as long as the process: for tests, and for whoever can lose what is not shipped yet. */
export class MemoryJournal implements Journal {
  readonly #maxBytes: number
  readonly #clock: Clock
  readonly #listeners: (() => void)[] = []
  readonly #notes = new Map<string, string>()
  readonly #orphans = new Map<string, string>()
  readonly #acknowledged: Map<string, number>
  readonly #setAside = new Map<string, { entry: JournalEntry; reason: string }>()
  /** Without gaps, oldest first. */
  #records: Kept[] = []
  #lastSeq = 0
  #bytes = 0
  #closed = false

  constructor({ maxBytes, sinks, clock, predecessor }: MemoryJournalOptions) {
    this.#maxBytes = maxBytes
    this.#clock = clock
    this.#acknowledged = new Map(sinks.map((sink) => [sink, 0]))
    if (predecessor === undefined) return
    this.#orphans = new Map([...predecessor.#orphans, ...predecessor.#notes])
    this.#setAside = new Map([...predecessor.#setAside].map(([key, kept]) => [`predecessor ${key}`, kept]))
    for (const { at, json } of predecessor.#records) this.#keep(at, json)
  }

  async open(id: string, json: string): Promise<void> {
    this.#requireOpen()
    this.#notes.set(id, json)
  }

  async append(id: string, json: string): Promise<void> {
    this.#requireOpen()
    this.#keep(this.#clock.now(), Buffer.from(json))
    this.#notes.delete(id)
    this.#orphans.delete(id)
    for (const listener of this.#listeners) listener()
  }

  async orphans(): Promise<readonly string[]> {
    this.#requireOpen()
    return [...this.#orphans.values()]
  }

  async read(sink: string, limit: number): Promise<readonly JournalEntry[]> {
    this.#requireOpen()
    const place = this.#placeOf(sink)
    const unread = this.#records.filter(({ seq }) => seq > place).slice(0, limit)
    return unread.map(({ seq, json }) => ({ seq, json }))
  }

  async acknowledge(sink: string, seq: number): Promise<void> {
    this.#requireOpen()
    this.#acknowledged.set(sink, Math.max(this.#placeOf(sink), Math.min(seq, this.#lastSeq)))
    const everybodyHas = Math.min(...this.#acknowledged.values())
    this.#records = this.#records.filter((record) => {
      if (record.seq <= everybodyHas) this.#bytes -= record.json.length
      return record.seq > everybodyHas
    })
  }

  async setAside(sink: string, entry: JournalEntry, reason: string): Promise<void> {
    this.#requireOpen()
    this.#setAside.set(`${sink} ${entry.seq}`, { entry, reason })
  }

  onAppended(listener: () => void): void {
    this.#listeners.push(listener)
  }

  stats(): JournalStats {
    return {
      depth: this.#records.length,
      bytes: this.#bytes,
      oldestAt: this.#records[0]?.at ?? null,
      full: this.#bytes >= this.#maxBytes,
      setAside: this.#setAside.size,
    }
  }

  async close(): Promise<void> {
    this.#closed = true
  }

  /** What was set aside, with the reasons. */
  refused(): readonly { readonly entry: JournalEntry; readonly reason: string }[] {
    return [...this.#setAside.values()]
  }

  #keep(at: number, json: Buffer): void {
    this.#lastSeq += 1
    this.#records.push({ seq: this.#lastSeq, json, at })
    this.#bytes += json.length
  }

  #placeOf(sink: string): number {
    const place = this.#acknowledged.get(sink)
    if (place === undefined) throw new Error(`The journal has no sink named ${sink}`)
    return place
  }

  #requireOpen(): void {
    if (this.#closed) throw new Error('The journal is closed')
  }
}
