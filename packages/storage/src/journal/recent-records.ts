import type { JournalEntry } from '@vm-x/gateway'

/**
 * The newest records, still in memory: readers that keep up are answered from here and cost the disk nothing.
 *
 * Holds at most about `maxBytes`; what falls out is read from the file.
 */
export class RecentRecords {
  readonly #maxBytes: number
  /** Without gaps, oldest first. */
  #entries: JournalEntry[] = []
  #bytes = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  add(entry: JournalEntry): void {
    this.#entries.push(entry)
    this.#bytes += entry.json.length
    if (this.#bytes > this.#maxBytes) this.#drop(Math.ceil(this.#entries.length / 2))
  }

  /** Everybody has these. */
  forget(upTo: number): void {
    this.#drop(Math.min(upTo - this.#firstSeq() + 1, this.#entries.length))
  }

  /** Records from `seq` on, or nothing when the first of them is no longer (or was never) here. */
  from(seq: number, limit: number): readonly JournalEntry[] | undefined {
    const start = seq - this.#firstSeq()
    return start < 0 || start >= this.#entries.length ? undefined : this.#entries.slice(start, start + limit)
  }

  #firstSeq(): number {
    return this.#entries[0]?.seq ?? Number.POSITIVE_INFINITY
  }

  #drop(count: number): void {
    if (count <= 0) return
    for (const { json } of this.#entries.splice(0, count)) this.#bytes -= json.length
  }
}
