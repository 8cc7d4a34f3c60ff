import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'

/** Operations that are written together or not at all. Flat lists: many small objects cost more to hand to a thread. */
export type Group = {
  /** When it was handed over, milliseconds since the epoch. */
  at: number
  /** id, json, id, json … */
  notes: string[]
  /** id, json, id, json … */
  records: string[]
  setAside: { sink: string; seq: number; json: string; reason: string }[]
  acknowledged: { sink: string; seq: number }[]
}

/** Where the file stands after a group. */
export type Counts = {
  readonly lastSeq: number
  /** By sink: it has everything up to here. */
  readonly acknowledged: ReadonlyMap<string, number>
  readonly depth: number
  readonly bytes: number
  readonly oldestAt: number | null
  readonly setAside: number
}

/**
 * Opens this process's file in `dir`, locked until the process dies or closes it.
 *
 * Continues the oldest file that a dead process left, and moves the contents of any others into it. Files of living
 * processes are left alone. Throws when the directory cannot be written to or a file in it cannot be read.
 * @param name of the new file, where there is none to continue
 */
export const openJournalFile = (dir: string, name: string, sinks: readonly string[]): JournalFile => {
  const turn = awaitTurn(dir)
  try {
    const left = readdirSync(dir).filter((file) => /^journal-.+\.db$/.test(file))
    const dead = left.sort().flatMap((file) => lockUnlessAlive(join(dir, file)) ?? [])
    const [own = lockFile(createFile(join(dir, name))), ...others] = dead
    const file = new JournalFile(own, sinks)
    for (const other of others) file.adopt(other)
    return file
  } finally {
    turn.close()
  }
}

type LockedFile = { readonly path: string; readonly db: DatabaseSync }

/** What is known of the file without asking it. Record numbers have no gaps: records only leave from the front. */
type State = {
  lastSeq: number
  bytes: number
  setAside: number
  /** By sink: it has everything up to here. Not kept in the file: after a death every sink sees everything again. */
  acknowledged: Map<string, number>
}

/** The tables of one journal file and what is done with them, synchronously. */
export class JournalFile {
  readonly #path: string
  readonly #db: DatabaseSync
  readonly #sql: ReturnType<typeof prepare>
  #state: State

