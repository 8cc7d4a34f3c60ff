import { accessSync, constants, statSync } from 'node:fs'
import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { Clock, Journal, JournalEntry, JournalStats } from '@vm-x/gateway'
import { v7 as uuidv7 } from 'uuid'
import type { Counts, Group } from './journal-file.ts'
import { RecentRecords } from './recent-records.ts'
import type { FromWorker, ToWorker, WorkerSettings } from './sqlite-journal-worker.ts'

export type SqliteJournalOptions = {
  /** An existing directory on a local disk. Several processes may share it: each keeps a file of its own in it. */
  dir: string
  /** Bytes of records waiting at which the journal counts as full. It still takes what it is given. */
  maxBytes: number
  /** Every reader there will be: a record is kept until all of them have acknowledged it. */
  sinks: readonly string[]
  clock: Clock
}

/**
 * A journal in SQLite, written by a thread of its own, many operations to a transaction.
 *
 * What it holds survives the death of the process, not the loss of the disk; a power failure may take the last moments.
 * Opening takes over what dead processes left in the directory: their records wait for every sink again, their notes
 * are the orphans. Rejects with one sentence when the directory cannot be used. When a group of operations cannot be
 * written (the disk has no room), all promises of that group reject, the journal counts as full for a second, and it
 * goes on.
 */
export const openSqliteJournal = async ({ dir, maxBytes, sinks, clock }: SqliteJournalOptions): Promise<Journal> => {
  requireWritableDirectory(dir)
  const settings: WorkerSettings = { dir, name: `journal-${uuidv7()}.db`, sinks }
  const here = new URL(import.meta.url)
  const worker = new Worker(new URL(`./sqlite-journal-worker${extname(here.pathname)}`, here), {
    workerData: settings,
    // Whatever instruments the process has no business in this thread.
    execArgv: [],
  })
  const opened = await new Promise<FromWorker>((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
    worker.once('exit', () => reject(unusable(dir, 'its thread ended')))
  })
  if (opened.kind === 'opened') return new SqliteJournal(worker, opened.counts, maxBytes, clock)
  await worker.terminate()
  throw unusable(dir, opened.kind === 'refused' ? opened.reason : opened.kind)
}

/** Operations on their way to the disk together, and the one promise that all of them wait for. */
type PendingGroup = { readonly group: Group; bytes: number } & PromiseWithResolvers<void>

type Question = { kind: 'read'; sink: string; limit: number } | { kind: 'orphans' }

class SqliteJournal implements Journal {
  readonly #worker: Worker
  readonly #maxBytes: number
  readonly #clock: Clock
  readonly #exited: Promise<void>
  readonly #listeners: (() => void)[] = []
  readonly #questions = new Map<number, PromiseWithResolvers<JournalEntry[]>>()
  #questionCount = 0
  /** Posted, unanswered; the oldest first. One at a time, but for the last words of `close`. */
  readonly #posted: PendingGroup[] = []
  #collecting: PendingGroup | undefined
  #counts: Counts
  readonly #recent = new RecentRecords(RECENT_BYTES)
  #failure: Error | undefined
  /** When a group could not be written, by the monotonic clock. */
  #unwrittenAt = Number.NEGATIVE_INFINITY

