import { setTimeout } from 'node:timers/promises'
import type { Log } from '../log.ts'
import type { Journal, JournalEntry } from './journal.ts'
import { BatchRejected, type RecordSink } from './record-sink.ts'

export type ShipperOptions = {
  /** The journal's name of the sink. */
  name: string
  journal: Journal
  sink: RecordSink
  log: Log
  maxBatch?: number
  /** How long a batch may fill up before it is sent: a transaction costs about the same whatever its size. */
  lingerMs?: number
  /** Resolves after `ms`, or at once when `signal` is aborted; never rejects. */
  pause?: (ms: number, signal: AbortSignal) => Promise<void>
  /** From 0 up to 1. */
  random?: () => number
}

/**
 * Takes records from the journal to one store: at least once, in batches, in order, acknowledged when stored.
 *
 * A store that is away is tried again until it is back, however long that takes. A record that a store rejects is set
 * aside in the journal, alone: the others of its batch are stored.
 */
export class Shipper {
  readonly #name: string
  readonly #journal: Journal
  readonly #sink: RecordSink
  readonly #log: Log
  readonly #maxBatch: number
  readonly #lingerMs: number
  readonly #pause: (ms: number, signal: AbortSignal) => Promise<void>
  readonly #random: () => number
  readonly #stopping = new AbortController()
  #appended = Promise.withResolvers<void>()
  #shipping: Promise<void> | undefined
  /** Failures in a row. */
  #failures = 0

  constructor(options: ShipperOptions) {
    const {
      name,
      journal,
      sink,
      log,
      maxBatch = 1000,
      lingerMs = 200,
      pause = unreferencedPause,
      random = Math.random,
    } = options
    this.#name = name
    this.#journal = journal
    this.#sink = sink
    this.#log = log
    this.#maxBatch = maxBatch
    this.#lingerMs = lingerMs
    this.#pause = pause
    this.#random = random
  }

  /** Ships what is there and whatever comes, until `stop`. */
  start(): void {
    this.#journal.onAppended(() => this.#appended.resolve())
    this.#appended.resolve()
    void this.#run(this.#stopping.signal)
  }

  /**
   * Ships what the journal holds now, before a `stop`. Returns early when the store is away or `deadline` is aborted: the journal keeps
   * the rest. Never rejects.
   */
  async drain(deadline: AbortSignal): Promise<void> {
    const aborted = new Promise<void>((resolve) => {
      if (deadline.aborted) resolve()
      else deadline.addEventListener('abort', () => resolve(), { once: true })
    })
    await Promise.race([this.#shipping?.then(() => this.#ship()) ?? this.#ship(), aborted])
  }

  /** What is under way ends by itself; nothing more is begun. */
  stop(): void {
    this.#stopping.abort()
    this.#appended.resolve()
  }

  async #run(stopping: AbortSignal): Promise<void> {
    while (!stopping.aborted) {
      if (this.#failures === 0) {
        await this.#appended.promise
        this.#appended = Promise.withResolvers()
        await this.#pause(this.#lingerMs, stopping)
      } else await this.#pause(this.#backoffMs(), stopping)
      if (!stopping.aborted) await this.#ship()
    }
  }

  /** One at a time: a second call waits for the first. Never rejects. */
  #ship(): Promise<void> {
    this.#shipping ??= this.#shipAll()
      .then(
        () => this.#back(),
        (error: unknown) => this.#away(error),
      )
      .finally(() => {
        this.#shipping = undefined
      })
    return this.#shipping
  }

  async #shipAll(): Promise<void> {
    let entries: readonly JournalEntry[]
    do {
      entries = await this.#journal.read(this.#name, this.#maxBatch)
      if (entries.length > 0) await this.#store(entries)
    } while (entries.length === this.#maxBatch && !this.#stopping.signal.aborted)
  }

  /** Stores them, halving a rejected batch until the records at fault are alone. */
  async #store(entries: readonly JournalEntry[]): Promise<void> {
    const rejection = await this.#append(entries)
    const [first] = entries
    if (rejection !== undefined && entries.length > 1) {
      const half = entries.length >> 1
      await this.#store(entries.slice(0, half))
      await this.#store(entries.slice(half))
      return
    }
    if (rejection !== undefined && first !== undefined) await this.#setAside(first, rejection)
    await this.#journal.acknowledge(this.#name, entries.at(-1)?.seq ?? 0)
  }

  async #append(entries: readonly JournalEntry[]): Promise<BatchRejected | undefined> {
    try {
      await this.#sink.append(entries.map(({ json }) => json))
      return undefined
    } catch (error) {
      if (error instanceof BatchRejected) return error
      throw error
    }
  }

  async #setAside(entry: JournalEntry, rejection: BatchRejected): Promise<void> {
    const reason = reasonOf(rejection)
    await this.#journal.setAside(this.#name, entry, reason)
    this.#log.error({ sink: this.#name, reason }, 'A record was rejected and is set aside')
  }

  #back(): void {
    if (this.#failures > 0) this.#log.info({ sink: this.#name }, 'Records are shipped again')
    this.#failures = 0
  }

  #away(error: unknown): void {
    if (this.#failures === 0 && !this.#stopping.signal.aborted) {
      this.#log.warn({ sink: this.#name, reason: reasonOf(error) }, 'Records cannot be shipped: the journal keeps them')
    }
    this.#failures += 1
  }

  #backoffMs(): number {
    const longest = Math.min(SHORTEST_BACKOFF_MS * 2 ** (this.#failures - 1), LONGEST_BACKOFF_MS)
    return longest * (0.5 + this.#random() / 2)
  }
}

const SHORTEST_BACKOFF_MS = 100
const LONGEST_BACKOFF_MS = 5_000

const unreferencedPause = (ms: number, signal: AbortSignal): Promise<void> =>
  setTimeout(ms, undefined, { ref: false, signal }).catch(() => {})

/** What kind of fault it was. Not its message: databases quote the values they refuse. */
const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return 'unknown'
  const source = error.cause instanceof Error ? error.cause : error
  const code = 'code' in source && typeof source.code === 'string' && /^\w{1,40}$/.test(source.code) ? source.code : ''
  return `${error.name} ${code}`.trimEnd()
}
