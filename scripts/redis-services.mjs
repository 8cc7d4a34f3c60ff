import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { accessSync, constants, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { Redis } from 'ioredis'
import { installDebianPackage } from './debian-package.mjs'
import { endAtExit } from './end-at-exit.mjs'
import { freePort } from './free-ports.mjs'
import { succeeds } from './run-command.mjs'

/**
 * @typedef {object} RedisServer
 * @property {string} url
 * @property {number} port
 * @property {number} pid of the process at the moment; 0 where it is not a process of this machine
 * @property {(...args: (string | number)[]) => Promise<unknown>} command sends one command on a connection of its own
 * @property {() => Promise<void>} stop ends the server and removes its data
 * @property {() => Promise<void>} kill ends it as a crash would; `start` brings it back
 * @property {() => Promise<void>} start on the same port, with its data only if its settings keep them
 * @property {() => Promise<void>} freeze stops the process: connections stay open, nothing is answered
 * @property {() => Promise<void>} thaw
 */

/**
 * @typedef {object} RedisOptions
 * @property {string} [program] e.g. `valkey-server`; else what TEST_REDIS_SERVER names, else `redis-server`
 * @property {string} [dir] where its data go, a new temporary directory when absent
 * @property {number} [port]
 * @property {{ certFile: string, keyFile: string }} [tls] answers on TLS alone, at a `rediss:` URL of localhost
 * @property {string} [password]
 * @property {Record<string, string | number>} [config] further settings, written as in redis.conf
 * @property {boolean} [own] never the server of TEST_REDIS_URL, for who needs to kill it or to set it up
 */

/**
 * A Redis server for tests on 127.0.0.1, which keeps nothing on disk: the one that TEST_REDIS_URL names (which is
 * neither stopped nor killed), else from a program of this machine, else installed from the system's packages where
 * that is allowed, else in Docker. Throws an error that says what is missing and how to get it.
 * @param {RedisOptions} [options]
 * @returns {Promise<RedisServer>}
 */
export async function startRedis({ program, dir, port, tls, password, config = {}, own = false } = {}) {
  const given = own ? undefined : process.env.TEST_REDIS_URL
  if (given) return givenServer(given)
  const settled = { port: port ?? (await freePort()), dir, tls, password, config }
  const path = await redisProgram(program)
  if (path) return await server(settled, localProcess(path))
  if (!tls && !program && (await succeeds('docker', ['info'])))
    return await server(settled, dockerContainer(settled.port))
  throw new Error(missing(program))
}

/** The path of the program, installed if need be; undefined when it can't be had. */
export async function redisProgram(program = process.env.TEST_REDIS_SERVER ?? 'redis-server') {
  const found = findProgram(program)
  if (found || program !== 'redis-server') return found
  return (await installDebianPackage('redis-server')) ? findProgram(program) : undefined
}

/** The path of a program, undefined when it is not on the PATH. */
export function findProgram(name) {
  const places = (process.env.PATH ?? '').split(delimiter).filter((place) => place !== '')
  return places.map((place) => join(place, name)).find(isExecutable)
}

export const missing = (program = process.env.TEST_REDIS_SERVER ?? 'redis-server') =>
  `The tests need a Redis server, and none was found. Either install Redis 7 so that \`${program}\` is on the PATH ` +
  '(Debian, Ubuntu: apt-get install redis-server; macOS: brew install redis), or start Docker, ' +
  'or set TEST_REDIS_URL=redis://127.0.0.1:6379. Tests that end a server, and those of a cluster, need the program.'

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** @returns {RedisServer} */
function givenServer(url) {
  const refuse = async () => {
    throw new Error('The server that TEST_REDIS_URL names is not ours to start, to kill or to freeze')
  }
  return {
    url,
    port: Number(new URL(url).port || 6379),
    pid: 0,
    command: (...args) => send(url, undefined, args),
    stop: async () => {},
    kill: refuse,
    start: refuse,
    freeze: refuse,
    thaw: refuse,
  }
}

/** How the server runs as a process of this machine. */
const localProcess = (program) => ({
  bind: '127.0.0.1',
  isolated: false,
  spawn: (options) => spawn(program, ['-'], options),
  signal: async (child, name) => void child.kill(name),
})

/** How it runs in Docker. */
const dockerContainer = (port) => {
  const name = `vmx-redis-${randomBytes(6).toString('hex')}`
  const words = { SIGSTOP: ['pause'], SIGCONT: ['unpause'], SIGTERM: ['stop'], SIGKILL: ['kill'] }
  const args = ['run', '--rm', '-i', '--name', name, '-p', `127.0.0.1:${port}:${port}`, 'redis:7', 'redis-server', '-']
  return {
    bind: '0.0.0.0',
    isolated: true,
    spawn: (options) => spawn('docker', args, options),
    signal: async (_child, signal) => void (await succeeds('docker', [...words[signal], name])),
  }
}

/** @returns {Promise<RedisServer>} */
async function server({ port, dir, tls, password, config }, { bind, isolated, spawn, signal }) {
  const home = dir ?? mkdtempSync(join(tmpdir(), 'vmx-redis-'))
  mkdirSync(home, { recursive: true })
  const settings = {
    bind,
    ...(isolated ? { 'protected-mode': 'no' } : { dir: JSON.stringify(home) }),
    ...(tls ? tlsSettings(port, tls) : { port }),
    ...(password === undefined ? {} : { requirepass: JSON.stringify(password) }),
    save: '""',
    appendonly: 'no',
    ...config,
  }
  // On the standard input: nobody else sees a password there.
  const text = Object.entries(settings).map(([name, value]) => `${name} ${value}\n`)
  const credentials = password === undefined ? '' : `:${encodeURIComponent(password)}@`
  const url = tls ? `rediss://${credentials}localhost:${port}` : `redis://${credentials}127.0.0.1:${port}`
  let child
  let forget = () => {}
  const alive = () => child && child.exitCode === null && child.signalCode === null
  const remove = () => {
    if (dir === undefined) rmSync(home, { recursive: true, force: true, maxRetries: 5 })
  }
  const end = async (name) => {
    forget()
    if (!alive()) return
    const ended = once(child, 'exit')
    await signal(child, name)
    // One that is frozen hears nothing but this.
    if (name === 'SIGTERM') await signal(child, 'SIGCONT')
    await ended
  }
  const start = async () => {
    child = spawn({ stdio: ['pipe', 'pipe', 'pipe'] })
    forget = endAtExit(() => {
      child.kill('SIGKILL')
      remove()
    })
    child.stdin.end(text.join(''))
    await readyToConnect(child)
  }
  await start()
  return {
    url,
    port,
    get pid() {
      return isolated ? 0 : (child.pid ?? 0)
    },
    command: (...args) => send(url, tls, args),
    start,
    kill: () => end('SIGKILL'),
    freeze: () => signal(child, 'SIGSTOP'),
    thaw: () => signal(child, 'SIGCONT'),
    stop: async () => {
      await end('SIGTERM')
      remove()
    },
  }
}

const tlsSettings = (port, { certFile, keyFile }) => ({
  port: 0,
  'tls-port': port,
  'tls-cert-file': JSON.stringify(certFile),
  'tls-key-file': JSON.stringify(keyFile),
  'tls-auth-clients': 'no',
})

async function readyToConnect(child) {
  let log = ''
  await new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', () => reject(new Error(`Redis did not start:\n${log}`)))
    const read = (chunk) => {
      log = (log + chunk).slice(-20_000)
      if (log.includes('Ready to accept connections')) resolve()
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
  })
}

async function send(url, tls, [name, ...args]) {
  const client = new Redis(url, {
    ...OF_A_TEST,
    // The server is the test's own, and its certificate is not what is tested here.
    ...(tls ? { tls: { rejectUnauthorized: false } } : {}),
  })
  // The command itself fails as well.
  client.on('error', () => {})
  try {
    return await client.call(name, ...args)
  } finally {
    client.disconnect()
  }
}

/** One try, and not one command that nobody asked for. */
const OF_A_TEST = {
  retryStrategy: null,
  maxRetriesPerRequest: 0,
  enableReadyCheck: false,
  disableClientInfo: true,
  commandTimeout: 10_000,
}
