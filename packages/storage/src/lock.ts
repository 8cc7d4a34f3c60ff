import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** Held until `release` or the end of the process, however it ends. */
export type DirectoryLock = { release(): void }

/** Another process, or another part of this one, uses the directory. */
export class DirectoryInUse extends Error {
  override readonly name = 'DirectoryInUse'

  constructor(directory: string) {
    super(`The directory ${directory} is in use by another process: stop it, or choose another directory`)
  }
}

/**
 * Takes `directory` for this process alone, creating it (for its owner only) where it is missing. The kernel frees
 * the lock when the process dies, so nothing is ever left to clean up. Throws {@link DirectoryInUse} at once when it
 * is taken.
 */
export function lockDirectory(directory: string): DirectoryLock {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const database = new DatabaseSync(join(directory, 'lock.db'))
  try {
    // Node has no file lock of its own; an open exclusive transaction of SQLite is one.
    database.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    database.close()
    throw isBusy(error) ? new DirectoryInUse(directory) : error
  }
  held.add(database)
  return {
    release: () => {
      if (held.delete(database)) database.close()
    },
  }
}

/** A lock whose holder nobody references any more must not be collected, and so freed, before its process ends. */
const held = new Set<DatabaseSync>()

const SQLITE_BUSY = 5

const isBusy = (error: unknown) => error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY
