import type { TestProject } from 'vitest/node'
import { startPostgres } from '../scripts/services.mjs'

/** One PostgreSQL server for the whole run. Where it can't be had, only the tests that ask for it fail, saying why. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  try {
    const server = await startPostgres()
    project.provide('postgres', { adminUrl: server.adminUrl })
    return server.stop
  } catch (error) {
    project.provide('postgres', { missing: error instanceof Error ? error.message : String(error) })
    return async () => {}
  }
}
