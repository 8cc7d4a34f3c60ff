import type { Log } from '../log.ts'
import type { ExchangeRecord, Usage } from './exchange-record.ts'
import type { Journal } from './journal.ts'

export type LedgerOptions = {
  journal: Journal
  /** `strict`: a record is waited for until it would survive the process. `batched`: nobody waits. */
  durability: 'strict' | 'batched'
  /** At the journal's size limit. `refuse`: no new exchanges. `drop`: exchanges go on without a record, counted. */
  onFull: 'refuse' | 'drop'
  log: Log
}

export type LedgerCounts = {
  /** Exchanges that were noted and have not ended. */
  readonly open: number
  /** Exchanges that have no record because the journal was full. */
  readonly dropped: number
  /** Notes and records that the journal failed to keep. */
  readonly failed: number
}

export const createLedger = (options: LedgerOptions): Ledger => new Ledger(options)

/** Where every exchange is written down: noted before it reaches a provider, recorded when it has ended. */
export class Ledger {
  readonly #journal: Journal
  readonly #strict: boolean
  readonly #onFull: 'refuse' | 'drop'
  readonly #log: Log
  /** What must be ended although the journal is full: a note without an end would become a record that is not true. */
  readonly #noted = new Set<string>()
  #dropped = 0
  #failed = 0
  #failing = false
  /** The journal writes in order: when this one is through, so are all before it. */
  #latest: Promise<unknown> = Promise.resolve()

  constructor({ journal, durability, onFull, log }: LedgerOptions) {
    this.#journal = journal
    this.#strict = durability === 'strict'
    this.#onFull = onFull
    this.#log = log
  }

  /** Whether a new exchange can be recorded. The answers of those under way are never held back. */
  accepting(): boolean {
    return this.#onFull === 'drop' || !this.#journal.stats().full
  }

  /**
   * Notes that `exchange` is about to reach a provider: what there is to record if its end never comes. Never rejects.
   * @param exchange as far as it is known, its outcome `interrupted`
   */
  async opened(exchange: ExchangeRecord): Promise<void> {
    if (this.#dropping()) return
    this.#noted.add(exchange.id)
    const written = this.#write(exchange, 'open')
    this.#latest = written
    if (this.#strict) await written
  }

  /** Ends an exchange. `strict`: resolves when the record would survive the process. Never rejects. */
  async record(exchange: ExchangeRecord): Promise<void> {
    const noted = this.#noted.delete(exchange.id)
    if (!noted && this.#dropping()) {
      this.#dropped += 1
      return
    }
    const written = this.#write(exchange, 'append')
    this.#latest = written
    if (this.#strict) await written
  }

  /**
   * Ends what a dead process left without an end as `interrupted`, with the usage that was expected of it. To be called
   * at start. Answers how many it ended; one that cannot be read or written stays for the next start.
   */
  async recover(): Promise<number> {
    const notes = await this.#journal.orphans()
    const ended = await Promise.all(notes.map((note) => this.#end(note)))
    return ended.filter(Boolean).length
  }

  /** Resolves when all that it was given so far is kept, or could not be. Never rejects. */
  async kept(): Promise<void> {
    await this.#latest
  }

  counts(): LedgerCounts {
    return { open: this.#noted.size, dropped: this.#dropped, failed: this.#failed }
  }

  #dropping(): boolean {
    return this.#onFull === 'drop' && this.#journal.stats().full
  }

  async #end(note: string): Promise<boolean> {
    try {
      const exchange: ExchangeRecord = JSON.parse(note)
      return await this.#write({ ...exchange, ...estimatedUsage(exchange), outcome: 'interrupted' }, 'append')
    } catch (error) {
      this.#failedWith(error)
      return false
    }
  }

  /** Whether it is kept. The exchange is read before this returns: its owner goes on changing it. */
  async #write(exchange: ExchangeRecord, how: 'open' | 'append'): Promise<boolean> {
    try {
      await this.#journal[how](exchange.id, storableJson(exchange))
    } catch (error) {
      this.#failedWith(error)
      return false
    }
    if (this.#failing) this.#log.info({}, 'The journal keeps records again')
    this.#failing = false
    return true
  }

  /** Said once, not for every request. */
  #failedWith(error: unknown): void {
    this.#failed += 1
    if (!this.#failing) this.#log.error({ err: error }, 'The journal does not keep records: exchanges go unrecorded')
    this.#failing = true
  }
}

const estimatedUsage = ({ usage, estimate }: ExchangeRecord): { usage?: Usage } => {
  if (usage !== undefined) return { usage }
  if (estimate === undefined) return {}
  return { usage: { ...estimate, cachedInput: 0, reasoning: 0, source: 'estimated' } }
}

/** JSON that every database takes as text: without U+0000, and every surrogate in its pair. */
const storableJson = (exchange: ExchangeRecord): string => {
  const json = JSON.stringify(exchange)
  return UNSTORABLE.test(json) ? JSON.stringify(storable(exchange)) : json
}

/** What `JSON.stringify` makes of U+0000 and of lone surrogates. May be part of an honest text: then nothing changes. */
const UNSTORABLE = /\\u(?:0000|d[89a-f])/

const storable = (value: unknown): unknown => {
  if (typeof value === 'string') return storableText(value)
  if (Array.isArray(value)) return value.map(storable)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [storableText(key), storable(each)]))
}

const storableText = (text: string): string => text.toWellFormed().replaceAll('\0', '')
