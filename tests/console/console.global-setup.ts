import type { TestProject } from 'vitest/node'
import { chromiumPath } from '../../scripts/chromium.mjs'
import { prepareConsole } from '../../scripts/console.mjs'

declare module 'vitest' {
  export interface ProvidedContext {
    chromium: { path: string } | { missing: string }
  }
}

/** A built console and a browser for the whole run. Where there is no browser, the tests that need it fail, saying why. */
export default async function setup(project: TestProject): Promise<void> {
  await prepareConsole()
  try {
    project.provide('chromium', { path: await chromiumPath() })
  } catch (error) {
    project.provide('chromium', { missing: error instanceof Error ? error.message : String(error) })
  }
}
