import type { ApiKeyEntry, Catalog } from '../catalog/catalog.ts'
import type { Clock } from '../clock.ts'
import { GatewayError } from '../errors.ts'
import { AddressRanges } from './address-ranges.ts'
import { hashApiKey, parseApiKey } from './api-key.ts'
import { RefusedApiKey } from './refused-api-key.ts'

/** Who a request comes from, and what it may use. */
export type Principal = ApiKeyEntry

type Headers = Readonly<Record<string, string | string[] | undefined>>

/** Turns the credential of a request into a principal. Keys live in memory once seen; misses are remembered for a while. */
export class Authenticator {
  readonly #catalog: Catalog
  readonly #clock: Clock
  readonly #mostKeys: number
  readonly #known = new Map<string, KnownKey>()
  /** Until when each is believed to be unknown. */
  readonly #misses = new Map<string, number>()
  readonly #loading = new Map<string, Promise<KnownKey>>()
  /** Counts the reads of the catalog in the order in which they began: of two answers, the later one is right. */
  #reads = 0
  /** The last one that began before the last refresh: what it and those before it answer may be old. */
  #outdated = 0

  /** @param mostKeys that are kept in memory */
  constructor(catalog: Catalog, clock: Clock, mostKeys: number = MOST_KEYS) {
    this.#catalog = catalog
    this.#clock = clock
    this.#mostKeys = mostKeys
  }

  /**
   * Answers at once for a key in memory, else a promise. Throws `invalid_api_key` for what is no usable key,
   * `resource_not_allowed` for one that may not be used from `sourceAddress`, and `unavailable` when the catalog can't be
   * asked: that is never the client's fault. What refuses a known key is a {@link RefusedApiKey}.
   */
  authenticate(headers: Headers, sourceAddress: string): Principal | Promise<Principal> {
    const value = credential(headers)
    if (value === undefined)
      throw new GatewayError('invalid_api_key', 'No API key was given: send it as `Authorization: Bearer <key>`')
    // First what every request of a known key needs, and nothing else.
    const hash = hashApiKey(value)
    const known = this.#known.get(hash)
    if (known) return this.#usable(known, sourceAddress)
    if (!parseApiKey(value)) throw new GatewayError('invalid_api_key', INCORRECT)
    return this.#lookUp(hash, sourceAddress)
  }

  /**
   * Configuration has changed: reads the keys of these environments that are in memory anew, and forgets those that are
   * gone, and all misses. Until then the old ones answer. Throws when they can't be read: they stay, and it is to be
   * tried again.
   */
  async refresh(environmentIds: ReadonlySet<string> | 'all'): Promise<void> {
    this.#outdated = this.#reads
    this.#misses.clear()
    // Who comes from here on must not get what was read before.
    this.#loading.clear()
    const hashes: string[] = []
    for (const [hash, { principal }] of this.#known)
      if (environmentIds === 'all' || environmentIds.has(principal.environmentId)) hashes.push(hash)
    for (let from = 0; from < hashes.length; from += BATCH) await this.#readAnew(hashes.slice(from, from + BATCH))
  }

  async #readAnew(hashes: readonly string[]): Promise<void> {
    const read = ++this.#reads
    const entries = await this.#catalog.apiKeys(hashes)
    for (const hash of hashes) {
      const known = this.#known.get(hash)
      if (!known || known.read > read) continue
      const entry = entries.get(hash)
      if (entry) this.#known.set(hash, knownKey(entry, read))
      else this.#known.delete(hash)
    }
  }

  async #lookUp(hash: string, sourceAddress: string): Promise<Principal> {
    const missedUntil = this.#misses.get(hash)
    if (missedUntil !== undefined && this.#clock.now() < missedUntil)
      throw new GatewayError('invalid_api_key', INCORRECT)
    return this.#usable(await (this.#loading.get(hash) ?? this.#load(hash)), sourceAddress)
  }

  /** One look-up for all requests that bring the key meanwhile. */
  #load(hash: string): Promise<KnownKey> {
    const loading = this.#read(hash).finally(() => {
      if (this.#loading.get(hash) === loading) this.#loading.delete(hash)
    })
    this.#loading.set(hash, loading)
    return loading
  }

  async #read(hash: string): Promise<KnownKey> {
    const read = ++this.#reads
    const entry = await this.#catalog.apiKey(hash).catch((cause: unknown) => {
      throw new GatewayError('unavailable', 'The gateway can not check API keys now', { cause, retryAfterMs: 1000 })
    })
    const current = read > this.#outdated
    if (!entry) {
      if (current) setBounded(this.#misses, hash, this.#clock.now() + MISS_MS, MOST_MISSES)
      throw new GatewayError('invalid_api_key', INCORRECT)
    }
    const known = knownKey(entry, read)
    if (current) setBounded(this.#known, hash, known, this.#mostKeys)
    return known
  }

  #usable({ principal, ranges }: KnownKey, sourceAddress: string): Principal {
    const { enabled, expiresAt, secretEndsAt } = principal
    if (!enabled) throw new RefusedApiKey(principal, 'invalid_api_key', 'This API key is disabled')
    if (expiresAt !== null && expiresAt <= this.#clock.now())
      throw new RefusedApiKey(principal, 'invalid_api_key', 'This API key has expired')
    if (secretEndsAt !== null && secretEndsAt <= this.#clock.now())
      throw new RefusedApiKey(principal, 'invalid_api_key', 'The secret of this API key was replaced by a new one')
    if (ranges && !ranges.includes(sourceAddress))
      throw new RefusedApiKey(principal, 'resource_not_allowed', 'This API key may not be used from your address')
    return principal
  }
}

const INCORRECT = 'Incorrect API key provided'
const MISS_MS = 30_000
const MOST_MISSES = 10_000
const MOST_KEYS = 50_000
/** Keys that are read with one query. */
const BATCH = 500

type KnownKey = {
  readonly principal: Principal
  /** Undefined: any address. */
  readonly ranges: AddressRanges | undefined
  /** Which of the reads it comes from. */
  readonly read: number
}

const knownKey = (principal: Principal, read: number): KnownKey => ({
  principal,
  ranges: principal.allowedCidrs ? new AddressRanges(principal.allowedCidrs) : undefined,
  read,
})

/** Forgets the oldest ones beyond `most`: those that are still in use come back with a look-up. */
function setBounded<T>(map: Map<string, T>, key: string, value: T, most: number): void {
  map.delete(key)
  map.set(key, value)
  if (map.size <= most) return
  const oldest = map.keys().next()
  if (!oldest.done) map.delete(oldest.value)
}

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
