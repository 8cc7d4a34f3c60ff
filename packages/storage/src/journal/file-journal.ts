import { accessSync, constants, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock, Journal, JournalEntry, JournalStats } from '@vm-x/gateway'
import { deadDirectories, type JournalDirectory, ownDirectory } from './journal-directory.ts'
import { fitsLine, LineWriter } from './journal-lines.ts'
import { RecentRecords } from './recent-records.ts'
import { type RecordPlace, Segment } from './segment.ts'
import { SetAside } from './set-aside.ts'

export type FileJournalOptions = {
  /** An existing directory on a local disk. Several processes may share it: each keeps a directory of its own in it. */
  dir: string
  /** Bytes of records waiting at which the journal counts as full. It still takes what it is given. */
  maxBytes: number
  /** Every reader there will be: a record is kept until all of them have acknowledged it. */
  sinks: readonly string[]
  clock: Clock
  /** After so many bytes a new file is begun. */
  segmentBytes?: number
}

/**
 * A journal in files that are only ever written at their end, by this thread: all operations of one turn of the event
 * loop in one write, which costs a few microseconds.
 *
 * What it holds survives the death of the process, not the loss of the disk; a failure of the whole machine may take
 * what the kernel has not written out yet. Opening takes over what dead processes left in the directory: their records
 * wait for every sink again, their notes are the orphans. Throws one sentence when the directory cannot be used. When a
 * group of operations cannot be written (the disk has no room), all promises of that group reject, the journal counts
 * as full for a second, and it goes on.
 */
export function openFileJournal(options: FileJournalOptions): Journal {
  const { dir } = options
  requireWritableDirectory(dir)
  const dead = deadDirectories(dir)
  let own: JournalDirectory
  try {
    own = ownDirectory(dir)
  } catch (cause) {
    for (const directory of dead) directory.release()
    throw unusable(dir, 'the directory cannot be written to', cause)
  }
  try {
    return new FileJournal(options, own, dead)
  } catch (error) {
    own.remove()
    for (const directory of dead) directory.release()
    throw error
  }
}

type Operation = { readonly kind: 'note' | 'record'; readonly id: string; readonly json: string }

/** What is written together, and the one promise that all of it waits for. */
class Group {
  readonly operations: Operation[] = []
  readonly written = Promise.withResolvers<void>()
  /** Of its records, about. */
  bytes = 0
}

type Note = { readonly json: string; readonly segment: Segment }

class FileJournal implements Journal {
  readonly #own: JournalDirectory
  readonly #clock: Clock
  readonly #maxBytes: number
  readonly #segmentBytes: number
  readonly #lines = new LineWriter(FIRST_LINES_BYTES)
  readonly #recent = new RecentRecords(RECENT_BYTES)
  readonly #setAside: SetAside
  readonly #listeners: (() => void)[] = []
  /** By sink: it has everything up to here. After a death every sink is shown what any lacks. */
  readonly #places: Map<string, number>
  /** Oldest first; the last one is written to, once there is one of our own. They leave in this order only. */
  readonly #segments: Segment[] = []
  readonly #dead: { readonly directory: JournalDirectory; readonly segments: Set<Segment> }[] = []
  #current: Segment | undefined
  #fileCount = 0
  /** Notes that have not ended, by exchange. */
  #notes = new Map<string, Note>()
  /** So many more may end before the map is made anew. */
  #untilRenewal = 0
  readonly #orphans: ReadonlySet<string>
  #lastSeq = 0
  #leftSeq = 0
  #bytes = 0
  #group: Group | undefined
  #closed = false
  /** When a group could not be written, by the monotonic clock. */
  #unwrittenAt = Number.NEGATIVE_INFINITY

