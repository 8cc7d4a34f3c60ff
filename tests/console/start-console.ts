import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { type RunningProduct, repositoryRoot, type StartOptions, startProduct } from '../start-product.ts'

export type RunningConsole = {
  /** Of the console, which passes the API's paths on, e.g. `http://127.0.0.1:41234`. */
  readonly url: string
  readonly product: RunningProduct
}

/** Starts the product with a console before it. Both are ended when the test file is over. */
export async function startConsole(options: StartOptions = {}): Promise<RunningConsole> {
  const product = await startProduct({ ...options, env: { TRUSTED_PROXIES: '127.0.0.1/32', ...options.env } })
  return { url: await serveConsole(product.url), product }
}

/** Serves the built console before an API that may be there or not; answers its address. */
export async function serveConsole(apiUrl: string): Promise<string> {
  const child = spawn(process.execPath, [join(repositoryRoot, 'apps/ui/server.mjs')], {
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      NODE_ENV: 'production',
      CONSOLE_PORT: '0',
      API_URL: apiUrl,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.add(child)
  let said = ''
  return new Promise((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        said += text
        const url = /^Console ready at (\S+)$/m.exec(said)?.[1]
        if (url) resolve(url)
      })
    child.once('close', (code) => reject(new Error(`The console ended with ${code}:\n${said}`)))
  })
}

const running = new Set<ChildProcess>()

afterAll(async () => {
  await Promise.all(
    [...running].map(
      (child) =>
        new Promise<void>((resolve) => {
          if (child.exitCode !== null || child.signalCode !== null) return resolve()
          child.once('close', () => resolve())
          child.kill('SIGKILL')
        }),
    ),
  )
})
