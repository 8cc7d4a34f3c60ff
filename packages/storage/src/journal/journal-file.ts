import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { NOTE_SCHEMA, NoteLog, type NoteRow } from './note-log.ts'
import { RECORD_SCHEMA, type RecordCounts, RecordLog } from './record-log.ts'

/** Operations that are written together or not at all. */
export type Group = {
  /** When it was handed over, milliseconds since the epoch. */
  readonly at: number
  readonly notes: NoteRow
  /** Joined texts, `recordCount` of them. */
  readonly records: string
  readonly recordCount: number
  readonly setAside: readonly { sink: string; seq: number; json: string; reason: string }[]
  /** Every sink has the records up to here. */
  readonly leftSeq: number
}

/** Where the file stands after a group. */
export type Counts = RecordCounts & { readonly setAside: number }

/**
 * Opens this process's file in `dir`, locked until the process dies or closes it.
 *
 * Continues the oldest file that a dead process left, and moves the contents of any others into it. Files of living
 * processes are left alone. Throws when the directory cannot be written to or a file in it cannot be read.
 * @param name of the new file, where there is none to continue
 */
export const openJournalFile = (dir: string, name: string): JournalFile => {
  const turn = awaitTurn(dir)
  try {
    const left = readdirSync(dir).filter((file) => /^journal-.+\.db$/.test(file))
    const dead = left.sort().flatMap((file) => lockUnlessAlive(join(dir, file)) ?? [])
    const [own = lockFile(createFile(join(dir, name))), ...others] = dead
    const file = new JournalFile(own)
    for (const other of others) file.adopt(other)
    return file
  } finally {
    turn.close()
  }
}

type LockedFile = { readonly path: string; readonly db: DatabaseSync }

/** The tables of one journal file and what is done with them, synchronously. */
export class JournalFile {
  readonly #path: string
  readonly #db: DatabaseSync
  readonly #sql: ReturnType<typeof prepare>
  readonly #notes: NoteLog
  readonly #records: RecordLog
  #setAside: number

  constructor({ path, db }: LockedFile) {
    if (versionOf({ path, db }) === 0) db.exec(SCHEMA)
    this.#path = path
    this.#db = db
    this.#sql = prepare(db)
    this.#notes = new NoteLog(db)
    this.#records = new RecordLog(db)
    this.#setAside = Number(this.#sql.countAside.get()?.['count'])
  }

  /** Writes all of it or, when it throws, nothing. */
  write({ at, notes, records, recordCount, setAside, leftSeq }: Group): void {
    this.#inTransaction(() => [
      this.#notes.keep(notes),
      ...(recordCount > 0 ? [this.#records.keep({ at, count: recordCount, texts: records })] : []),
      this.#keepAside(
        setAside.map(({ sink, seq, reason, json }) => [basename(this.#path), seq, sink, at, reason, json]),
      ),
      this.#records.leave(leftSeq),
    ])
  }

  /** The records after `seq`, at most `limit`, and the number of the first of them. */
  read(seq: number, limit: number): { firstSeq: number; texts: string[] } {
    return this.#records.read(seq, limit)
  }

  orphans(): string[] {
    return this.#notes.orphans()
  }

  counts(): Counts {
    return { ...this.#records.counts(), setAside: this.#setAside }
  }

  /** Moves what a dead process left into this file, each piece written here before it is removed there. */
  adopt({ path, db }: LockedFile): void {
    if (versionOf({ path, db }) > 0) {
      const records = new RecordLog(db)
      for (let row = records.oldest(); row !== undefined; row = records.oldest()) {
        const moved = row
        this.#inTransaction(() => [this.#records.keep(moved)])
        records.leave(moved.lastSeq)()
      }
      this.#inTransaction(() => [
        this.#notes.adopt(new NoteLog(db).open()),
        this.#keepAside(
          db.prepare('SELECT journal, seq, sink, at, reason, json FROM set_aside').all().map(Object.values),
        ),
      ])
    }
    db.close()
    removeFile(path)
  }