  constructor({ path, db }: LockedFile, sinks: readonly string[]) {
    if (versionOf({ path, db }) === 0) db.exec(SCHEMA)
    db.exec('UPDATE note SET orphaned = 1')
    this.#path = path
    this.#db = db
    this.#sql = prepare(db)
    const firstSeq = integer(db, 'SELECT min(seq) FROM record')
    const lastSeq = integer(db, 'SELECT max(seq) FROM (SELECT seq FROM record UNION ALL SELECT seq FROM set_aside)')
    this.#state = {
      lastSeq,
      bytes: integer(db, 'SELECT sum(octet_length(json)) FROM record'),
      setAside: integer(db, 'SELECT count(*) FROM set_aside'),
      acknowledged: new Map(sinks.map((sink) => [sink, firstSeq === 0 ? lastSeq : firstSeq - 1])),
    }
  }

  /** Writes all of it or, when it throws, nothing. */
  write(group: Group): void {
    this.#inTransaction((state) => {
      for (let i = 0; i < group.notes.length; i += 2) {
        this.#sql.keepNote.run(group.notes[i] ?? null, group.notes[i + 1] ?? null, 0)
      }
      for (let i = 0; i < group.records.length; i += 2) {
        this.#keepRecord(state, group.at, group.records[i + 1] ?? null)
        this.#sql.endNote.run(group.records[i] ?? null)
      }
      for (const { sink, seq, json, reason } of group.setAside) {
        this.#keepAside(state, [basename(this.#path), seq, sink, group.at, reason, json])
      }
      for (const { sink, seq } of group.acknowledged) {
        state.acknowledged.set(sink, Math.max(state.acknowledged.get(sink) ?? 0, Math.min(seq, state.lastSeq)))
      }
      this.#forget(state)
    })
  }

  /** The oldest records that `sink` has not acknowledged, and the number of the first of them. */
  read(sink: string, limit: number): { firstSeq: number; records: string[] } {
    const acknowledged = this.#state.acknowledged.get(sink) ?? 0
    const rows = this.#sql.read.all(acknowledged, limit)
    return { firstSeq: acknowledged + 1, records: rows.map(({ json }) => String(json)) }
  }

  orphans(): string[] {
    return this.#sql.orphans.all().map(({ json }) => String(json))
  }

  counts(): Counts {
    const { lastSeq, bytes, setAside, acknowledged } = this.#state
    const at = this.#sql.oldest.get()?.at
    return {
      lastSeq,
      acknowledged,
      depth: lastSeq - Math.min(lastSeq, ...acknowledged.values()),
      bytes,
      oldestAt: at === undefined ? null : Number(at),
      setAside,
    }
  }

  /** Moves what a dead process left into this file, each piece written here before it is removed there. */
  adopt({ path, db }: LockedFile): void {
    if (versionOf({ path, db }) > 0) {
      const oldest = db.prepare('SELECT seq, at, json FROM record ORDER BY seq LIMIT 500')
      const remove = db.prepare('DELETE FROM record WHERE seq <= ?')
      for (let rows = oldest.all(); rows.length > 0; rows = oldest.all()) {
        this.#inTransaction((state) => {
          for (const { at, json } of rows) this.#keepRecord(state, at ?? null, json ?? null)
        })
        remove.run(rows.at(-1)?.seq ?? null)
      }
      this.#inTransaction((state) => {
        for (const { id, json } of db.prepare('SELECT id, json FROM note ORDER BY rowid').all()) {
          this.#sql.keepNote.run(id ?? null, json ?? null, 1)
        }
        for (const row of db.prepare('SELECT journal, seq, sink, at, reason, json FROM set_aside').all()) {
          this.#keepAside(state, Object.values(row))
        }
      })
    }
    db.close()
    removeFile(path)
  }

  /** Frees the lock. A file that holds nothing is removed. */
  close(): void {
    const empty = integer(this.#db, HELD) === 0
    this.#db.close()
    if (empty) removeFile(this.#path)
  }

  #keepRecord(state: State, at: SQLInputValue, json: SQLInputValue): void {
    state.lastSeq += 1
    this.#sql.keepRecord.run(state.lastSeq, at, json)
    state.bytes += Buffer.byteLength(String(json))
  }

  #keepAside(state: State, row: SQLInputValue[]): void {
    state.setAside += Number(this.#sql.keepAside.run(...row).changes)
  }

  /** Removes the records that every sink has. */
  #forget(state: State): void {
    const upTo = Math.min(...state.acknowledged.values())
    if (upTo === Math.min(...this.#state.acknowledged.values())) return
    state.bytes -= Number(this.#sql.sizeUpTo.get(upTo)?.bytes)
    this.#sql.removeUpTo.run(upTo)
  }

  #inTransaction(work: (state: State) => void): void {
    const state = { ...this.#state, acknowledged: new Map(this.#state.acknowledged) }
    this.#sql.begin.run()
    try {
      work(state)
      this.#sql.commit.run()
    } catch (error) {
      if (this.#db.isTransaction) this.#sql.rollback.run()
      throw error
    }
    this.#state = state
  }
}

const VERSION = 1

const SCHEMA = `
  BEGIN;
  CREATE TABLE note (id TEXT PRIMARY KEY, json TEXT NOT NULL, orphaned INTEGER NOT NULL) STRICT;
  CREATE TABLE record (seq INTEGER PRIMARY KEY, at REAL NOT NULL, json TEXT NOT NULL) STRICT;
  CREATE TABLE set_aside (
    journal TEXT NOT NULL, seq INTEGER NOT NULL, sink TEXT NOT NULL,
    at REAL NOT NULL, reason TEXT NOT NULL, json TEXT NOT NULL,
    PRIMARY KEY (journal, seq, sink)
  ) STRICT;
  PRAGMA user_version = ${VERSION};
  COMMIT`

const HELD = 'SELECT (SELECT count(*) FROM note) + (SELECT count(*) FROM record) + (SELECT count(*) FROM set_aside)'

const prepare = (db: DatabaseSync) => ({
  begin: db.prepare('BEGIN'),
  commit: db.prepare('COMMIT'),
  rollback: db.prepare('ROLLBACK'),
  keepNote: db.prepare(
    'INSERT INTO note (id, json, orphaned) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET json = excluded.json',
  ),
  endNote: db.prepare('DELETE FROM note WHERE id = ?'),
  orphans: db.prepare('SELECT json FROM note WHERE orphaned = 1 ORDER BY rowid'),
  keepRecord: db.prepare('INSERT INTO record (seq, at, json) VALUES (?, ?, ?)'),
  read: db.prepare('SELECT json FROM record WHERE seq > ? ORDER BY seq LIMIT ?'),
  oldest: db.prepare('SELECT at FROM record ORDER BY seq LIMIT 1'),
  sizeUpTo: db.prepare('SELECT total(octet_length(json)) AS bytes FROM record WHERE seq <= ?'),
  removeUpTo: db.prepare('DELETE FROM record WHERE seq <= ?'),
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
    db.exec('PRAGMA page_size = 8192; PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL')
    db.exec('PRAGMA synchronous = NORMAL; PRAGMA journal_size_limit = 16777216; BEGIN IMMEDIATE; COMMIT')
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
  const version = integer(db, 'PRAGMA user_version')
  if (version > VERSION) throw new Error(`${path} was written by a newer release`)
  return version
}

const integer = (db: DatabaseSync, sql: string): number => Number(Object.values(db.prepare(sql).get() ?? {})[0] ?? 0)

const removeFile = (path: string): void => {
  for (const suffix of ['-wal', '-shm', '']) rmSync(path + suffix, { force: true })
}
