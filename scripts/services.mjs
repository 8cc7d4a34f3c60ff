import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import {
  accessSync,
  chownSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { installDebianPackage } from './debian-package.mjs'
import { endAtExit } from './end-at-exit.mjs'
import { freePort } from './free-ports.mjs'
import { run, succeeds } from './run-command.mjs'

/**
 * @typedef {object} PostgresServer
 * @property {string} url superuser's URL of the empty database `vmx`
 * @property {string} adminUrl superuser's URL of the database `postgres`, to create others from
 * @property {() => Promise<void>} stop ends the server and removes its data
 * @property {() => Promise<void>} kill ends the server as a crash would; `start` brings it back with its data
 * @property {() => Promise<void>} start
 */

/**
 * A PostgreSQL server for tests on 127.0.0.1: the one that TEST_DATABASE_URL names (which is neither stopped nor
 * killed), else from a binary of this machine, else installed from the system's packages where that is allowed, else
 * in Docker. Throws an error that says what is missing and how to get it.
 * @param {{ dir?: string, port?: number, fsync?: boolean, own?: boolean }} [options] `dir`: where its data goes, a new
 *   temporary directory when absent; `own`: never the one of TEST_DATABASE_URL, for who needs to kill it
 * @returns {Promise<PostgresServer>}
 */
export async function startPostgres({ dir, port, fsync = false, own = false } = {}) {
  const given = own ? undefined : process.env.TEST_DATABASE_URL
  if (given) return givenServer(given)
  const chosenPort = port ?? (await freePort())
  const bin = findPostgres() ?? ((await installDebianPackage('postgresql')) ? findPostgres() : undefined)
  if (bin) return await localServer({ bin, dir, port: chosenPort, fsync })
  if (await succeeds('docker', ['info'])) return await dockerServer(chosenPort)
  throw new Error(
    'The tests need a PostgreSQL server, and none was found. Either install PostgreSQL so that `postgres` and `initdb` are on the PATH ' +
      '(Debian, Ubuntu: apt-get install postgresql; macOS: brew install postgresql), or start Docker, ' +
      'or set TEST_DATABASE_URL=postgres://superuser:password@127.0.0.1:5432/postgres',
  )
}

/** @returns {PostgresServer} */
function givenServer(url) {
  const refuse = async () => {
    throw new Error('The server that TEST_DATABASE_URL names is not ours to start or to kill')
  }
  return { url, adminUrl: url, stop: async () => {}, kill: refuse, start: refuse }
}

/** The directory with `postgres` and `initdb`, undefined when there is none. */
function findPostgres() {
  const root = '/usr/lib/postgresql'
  const packaged = existsSync(root) ? readdirSync(root).sort((a, b) => Number(b) - Number(a)) : []
  const places = [
    ...(process.env.PATH ?? '').split(delimiter),
    ...packaged.map((version) => join(root, version, 'bin')),
  ]
  return places.find(
    (place) => place !== '' && isExecutable(join(place, 'postgres')) && isExecutable(join(place, 'initdb')),
  )
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** @returns {Promise<PostgresServer>} */
async function localServer({ bin, dir, port, fsync }) {
  // Both files are links on some systems, and PostgreSQL looks for its own beside the real one.
  const binary = (name) => join(dirname(realpathSync(join(bin, 'postgres'))), name)
  const home = dir ?? mkdtempSync(join(tmpdir(), 'vmx-postgres-'))
  mkdirSync(home, { recursive: true })
  const user = await unprivilegedUser()
  if (user) chownSync(home, user.uid, user.gid)
  const data = join(home, 'data')
  const password = randomBytes(12).toString('hex')
  const passwordFile = join(home, 'password')
  const adminUrl = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`
  writeFileSync(passwordFile, password, { mode: 0o600 })
  if (user) chownSync(passwordFile, user.uid, user.gid)
  const options = { ...user, cwd: home }
  await run(
    binary('initdb'),
    [
      '-D',
      data,
      '-U',
      'postgres',
      '-E',
      'UTF8',
      '--locale=C',
      '-A',
      'scram-sha-256',
      `--pwfile=${passwordFile}`,
      '--no-sync',
    ],
    options,
  )
  await createDatabase(binary('postgres'), data, options)

  const settings = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    fsync: fsync ? 'on' : 'off',
    max_connections: 200,
  }
  const args = ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])]
  let server
  let forget = () => {}
  const end = async (signal) => {
    forget()
    if (!server || server.exitCode !== null || server.signalCode !== null) return
    const ended = once(server, 'exit')
    server.kill(signal)
    await ended
  }
  const remove = () => rmSync(dir ? data : home, { recursive: true, force: true, maxRetries: 5 })
  const start = async () => {
    server = spawn(binary('postgres'), args, { ...options, stdio: ['ignore', 'ignore', 'pipe'] })
    forget = endAtExit(() => {
      server?.kill('SIGQUIT')
      remove()
    })
    await readyToConnect(server)
  }
  await start()
  return {
    adminUrl,
    url: adminUrl.replace(/postgres$/, 'vmx'),
    start,
    // SIGQUIT is PostgreSQL's own word for a crash: no checkpoint, recovery at the next start, no orphaned children.
    kill: () => end('SIGQUIT'),
    stop: async () => {
      await end('SIGINT')
      remove()
    },
  }
}

/** PostgreSQL refuses to run as root. */
async function unprivilegedUser() {
  if (process.getuid?.() !== 0) return undefined
  const id = async (flag, user) => Number((await run('id', [flag, user])).stdout)
  for (const user of ['postgres', 'nobody']) {
    if (await succeeds('id', [user])) return { uid: await id('-u', user), gid: await id('-g', user) }
  }
  throw new Error('PostgreSQL refuses to run as root, and there is no user `postgres` or `nobody` to run it as')
}

/** Without a client at hand: PostgreSQL's single-user mode takes statements from its input. */
async function createDatabase(postgres, data, options) {
  const single = spawn(postgres, ['--single', '-D', data, 'postgres'], {
    ...options,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  single.stdin.end('create database vmx\n')
  const [code] = await once(single, 'exit')
  if (code !== 0) throw new Error('PostgreSQL could not create the database for tests')
}

async function readyToConnect(server) {
  let log = ''
  await new Promise((resolve, reject) => {
    server.once('error', reject)
    server.once('exit', () => reject(new Error(`PostgreSQL did not start:\n${log}`)))
    server.stderr.on('data', (chunk) => {
      log = (log + chunk).slice(-20_000)
      if (log.includes('ready to accept connections')) resolve()
    })
  })
}

/** @returns {Promise<PostgresServer>} */
async function dockerServer(port) {
  const name = `vmx-postgres-${randomBytes(6).toString('hex')}`
  const password = randomBytes(12).toString('hex')
  const docker = (...args) => run('docker', args)
  // The image starts a first server only to prepare the data; just the second one listens on TCP.
  const ready = async () => {
    for (let attempt = 0; attempt < 120; attempt++) {
      if (await succeeds('docker', ['exec', name, 'pg_isready', '-h', '127.0.0.1', '-U', 'postgres'])) return
      await new Promise((resolve) => setTimeout(resolve, 500))
    }
    throw new Error(`PostgreSQL in Docker did not start: see docker logs ${name}`)
  }
  const environment = ['-e', `POSTGRES_PASSWORD=${password}`, '-e', 'POSTGRES_DB=vmx']
  await docker('run', '-d', '--name', name, '-p', `127.0.0.1:${port}:5432`, ...environment, 'postgres:17')
  await ready()
  const adminUrl = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`
  return {
    adminUrl,
    url: adminUrl.replace(/postgres$/, 'vmx'),
    start: async () => {
      await docker('start', name)
      await ready()
    },
    kill: async () => void (await docker('kill', name)),
    stop: async () => void (await docker('rm', '-f', '-v', name)),
  }
}
