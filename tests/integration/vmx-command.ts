import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { repositoryRoot } from '../start-product.ts'

/** Runs the `vmx` command with these settings and nothing else, whether or not a product runs. */
export function vmx(args: readonly string[], settings: Readonly<Record<string, string>>) {
  const program = join(repositoryRoot, 'apps/api/dist/cli/vmx.js')
  return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    execFile(
      process.execPath,
      [program, ...args],
      { env: { PATH: process.env.PATH, ...settings } },
      (error, stdout, stderr) => resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    )
  })
}
