import { spawn } from 'node:child_process'
import { constants, setPriority } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { consoleDirectory, consoleSources, forgetBuild, isBuiltFrom, keepBuiltFrom } from './console-build.mjs'
import { node24, root } from './node24.mjs'
import { isInstalled, npmCommand, step } from './prepare.mjs'

/**
 * Prepares the console and serves it in front of the API. Whatever fails is said, with how to try again, and ends nothing
 * else.
 * @param {{ apiUrl: string, host: string, port: string }} options
 * @returns {{ ended: Promise<boolean>, endPreparing: () => void, end: () => Promise<void> }} `ended`: whether nothing failed;
 *   `endPreparing`: what is served already goes on
 */
export function startConsole(options) {
  const preparing = new AbortController()
  const serving = new AbortController()
  const ended = serve(options, preparing.signal, serving.signal).then(
    () => true,
    (error) => {
      if (preparing.signal.aborted) return true
      const again = `API_URL=${options.apiUrl} node scripts/console.mjs`
      process.stderr.write(`${error.message.trim()}\nThere is no console. The API goes on. To try again: ${again}\n`)
      return false
    },
  )
  const end = async () => {
    preparing.abort()
    serving.abort()
    await ended
  }
  return { ended, endPreparing: () => preparing.abort(), end }
}

/**
 * Installs the console's packages and builds it, where that is not done yet. Rejects with the output of what failed, and
 * when `signal` says to stop.
 */
export async function prepareConsole(signal = new AbortController().signal) {
  if (!isInstalled(consoleDirectory)) {
    step("Installing the console's packages")
    const npm = npmCommand(['ci', '--prefix', consoleDirectory, '--no-audit', '--no-fund'])
    await runLast('npm', npm, { cwd: root, signal })
    signal.throwIfAborted()
  }
  const sources = consoleSources()
  if (isBuiltFrom(sources)) return
  step('Building the console')
  forgetBuild()
  const build = [join(consoleDirectory, 'build.mjs')]
  await runLast('The build of the console', [node24(), build], { cwd: consoleDirectory, env: environment(), signal })
  signal.throwIfAborted()
  keepBuiltFrom(sources)
}

/** Whether it can be served as it is. */
export const isConsolePrepared = () => isInstalled(consoleDirectory) && isBuiltFrom(consoleSources())

/**
 * Where the console listens, by the settings, and how people reach it: no `url` where the system picks the port, nor where
 * the settings are not right, which is no matter of the API's.
 */
export function consoleAddress(env) {
  const host = env.CONSOLE_HOST || env.HOST || '127.0.0.1'
  const port = env.CONSOLE_PORT || '3001'
  const shown = host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host
  const url = `http://${shown}:${port}`
  return { host, port, url: port === '0' || !URL.canParse(url) ? undefined : url }
}

async function serve({ apiUrl, host, port }, preparing, serving) {
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535)
    throw new Error('CONSOLE_PORT: must be a whole number from 0 to 65535')
  await prepareConsole(preparing)
  const child = spawn(node24(), [join(root, 'scripts/serve-console.mjs')], {
    cwd: consoleDirectory,
    env: { ...environment(), CONSOLE_HOST: host, CONSOLE_PORT: port, API_URL: apiUrl },
    // It ends when the channel does, so that it does not outlive whoever started it.
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  })
  createInterface(child.stdout).on('line', (line) => {
    if (line.startsWith('Console ready at ')) process.stdout.write(`• ${line}\n`)
  })
  await finished('The console', child, serving)
}

/** What programs need to run at all, and no secrets of the product. */
function environment() {
  const needed = ['PATH', 'HOME', 'USER', 'LANG', 'TMPDIR', 'TEMP', 'TMP', 'SystemRoot', 'NODE_EXTRA_CA_CERTS']
  const known = needed.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]))
  return { ...Object.fromEntries(known), NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' }
}

const MOST_OUTPUT = 10_000

/** Runs a program behind whatever else this machine has to do, such as the first requests. Rejects with what it has said. */
async function runLast(what, [command, args], { signal, ...options }) {
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text) => {
      said = (said + text).slice(-MOST_OUTPUT)
    })
  try {
    if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL)
  } catch {
    // It is over already, or this system has no priorities.
  }
  await finished(what, child, signal).catch((error) => {
    throw new Error(`${said}\n${error.message}`)
  })
}

const LONGEST_END_MS = 6_000

/** Resolves when the program has succeeded, or was asked to end and has. */
function finished(what, child, signal) {
  const end = () => {
    child.kill('SIGTERM')
    setTimeout(() => child.kill('SIGKILL'), LONGEST_END_MS).unref()
  }
  if (signal.aborted) end()
  signal.addEventListener('abort', end, { once: true })
  return new Promise((resolve, reject) => {
    child.once('error', (error) => reject(new Error(`${what} could not be started: ${error.message}`)))
    child.once('close', (code, killedBy) => {
      signal.removeEventListener('abort', end)
      if (code === 0 || signal.aborted) resolve()
      else reject(new Error(`${what} ended with ${killedBy ?? `code ${code}`}.`))
    })
  })
}

if (process.argv[1] === import.meta.filename) {
  const { host, port } = consoleAddress(process.env)
  const running = startConsole({ apiUrl: process.env.API_URL || 'http://127.0.0.1:3000', host, port })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => running.end())
  process.exit((await running.ended) ? 0 : 1)
}
