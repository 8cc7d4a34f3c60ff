import { execFile } from 'node:child_process'
import { hash } from 'node:crypto'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const environments = join(import.meta.dirname, '../../node_modules/.cache/vm-x-ai/python')

/**
 * The Python of a virtual environment with exactly these requirements, made when it is first asked for and kept until
 * they change. Throws a sentence that says what is missing and how to get it.
 */
export async function pythonEnvironment(requirements: string): Promise<string> {
  const version = await run('python3', ['--version']).catch(() => {
    throw new Error(`The tests of the Python package need python3 on the PATH, and there is none: ${INSTALL}.`)
  })
  const key = hash('sha256', version.stdout + readFileSync(requirements, 'utf8')).slice(0, 16)
  const directory = join(environments, key)
  const python = join(directory, 'bin/python')
  const complete = join(directory, 'complete')
  if (existsSync(complete)) return python
  rmSync(directory, { recursive: true, force: true })
  await makeEnvironment(directory)
  const pip = [
    '-m',
    'pip',
    '--disable-pip-version-check',
    'install',
    '--quiet',
    '--no-deps',
    '--requirement',
    requirements,
  ]
  await run(python, pip).catch((error: Error) => {
    throw new Error(
      `pip could not install what ${requirements} names: is a package index within reach? ${error.message}`,
    )
  })
  writeFileSync(complete, '')
  return python
}

const INSTALL = 'install it (Debian, Ubuntu: apt-get install python3 python3-venv; macOS: brew install python)'

async function makeEnvironment(directory: string): Promise<void> {
  const make = () => run('python3', ['-m', 'venv', directory])
  try {
    await make()
  } catch (first) {
    rmSync(directory, { recursive: true, force: true })
    const installed = await installVenv()
    const error = installed
      ? await make().then(
          () => undefined,
          (again: unknown) => again,
        )
      : first
    if (error === undefined) return
    throw new Error(
      `The tests of the Python package need python3's venv module, which does not work here: ${INSTALL}.`,
      { cause: error },
    )
  }
}

/** Debian keeps the module in a package of its own. */
async function installVenv(): Promise<boolean> {
  if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) return false
  const options = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, maxBuffer: 64 * 1024 * 1024 }
  try {
    await run('apt-get', ['update'], options)
    await run('apt-get', ['install', '-y', 'python3-venv'], options)
    return true
  } catch {
    return false
  }
}
