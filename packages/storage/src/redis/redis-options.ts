import { isIP } from 'node:net'
import type { ConnectionOptions } from 'node:tls'
import { Cluster, type ClusterNode, Redis } from 'ioredis'
import { checkBeforeReady } from './redis-ready-check.ts'
import { CONNECT_TIMEOUT_MS } from './redis-reason.ts'
import type { RedisAddress, RedisNode } from './redis-url.ts'

const KEEP_ALIVE_MS = 5000
const FIRST_RETRY_MS = 50
const LONGEST_RETRY_MS = 1000
const SLOTS_REFRESH_MS = 1500
const READ_ONLY_RETRY_MS = 5000

/**
 * A client that never sends twice what may have been executed, fails at once what it can not send, and looks for Redis
 * for ever. `silenceMs` without an answer to something that was asked ends a connection.
 */
export function createClient(address: RedisAddress, ca: Buffer | undefined, silenceMs: number): Redis | Cluster {
  checkBeforeReady()
  const { nodes, username, password, database } = address
  const tlsOf = ({ host }: RedisNode): { tls?: ConnectionOptions } =>
    address.tls ? { tls: { ...(ca && { ca }), ...(host !== '' && isIP(host) === 0 && { servername: host }) } } : {}
  const common = {
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    connectionName: 'vm-x-ai',
    connectTimeout: CONNECT_TIMEOUT_MS,
    keepAlive: KEEP_ALIVE_MS,
    socketTimeout: silenceMs,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
  }
  const retryDelay = (times: number) => Math.min(FIRST_RETRY_MS * 2 ** (times - 1), LONGEST_RETRY_MS)
  const [first] = nodes
  if (address.kind === 'single' && first !== undefined) {
    return new Redis({
      ...common,
      ...first,
      ...tlsOf(first),
      db: database,
      enableOfflineQueue: false,
      retryStrategy: retryDelay,
      reconnectOnError: whereReadOnly(),
    })
  }
  const withTls = (node: RedisNode): RedisNode => ({ ...node, ...tlsOf(node) })
  return new Cluster(
    nodes.map((node): ClusterNode => withTls(node)),
    {
      redisOptions: common,
      enableOfflineQueue: false,
      // It asks a node that may still be connecting and refuses without a queue, and then all begins again.
      enableReadyCheck: false,
      clusterRetryStrategy: retryDelay,
      // Nothing that may have been executed is sent again; what a node refused as not its own is, at once.
      retryDelayOnFailover: 0,
      retryDelayOnClusterDown: 0,
      slotsRefreshInterval: SLOTS_REFRESH_MS,
      slotsRefreshTimeout: Math.max(SLOTS_REFRESH_MS, silenceMs),
      ...(address.tls && {
        // Certificates are for names: a name is not replaced by its address, and each node is asked by its own.
        dnsLookup: (host, done) => done(null, host),
        natMap: (key) => withTls(nodeOf(key)),
      }),
    },
  )
}

/**
 * The name may lead to another server by now, which takes writes: it is looked up again now and then. What failed is not
 * sent again.
 */
function whereReadOnly(): (error: Error) => boolean {
  let lastMs = Number.NEGATIVE_INFINITY
  return ({ message }) => {
    if (!message.startsWith('READONLY') || performance.now() - lastMs < READ_ONLY_RETRY_MS) return false
    lastMs = performance.now()
    return true
  }
}

function nodeOf(key: string): RedisNode {
  const colon = key.lastIndexOf(':')
  return { host: key.slice(0, colon), port: Number(key.slice(colon + 1)) }
}
