import { randomBytes } from 'node:crypto'
import {
  closeSync,
  fstatSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { v7 as uuidv7 } from 'uuid'
import { lockDirectory } from '../lock.ts'

export type VaultKey = { readonly id: string; readonly key: Uint8Array }

/** The file of the vault's keys can't be used; the message says why and names the file. */
export class KeyFileError extends Error {
  override readonly name = 'KeyFileError'
}

/** Keys in a JSON file, the last one active. Other processes may add to it: it is read again for a key not known yet. */
export class KeyFile {
  readonly #path: string
  #keys: readonly VaultKey[]

  private constructor(path: string, keys: readonly VaultKey[]) {
    this.#path = path
    this.#keys = keys
  }

  /** Made with a first key where there is none, for its owner only. Throws when others can read it. */
  static open(path: string): KeyFile {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    return new KeyFile(path, readIfThere(path) ?? create(path))
  }

  get active(): VaultKey {
    const last = this.#keys.at(-1)
    if (!last) throw new KeyFileError(`The key file ${this.#path} holds no key`)
    return last
  }

  find(id: string): Uint8Array | undefined {
    const known = () => this.#keys.find((entry) => entry.id === id)?.key
    if (!known()) this.#reload()
    return known()
  }

  /** Throws when another process is adding one. */
  add(): VaultKey {
    // Of two that replace the file at once, one would lose its key and all that it sealed.
    const lock = lockDirectory(`${this.#path}.lock`)
    try {
      this.#reload()
      const keys = [...this.#keys, newKey()]
      renameSync(writeTemporary(this.#path, keys), this.#path)
      syncDirectory(this.#path)
      this.#keys = keys
      return this.active
    } finally {
      lock.release()
    }
  }

  #reload(): void {
    this.#keys = readIfThere(this.#path) ?? this.#keys
  }
}

const KEY_BYTES = 32
const OTHERS = 0o077

const newKey = (): VaultKey => ({ id: uuidv7(), key: randomBytes(KEY_BYTES) })

/** Of several processes that start together, one makes the file and the others read it. */
function create(path: string): readonly VaultKey[] {
  const temporary = writeTemporary(path, [newKey()])
  try {
    linkSync(temporary, path)
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error
  } finally {
    rmSync(temporary)
  }
  syncDirectory(path)
  return readIfThere(path) ?? []
}

function readIfThere(path: string): readonly VaultKey[] | undefined {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined
    throw error
  }
  try {
    if (process.platform !== 'win32' && fstatSync(file).mode & OTHERS) {
      throw new KeyFileError(`The key file ${path} can be read by others: make it its owner's alone (chmod 600)`)
    }
    return parse(path, readFileSync(file, 'utf8'))
  } finally {
    closeSync(file)
  }
}

function parse(path: string, text: string): readonly VaultKey[] {
  try {
    const { keys }: { keys: { id: string; key: string }[] } = JSON.parse(text)
    const decoded = keys.map(({ id, key }) => ({ id, key: Buffer.from(key, 'base64') }))
    if (decoded.length > 0 && decoded.every(({ id, key }) => typeof id === 'string' && key.length === KEY_BYTES))
      return decoded
  } catch {
    // Its text may hold keys, so the parser's own message must not get out.
  }
  throw new KeyFileError(`The key file ${path} is damaged: restore it from a backup`)
}

function writeTemporary(path: string, keys: readonly VaultKey[]): string {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`
  const text = JSON.stringify({ keys: keys.map(({ id, key }) => ({ id, key: Buffer.from(key).toString('base64') })) })
  const file = openSync(temporary, 'wx', 0o600)
  try {
    writeFileSync(file, `${text}\n`)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  return temporary
}

function syncDirectory(path: string): void {
  if (process.platform === 'win32') return
  const directory = openSync(dirname(path), 'r')
  try {
    fsyncSync(directory)
  } finally {
    closeSync(directory)
  }
}

const hasCode = (error: unknown, code: string) => error instanceof Error && 'code' in error && error.code === code
