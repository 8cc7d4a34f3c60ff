import type { ApiKeyEntry, Catalog } from '../catalog/catalog.ts'
import type { Clock } from '../clock.ts'
import { GatewayError } from '../errors.ts'
import { hashApiKey, parseApiKey } from './api-key.ts'

/** Who a request comes from, and what it may use. */
export type Principal = ApiKeyEntry

type Headers = Readonly<Record<string, string | string[] | undefined>>

/** Turns the credential of a request into a principal. Keys live in memory once seen; misses are remembered for a while. */
export class Authenticator {
  readonly #catalog: Catalog
  readonly #clock: Clock
  readonly #known = new Map<string, Principal>()
  readonly #misses = new Map<string, number>()
  readonly #loading = new Map<string, Promise<Principal>>()
  #generation = 0

  constructor(catalog: Catalog, clock: Clock) {
    this.#catalog = catalog
    this.#clock = clock
  }

  /**
   * Answers at once for a key in memory, else a promise. Throws `invalid_api_key` for what is no usable key, and
   * `unavailable` when the catalog can't be asked: that is never the client's fault.
   */
  authenticate(headers: Headers): Principal | Promise<Principal> {
    const value = credential(headers)
    if (value === undefined)
      throw new GatewayError('invalid_api_key', 'No API key was given: send it as `Authorization: Bearer <key>`')
    // First what every request of a known key needs, and nothing else.
    const hash = hashApiKey(value)
    const known = this.#known.get(hash)
    if (known) return this.#usable(known)
    if (!parseApiKey(value)) throw new GatewayError('invalid_api_key', INCORRECT)
    return this.#lookUp(hash)
  }

  /** Forgets all keys, hits and misses. */
  invalidate(): void {
    this.#generation++
    this.#known.clear()
    this.#misses.clear()
    this.#loading.clear()
  }

  async #lookUp(hash: string): Promise<Principal> {
    const missedUntil = this.#misses.get(hash)
    if (missedUntil !== undefined && this.#clock.now() < missedUntil)
      throw new GatewayError('invalid_api_key', INCORRECT)
    return this.#usable(await (this.#loading.get(hash) ?? this.#load(hash)))
  }

  /** One look-up for all requests that bring the key meanwhile. */
  #load(hash: string): Promise<Principal> {
    const loading = this.#read(hash).finally(() => {
      if (this.#loading.get(hash) === loading) this.#loading.delete(hash)
    })
    this.#loading.set(hash, loading)
    return loading
  }

  async #read(hash: string): Promise<Principal> {
    const generation = this.#generation
    const entry = await this.#catalog.apiKey(hash).catch((cause: unknown) => {
      throw new GatewayError('unavailable', 'The gateway can not check API keys now', { cause, retryAfterMs: 1000 })
    })
    if (!entry) {
      if (generation === this.#generation) this.#remember(hash)
      throw new GatewayError('invalid_api_key', INCORRECT)
    }
    if (generation === this.#generation) this.#known.set(hash, entry)
    return entry
  }

  #remember(hash: string): void {
    this.#misses.delete(hash)
    this.#misses.set(hash, this.#clock.now() + MISS_MS)
    if (this.#misses.size <= MOST_MISSES) return
    const oldest = this.#misses.keys().next()
    if (!oldest.done) this.#misses.delete(oldest.value)
  }

  #usable(principal: Principal): Principal {
    if (!principal.enabled) throw new GatewayError('invalid_api_key', 'This API key is disabled')
    if (principal.expiresAt !== null && principal.expiresAt <= this.#clock.now()) {
      throw new GatewayError('invalid_api_key', 'This API key has expired')
    }
    return principal
  }
}

const INCORRECT = 'Incorrect API key provided'
const MISS_MS = 30_000
const MOST_MISSES = 10_000

/** The first credential of those that clients of the known dialects send. */
function credential(headers: Headers): string | undefined {
  const { authorization } = headers
  if (typeof authorization === 'string' && /^bearer /i.test(authorization)) return authorization.slice(7).trim()
  for (const name of ['x-api-key', 'api-key', 'x-goog-api-key']) {
    const value = headers[name]
    if (typeof value === 'string') return value.trim()
  }
  return undefined
}
