import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

/** Salted hashes of passwords, as PHC strings: `$scrypt$ln=15,r=8,p=3$<salt>$<hash>`. One for a process. */
export type PasswordHasher = {
  /** Throws {@link HasherBusy} when too many wait already. */
  hash(password: string): Promise<string>
  /** Whether `hash` is of `password`; takes as long either way. Throws {@link HasherBusy} like {@link hash}. */
  verify(password: string, hash: string): Promise<boolean>
}

/** More passwords wait to be hashed than may. */
export class HasherBusy extends Error {
  override readonly name = 'HasherBusy'
}

export type HasherOptions = {
  /** How many are hashed at a time: each takes 32 MiB and a thread that files are written with as well. */
  readonly atOnce?: number
  /** How many more may wait. */
  readonly waiting?: number
  readonly derive?: (password: string, salt: Buffer, bytes: number, options: ScryptOptions) => Promise<Buffer>
}

/** Scrypt off the event loop, with a cost of https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html */
export function createPasswordHasher(options: HasherOptions = {}): PasswordHasher {
  const { atOnce = 2, waiting = 32, derive = promisify(scrypt) as NonNullable<HasherOptions['derive']> } = options
  const places = new Places(atOnce, waiting)
  // The same text must be the same bytes, however the keyboard composed it.
  const derived = (password: string, { cost, salt, bytes }: Pick<Parsed, 'cost' | 'salt'> & { bytes: number }) =>
    places.run(() => derive(password.normalize('NFKC'), salt, bytes, { ...cost, maxmem: 2 * 128 * cost.N * cost.r }))
  return {
    hash: async (password) => {
      const salt = randomBytes(SALT_BYTES)
      return format({ cost: COST, salt, hash: await derived(password, { cost: COST, salt, bytes: HASH_BYTES }) })
    },
    verify: async (password, text) => {
      const { cost, salt, hash } = parse(text)
      return timingSafeEqual(await derived(password, { cost, salt, bytes: hash.length }), hash)
    },
  }
}

type Cost = { readonly N: number; readonly r: number; readonly p: number }
type Parsed = { readonly cost: Cost; readonly salt: Buffer; readonly hash: Buffer }

const COST: Cost = { N: 2 ** 15, r: 8, p: 3 }
const SALT_BYTES = 16
const HASH_BYTES = 32

const base64 = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '')

const format = ({ cost: { N, r, p }, salt, hash }: Parsed) =>
  `$scrypt$ln=${Math.log2(N)},r=${r},p=${p}$${base64(salt)}$${base64(hash)}`

const PHC = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/

function parse(text: string): Parsed {
  const [, ln, r, p, salt, hash] = PHC.exec(text) ?? []
  if (salt === undefined || hash === undefined) throw new Error('A stored password hash is not one that can be read')
  return {
    cost: { N: 2 ** Number(ln), r: Number(r), p: Number(p) },
    salt: Buffer.from(salt, 'base64'),
    hash: Buffer.from(hash, 'base64'),
  }
}

/** Runs so many at once; the others wait in the order they came. */
class Places {
  #free: number
  readonly #mostWaiting: number
  readonly #waiting: (() => void)[] = []

  constructor(atOnce: number, mostWaiting: number) {
    this.#free = atOnce
    this.#mostWaiting = mostWaiting
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--
    else if (this.#waiting.length < this.#mostWaiting) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    else throw new HasherBusy('Too many passwords wait to be hashed')
    try {
      return await work()
    } finally {
      const next = this.#waiting.shift()
      if (next) next()
      else this.#free++
    }
  }
}
