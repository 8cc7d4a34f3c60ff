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

/** An exchange as the ledger knows it. */
export type Noted = {
  readonly id: string
  /** The ledger's own: it must be ended although the journal is full, since its note would become a record that is not true. */
  noted: boolean
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
  /** Exchanges that were noted and have not ended. */
  #open = 0
  #dropped = 0
  #failed = 0
  #failing = false
  /** The journal writes in order: when this one is through, so are all before it. */
  #latest: Promise<void> = DONE

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
   * Notes that an exchange is about to reach a provider: what there is to record if its end never comes. `strict`:
   * resolves when the note would survive the process. Never rejects.
   * @param json of the record as far as it is known, its outcome `interrupted`
   */
  opened(exchange: Noted, json: string): Promise<void> {
    if (this.#dropping()) return DONE
    if (!exchange.noted) this.#open += 1
    exchange.noted = true
    const kept = this.#keep('open', exchange.id, json)
    return this.#strict ? kept : DONE
  }

  /** Ends an exchange. `strict`: resolves when the record would survive the process. Never rejects. */
  record(exchange: Noted, json: string): Promise<void> {
    if (exchange.noted) this.#open -= 1
    else if (this.#dropping()) {
      this.#dropped += 1
      return DONE
    }
    exchange.noted = false
    const kept = this.#keep('append', exchange.id, json)
    return this.#strict ? kept : DONE
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
    return { open: this.#open, dropped: this.#dropped, failed: this.#failed }
  }

  #dropping(): boolean {
    return this.#onFull === 'drop' && this.#journal.stats().full
  }

  async #end(note: string): Promise<boolean> {
    try {
      const exchange: ExchangeRecord = JSON.parse(note)
      const ended = { ...exchange, ...estimatedUsage(exchange), outcome: 'interrupted' }
      await this.#journal.append(exchange.id, JSON.stringify(ended))
      return true
    } catch (error) {
      this.#failedWith(error)
      return false
    }
  }

  #keep(how: 'open' | 'append', id: string, json: string): Promise<void> {
    this.#latest = this.#journal[how](id, storableJson(json)).then(this.#wrote, this.#failedWith)
    return this.#latest
  }

  readonly #wrote = (): void => {
    if (!this.#failing) return
    this.#failing = false
    this.#log.info({}, 'The journal keeps records again')
  }

  /** Said once, not for every request. */
  readonly #failedWith = (error: unknown): void => {
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

const DONE = Promise.resolve()

/** JSON that every database takes as text: without U+0000, and every surrogate in its pair. */
const storableJson = (json: string): string =>
  json.includes('\\u') && UNSTORABLE.test(json) ? JSON.stringify(storable(JSON.parse(json))) : json

/** What `JSON.stringify` makes of U+0000 and of lone surrogates. May be part of an honest text: then nothing changes. */
const UNSTORABLE = /\\u(?:0000|d[89a-f])/

const storable = (value: unknown): unknown => {
  if (typeof value === 'string') return storableText(value)
  if (Array.isArray(value)) return value.map(storable)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [storableText(key), storable(each)]))
}

const storableText = (text: string): string => text.toWellFormed().replaceAll('\0', '')
