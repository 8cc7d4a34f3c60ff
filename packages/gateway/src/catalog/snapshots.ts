import { GatewayError } from '../errors.ts'
import type { Catalog, EnvironmentEntry } from './catalog.ts'
import type { EnvironmentSnapshot } from './snapshot.ts'

/** Compiled environments in memory: read from the catalog once, and again only after {@link invalidate}. */
export class Snapshots {
  readonly #catalog: Catalog
  readonly #compile: (entry: EnvironmentEntry) => EnvironmentSnapshot | Promise<EnvironmentSnapshot>
  readonly #compiled = new Map<string, EnvironmentSnapshot>()
  readonly #loading = new Map<string, Promise<EnvironmentSnapshot>>()

  /** @param compile may take its time, e.g. to find out what was used of limits before this process began */
  constructor(
    catalog: Catalog,
    compile: (entry: EnvironmentEntry) => EnvironmentSnapshot | Promise<EnvironmentSnapshot>,
  ) {
    this.#catalog = catalog
    this.#compile = compile
  }

  /** In memory at once, else a promise of it; it fails with `unavailable` when the catalog is away. */
  get(environmentId: string): EnvironmentSnapshot | Promise<EnvironmentSnapshot> {
    return this.#compiled.get(environmentId) ?? this.#loading.get(environmentId) ?? this.#load(environmentId)
  }

  /** Forgets all environments; requests under way keep the snapshot they began with. */
  invalidate(): void {
    this.#compiled.clear()
    this.#loading.clear()
  }

  #load(environmentId: string): Promise<EnvironmentSnapshot> {
    const loading = this.#read(environmentId).then(
      (snapshot) => {
        // An invalidation in between has dropped this load: what it read may be old.
        if (this.#loading.get(environmentId) === loading) {
          this.#loading.delete(environmentId)
          this.#compiled.set(environmentId, snapshot)
        }
        return snapshot
      },
      (error: unknown) => {
        if (this.#loading.get(environmentId) === loading) this.#loading.delete(environmentId)
        throw error
      },
    )
    this.#loading.set(environmentId, loading)
    return loading
  }

  async #read(environmentId: string): Promise<EnvironmentSnapshot> {
    const entry = await this.#catalog.environment(environmentId).catch((cause: unknown) => {
      throw new GatewayError('unavailable', 'The gateway can not read its configuration now', {
        cause,
        retryAfterMs: 1000,
      })
    })
    if (!entry) throw new GatewayError('unavailable', 'The environment of this API key does not exist any more')
    return this.#compile(entry)
  }
}
