import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')

/** Settings of the process; what the machine has set for others stays out. */
export type Settings = Readonly<Record<string, string>>

export type Product = {
  /** e.g. `http://127.0.0.1:40123` */
  readonly url: string
  /** The key of a first start. */
  readonly apiKey: string | undefined
  readonly stdout: string
  /** Everything it has said so far. */
  stderr(): string
  /** What `/health/ready` says. */
  ready(): Promise<{ status: number; body: Readiness }>
  /** Resolves once every record has reached the stores. */
  shipped(): Promise<void>
  signal(name: NodeJS.Signals): void
  /** Exit code; null when a signal ended it. */
  readonly exited: Promise<number | null>
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>
}

export type Readiness = {
  status: string
  journal: { depth: number; bytes: number; oldestAgeMs: number; setAside: number; full: boolean }
  audit: { protected: boolean; reason: string }
}

const running = new Set<ChildProcess>()

/** Starts the built product on a free port. Throws what it said when it does not become ready. */
export async function startProduct(settings: Settings): Promise<Product> {
  const { child, output, exited } = run('main.js', [], { PORT: '0', ...settings })
  const line = /VM-X AI is ready at (\S+) /
  await Promise.race([until(child, () => line.test(output.stdout)), exited])
  const url = line.exec(output.stdout)?.[1]
  if (url === undefined) throw new Error(`The product did not start:\n${output.stderr}`)
  const ready = async () => {
    const response = await fetch(`${url}/health/ready`)
    return { status: response.status, body: (await response.json()) as Readiness }
  }
  return {
    url,
    apiKey: /sk-vmx-\S+/.exec(output.stdout)?.[0],
    stdout: output.stdout,
    stderr: () => output.stderr,
    ready,
    shipped: async () => {
      while ((await ready()).body.journal.depth > 0) await new Promise((resolve) => setTimeout(resolve, 25))
    },
    signal: (name) => void child.kill(name),
    exited,
    stop: async () => {
      child.kill('SIGTERM')
      return await exited
    },
  }
}

/** A start that is expected to fail: its exit code and what it said. */
export async function failingStart(settings: Settings): Promise<{ code: number | null; stderr: string }> {
  const { child, output, exited } = run('main.js', [], { PORT: '0', ...settings })
  await Promise.race([until(child, () => output.stdout.includes('is ready')), exited])
  if (output.stdout !== '') throw new Error('The product started')
  return { code: await exited, stderr: output.stderr }
}

/** Runs the `vmx` command to its end. */
export function vmx(args: readonly string[], settings: Settings) {
  return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    execFile(
      process.execPath,
      [join(root, 'apps/api/dist/cli/vmx.js'), ...args],
      { env: environment(settings), maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) => resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    )
  })
}

/** Ends whatever a failed test left running. */
export async function endProducts(): Promise<void> {
  for (const child of running) child.kill('SIGKILL')
  await Promise.all([...running].map((child) => once(child, 'exit')))
}

/** A directory of this test, and files in it. */
export function temporaryDirectory() {
  const path = mkdtempSync(join(tmpdir(), 'vmx-test-'))
  return {
    path,
    write: (name: string, text: string) => {
      writeFileSync(join(path, name), text)
      return join(path, name)
    },
    remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 5 }),
  }
}

const environment = (settings: Settings) => ({ PATH: process.env.PATH ?? '', ...settings })

function run(file: string, args: readonly string[], settings: Settings) {
  const child = spawn(process.execPath, [join(root, 'apps/api/dist', file), ...args], {
    env: environment(settings),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.add(child)
  const output = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output.stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output.stderr += text
  })
  const exited = new Promise<number | null>((resolve) => {
    child.once('close', (code) => {
      running.delete(child)
      resolve(code)
    })
  })
  return { child, output, exited }
}

function until({ stdout }: ChildProcess, condition: () => boolean): Promise<void> {
  return new Promise((resolve) => stdout?.on('data', () => condition() && resolve()))
}