  constructor(options: FileJournalOptions, own: JournalDirectory, dead: readonly JournalDirectory[]) {
    const { dir, maxBytes, sinks, clock, segmentBytes = SEGMENT_BYTES } = options
    this.#own = own
    this.#clock = clock
    this.#maxBytes = maxBytes
    this.#segmentBytes = segmentBytes
    this.#setAside = new SetAside(dir)
    this.#takeOver(dead)
    this.#orphans = new Set(this.#notes.keys())
    this.#places = new Map(sinks.map((sink) => [sink, this.#leftSeq]))
    this.#removeFree()
  }

  open(id: string, json: string): Promise<void> {
    return this.#add({ kind: 'note', id, json })
  }

  append(id: string, json: string): Promise<void> {
    return this.#add({ kind: 'record', id, json })
  }

  async acknowledge(sink: string, seq: number): Promise<void> {
    this.#requireOpen()
    this.#places.set(sink, Math.max(this.#placeOf(sink), Math.min(seq, this.#lastSeq)))
    if (this.#everybodyHas() > this.#leftSeq) await this.#collecting().written.promise
  }

  async setAside(sink: string, { json }: JournalEntry, reason: string): Promise<void> {
    this.#requireOpen()
    this.#setAside.add({ sink, at: this.#clock.now(), reason, record: json.toString() })
  }

  async read(sink: string, limit: number): Promise<readonly JournalEntry[]> {
    this.#requireOpen()
    const place = this.#placeOf(sink)
    if (place === this.#lastSeq) return []
    return this.#recent.from(place + 1, limit) ?? (await this.#readFiles(place + 1, limit))
  }

  async orphans(): Promise<readonly string[]> {
    this.#requireOpen()
    return [...this.#notes].filter(([id]) => this.#orphans.has(id)).map(([, { json }]) => json)
  }

  onAppended(listener: () => void): void {
    this.#listeners.push(listener)
  }

  stats(): JournalStats {
    const bytes = this.#bytes + (this.#group?.bytes ?? 0)
    return {
      depth: this.#lastSeq - this.#leftSeq,
      bytes,
      oldestAt: this.#oldestAt(),
      full: bytes >= this.#maxBytes || this.#failing(),
      setAside: this.#setAside.count,
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#write()
    this.#closed = true
    this.#current?.finish()
    const empty = this.#lastSeq === this.#leftSeq && this.#notes.size === 0
    if (empty) this.#own.remove()
    else this.#own.release()
    for (const { directory } of this.#dead) directory.release()
  }

  #add(operation: Operation): Promise<void> {
    if (this.#closed) return Promise.reject(closed())
    if (!fitsLine(operation.id, operation.json)) return Promise.reject(new Error('The journal takes JSON texts only'))
    const group = this.#collecting()
    group.operations.push(operation)
    if (operation.kind === 'record') group.bytes += operation.json.length
    return group.written.promise
  }

  /** Written at the end of this turn: what else happens in it joins. */
  #collecting(): Group {
    if (!this.#group) {
      this.#group = new Group()
      setImmediate(this.#write)
    }
    return this.#group
  }

  readonly #write = (): void => {
    const group = this.#group
    this.#group = undefined
    if (!group || this.#closed) return
    try {
      this.#writeGroup(group)
    } catch (error) {
      this.#unwrittenAt = this.#clock.monotonicMs()
      this.#makeRoom()
      const reason = error instanceof Error ? error.message : String(error)
      group.written.reject(new Error(`The journal could not be written: ${reason}`, { cause: error }))
      return
    }
    group.written.resolve()
    if (group.bytes > 0) for (const listener of this.#listeners) listener()
  }

  /** Nothing of what is known changes before all is in the file. */
  #writeGroup({ operations }: Group): void {
    const segment = this.#writable()
    const at = this.#clock.now()
    const lines = this.#lines
    lines.clear()
    lines.time(at)
    const carried = this.#carried(segment)
    for (const [id, { json }] of carried) lines.note(id, json)
    const places: RecordPlace[] = []
    for (const { kind, id, json } of operations) {
      if (kind === 'note') lines.note(id, json)
      else {
        const bytes = lines.record(id, json)
        places.push({ at, start: segment.length + lines.length - 1 - bytes, bytes })
      }
    }
    // Of what this group brings nothing can have left.
    const leftSeq = this.#everybodyHas()
    for (const each of this.#segments) {
      const left = leftOf(each, leftSeq)
      if (left > each.left) lines.left(each.name, each.leftOfAll + left - each.left)
    }
    segment.append(lines.bytes)

    for (const [id, { json }] of carried) this.#note(id, json, segment)
    for (const { kind, id, json } of operations) {
      if (kind === 'note') this.#note(id, json, segment)
      else this.#endNote(id)
    }
    this.#keep(places, segment)
    this.#leave(leftSeq)
  }

  /** The file that is written to; a new one when that is long enough. */
  #writable(): Segment {
    if (this.#current && this.#current.length < this.#segmentBytes) return this.#current
    const segment = Segment.create(this.#own.file(++this.#fileCount), this.#lastSeq + 1)
    this.#current?.finish()
    this.#current = segment
    this.#segments.push(segment)
    return segment
  }

  /** Notes that alone keep the oldest file, once too many files wait behind it. */
  #carried(current: Segment): [string, Note][] {
    const [oldest] = this.#segments
    if (!oldest || oldest === current || this.#segments.length <= MOST_HELD_BY_NOTES) return []
    if (oldest.left < oldest.records.length) return []
    return [...this.#notes].filter(([, { segment }]) => segment === oldest)
  }

  #note(id: string, json: string, segment: Segment): void {
    const earlier = this.#notes.get(id)
    if (earlier) earlier.segment.openNotes--
    this.#notes.set(id, { json, segment })
    segment.openNotes++
  }

  #endNote(id: string): void {
    const note = this.#notes.get(id)
    if (!note) return
    note.segment.openNotes--
    this.#notes.delete(id)
    if (--this.#untilRenewal < 0) this.#renewNotes()
  }

  /**
   * In V8 each table that a map outgrows points to the next one: once one of them is old, all that ever was in the map
   * outlives young collections.
   */
  #renewNotes(): void {
    this.#notes = new Map(this.#notes)
    this.#untilRenewal = 256 + 4 * this.#notes.size
  }

  /** Takes up the records of the group that was just written. */
  #keep(places: readonly RecordPlace[], segment: Segment): void {
    if (places.length === 0) return
    const lines = this.#lines.bytes
    this.#recent.add(this.#lastSeq + 1, places, lines, segment.length - lines.length)
    this.#lastSeq += places.length
    for (const place of places) {
      segment.records.push(place)
      this.#bytes += place.bytes
    }
  }

  /** Every sink has the records up to `seq`. */
  #leave(seq: number): void {
    if (seq > this.#leftSeq) {
      for (const segment of this.#segments) {
        const left = leftOf(segment, seq)
        for (; segment.left < left; segment.left++) this.#bytes -= segment.records[segment.left]?.bytes ?? 0
      }
      this.#leftSeq = seq
      this.#recent.forget(seq)
    }
    this.#removeFree()
  }

  /**
   * What every sink has leaves without a line, for which there may be no room: after a death it is shown again, but its
   * files make room now.
   */
  #makeRoom(): void {
    const leftSeq = this.#everybodyHas()
    const current = this.#current
    if (current && current.openNotes === 0 && leftOf(current, leftSeq) === current.records.length) {
      current.finish()
      this.#current = undefined
    }
    this.#leave(leftSeq)
  }

  /** From the oldest on, so that no note outlives the line that ends it. */
  #removeFree(): void {
    for (let [oldest] = this.#segments; oldest && oldest !== this.#current; [oldest] = this.#segments) {
      if (oldest.left < oldest.records.length || oldest.openNotes > 0) return
      this.#segments.shift()
      const held = this.#dead.findIndex(({ segments }) => segments.delete(oldest) && segments.size === 0)
      const [emptied] = held < 0 ? [] : this.#dead.splice(held, 1)
      // What is left over is removed by whoever takes the directory over: it takes nothing back of what was written.
      try {
        oldest.remove()
        emptied?.directory.remove()
      } catch {
        emptied?.directory.release()
      }
    }
  }

  #takeOver(dead: readonly JournalDirectory[]): void {
    const left = new Map<string, number>()
    for (const directory of dead) {
      const segments = directory.files().map((path) => {
        try {
          return Segment.read(path, (segment) => ({
            note: (id, json) => this.#note(id, json, segment),
            record: (id) => this.#endNote(id),
            left: (file, count) => left.set(file, count),
          }))
        } catch (error) {
          const reason = error instanceof Error ? error.message : String(error)
          throw new Error(`${path} cannot be read (${reason}): move it away to start without what it holds`, {
            cause: error,
          })
        }
      })
      this.#segments.push(...segments)
      if (segments.length > 0) this.#dead.push({ directory, segments: new Set(segments) })
    }
    // Only now that nothing can fail any more.
    for (const directory of dead) if (!this.#dead.some((each) => each.directory === directory)) directory.remove()
    for (const segment of this.#segments) {
      segment.forget(left.get(segment.name) ?? 0)
      segment.firstSeq = this.#lastSeq + 1
      this.#lastSeq += segment.records.length
      for (const { bytes } of segment.records) this.#bytes += bytes
    }
  }

  async #readFiles(seq: number, limit: number): Promise<JournalEntry[]> {
    const entries: JournalEntry[] = []
    for (const segment of [...this.#segments]) {
      const index = Math.max(0, seq - segment.firstSeq)
      if (index >= segment.records.length) continue
      const texts = await segment.texts(index, limit - entries.length)
      for (const [offset, json] of texts.entries()) entries.push({ seq: segment.firstSeq + index + offset, json })
      if (entries.length >= limit) break
    }
    return entries
  }

  #placeOf(sink: string): number {
    const place = this.#places.get(sink)
    if (place === undefined) throw new Error(`The journal has no sink named ${sink}`)
    return place
  }

