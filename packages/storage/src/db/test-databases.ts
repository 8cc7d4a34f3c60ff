import { randomBytes } from 'node:crypto'
import { silentLog } from '@vm-x/gateway'
import pg from 'pg'
import { inject } from 'vitest'
import { migrate } from './migrate.ts'
import { type DatabaseOptions, type OpenedDatabase, openDatabase } from './open.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    postgres: { adminUrl: string } | { missing: string }
  }
}

/** A fresh, migrated database of each kind; what a store promises must hold on both. */
export const testDatabases = [
  { kind: 'pglite', open: () => openMigrated({ url: 'pglite:memory', log: silentLog }) },
  {
    kind: 'postgres',
    open: async () => {
      const { url, drop } = await createPostgresDatabase()
      const database = await openMigrated({ url, log: silentLog })
      const close = async () => {
        await database.close()
        await drop()
      }
      return { ...database, close }
    },
  },
] as const

async function openMigrated(options: DatabaseOptions): Promise<OpenedDatabase> {
  const database = await openDatabase(options)
  await migrate(database.db)
  return database
}

/** An empty database on the server of this test run; `query` runs statements in it as superuser. */
export async function createPostgresDatabase(): Promise<{
  url: string
  query: (sql: string) => Promise<pg.QueryResult>
  drop: () => Promise<void>
}> {
  const provided = inject('postgres')
  if ('missing' in provided) throw new Error(provided.missing)
  const name = `test_${randomBytes(6).toString('hex')}`
  await once(provided.adminUrl, `create database ${name}`)
  const url = new URL(provided.adminUrl)
  url.pathname = `/${name}`
  return {
    url: url.href,
    query: (sql) => once(url.href, sql),
    drop: async () => void (await once(provided.adminUrl, `drop database ${name} with (force)`)),
  }
}

/** One statement on a connection of its own. */
async function once(url: string, sql: string): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await client.query(sql)
  } finally {
    await client.end()
  }
}
