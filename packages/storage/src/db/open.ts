import type { Log } from '@vm-x/gateway'
import type { Kysely } from 'kysely'
import { openPGlite } from './pglite.ts'
import { openPostgres } from './postgres.ts'
import type { Database } from './schema.ts'

export type DatabaseOptions = {
  /** `pglite:<directory>`, `pglite:memory`, `postgres://…` or `postgresql://…`. */
  readonly url: string
  /** A replica for audit and usage reads; they use `url` when absent. */
  readonly readerUrl?: string
  /** PEM file of the authority that signed the server's certificate, when the system doesn't know it. */
  readonly caFile?: string
  readonly log: Log
  /** How long one statement may take on a server; 0: as long as it needs, for migrations. 15 seconds when absent. */
  readonly statementTimeoutMs?: number
}

/** An open database. Inside a transaction only its `trx` may be used; anything else fails at once. */
export type OpenedDatabase = {
  readonly kind: 'pglite' | 'postgres'
  readonly db: Kysely<Database>
  /** For audit and usage reads, which may lag; the same as `db` where there is no replica. */
  readonly reader: Kysely<Database>
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
