import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { inject } from 'vitest'

declare module 'vitest' {
  export interface ProvidedContext {
    pglite: { directory: string }
    postgres: { adminUrl: string; migrated: string } | { missing: string }
  }
}

export type PostgresDatabase = {
  /** As superuser. */
  readonly url: string
  /** The same database as another role. */
  as(role: string, password: string): string
  drop(): Promise<void>
}

/**
 * A database on the server of this test run: with nothing in it; as `vmx migrate` leaves it for a role that serves and
 * migrates, without a process for that; or with all that is in another one that nobody is connected to.
 */
export async function createPostgresDatabase(
  options: { readonly migrated?: true; readonly copyOf?: PostgresDatabase } = {},
): Promise<PostgresDatabase> {
  const provided = inject('postgres')
  if ('missing' in provided) throw new Error(provided.missing)
  const name = `test_${randomBytes(6).toString('hex')}`
  const original = options.copyOf ? new URL(options.copyOf.url).pathname.slice(1) : provided.migrated
  const template = options.copyOf || options.migrated ? ` template ${original}` : ''
  await query(provided.adminUrl, `create database ${name}${template}`)
  const url = new URL(provided.adminUrl)
  url.pathname = `/${name}`
  return {
    url: url.href,
    as: (role, password) => {
      const other = new URL(url)
      other.username = role
      other.password = password
      return other.href
    },
    drop: async () => void (await query(provided.adminUrl, `drop database ${name} with (force)`)),
  }
}

/** One statement on a connection of its own. */
export async function query(url: string, sql: string): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await client.query(sql)
  } finally {
    await client.end()
  }
}
