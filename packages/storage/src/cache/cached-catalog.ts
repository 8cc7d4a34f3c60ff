import { setTimeout } from 'node:timers/promises'
import type { ApiKeyEntry, Catalog, EnvironmentEntry } from '@vm-x/gateway'
import { type Kysely, sql } from 'kysely'
import type { Database } from '../db/schema.ts'
import type { SignedCache } from './signed-cache.ts'

export type CachedCatalogOptions = {
  readonly catalog: Catalog
  /** The database that `catalog` reads from, and whose changes `recordChange` records. */
  readonly db: Kysely<Database>
  readonly cache: SignedCache
}

/**
 * A catalog whose environments are read once for all replicas: the others find in the cache what the first has read.
 * What it answers is as new as the catalog's own, since what is kept counts for the version of the environment alone at
 * which it was read. API keys are not kept: finding one costs the database no more than its version would.
 */
export class CachedCatalog implements Catalog {
  readonly #options: CachedCatalogOptions

  constructor(options: CachedCatalogOptions) {
    this.#options = options
  }

  async apiKey(hash: string): Promise<ApiKeyEntry | undefined> {
    return this.#options.catalog.apiKey(hash)
  }

  async apiKeys(hashes: readonly string[]): Promise<ReadonlyMap<string, ApiKeyEntry>> {
    return this.#options.catalog.apiKeys(hashes)
  }

  async environment(id: string): Promise<EnvironmentEntry | undefined> {
    const { catalog, cache } = this.#options
    const version = await this.#versionOf(id)
    if (version === undefined) return catalog.environment(id)
    const reading = `environment-reading:${id}`
    for (let waitedMs = 0; waitedMs < LONGEST_WAIT_MS; waitedMs += PAUSE_MS) {
      const kept = await this.#kept(id, version)
      if (kept) return kept
      const turn = await cache.take(reading, LONGEST_READ_MS)
      if (turn === 'taken') return await this.#read(id, version).finally(() => cache.release(reading))
      if (turn === 'away') break
      await setTimeout(PAUSE_MS)
    }
    return await catalog.environment(id)
  }

  /**
   * Undefined when no change of it was ever recorded. The transaction belongs to it: a database that was restored from a
   * backup gives the same versions to other changes.
   */
  async #versionOf(id: string): Promise<string | undefined> {
    const { rows } = await sql<{ version: string }>`
      select version || '.' || xmin as version from configuration_change where environment_id = ${id}::uuid`.execute(
      this.#options.db,
    )
    return rows[0]?.version
  }

  async #kept(id: string, version: string): Promise<EnvironmentEntry | undefined> {
    const text = await this.#options.cache.get(keyOf(id))
    if (typeof text !== 'string') return undefined
    const kept: { readonly version: string; readonly entry: EnvironmentEntry } = JSON.parse(text)
    return kept.version === version ? kept.entry : undefined
  }

  /** What it finds may be newer than `version`, and never older. */
  async #read(id: string, version: string): Promise<EnvironmentEntry | undefined> {
    const { catalog, cache } = this.#options
    const entry = await catalog.environment(id)
    if (!entry) return undefined
    const text = JSON.stringify({ version, entry })
    if (text.length <= LARGEST_ENTRY) await cache.set(keyOf(id), text, KEPT_MS)
    return entry
  }
}

/** Another number for each shape of `EnvironmentEntry`: replicas of two releases may share a Redis. */
const SHAPE = 1
const KEPT_MS = 10 * 60_000
const LARGEST_ENTRY = 1024 * 1024

const LONGEST_READ_MS = 2000
/** What replicas wait for the one that reads before they read for themselves. */
const LONGEST_WAIT_MS = 400
const PAUSE_MS = 20

const keyOf = (id: string) => `environment:${SHAPE}:${id}`
