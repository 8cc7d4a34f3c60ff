import type { JournalEntry } from '@vm-x/gateway'
import { type RecordPlace, textsIn } from './segment.ts'

/**
 * The newest records, still in memory: readers that keep up are answered from here and cost the disk nothing.
 *
 * They are copied into slabs, of `maxBytes` in all, that are written to again once everybody has what is in them: what
 * waits for a store would else be moved by the collector, and new memory for each write costs more than the copy. What
 * does not fit is read from the file.
 */
export class RecentRecords {
  readonly #maxBytes: number
  readonly #slabBytes: number
  /** Without gaps, oldest first; the last one is written to. */
  readonly #slabs: Slab[] = []
  readonly #free: Buffer[] = []
  /** Of all slabs, also of the free ones. */
  #bytes = 0

  constructor(maxBytes: number, slabBytes = maxBytes / 16) {
    this.#maxBytes = maxBytes
    this.#slabBytes = slabBytes
  }

  /**
   * Copies the records of one write.
   * @param places in the file, of the records from `firstSeq` on; at least one
   * @param written what the file has from `from` on
   */
  add(firstSeq: number, places: readonly RecordPlace[], written: Buffer, from: number): void {
    const [first] = places
    const last = places.at(-1)
    if (!first || !last) return
    const end = last.start + last.bytes
    const slab = this.#slabFor(end - first.start, firstSeq)
    slab.groups.push({ firstSeq, places, from: first.start - slab.used })
    slab.used += written.copy(slab.bytes, slab.used, first.start - from, end - from)
    slab.endSeq = firstSeq + places.length
    if (this.#bytes > this.#maxBytes) this.#makeRoom()
  }

  /** Everybody has these, and reads them no more. */
  forget(upTo: number): void {
    for (let [oldest] = this.#slabs; oldest && oldest.endSeq <= upTo + 1; [oldest] = this.#slabs) {
      this.#slabs.shift()
      if (oldest.bytes.length <= this.#slabBytes) this.#free.push(oldest.bytes)
      else this.#bytes -= oldest.bytes.length
    }
  }

  /**
   * Records from `seq` on, or nothing when the first of them is no longer (or was never) here. Their texts are in the
   * slabs: valid until they are forgotten.
   */
  from(seq: number, limit: number): readonly JournalEntry[] | undefined {
    if (seq < (this.#slabs[0]?.firstSeq ?? seq + 1) || seq >= (this.#slabs.at(-1)?.endSeq ?? 0)) return undefined
    const entries: JournalEntry[] = []
    for (const { bytes, groups, endSeq } of this.#slabs) {
      if (endSeq <= seq) continue
      for (const { firstSeq, places, from } of groups) {
        const skipped = Math.max(0, seq - firstSeq)
        const texts = textsIn(bytes, from, places.slice(skipped, skipped + limit - entries.length))
        for (const [offset, json] of texts.entries()) entries.push({ seq: firstSeq + skipped + offset, json })
        if (entries.length === limit) return entries
      }
    }
    return entries
  }

  /** What is too large for any slab has one of its own. */
  #slabFor(size: number, firstSeq: number): Slab {
    const current = this.#slabs.at(-1)
    if (current && current.used + size <= current.bytes.length) return current
    const free = size <= this.#slabBytes ? this.#free.pop() : undefined
    const slab = { bytes: free ?? this.#allocate(size), used: 0, groups: [], firstSeq, endSeq: firstSeq }
    this.#slabs.push(slab)
    return slab
  }

  #allocate(size: number): Buffer {
    // Not from Node's pool: a part of that would hold more than is counted here.
    const bytes = Buffer.allocUnsafeSlow(Math.max(size, this.#slabBytes))
    this.#bytes += bytes.length
    return bytes
  }

  /** By half, so that it is seldom needed. Readers may still be at what is dropped: it is not written to again. */
  #makeRoom(): void {
    for (const { length } of this.#free.splice(0)) this.#bytes -= length
    while (this.#bytes > this.#maxBytes / 2) this.#bytes -= this.#slabs.shift()?.bytes.length ?? this.#bytes
  }
}

type Slab = {
  readonly bytes: Buffer
  used: number
  readonly groups: Group[]
  readonly firstSeq: number
  /** The number after its last one. */
  endSeq: number
}

/** Records that were written together. `from`: where in the file their slab would begin. */
type Group = { readonly firstSeq: number; readonly places: readonly RecordPlace[]; readonly from: number }