  #everybodyHas(): number {
    let least = this.#lastSeq
    for (const place of this.#places.values()) if (place < least) least = place
    return least
  }

  #oldestAt(): number | null {
    if (this.#lastSeq === this.#leftSeq) return null
    for (const { records, left } of this.#segments) if (left < records.length) return records[left]?.at ?? null
    return null
  }

  /** A disk without room is full like a journal at its limit, until the next attempt may succeed. */
  #failing(): boolean {
    return this.#closed || this.#clock.monotonicMs() < this.#unwrittenAt + NEXT_ATTEMPT_MS
  }

  #requireOpen(): void {
    if (this.#closed) throw closed()
  }
}

/** How many of its records are up to `seq`. */
const leftOf = ({ firstSeq, records }: Segment, seq: number) =>
  Math.max(0, Math.min(records.length, seq - firstSeq + 1))

const SEGMENT_BYTES = 16 * 1024 * 1024
const FIRST_LINES_BYTES = 64 * 1024
/** Files that may wait for notes of long requests before those are written again. */
const MOST_HELD_BY_NOTES = 8
/** A few seconds of records at the rates one process reaches. */
const RECENT_BYTES = 16 * 1024 * 1024
const NEXT_ATTEMPT_MS = 1_000

const closed = (): Error => new Error('The journal is closed')

const unusable = (dir: string, reason: string, cause?: unknown): Error =>
  new Error(`Cannot keep a journal in ${dir}: ${reason}`, { cause })

function requireWritableDirectory(dir: string): void {
  if (!statSync(dir, { throwIfNoEntry: false })?.isDirectory()) throw unusable(dir, 'there is no such directory')
  try {
    accessSync(dir, constants.R_OK | constants.W_OK)
  } catch (cause) {
    throw unusable(dir, 'the directory cannot be written to', cause)
  }
  const [earlier] = readdirSync(dir).filter((file) => /^journal-.+\.db$/.test(file))
  if (earlier !== undefined)
    throw new Error(
      `${join(dir, earlier)} was written before the first release: move it away to start without what it holds`,
    )
}
