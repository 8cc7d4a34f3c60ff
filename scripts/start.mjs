import { spawn } from 'node:child_process'
import { isIP } from 'node:net'
import { join } from 'node:path'
import { consoleAddress, isConsolePrepared, startConsole } from './console.mjs'
import { node24, root } from './node24.mjs'
import { prepare } from './prepare.mjs'

/** Starts the API, and once it is ready the console: whatever becomes of that, the API goes on. */
const withoutConsole = process.argv.includes('--no-console') || setting('CONSOLE', ['on', 'off']) === 'off'
const args = process.argv.slice(2).filter((argument) => argument !== '--no-console')

prepare()
const address = consoleAddress(process.env)
const api = spawn(node24(), [join(root, 'apps/api/dist/main.js'), ...args], {
  cwd: root,
  env: withoutConsole ? process.env : { ...process.env, ...besideConsole(address) },
  // It says over the channel that it is ready, and ends when the channel does: it must not outlive whoever started it.
  stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
})
let ui
api.once('message', ({ url }) => {
  if (!withoutConsole) ui = startConsole({ ...address, apiUrl: reachable(url) })
})
const end = (signal) => {
  ui?.endPreparing()
  api.kill(signal)
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => end(signal))
// npm's shell dies of a signal that it doesn't pass on.
const parent = process.ppid
setInterval(() => process.ppid === parent || end('SIGTERM'), 500).unref()
api.on('exit', async (code, signal) => {
  await ui?.end()
  process.exit(code ?? (signal === null ? 1 : 128))
})

function setting(name, words) {
  const value = process.env[name] || words[0]
  if (words.includes(value)) return value
  process.stderr.write(`VM-X AI could not start. ${name}: must be one of ${words.join(', ')}\n`)
  process.exit(1)
}

/** Settings of the API for what the console passes on to it, but for those that are set. */
function besideConsole({ url }) {
  const { HOST = '', TRUSTED_PROXIES, CONSOLE_URL } = process.env
  const own = isIP(HOST) !== 0 && !isAny(HOST) ? [HOST] : []
  return {
    TRUSTED_PROXIES: TRUSTED_PROXIES || ['127.0.0.1/32', '::1/128', ...own].join(','),
    CONSOLE_URL: CONSOLE_URL || url || '',
    CONSOLE_NOTE: isConsolePrepared() ? 'ready in a moment' : 'being built, ready in a minute or two',
  }
}

/** An API that listens everywhere listens on this machine, too. */
function reachable(url) {
  const { protocol, hostname, port } = new URL(url)
  const bare = hostname.replace(/^\[|\]$/g, '')
  return `${protocol}//${isAny(bare) ? (isIP(bare) === 6 ? '[::1]' : '127.0.0.1') : hostname}:${port}`
}

function isAny(host) {
  return host === '0.0.0.0' || host === '::'
}
