import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { TestProject } from 'vitest/node'

/**
 * A directory with an embedded database that is migrated and empty, for tests to copy: to make one takes seconds of a
 * core, which is what most tests would spend most of their time on.
 */
export default async function setup(project: TestProject): Promise<() => void> {
  const directory = mkdtempSync(join(tmpdir(), 'vmx-pglite-'))
  const make = join(import.meta.dirname, 'make-migrated.ts')
  await promisify(execFile)(process.execPath, ['--conditions=source', make, `pglite:${directory}`])
  project.provide('pglite', { directory })
  return () => rmSync(directory, { recursive: true, force: true })
}
