import { setTimeout } from 'node:timers/promises'
import type { Log } from '@vm-x/gateway'
import { type Kysely, sql } from 'kysely'
import type { Database } from '../db/schema.ts'
import { listenForChanges } from './listen-for-changes.ts'

export type ChangeFeedOptions = {
  /** Of the writer: a replica may lag. */
  readonly db: Kysely<Database>
  /** Of a connection that leads to the PostgreSQL server itself; without it changes are found by polling alone. */
  readonly listenUrl?: string | undefined
  readonly caFile?: string | undefined
  /** Calls `listener` when somebody says that there is a change; only makes changes known sooner. */
  readonly onAnnounced?: ((listener: () => void) => void) | undefined
  /**
   * Told of the environments that have changed since it was last told; `all` when they are too many to name, or when
   * the database has gone back to an earlier state. What it fails with is tried again, with what has changed meanwhile.
   */
  readonly onChange: (environmentIds: ReadonlySet<string> | 'all') => Promise<void>
  readonly log: Log
  /** Resolves after `ms`, or at once when `signal` is aborted; never rejects. */
  readonly pause?: (ms: number, signal: AbortSignal) => Promise<void>
  /** From 0 up to 1. */
  readonly random?: () => number
}

export type ChangeFeed = {
  /**
   * Resolves once `onChange` has taken on what was committed before the call. Never rejects: where that fails it is
   * logged, and tried again with the next poll.
   */
  check(): Promise<void>
  /** Waits for what is under way; `onChange` is not called after it. */
  close(): Promise<void>
}

/**
 * Tells of every change that {@link recordChange} has recorded since it was opened, by any process, within
 * {@link POLL_MS} and the time that a query takes. Throws when the database can't be asked for where to begin.
 */
export async function openChangeFeed(options: ChangeFeedOptions): Promise<ChangeFeed> {
  const { listenUrl, caFile, onAnnounced, log, pause = unreferencedPause, random = Math.random } = options
  const closing = new AbortController()
  const watch = new Watch(options, closing.signal, await currentVersion(options.db))
  const check = () => watch.check()
  void poll(check, pause, closing.signal)
  onAnnounced?.(check)
  if (listenUrl !== undefined)
    void listenForChanges({ url: listenUrl, caFile, onNotified: check, log, pause, random, closing: closing.signal })
  return {
    check,
    close: async () => {
      closing.abort()
      await watch.idle()
    },
  }
}

/** Half of what changes may take to be seen everywhere: notifications may be lost. */
export const POLL_MS = 500

const unreferencedPause = (ms: number, signal: AbortSignal): Promise<void> =>
  setTimeout(ms, undefined, { ref: false, signal }).catch(() => {})

async function poll(
  check: () => Promise<void>,
  pause: (ms: number, signal: AbortSignal) => Promise<void>,
  closing: AbortSignal,
): Promise<void> {
  while (!closing.aborted) {
    await pause(POLL_MS, closing)
    await check()
  }
}

async function currentVersion(db: Kysely<Database>): Promise<number> {
  const { version } = await db.selectFrom('configuration_version').select('version').executeTakeFirstOrThrow()
  return version
}

/** Looks for changes, one look at a time. */
class Watch {
  readonly #options: ChangeFeedOptions
  readonly #closing: AbortSignal
  #seen: number
  #last: Promise<void> = Promise.resolve()
  #next: Promise<void> | undefined
  #failing = false

  constructor(options: ChangeFeedOptions, closing: AbortSignal, version: number) {
    this.#options = options
    this.#closing = closing
    this.#seen = version
  }

  /** A look that has begun may have missed what the caller knows of: the next one is for all that ask meanwhile. */
  check(): Promise<void> {
    this.#next ??= this.#last.then(() => {
      this.#next = undefined
      return this.#look()
    })
    this.#last = this.#next
    return this.#next
  }

  /** Resolves when nothing is under way. */
  idle(): Promise<void> {
    return this.#last
  }

  async #look(): Promise<void> {
    if (this.#closing.aborted) return
    const { log } = this.#options
    try {
      await this.#takeOn()
      if (this.#failing) log.info({}, 'Changes of the configuration are read again')
      this.#failing = false
    } catch (error) {
      if (!this.#failing)
        log.warn({ err: error }, 'Changes of the configuration can not be read: what is known is used')
      this.#failing = true
    }
  }

  async #takeOn(): Promise<void> {
    const { version, environmentIds } = await this.#read()
    if (environmentIds === 'all' || environmentIds.size > 0) await this.#options.onChange(environmentIds)
    this.#seen = version
  }

  /** One statement, so that the version and the changes up to it belong together. */
  async #read(): Promise<{ version: number; environmentIds: ReadonlySet<string> | 'all' }> {
    const { rows } = await sql<{ version: number; environmentId: string | null }>`
      select v.version, c.environment_id as "environmentId"
      from configuration_version as v left join configuration_change as c on c.version > ${this.#seen}::bigint
      limit ${MOST_NAMED + 1}`.execute(this.#options.db)
    const [first] = rows
    if (!first) throw new Error('The table configuration_version has lost its row')
    const { version } = first
    if (version < this.#seen || rows.length > MOST_NAMED) return { version, environmentIds: 'all' }
    return { version, environmentIds: new Set(rows.flatMap(({ environmentId }) => environmentId ?? [])) }
  }
}

const MOST_NAMED = 1000
