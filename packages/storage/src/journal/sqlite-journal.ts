import { accessSync, constants, statSync } from 'node:fs'
import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { Clock, Journal, JournalEntry, JournalStats } from '@vm-x/gateway'
import { v7 as uuidv7 } from 'uuid'
import type { Counts, Group } from './journal-file.ts'
import { RecentRecords } from './recent-records.ts'
import type { FromWorker, ToWorker, WorkerSettings } from './sqlite-journal-worker.ts'
import { isJoinable, joinTexts } from './text-sequence.ts'

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
  const settings: WorkerSettings = { dir, name: `journal-${uuidv7()}.db` }
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
  if (opened.kind === 'opened') return new SqliteJournal(worker, opened.counts, sinks, maxBytes, clock)
  await worker.terminate()
  throw unusable(dir, opened.kind === 'refused' ? opened.reason : opened.kind)
}

/** Operations on their way to the disk together, and the one promise that all of them wait for. */
class PendingGroup {
  readonly noteIds: string[] = []
  readonly notes: string[] = []
  readonly endedIds: string[] = []
  readonly records: string[] = []
  readonly setAside: { sink: string; seq: number; json: string; reason: string }[] = []
  readonly written = Promise.withResolvers<void>()
  bytes = 0
}

type Question = { kind: 'read'; seq: number; limit: number } | { kind: 'orphans' }

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
  /** By sink: it has everything up to here. Not kept in the file: after a death every sink is shown what any lacks. */
  readonly #places: Map<string, number>
  readonly #recent = new RecentRecords(RECENT_BYTES)
  #failure: Error | undefined
  /** When a group could not be written, by the monotonic clock. */
  #unwrittenAt = Number.NEGATIVE_INFINITY

  constructor(worker: Worker, counts: Counts, sinks: readonly string[], maxBytes: number, clock: Clock) {
    this.#worker = worker
    this.#counts = counts
    this.#places = new Map(sinks.map((sink) => [sink, counts.leftSeq]))
    this.#maxBytes = maxBytes
    this.#clock = clock
    worker.on('message', (message: FromWorker) => this.#receive(message))
    worker.on('error', (error) => this.#fail(new Error('The journal has failed', { cause: error })))
    this.#exited = new Promise((resolve) => worker.once('exit', () => resolve(this.#fail(closed()))))
  }

  open(id: string, json: string): Promise<void> {
    if (!isJoinable(json)) return Promise.reject(notJson())
    const pending = this.#pending()
    pending.noteIds.push(id)
    pending.notes.push(json)
    return pending.written.promise
  }

  append(id: string, json: string): Promise<void> {
    if (!isJoinable(json)) return Promise.reject(notJson())
    const pending = this.#pending()
    pending.endedIds.push(id)
    pending.records.push(json)
    pending.bytes += json.length
    return pending.written.promise
  }

  async acknowledge(sink: string, seq: number): Promise<void> {
    const place = this.#placeOf(sink)
    const { lastSeq, leftSeq } = this.#counts
    this.#places.set(sink, Math.max(place, Math.min(seq, lastSeq)))
    if (this.#leftSeq() > leftSeq) await this.#pending().written.promise
  }

  setAside(sink: string, { seq, json }: JournalEntry, reason: string): Promise<void> {
    const pending = this.#pending()
    pending.setAside.push({ sink, seq, json, reason })
    return pending.written.promise
  }

  async read(sink: string, limit: number): Promise<readonly JournalEntry[]> {
    const place = this.#placeOf(sink)
    if (place === this.#counts.lastSeq) return []
    return this.#recent.from(place + 1, limit) ?? this.#ask({ kind: 'read', seq: place, limit })
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
    const { lastSeq, leftSeq, oldestAt, setAside } = this.#counts
    return { depth: lastSeq - leftSeq, bytes, oldestAt, full: bytes >= this.#maxBytes || this.#failing(), setAside }
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
      this.#collecting = new PendingGroup()
      if (this.#posted.length === 0) this.#postSoon()
    }
    return this.#collecting
  }

  /** At the end of this turn: what else happens in it joins. */
  #postSoon(): void {
    setImmediate(() => this.#post())
  }

  #post(): void {
    const pending = this.#collecting
    if (pending === undefined) return
    this.#collecting = undefined
    const { noteIds, notes, endedIds, records, setAside } = pending
    const group: Group = {
      at: this.#clock.now(),
      notes: { ids: joinTexts(noteIds), texts: joinTexts(notes), endedIds: joinTexts(endedIds) },
      records: joinTexts(records),
      recordCount: records.length,
      setAside,
      leftSeq: this.#leftSeq(),
    }
    try {
      this.#send({ kind: 'write', group })
      this.#posted.push(pending)
    } catch (error) {
      pending.written.reject(error)
    }
  }

  #placeOf(sink: string): number {
    if (this.#failure !== undefined) throw this.#failure
    const place = this.#places.get(sink)
    if (place === undefined) throw new Error(`The journal has no sink named ${sink}`)
    return place
  }

  #leftSeq(): number {
    return Math.min(...this.#places.values())
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
    if (this.#collecting !== undefined) this.#postSoon()
    this.#counts = counts
    const records = pending?.records ?? []
    let seq = counts.lastSeq - records.length
    for (const json of records) this.#recent.add({ seq: ++seq, json })
    this.#recent.forget(counts.leftSeq)
    pending?.written.resolve()
    if (records.length > 0) for (const listener of this.#listeners) listener()
  }

  #unwritten(reason: string): void {
    const pending = this.#posted.shift()
    this.#unwrittenAt = this.#clock.monotonicMs()
    if (this.#collecting !== undefined) this.#postSoon()
    pending?.written.reject(new Error(`The journal could not be written: ${reason}`))
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
    for (const pending of this.#posted.splice(0)) pending.written.reject(error)
    this.#collecting?.written.reject(error)
    this.#collecting = undefined
    for (const asked of this.#questions.values()) asked.reject(error)
    this.#questions.clear()
  }
}

/** A few seconds of records at the rates one process reaches. */
const RECENT_BYTES = 16 * 1024 * 1024

const NEXT_ATTEMPT_MS = 1_000

const rejected = (error: Error): PendingGroup => {
  const pending = new PendingGroup()
  pending.written.reject(error)
  return pending
}

const notJson = (): Error => new Error('The journal takes JSON texts only')

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
