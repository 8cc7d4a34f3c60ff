import type { Log } from '@vm-x/gateway'
import type { Kysely } from 'kysely'
import type { HeavyReads } from './heavy-reads.ts'
import { openPGlite } from './pglite.ts'
import { openPostgres } from './postgres.ts'
import type { Database } from './schema.ts'

export type DatabaseOptions = {
  /** `pglite:<directory>`, `pglite:memory`, `postgres://…` or `postgresql://…`. */
  readonly url: string
  /** A replica for audit and usage reads; they go to `url`, on connections of their own, when absent. */
  readonly readerUrl?: string
  /** PEM file of the authority that signed the server's certificate, when the system doesn't know it. */
  readonly caFile?: string
  readonly log: Log
  /**
   * How long one statement may take on a server; 0: as long as it needs, for migrations. When absent 15 seconds; reads of
   * the audit and of the usage never get more than 10.
   */
  readonly statementTimeoutMs?: number
}

/** An open database. Inside a transaction only its `trx` may be used; anything else fails at once. */
export type OpenedDatabase = {
  readonly kind: 'pglite' | 'postgres'
  readonly db: Kysely<Database>
  /** For audit and usage reads, which may lag. On a server it has connections of its own; embedded it is `db`. */
  readonly reader: Kysely<Database>
  /** The turns of what may take long on `reader`. */
  readonly heavyReads: HeavyReads
  /** How many rows one read may look at: infinite where the server ends what takes too long. */
  readonly mostRowsARead: number
  /**
   * Runs `insert` in a transaction of its own, with `jsonTexts` (UTF-8) as rows of a temporary table `batch (data jsonb)`:
   * all or nothing. An error of the database has its SQLSTATE as `code`.
   */
  bulkInsert(jsonTexts: readonly Buffer[], insert: string): Promise<void>
  close(): Promise<void>
}

/** Opens what the URL names. Throws when the URL can not be used; a server that is away shows with the first query. */
export async function openDatabase(options: DatabaseOptions): Promise<OpenedDatabase> {
  if (/^postgres(ql)?:/.test(options.url)) return openPostgres(options)
  const directory = /^pglite:(.+)$/.exec(options.url)?.[1]
  if (directory === undefined) throw new Error('The database URL must start with pglite:, postgres:// or postgresql://')
  if (options.readerUrl !== undefined)
    throw new Error('A reader URL needs a PostgreSQL server: the embedded database has no replica')
  return await openPGlite(directory)
}
