import type { DatabaseSync } from 'node:sqlite'
import { joinTexts, splitTexts } from './text-sequence.ts'

/** Notes of one moment, and the exchanges that ended in it. Each list is joined; an empty one is an empty text. */
export type NoteRow = { readonly ids: string; readonly texts: string; readonly endedIds: string }

/**
 * The notes of one journal file: a queue of rows, each with all notes and all ends of a moment. Rows leave from the
 * front, once none of their notes is open: so no note is left without the row that says it has ended. Notes that stay
 * open move from the front to the end when too many that have ended wait behind them.
 *
 * Inside a transaction of its owner. What is known of the file without asking it changes only when the function that
 * `keep` answers is called: after the commit.
 */
export class NoteLog {
  readonly #sql: ReturnType<typeof prepare>
  /** Oldest first. */
  readonly #rows: Row[] = []
  /** In all rows, open or not. */
  #noteCount = 0
  #lastSeq = 0
  /** By exchange: where its latest note is. */
  readonly #open = new Map<string, Row>()
  readonly #orphans: Set<string>

  constructor(db: DatabaseSync) {
    this.#sql = prepare(db)
    for (const row of this.#sql.all.iterate()) {
      this.#append(Number(row['seq']), split(String(row['ids'])), split(String(row['ended_ids'])))
    }
    this.#orphans = new Set(this.#open.keys())
  }

  isEmpty(): boolean {
    return this.#open.size === 0
  }

  /** Adds a row at the end, and removes from the front what has ended. */
  keep(added: NoteRow): () => void {
    const endedRows = this.#rows.findIndex(({ openCount }) => openCount > 0)
    const front = this.#rows[endedRows]
    const carried = front !== undefined && this.#isCrowded() ? this.#openIn(front) : NONE
    const leaving = endedRows === -1 ? this.#rows.length : carried.size > 0 ? endedRows + 1 : endedRows
    const last = this.#rows[leaving - 1]
    if (last !== undefined) this.#sql.remove.run(last.seq)

    const seq = this.#lastSeq + 1
    const { ids, texts, endedIds } = carried.size > 0 ? behind(carried, added) : added
    if (ids !== '' || endedIds !== '') this.#sql.keep.run(seq, ids, texts, endedIds)
    return () => {
      for (const { noteCount } of this.#rows.splice(0, leaving)) this.#noteCount -= noteCount
      this.#append(seq, split(ids), split(endedIds))
    }
  }

  /** Adds notes of a dead process, which are to be ended. */
  adopt(notes: ReadonlyMap<string, string>): () => void {
    const keep = this.keep(behind(notes, { ids: '', texts: '', endedIds: '' }))
    return () => {
      keep()
      for (const id of notes.keys()) this.#orphans.add(id)
    }
  }

  /** Open notes by exchange, the oldest first. */
  open(): Map<string, string> {
    const open = new Map<string, string>()
    for (const row of this.#rows) if (row.openCount > 0) for (const [id, text] of this.#openIn(row)) open.set(id, text)
    return open
  }

  /** Open notes of dead processes, the oldest first. */
  orphans(): string[] {
    for (const id of this.#orphans) if (!this.#open.has(id)) this.#orphans.delete(id)
    if (this.#orphans.size === 0) return []
    return [...this.open()].filter(([id]) => this.#orphans.has(id)).map(([, text]) => text)
  }

  #append(seq: number, ids: readonly string[], endedIds: readonly string[]): void {
    this.#lastSeq = seq
    if (ids.length === 0 && endedIds.length === 0) return
    const row: Row = { seq, noteCount: ids.length, openCount: 0 }
    this.#rows.push(row)
    this.#noteCount += ids.length
    for (const id of ids) {
      this.#end(id)
      this.#open.set(id, row)
      row.openCount += 1
    }
    for (const id of endedIds) this.#end(id)
  }

  #end(id: string): void {
    const row = this.#open.get(id)
    if (row === undefined) return
    row.openCount -= 1
    this.#open.delete(id)
  }

  #isCrowded(): boolean {
    return this.#noteCount > SPARE_NOTES + 2 * this.#open.size
  }

  #openIn(row: Row): Map<string, string> {
    const found = this.#sql.one.get(row.seq)
    const texts = splitTexts(String(found?.['texts']))
    const open = new Map<string, string>()
    split(String(found?.['ids'])).forEach((id, index) => {
      if (this.#open.get(id) === row) open.set(id, texts[index] ?? '')
    })
    return open
  }
}

type Row = { readonly seq: number; readonly noteCount: number; openCount: number }

/** Notes that may wait to be removed, some megabytes of them, before any is moved. */
const SPARE_NOTES = 4096

const NONE: ReadonlyMap<string, string> = new Map()

const split = (joined: string): string[] => (joined === '' ? [] : splitTexts(joined))

/** The row `added`, with older notes before its own. */
const behind = (older: ReadonlyMap<string, string>, { ids, texts, endedIds }: NoteRow): NoteRow => ({
  ids: joinTexts(ids === '' ? [...older.keys()] : [...older.keys(), ids]),
  texts: joinTexts(ids === '' ? [...older.values()] : [...older.values(), texts]),
  endedIds,
})

export const NOTE_SCHEMA = `
  CREATE TABLE notes (seq INTEGER PRIMARY KEY, ids TEXT NOT NULL, texts TEXT NOT NULL, ended_ids TEXT NOT NULL) STRICT;`

const prepare = (db: DatabaseSync) => ({
  all: db.prepare('SELECT seq, ids, ended_ids FROM notes ORDER BY seq'),
  one: db.prepare('SELECT ids, texts FROM notes WHERE seq = ?'),
  keep: db.prepare('INSERT INTO notes (seq, ids, texts, ended_ids) VALUES (?, ?, ?, ?)'),
  remove: db.prepare('DELETE FROM notes WHERE seq <= ?'),
})
