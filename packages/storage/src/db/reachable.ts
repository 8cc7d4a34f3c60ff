import { type Kysely, sql } from 'kysely'
import type { OpenedDatabase } from './open.ts'
import type { Database } from './schema.ts'

/** A server does not answer, or does not let us in. The message is its reason; it holds no credential. */
export class DatabaseUnreachable extends Error {
  override readonly name = 'DatabaseUnreachable'
  /** The URL that leads there: of the database, or of its replica. */
  readonly server: 'writer' | 'reader'

  constructor(server: 'writer' | 'reader', cause: unknown) {
    super(reasonOf(cause), { cause })
    this.server = server
  }
}

/** Throws {@link DatabaseUnreachable} unless every server of `database` answers a query. */
export async function assertReachable({ db, reader }: OpenedDatabase): Promise<void> {
  await ask(db, 'writer')
  if (reader !== db) await ask(reader, 'reader')
}

async function ask(db: Kysely<Database>, server: 'writer' | 'reader'): Promise<void> {
  await sql`select 1`.execute(db).catch((cause: unknown) => {
    throw new DatabaseUnreachable(server, cause)
  })
}

/** A name with several addresses fails with one error for each of them, and no message of its own. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return [...new Set(error.errors.map(reasonOf))].join(', ')
  return error instanceof Error ? error.message : String(error)
}
