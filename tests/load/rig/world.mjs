import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { aiConnectionRoutes, capacityRoutes, environmentRoutes, workspaceRoutes } from '@vm-x/contract'
import { generateApiKey } from '@vm-x/gateway'
import { endAtExit } from '../../../scripts/end-at-exit.mjs'
import { startRedisCluster } from '../../../scripts/redis-cluster.mjs'
import { startRedis } from '../../../scripts/redis-services.mjs'
import { startPostgres } from '../../../scripts/services.mjs'
import { settle } from '../../integration/administrator.ts'
import { startProcess } from './process.mjs'
import { startProxy } from './proxy.mjs'

/**
 * @typedef {object} World replicas of the product, what they need, and the provider that they send to
 * @property {import('./process.mjs').RigProcess[]} replicas
 * @property {string} apiKey
 * @property {string} workspaceId
 * @property {any} redis the server or the cluster; undefined without one
 * @property {import('./proxy.mjs').Proxy | undefined} proxy between Redis and those replicas that are to be cut off
 * @property {(replica?: number) => Promise<any[]>} limits of the connection, as the management API of a replica shows them
 * @property {() => Promise<any>} estimates of the environment: how far they were off, likewise; undefined before any answer
 * @property {string} databaseUrl
 * @property {() => Promise<any[]>} notes of the upstream
 * @property {() => Promise<void>} stop
 */

/**
 * @param {object} options
 * @param {number} options.replicas
 * @param {'none' | 'single' | 'cluster'} options.redis
 * @param {object} options.connection fields of the connection that all requests go to
 * @param {number} [options.cutOff] so many replicas, the last ones, reach Redis by way of a proxy
 * @param {object} [options.apiKey] fields of the key that all requests come with
 * @param {string} [options.databaseUrl] an empty database; else a server is started
 * @param {Record<string, string | number>} [options.redisConfig]
 * @param {Record<string, string>} [options.env] further settings of the product
 * @returns {Promise<World>}
 */
export async function startWorld(options) {
  const { replicas, redis: kind, connection, apiKey, databaseUrl, redisConfig, cutOff = 0, env = {} } = options
  const stops = []
  const stop = async () => {
    for (const end of stops.splice(0).reverse()) await end()
  }
  try {
    const postgres = databaseUrl === undefined ? await startPostgres({ own: true }) : undefined
    if (postgres) stops.push(postgres.stop)
    const redis = await startKind(kind, redisConfig)
    if (redis) stops.push(redis.stop)
    const proxy = redis && cutOff > 0 ? await startProxy(redis.url) : undefined
    if (proxy) stops.push(proxy.stop)
    const upstream = await startProcess([here('upstream.mjs')])
    stops.push(upstream.stop)
    const dir = mkdtempSync(join(tmpdir(), 'vmx-rig-'))
    const remove = () => rmSync(dir, { recursive: true, force: true, maxRetries: 5 })
    const forget = endAtExit(remove)
    stops.push(async () => {
      forget()
      remove()
    })
    const key = generateApiKey().value
    const file = join(dir, 'config.json')
    writeFileSync(file, JSON.stringify(configuration(upstream.url, connection, { ...apiKey, value: key })))
    const settings = {
      PORT: '0',
      DATABASE_URL: databaseUrl ?? postgres.url,
      VAULT_URL: `libsodium:file=${join(dir, 'key')}`,
      VMX_CONFIG: file,
      UPSTREAM_ALLOW: new URL(upstream.url).host,
      ...(redis && { REDIS_URL: redis.url }),
      ...env,
    }
    await run(process.execPath, [product('cli/vmx.js'), 'migrate'], { env: { PATH: process.env.PATH, ...settings } })
    const start = (index) => {
      const own = { DATA_DIR: join(dir, `replica-${index}`) }
      if (proxy && index >= replicas - cutOff) own.REDIS_URL = proxy.url
      return startProcess([product('main.js')], { ...settings, ...own })
    }
    // The first one makes the administrator, and says the password once.
    const first = await start(0)
    stops.push(first.stop)
    const others = await Promise.all(Array.from({ length: replicas - 1 }, (_, index) => start(index + 1)))
    const all = [first, ...others]
    stops.push(async () => void (await Promise.all(others.map((each) => each.stop()))))
    const world = { replicas: all, apiKey: key, redis, proxy, databaseUrl: settings.DATABASE_URL, stop }
    return { ...world, ...(await management(all)), notes: () => notesOf(upstream) }
  } catch (error) {
    await stop()
    throw error
  }
}

const run = promisify(execFile)

const here = (path) => fileURLToPath(new URL(path, import.meta.url))
const product = (path) => here(`../../../apps/api/dist/${path}`)

async function startKind(kind, config) {
  if (kind === 'none') return undefined
  return kind === 'cluster' ? await startRedisCluster() : await startRedis({ own: true, ...(config && { config }) })
}

/** The lifetime limit is never reached: it counts what was used in all, to be compared with what the upstream saw. */
const configuration = (upstream, { capacity = [], ...connection }, apiKey) => ({
  workspaces: [
    {
      name: 'rig',
      environments: [
        {
          name: 'rig',
          connections: [
            {
              name: 'upstream',
              provider: 'openai-compatible',
              baseUrl: `${upstream}/v1`,
              apiKey: 'rig',
              capacity: [...capacity, { period: 'lifetime', requests: 1e9, tokens: 1e12 }],
              ...connection,
            },
          ],
          resources: [{ name: 'told', model: { connection: 'upstream', model: 'told' } }],
          apiKeys: [{ name: 'rig', ...apiKey }],
        },
      ],
    },
  ],
})

async function management(replicas) {
  const [first] = replicas
  const [, email, password] =
    /^ {2}Administrator +(\S+)\n {2}One-time password, shown this once: +(\S+)$/m.exec(first.output()) ?? []
  const administrator = await settle(first.url, { email, password })
  const call = (route, params, replica = 0) => administrator.call(replicas[replica].url, route, { params })
  const workspaceId = (await call(workspaceRoutes.listWorkspaces)).items[0].id
  const environmentId = (await call(environmentRoutes.listEnvironments, { workspaceId })).items[0].id
  const within = { workspaceId, environmentId }
  const connectionId = (await call(aiConnectionRoutes.listAiConnections, within)).items[0].id
  return {
    workspaceId,
    limits: async (replica) => {
      const { limits } = await call(capacityRoutes.getCapacity, within, replica)
      return limits.filter(({ owner }) => owner.id === connectionId)
    },
    estimates: async () => {
      const { estimates } = await call(capacityRoutes.getCapacity, within)
      return estimates.find(({ owner }) => owner.kind === 'environment')
    },
  }
}

const notesOf = async ({ url }) => (await fetch(`${url}/notes`)).json()
