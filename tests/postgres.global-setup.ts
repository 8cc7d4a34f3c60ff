import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { startPostgres } from '../scripts/services.mjs'

/**
 * One PostgreSQL server for the whole run, with a migrated database for tests to copy: to migrate one for each test
 * file takes most of what it costs. Where it can't be had, only the tests that ask for it fail, saying why.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  try {
    const { adminUrl, stop } = await startPostgres()
    const migrated = `migrated_${randomBytes(6).toString('hex')}`
    await run(adminUrl, `create database ${migrated}`)
    const url = new URL(`/${migrated}`, adminUrl)
    const make = join(import.meta.dirname, 'make-migrated.ts')
    await promisify(execFile)(process.execPath, ['--conditions=source', make, url.href])
    project.provide('postgres', { adminUrl, migrated })
    return async () => {
      await run(adminUrl, `drop database ${migrated} with (force)`)
      await stop()
    }
  } catch (error) {
    project.provide('postgres', { missing: error instanceof Error ? error.message : String(error) })
    return async () => {}
  }
}

async function run(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}
