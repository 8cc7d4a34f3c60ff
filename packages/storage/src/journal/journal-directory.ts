import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { v7 as uuidv7 } from 'uuid'
import { DirectoryInUse, type DirectoryLock, lockDirectory } from '../lock.ts'

/** The files of one process, living or dead, held by this one. */
export class JournalDirectory {
  readonly path: string
  readonly #lock: DirectoryLock

  constructor(path: string) {
    this.path = path
    this.#lock = lockDirectory(path)
  }

  /** Paths of its files, oldest first. */
  files(): string[] {
    return readdirSync(this.path)
      .filter((name) => /^\d+\.log$/.test(name))
      .sort()
      .map((name) => join(this.path, name))
  }

  /** The path of its file number `index`, so that the order of names is the order of numbers. */
  file(index: number): string {
    return join(this.path, `${String(index).padStart(9, '0')}.log`)
  }

  /** Gives it back, for the next process to take over. */
  release(): void {
    this.#lock.release()
  }

  /** Nothing in it is needed any more. */
  remove(): void {
    rmSync(this.path, { recursive: true, force: true })
    this.#lock.release()
  }
}

/** A new one for this process. Another that starts at the same time may take it for a dead one's: then it gets another. */
export function ownDirectory(parent: string): JournalDirectory {
  for (let attempt = 1; ; attempt++) {
    const path = join(parent, `journal-${uuidv7()}`)
    try {
      return new JournalDirectory(path)
    } catch (error) {
      if (!(error instanceof DirectoryInUse)) rmSync(path, { recursive: true, force: true })
      if (attempt === MOST_ATTEMPTS) throw error
    }
  }
}

const MOST_ATTEMPTS = 5

/** Those of processes that have died, oldest first; those of living ones are left alone. */
export function deadDirectories(parent: string): JournalDirectory[] {
  return readdirSync(parent, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name.startsWith('journal-'))
    .map(({ name }) => join(parent, name))
    .sort()
    .flatMap((path) => takeUnlessAlive(path) ?? [])
}

function takeUnlessAlive(path: string): JournalDirectory | undefined {
  for (let attempt = 1; ; attempt++) {
    try {
      return new JournalDirectory(path)
    } catch (error) {
      if (error instanceof DirectoryInUse) return undefined
      // Its owner may have removed it in this moment: then it is made again, empty.
      if (attempt === MOST_ATTEMPTS) throw error
    }
  }
}
