import { extname, join, resolve } from 'node:path'
import { Worker } from 'node:worker_threads'
import {
  type PostgresCursor,
  PostgresDialect,
  type PostgresPool,
  type PostgresPoolClient,
  type PostgresQueryResult,
} from 'kysely'
import { lockDirectory } from '../lock.ts'
import { copyBinary } from './copy-binary.ts'
import { GuardedKysely } from './guarded-kysely.ts'
import { HeavyReads } from './heavy-reads.ts'
import { insertBatch } from './insert-batch.ts'
import type { OpenedDatabase } from './open.ts'

/**
 * Opens the embedded database in `directory`, created where missing, or in memory. A committed transaction survives
 * the death of the process. Throws {@link DirectoryInUse} when another process has it open.
 */
export async function openPGlite(directory: string | 'memory'): Promise<OpenedDatabase> {
  const lock = directory === 'memory' ? undefined : lockDirectory(resolve(directory))
  const pool = new PGlitePool(directory === 'memory' ? 'memory://' : join(resolve(directory), 'pgdata'))
  const close = async () => {
    await pool.end()
    lock?.release()
  }
  try {
    await pool.ask({ do: 'start' })
  } catch (error) {
    await close()
    throw error
  }
  const db = new GuardedKysely({ dialect: new PostgresDialect({ pool }) })
  const bulkInsert = async (jsonTexts: readonly Buffer[], insert: string) => {
    const client = await pool.connect()
    const copy = () =>
      pool.ask({
        do: 'query',
        sql: "copy batch from '/dev/blob' with (format binary)",
        blob: copyBinary(jsonTexts).buffer,
      })
    await insertBatch(client, copy, insert)
  }
  const heavyReads = new HeavyReads(HEAVY_READS)
  return { kind: 'pglite', db, reader: db, heavyReads, mostRowsARead: MOST_ROWS_A_READ, bulkInsert, close }
}

/** There is one connection, and what runs on it can't be ended: whatever else is asked comes between two of them. */
const HEAVY_READS = { atOnce: 1, waiting: 4 }
/** Which takes a second at most. */
const MOST_ROWS_A_READ = 250_000

export type WorkerRequest =
  | { do: 'start' }
  | { do: 'stop' }
  | { do: 'query'; sql: string; parameters?: readonly unknown[]; blob?: ArrayBuffer }

export type QueryAnswer = { rows: unknown[]; rowCount: number; command: string | undefined }

/** The fields that `pg` gives its own errors. */
export type QueryFailure = {
  message: string
  code?: string | undefined
  constraint?: string | undefined
  table?: string | undefined
}

export type WorkerReply = { id: number; result: QueryAnswer | undefined } | { id: number; error: QueryFailure }

/**
 * PGlite in a thread of its own, seen as a pool with one connection. Kysely's own PGlite driver is not used: it
 * waits for ever when a transaction can't begin.
 */
class PGlitePool implements PostgresPool {
  readonly options = {}
  readonly #worker: Worker
  readonly #waiting = new Map<number, PromiseWithResolvers<QueryAnswer | undefined>>()
  #lastId = 0
  #free: Promise<void> = Promise.resolve()
  #stopped = false

  constructor(dataDirectory: string) {
    // The worker is source beside source, and compiled beside compiled.
    const file = new URL(`./pglite-worker${extname(import.meta.url)}`, import.meta.url)
    this.#worker = new Worker(file, { workerData: dataDirectory, execArgv: [] })
    this.#worker.on('message', (reply: WorkerReply) => this.#settle(reply))
    this.#worker.on('error', (cause) => this.#stop(cause))
    this.#worker.on('exit', () => this.#stop())
  }

  async connect(): Promise<PostgresPoolClient> {
    const { promise: released, resolve: release } = Promise.withResolvers<void>()
    const free = this.#free
    this.#free = released
    await free
    return new PGliteClient(this, release)
  }

  /** Stops once the connection is free. */
  async end(): Promise<void> {
    if (this.#stopped) return
    const client = await this.connect()
    // What can't be closed any more is ended all the same.
    await this.ask({ do: 'stop' }).catch(() => {})
    await this.#worker.terminate()
    client.release()
  }

  ask(request: WorkerRequest): Promise<QueryAnswer | undefined> {
    if (this.#stopped) return Promise.reject(new Error('The embedded database has stopped'))
    const id = ++this.#lastId
    const waiting = Promise.withResolvers<QueryAnswer | undefined>()
    this.#waiting.set(id, waiting)
    this.#worker.postMessage({ id, request }, request.do === 'query' && request.blob ? [request.blob] : [])
    return waiting.promise
  }

  #settle(reply: WorkerReply): void {
    const waiting = this.#waiting.get(reply.id)
    this.#waiting.delete(reply.id)
    if ('error' in reply) waiting?.reject(Object.assign(new Error(reply.error.message), reply.error))
    else waiting?.resolve(reply.result)
  }

  #stop(cause?: unknown): void {
    this.#stopped = true
    for (const { reject } of this.#waiting.values()) reject(new Error('The embedded database has stopped', { cause }))
    this.#waiting.clear()
  }
}

class PGliteClient implements PostgresPoolClient {
  readonly #pool: PGlitePool
  readonly release: () => void

  constructor(pool: PGlitePool, release: () => void) {
    this.#pool = pool
    this.release = release
  }

  query<R>(sql: string, parameters?: readonly unknown[]): Promise<PostgresQueryResult<R>>
  query<R>(cursor: PostgresCursor<R>): PostgresCursor<R>
  query<R>(
    sql: string | PostgresCursor<R>,
    parameters: readonly unknown[] = [],
  ): Promise<PostgresQueryResult<R>> | PostgresCursor<R> {
    if (typeof sql !== 'string') throw new Error('The embedded database has no cursors: page by key')
    return this.#pool.ask({ do: 'query', sql, parameters }) as Promise<unknown> as Promise<PostgresQueryResult<R>>
  }
}