  /** Frees the lock. A file that holds nothing is removed. */
  close(): void {
    const { lastSeq, leftSeq } = this.#records.counts()
    const isEmpty = lastSeq === leftSeq && this.#notes.isEmpty() && this.#setAside === 0
    this.#db.close()
    if (isEmpty) removeFile(this.#path)
  }

  #keepAside(rows: readonly SQLInputValue[][]): () => void {
    let added = 0
    for (const row of rows) added += Number(this.#sql.keepAside.run(...row).changes)
    return () => {
      this.#setAside += added
    }
  }

  /** @param work writes, and answers what to do once that is in the file */
  #inTransaction(work: () => (() => void)[]): void {
    this.#sql.begin.run()
    let written: (() => void)[]
    try {
      written = work()
      this.#sql.commit.run()
    } catch (error) {
      if (this.#db.isTransaction) this.#sql.rollback.run()
      throw error
    }
    for (const each of written) each()
  }
}

const VERSION = 2

const SCHEMA = `
  BEGIN;
  ${NOTE_SCHEMA}
  ${RECORD_SCHEMA}
  CREATE TABLE set_aside (
    journal TEXT NOT NULL, seq INTEGER NOT NULL, sink TEXT NOT NULL,
    at REAL NOT NULL, reason TEXT NOT NULL, json TEXT NOT NULL,
    PRIMARY KEY (journal, seq, sink)
  ) STRICT;
  PRAGMA user_version = ${VERSION};
  COMMIT`

const prepare = (db: DatabaseSync) => ({
  begin: db.prepare('BEGIN'),
  commit: db.prepare('COMMIT'),
  rollback: db.prepare('ROLLBACK'),
  countAside: db.prepare('SELECT count(*) AS count FROM set_aside'),
  keepAside: db.prepare(
    'INSERT INTO set_aside (journal, seq, sink, at, reason, json) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
  ),
})

/** One process at a time opens, adopts and removes files, or one could remove what another has made but not locked. */
const awaitTurn = (dir: string): DatabaseSync => {
  const db = new DatabaseSync(join(dir, 'opening.lock'), { timeout: LONGEST_TURN_MS })
  try {
    db.exec('BEGIN EXCLUSIVE')
    return db
  } catch (error) {
    db.close()
    if (isBusy(error)) throw new Error('another process has been busy opening it for a minute', { cause: error })
    throw error
  }
}

const LONGEST_TURN_MS = 60_000

const lockUnlessAlive = (path: string): LockedFile | undefined => {
  try {
    return lockFile(path)
  } catch (error) {
    if (isBusy(error)) return undefined
    const reason = error instanceof Error ? error.message : String(error)
    throw new Error(`${path} cannot be read (${reason}): move it away to start without what it holds`, { cause: error })
  }
}

/** The lock is SQLite's own: held from the first statement on, because exclusive mode never gives it back. */
const lockFile = (path: string): LockedFile => {
  const db = new DatabaseSync(path)
  try {
    db.exec('PRAGMA page_size = 4096; PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL')
    db.exec(
      'PRAGMA synchronous = NORMAL; PRAGMA journal_size_limit = 16777216; PRAGMA wal_autocheckpoint = 2000; BEGIN IMMEDIATE; COMMIT',
    )
    return { path, db }
  } catch (error) {
    db.close()
    throw error
  }
}

/** For its owner's eyes: SQLite gives the files beside it the same permissions. */
const createFile = (path: string): string => {
  writeFileSync(path, '', { mode: 0o600 })
  return path
}

const isBusy = (error: unknown): boolean =>
  error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY

const SQLITE_BUSY = 5

/** 0 for a file whose process died before it had tables. */
const versionOf = ({ path, db }: LockedFile): number => {
  const version = Number(db.prepare('PRAGMA user_version').get()?.['user_version'])
  if (version > VERSION) throw new Error(`${path} was written by a newer release`)
  if (version > 0 && version < VERSION) throw new Error(`${path} was written before the first release: move it away`)
  return version
}

const removeFile = (path: string): void => {
  for (const suffix of ['-wal', '-shm', '']) rmSync(path + suffix, { force: true })
}
