import { type ChildProcess, spawn } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, inject } from 'vitest'

export const repositoryRoot = fileURLToPath(new URL('..', import.meta.url))

export type StartOptions = {
  /** Settings of the product, over `PORT=0` and a `DATA_DIR`. Nothing else of this process's settings is passed on. */
  readonly env?: Readonly<Record<string, string>>
  /** A new temporary directory when absent; with an embedded database that is migrated, unless `npm` starts it. */
  readonly dataDir?: string
  readonly args?: readonly string[]
  /** Options of Node itself; with `by: 'node'` only. */
  readonly nodeArgs?: readonly string[]
  /** `npm` starts it as a person would, with `npm start`, but for `CONSOLE=off`; `node` starts the built program directly. */
  readonly by?: 'node' | 'npm'
}

export type Ended = { readonly code: number | null; readonly signal: NodeJS.Signals | null }

export type RunningProduct = {
  /** e.g. `http://127.0.0.1:3000` */
  readonly url: string
  /** The key that a first start shows. */
  readonly apiKey: string | undefined
  /** Whom a first start makes, with a password for one sign-in. */
  readonly administrator: { readonly email: string; readonly password: string } | undefined
  readonly pid: number
  readonly dataDir: string
  /** All that it has written until now. */
  stdout(): string
  stderr(): string
  /** Asks it to end, waits until it has, and answers how. Its data stay until the test file is over. */
  stop(): Promise<Ended>
  /** Ends it as a crash would. */
  kill(): Promise<Ended>
  /** Runs the `vmx` command with this product's settings. */
  vmx(...args: string[]): Promise<{ readonly stdout: string; readonly stderr: string; readonly code: number | null }>
}

/** The product ended before it was ready. */
export class ProductEnded extends Error {
  override readonly name = 'ProductEnded'
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  constructor({ code, signal }: Ended, stdout: string, stderr: string) {
    super(`The product ended before it was ready, with ${signal ?? `code ${code}`}:\n${stdout}${stderr}`)
    this.code = code
    this.stdout = stdout
    this.stderr = stderr
  }
}

/**
 * Starts the product and waits until it says that it is ready. Whatever still runs when the test file is over is ended
 * then, and temporary directories are removed. Throws {@link ProductEnded}.
 */
export async function startProduct(options: StartOptions = {}): Promise<RunningProduct> {
  const dataDir = options.dataDir ?? temporaryDirectory()
  if (!options.dataDir && !options.env?.['DATABASE_URL'] && options.by !== 'npm') copyMigratedPGlite(dataDir)
  const alone = options.by === 'npm' ? { CONSOLE: 'off' } : {}
  const env = { ...cleanEnvironment(), PORT: '0', DATA_DIR: dataDir, ...alone, ...options.env }
  const [command, args] =
    options.by === 'npm'
      ? ['npm', ['start', '--', ...(options.args ?? [])]]
      : [
          process.execPath,
          [
            // To optimise an embedded database takes longer than a test uses it.
            ...(options.env?.['DATABASE_URL'] ? [] : ['--liftoff-only']),
            ...(options.nodeArgs ?? []),
            join(repositoryRoot, 'apps/api/dist/main.js'),
            ...(options.args ?? []),
          ],
        ]
  // A group of its own: npm, its shell and the program get a signal together, as from a terminal.
  const child = spawn(command, args, { cwd: repositoryRoot, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  const output = collect(child)
  const signal = (name: NodeJS.Signals) => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, name)
    } catch {
      // The group is gone.
    }
  }
  const end = (name: NodeJS.Signals) => {
    signal(name)
    return output.ended
  }
  running.set(child, () => end('SIGKILL'))
  void output.ended.then(() => running.delete(child))

  const url = await Promise.race([output.matched(READY), output.ended])
  if (typeof url !== 'string') throw new ProductEnded(url, output.stdout(), output.stderr())
  return {
    url,
    apiKey: SHOWN_KEY.exec(output.stdout())?.[1],
    administrator: administratorOf(output.stdout()),
    pid: child.pid ?? 0,
    dataDir,
    stdout: output.stdout,
    stderr: output.stderr,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    vmx: async (...words) => {
      const vmx = spawn(process.execPath, [join(repositoryRoot, 'apps/api/dist/cli/vmx.js'), ...words], {
        cwd: repositoryRoot,
        env,
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      const { ended, stdout, stderr } = collect(vmx)
      const { code } = await ended
      return { stdout: stdout(), stderr: stderr(), code }
    },
  }
}

/** What a first start does with the embedded database before all else, which takes seconds of a core. */
const copyMigratedPGlite = (dataDir: string) =>
  cpSync(inject('pglite').directory, join(dataDir, 'db'), { recursive: true })

/** A directory that is removed when the test file is over. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'vmx-test-'))
  directories.push(directory)
  return directory
}

// Of the banner this is there at every start; it ends with an empty line.
const READY = /^VM-X AI is ready at (\S+) [\s\S]*npx vmx audit list[\s\S]*\n\n/m
const SHOWN_KEY = /API key, shown this once:\s+(\S+)/
const SHOWN_ADMINISTRATOR = /^ {2}Administrator +(\S+)\n {2}One-time password, shown this once: +(\S+)$/m

function administratorOf(text: string): RunningProduct['administrator'] {
  const [, email, password] = SHOWN_ADMINISTRATOR.exec(text) ?? []
  return email === undefined || password === undefined ? undefined : { email, password }
}

const running = new Map<ChildProcess, () => Promise<Ended>>()
const directories: string[] = []

afterAll(async () => {
  await Promise.all([...running.values()].map((end) => end()))
  for (const directory of directories) rmSync(directory, { recursive: true, force: true, maxRetries: 5 })
})

/** What programs need to run at all: no settings of the product, and no credentials that it would pick up. */
function cleanEnvironment(): Record<string, string> {
  const needed = ['PATH', 'HOME', 'USER', 'LANG', 'TMPDIR', 'SystemRoot', 'npm_config_cache', 'npm_config_userconfig']
  return Object.fromEntries(
    needed.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  )
}

function collect(child: ChildProcess) {
  let stdout = ''
  let stderr = ''
  const watchers = new Set<() => void>()
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
    for (const watcher of watchers) watcher()
  })
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  return {
    stdout: () => stdout,
    stderr: () => stderr,
    ended: new Promise<Ended>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (code, signal) => resolve({ code, signal }))
    }),
    matched: (pattern: RegExp) =>
      new Promise<string>((resolve) => {
        const look = () => {
          const found = pattern.exec(stdout)?.[1]
          if (found === undefined) return
          watchers.delete(look)
          resolve(found)
        }
        watchers.add(look)
        look()
      }),
  }
}
