import { join } from 'node:path'
import { pythonEnvironment } from './e2e/python-environment.ts'

/**
 * Makes the environment of the tests with Python before any of them: two that run side by side must not both make it.
 * Where it can't be made, only the tests that ask for it fail, saying why.
 */
export default async function setup(): Promise<void> {
  await pythonEnvironment(join(import.meta.dirname, 'e2e/openai_python/requirements.txt')).catch(() => {})
}
