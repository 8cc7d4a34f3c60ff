import { closeSync, ftruncateSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { type LineReader, readLines } from './journal-lines.ts'

/** Where a record is in its file, and when it was written. */
export type RecordPlace = { readonly at: number; readonly start: number; readonly bytes: number }

/** One file of a journal: written at its end, read anywhere, removed as a whole when nobody needs it any more. */
export class Segment {
  readonly #path: string
  /** How lines speak of it. */
  readonly name: string
  /** But for those that had left before this process read it. */
  readonly records: RecordPlace[] = []
  /** The number of `records[0]` in the journal that holds it. */
  firstSeq: number
  /** So many of `records`, from the first on, every sink has. */
  left = 0
  /** Notes in it that have neither ended nor been written again. */
  openNotes = 0
  /** Bytes that are whole. */
  length = 0
  /** Records before `records[0]`. */
  #gone = 0
  #file: number | undefined

  private constructor(path: string, firstSeq: number) {
    this.#path = path
    this.name = join(basename(dirname(path)), basename(path))
    this.firstSeq = firstSeq
  }

  /** A new file. Throws when there is no room for one. */
  static create(path: string, firstSeq: number): Segment {
    const segment = new Segment(path, firstSeq)
    segment.#file = openSync(path, 'wx', 0o600)
    try {
      segment.append(HEADER)
    } catch (error) {
      segment.remove()
      throw error
    }
    return segment
  }

  /**
   * A file that a dead process left, to be read only.
   * @param reader told of its lines; a record is in `records` when it is told of one. Throws what is wrong with the file
   */
  static read(path: string, reader: (segment: Segment) => Omit<LineReader, 'time'>): Segment {
    const segment = new Segment(path, 0)
    const told = reader(segment)
    const file = readFileSync(path)
    segment.length = file.length
    // Its process died before it had written anything.
    if (HEADER.subarray(0, file.length).equals(file)) return segment
    if (!file.subarray(0, HEADER.length).equals(HEADER)) throw new Error('it is not of this release')
    let at = 0
    readLines(file, HEADER.length, {
      ...told,
      time: (ms) => {
        at = ms
      },
      record: (id, start, bytes) => {
        segment.records.push({ at, start, bytes })
        told.record(id, start, bytes)
      },
    })
    return segment
  }

  /** Of all of its records, so many have left: how lines count them. */
  get leftOfAll(): number {
    return this.#gone + this.left
  }

  /** These have left before this process came. */
  forget(count: number): void {
    this.#gone = this.records.splice(0, count).length
  }

  /** Writes all of it or, when it throws, nothing. It survives the process once this returns. */
  append(bytes: Buffer): void {
    const file = this.#file
    if (file === undefined) throw new Error('The segment is closed')
    try {
      for (let written = 0; written < bytes.length; )
        written += writeSync(file, bytes, written, bytes.length - written, this.length + written)
    } catch (error) {
      // What comes next must not begin in the middle of a line.
      ftruncateSync(file, this.length)
      throw error
    }
    this.length += bytes.length
  }

  /** The texts of `count` records from the one at `index` on, in memory that they share. */
  async texts(index: number, count: number): Promise<Buffer[]> {
    const places = this.records.slice(index, index + count)
    const [first] = places
    const last = places.at(-1)
    if (!first || !last) return []
    const file = await open(this.#path)
    try {
      const bytes = Buffer.allocUnsafe(last.start + last.bytes - first.start)
      const { bytesRead } = await file.read(bytes, 0, bytes.length, first.start)
      if (bytesRead < bytes.length) throw new Error(`${this.#path} has lost its end`)
      return textsIn(bytes, first.start, places)
    } finally {
      await file.close()
    }
  }

  /** Nothing is written to it any more. */
  finish(): void {
    if (this.#file !== undefined) closeSync(this.#file)
    this.#file = undefined
  }

  remove(): void {
    this.finish()
    rmSync(this.#path, { force: true })
  }
}

/** What is at `places` of a file, of which `bytes` are those from `from` on. */
export const textsIn = (bytes: Buffer, from: number, places: readonly RecordPlace[]): Buffer[] =>
  places.map(({ start, bytes: size }) => bytes.subarray(start - from, start - from + size))

const HEADER = Buffer.from('vm-x-ai journal 1\n')
