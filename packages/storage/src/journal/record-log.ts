import type { DatabaseSync } from 'node:sqlite'
import { joinTexts, splitTexts } from './text-sequence.ts'

/** Records that were written together. */
export type RecordRow = { readonly at: number; readonly count: number; readonly texts: string }

export type RecordCounts = {
  readonly lastSeq: number
  /** Everything up to here has left. */
  readonly leftSeq: number
  readonly bytes: number
  readonly oldestAt: number | null
}

/**
 * The records of one journal file: a queue of rows, each with all records of a moment. Records are numbered without
 * gaps and leave from the front; a row is removed when its last record has left.
 *
 * Inside a transaction of its owner. What is known of the file without asking it changes only when the function that
 * `keep` and `leave` answer is called: after the commit.
 */
export class RecordLog {
  readonly #sql: ReturnType<typeof prepare>
  #counts: RecordCounts

  constructor(db: DatabaseSync) {
    this.#sql = prepare(db)
    const found = this.#sql.counts.get()
    const leftSeq = Number(found?.['left_seq'])
    const bytes = Number(found?.['bytes'])
    this.#counts = {
      lastSeq: Math.max(leftSeq, Number(found?.['last_seq'])),
      leftSeq,
      bytes,
      oldestAt: this.#oldestAt(),
    }
  }

  counts(): RecordCounts {
    return this.#counts
  }

  /** Adds a row at the end. */
  keep({ at, count, texts }: RecordRow): () => void {
    const added = Buffer.byteLength(texts) - (count - 1)
    const lastSeq = this.#counts.lastSeq + count
    this.#sql.keep.run(lastSeq, at, added, texts)
    return () => {
      const { leftSeq, bytes, oldestAt } = this.#counts
      this.#counts = { lastSeq, leftSeq, bytes: bytes + added, oldestAt: oldestAt ?? at }
    }
  }

  /** Everybody has the records up to `seq`, as far as there are any. */
  leave(seq: number): () => void {
    const leftSeq = Math.min(seq, this.#counts.lastSeq)
    if (leftSeq <= this.#counts.leftSeq) return () => {}
    let removed = 0
    for (const { bytes } of this.#sql.remove.all(leftSeq)) removed += Number(bytes)
    this.#sql.leave.run(leftSeq)
    const oldestAt = this.#oldestAt()
    return () => {
      const { lastSeq, bytes } = this.#counts
      this.#counts = { lastSeq, leftSeq, bytes: bytes - removed, oldestAt }
    }
  }

  /** The row at the front. */
  oldest(): (RecordRow & { readonly lastSeq: number }) | undefined {
    const row = this.#sql.oldest.get()
    if (row === undefined) return undefined
    const lastSeq = Number(row['last_seq'])
    const unread = splitTexts(String(row['texts'])).slice(-(lastSeq - this.#counts.leftSeq))
    return { lastSeq, at: Number(row['at']), count: unread.length, texts: joinTexts(unread) }
  }

  /** The records after `seq`, at most `limit`. */
  read(seq: number, limit: number): { firstSeq: number; texts: string[] } {
    const from = Math.max(seq, this.#counts.leftSeq)
    const texts: string[] = []
    for (const row of this.#sql.read.iterate(from)) {
      const each = splitTexts(String(row['texts']))
      const before = Number(row['last_seq']) - each.length
      for (const text of before < from ? each.slice(from - before) : each) texts.push(text)
      if (texts.length >= limit) break
    }
    return { firstSeq: from + 1, texts: texts.slice(0, limit) }
  }

  #oldestAt(): number | null {
    const at = this.#sql.oldestAt.get()?.['at']
    return at === undefined ? null : Number(at)
  }
}

export const RECORD_SCHEMA = `
  CREATE TABLE records (last_seq INTEGER PRIMARY KEY, at REAL NOT NULL, bytes INTEGER NOT NULL, texts TEXT NOT NULL) STRICT;
  CREATE TABLE records_left (seq INTEGER NOT NULL) STRICT;
  INSERT INTO records_left VALUES (0);`

const prepare = (db: DatabaseSync) => ({
  counts: db.prepare(`
    SELECT (SELECT seq FROM records_left) AS left_seq, ifnull(max(last_seq), 0) AS last_seq, ifnull(sum(bytes), 0) AS bytes
    FROM records`),
  keep: db.prepare('INSERT INTO records (last_seq, at, bytes, texts) VALUES (?, ?, ?, ?)'),
  remove: db.prepare('DELETE FROM records WHERE last_seq <= ? RETURNING bytes'),
  leave: db.prepare('UPDATE records_left SET seq = ?'),
  oldest: db.prepare('SELECT last_seq, at, texts FROM records ORDER BY last_seq LIMIT 1'),
  oldestAt: db.prepare('SELECT at FROM records ORDER BY last_seq LIMIT 1'),
  read: db.prepare('SELECT last_seq, texts FROM records WHERE last_seq > ? ORDER BY last_seq'),
})
