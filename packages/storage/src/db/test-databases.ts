import { randomBytes } from 'node:crypto'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { silentLog } from '@vm-x/gateway'
import pg from 'pg'
import { inject } from 'vitest'
import { type OpenedDatabase, openDatabase } from './open.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** With an embedded database that is migrated and empty; not to be opened, but copied. */
    pglite: { directory: string }
    /** `migrated` is the name of a database that is migrated and empty; not to be connected to, but copied. */
    postgres: { adminUrl: string; migrated: string } | { missing: string }
  }
}

const openEmptyPGlite = () => openDatabase({ url: 'pglite:memory', log: silentLog })

async function openPostgres(options: { migrated: boolean }): Promise<OpenedDatabase> {
  const { url, drop } = await createPostgresDatabase(options)
  const database = await openDatabase({ url, log: silentLog })
  const close = async () => {
    await database.close()
    await drop()
  }
  return { ...database, close }
}

async function openMigratedPGlite(): Promise<OpenedDatabase> {
  const directory = mkdtempSync(join(tmpdir(), 'vmx-test-'))
  copyMigratedPGlite(directory)
  const database = await openDatabase({ url: `pglite:${directory}`, log: silentLog })
  const close = async () => {
    await database.close()
    rmSync(directory, { recursive: true, force: true })
  }
  return { ...database, close }
}

/** Puts an embedded database that is migrated and empty into this directory: in a moment, where a new one takes seconds. */
export const copyMigratedPGlite = (directory: string) =>
  cpSync(inject('pglite').directory, directory, { recursive: true })

/** A fresh database of each kind, with `open` a migrated one; what a store promises must hold on both. */
export const testDatabases = [
  { kind: 'pglite', openEmpty: openEmptyPGlite, open: openMigratedPGlite },
  {
    kind: 'postgres',
    openEmpty: () => openPostgres({ migrated: false }),
    open: () => openPostgres({ migrated: true }),
  },
] as const

/** An empty database on the server of this test run, migrated or bare; `query` runs statements in it as superuser. */
export async function createPostgresDatabase({ migrated = false } = {}): Promise<{
  url: string
  query: (sql: string) => Promise<pg.QueryResult>
  drop: () => Promise<void>
}> {
  const provided = inject('postgres')
  if ('missing' in provided) throw new Error(provided.missing)
  const name = `test_${randomBytes(6).toString('hex')}`
  await once(provided.adminUrl, `create database ${name}${migrated ? ` template ${provided.migrated}` : ''}`)
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