  constructor(worker: Worker, counts: Counts, maxBytes: number, clock: Clock) {
    this.#worker = worker
    this.#counts = counts
    this.#maxBytes = maxBytes
    this.#clock = clock
    worker.on('message', (message: FromWorker) => this.#receive(message))
    worker.on('error', (error) => this.#fail(new Error('The journal has failed', { cause: error })))
    this.#exited = new Promise((resolve) => worker.once('exit', () => resolve(this.#fail(closed()))))
  }

  open(id: string, json: string): Promise<void> {
    const pending = this.#pending()
    pending.group.notes.push(id, json)
    return pending.promise
  }

  append(id: string, json: string): Promise<void> {
    const pending = this.#pending()
    pending.group.records.push(id, json)
    pending.bytes += json.length
    return pending.promise
  }

  acknowledge(sink: string, seq: number): Promise<void> {
    if (!this.#counts.acknowledged.has(sink)) return Promise.reject(new Error(`The journal has no sink named ${sink}`))
    const pending = this.#pending()
    pending.group.acknowledged.push({ sink, seq })
    return pending.promise
  }

  setAside(sink: string, { seq, json }: JournalEntry, reason: string): Promise<void> {
    const pending = this.#pending()
    pending.group.setAside.push({ sink, seq, json, reason })
    return pending.promise
  }

  async read(sink: string, limit: number): Promise<readonly JournalEntry[]> {
    const place = this.#counts.acknowledged.get(sink)
    if (place === undefined) throw new Error(`The journal has no sink named ${sink}`)
    if (this.#failure !== undefined) throw this.#failure
    if (place === this.#counts.lastSeq) return []
    return this.#recent.from(place + 1, limit) ?? this.#ask({ kind: 'read', sink, limit })
  }

  async orphans(): Promise<readonly string[]> {
    return (await this.#ask({ kind: 'orphans' })).map(({ json }) => json)
  }

  onAppended(listener: () => void): void {
    this.#listeners.push(listener)
  }

  stats(): JournalStats {
    let bytes = this.#counts.bytes + (this.#collecting?.bytes ?? 0)
    for (const pending of this.#posted) bytes += pending.bytes
    const { depth, oldestAt, setAside } = this.#counts
    return { depth, bytes, oldestAt, full: bytes >= this.#maxBytes || this.#failing(), setAside }
  }

  async close(): Promise<void> {
    if (this.#failure === undefined) {
      this.#post()
      this.#failure = closed()
      this.#send({ kind: 'close' })
    }
    await this.#exited
  }

  /** The group that the next operation joins: written as soon as the one before it is, or at the end of this turn. */
  #pending(): PendingGroup {
    if (this.#failure !== undefined) return rejected(this.#failure)
    if (this.#collecting === undefined) {
      this.#collecting = emptyGroup()
      if (this.#posted.length === 0) setImmediate(() => this.#post())
    }
    return this.#collecting
  }

  #post(): void {
    const pending = this.#collecting
    if (pending === undefined) return
    this.#collecting = undefined
    pending.group.at = this.#clock.now()
    try {
      this.#send({ kind: 'write', group: pending.group })
      this.#posted.push(pending)
    } catch (error) {
      pending.reject(error)
    }
  }

  #ask(question: Question): Promise<JournalEntry[]> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure)
    const asked = Promise.withResolvers<JournalEntry[]>()
    this.#questionCount += 1
    this.#questions.set(this.#questionCount, asked)
    this.#send({ ...question, question: this.#questionCount })
    return asked.promise
  }

  #send(message: ToWorker): void {
    this.#worker.postMessage(message)
  }

  #receive(message: FromWorker): void {
    if (message.kind === 'written') this.#written(message.counts)
    else if (message.kind === 'unwritten') this.#unwritten(message.reason)
    else if (message.kind === 'answered') {
      const { firstSeq, texts } = message
      this.#answered(message.question)?.resolve(texts.map((json, index) => ({ seq: firstSeq + index, json })))
    } else if (message.kind === 'unanswered') this.#answered(message.question)?.reject(new Error(message.reason))
  }

  #written(counts: Counts): void {
    const pending = this.#posted.shift()
    this.#post()
    this.#counts = counts
    const records = pending?.group.records ?? []
    let seq = counts.lastSeq - records.length / 2
    for (let i = 1; i < records.length; i += 2) this.#recent.add({ seq: ++seq, json: records[i] ?? '' })
    this.#recent.forget(counts.lastSeq - counts.depth)
    pending?.resolve()
    if (records.length > 0) for (const listener of this.#listeners) listener()
  }

  #unwritten(reason: string): void {
    const pending = this.#posted.shift()
    this.#unwrittenAt = this.#clock.monotonicMs()
    this.#post()
    pending?.reject(new Error(`The journal could not be written: ${reason}`))
  }

  /** A disk without room is full like a journal at its limit, until the next attempt may succeed. */
  #failing(): boolean {
    return this.#failure !== undefined || this.#clock.monotonicMs() < this.#unwrittenAt + NEXT_ATTEMPT_MS
  }

  #answered(question: number): PromiseWithResolvers<JournalEntry[]> | undefined {
    const asked = this.#questions.get(question)
    this.#questions.delete(question)
    return asked
  }

  /** The thread is gone: nobody will answer. */
  #fail(error: Error): void {
    this.#failure ??= error
    for (const pending of this.#posted.splice(0)) pending.reject(error)
    this.#collecting?.reject(error)
    this.#collecting = undefined
    for (const asked of this.#questions.values()) asked.reject(error)
    this.#questions.clear()
  }
}

/** A few seconds of records at the rates one process reaches. */
const RECENT_BYTES = 16 * 1024 * 1024

const NEXT_ATTEMPT_MS = 1_000

const emptyGroup = (): PendingGroup => ({
  group: { at: 0, notes: [], records: [], setAside: [], acknowledged: [] },
  bytes: 0,
  ...Promise.withResolvers<void>(),
})

const rejected = (error: Error): PendingGroup => {
  const pending = emptyGroup()
  pending.reject(error)
  return pending
}

const closed = (): Error => new Error('The journal is closed')

const unusable = (dir: string, reason: string): Error => new Error(`Cannot keep a journal in ${dir}: ${reason}`)

const requireWritableDirectory = (dir: string): void => {
  if (!statSync(dir, { throwIfNoEntry: false })?.isDirectory()) throw unusable(dir, 'there is no such directory')
  try {
    accessSync(dir, constants.R_OK | constants.W_OK)
  } catch {
    throw unusable(dir, 'the directory cannot be written to')
  }
}
