import { GatewayError } from '../errors.ts'
import type { Catalog, EnvironmentEntry } from './catalog.ts'
import type { EnvironmentSnapshot } from './snapshot.ts'

type Compile = (entry: EnvironmentEntry) => EnvironmentSnapshot
type Prepare = (snapshot: EnvironmentSnapshot) => Promise<void> | undefined

/** Compiled environments in memory: read from the catalog once, and again only in a {@link refresh}. */
export class Snapshots {
  readonly #catalog: Catalog
  readonly #compile: Compile
  readonly #prepare: Prepare
  readonly #onGone: (environmentId: string) => void
  readonly #compiled = new Map<string, EnvironmentSnapshot>()
  readonly #reads = new Map<string, Read>()

  /**
   * @param prepare called as a snapshot takes its place, e.g. to find out what was used of limits before; never rejects.
   *   The first one of an environment takes requests only once it has resolved
   * @param onGone told of an environment that was in memory and does not exist any more
   */
  constructor(
    catalog: Catalog,
    compile: Compile,
    prepare: Prepare = () => undefined,
    onGone: (environmentId: string) => void = () => {},
  ) {
    this.#catalog = catalog
    this.#compile = compile
    this.#prepare = prepare
    this.#onGone = onGone
  }

  /** In memory at once, else a promise of it; it fails with `unavailable` when the catalog is away. */
  get(environmentId: string): EnvironmentSnapshot | Promise<EnvironmentSnapshot> {
    return this.#compiled.get(environmentId) ?? this.#first(environmentId)
  }

  /**
   * Configuration has changed: reads what is in memory of these environments anew, and forgets what is gone. Until then
   * the old snapshots answer, and requests under way keep theirs. Resolves once the new ones are in place, with a
   * promise of when they are prepared. Throws when some could not be read: the old ones stay, and it is to be tried again.
   */
  async refresh(environmentIds: ReadonlySet<string> | 'all'): Promise<{ readonly prepared: Promise<unknown> }> {
    const changed =
      environmentIds === 'all' ? new Set([...this.#compiled.keys(), ...this.#reads.keys()]) : environmentIds
    const prepared: (Promise<void> | undefined)[] = []
    await inTurns(changed, async (id) => {
      if (this.#compiled.has(id) || this.#reads.has(id)) prepared.push((await this.#read(id))?.prepared)
    })
    return { prepared: Promise.all(prepared) }
  }

  async #first(environmentId: string): Promise<EnvironmentSnapshot> {
    const placed = await (this.#reads.get(environmentId)?.placed ?? this.#read(environmentId))
    if (!placed) throw new GatewayError('unavailable', 'The environment does not exist any more')
    return placed.snapshot
  }

  /** What is read by a read under way may be old: it reads once more, for all that wait for it. */
  #read(environmentId: string): Promise<Placed | undefined> {
    const underWay = this.#reads.get(environmentId)
    if (underWay) {
      underWay.outdated = true
      return underWay.placed
    }
    const read: Read = { outdated: false, placed: Promise.resolve(undefined) }
    this.#reads.set(environmentId, read)
    read.placed = this.#place(environmentId, read).finally(() => this.#ended(environmentId, read))
    return read.placed
  }

  async #place(environmentId: string, read: Read): Promise<Placed | undefined> {
    for (;;) {
      read.outdated = false
      const entry = await this.#entry(environmentId)
      if (read.outdated) continue
      const snapshot = entry && this.#compile(entry)
      const prepared = snapshot && this.#prepare(snapshot)
      if (snapshot && !this.#compiled.has(environmentId)) {
        await prepared
        if (read.outdated) continue
      }
      // At once: a change from here on is for a new read.
      this.#ended(environmentId, read)
      if (snapshot) this.#compiled.set(environmentId, snapshot)
      else if (this.#compiled.delete(environmentId)) this.#onGone(environmentId)
      return snapshot && { snapshot, prepared }
    }
  }

  #ended(environmentId: string, read: Read): void {
    if (this.#reads.get(environmentId) === read) this.#reads.delete(environmentId)
  }

  async #entry(environmentId: string): Promise<EnvironmentEntry | undefined> {
    return this.#catalog.environment(environmentId).catch((cause: unknown) => {
      throw new GatewayError('unavailable', 'The gateway can not read its configuration now', {
        cause,
        retryAfterMs: 1000,
      })
    })
  }
}

/** A read under way. */
type Read = {
  /** The configuration has changed since it asked the catalog. */
  outdated: boolean
  /** Undefined: the environment does not exist. */
  placed: Promise<Placed | undefined>
}

type Placed = { readonly snapshot: EnvironmentSnapshot; readonly prepared: Promise<void> | undefined }

/** Does `work` for all, a few at a time so that others find connections free. Throws what failed, after all. */
async function inTurns(ids: ReadonlySet<string>, work: (id: string) => Promise<void>): Promise<void> {
  const errors: unknown[] = []
  const waiting = ids.values()
  const takeTurns = async () => {
    for (const id of waiting) await work(id).catch((error: unknown) => errors.push(error))
  }
  await Promise.all(Array.from({ length: AT_ONCE }, takeTurns))
  if (errors.length > 0) throw errors.length === 1 ? errors[0] : new AggregateError(errors, 'Some could not be read')
}

const AT_ONCE = 4
