import type { Log } from '@vm-x/gateway'
import { Redis } from 'ioredis'
import type { RedisClient } from './open-redis.ts'

/** How Redis is, for operators; holds no secret. */
export type RedisState = {
  /** Of a cluster: every slot has a master that answers. */
  readonly connected: boolean
  /** When that became so; null before the first connection. Milliseconds since the Unix epoch. */
  readonly sinceMs: number | null
  /** Whether Redis refuses to write when its memory is full instead of forgetting counters; null until it is known. */
  readonly noeviction: boolean | null
  /** Why it is not connected, or what evicts. */
  readonly reason: string | null
}

const POLICY_CHECK_MS = 10_000

/** Watches the connections of `client`: says once when Redis is away and once when it is back. */
export function watchState(client: RedisClient, log: Log): { state(): RedisState; stop(): void } {
  let connected = false
  let sinceMs: number | null = null
  let saidAway = false
  let lastError: string | null = null
  let vague = 0
  /** By node; those that evict. */
  const policies = new Map<string, string>()
  let stopped = false

  /** @param settled false: it may be on the way to its first connection, though something has failed. */
  const note = (settled = false) => {
    if (stopped) return
    const now = isConnected(client)
    if (now && !connected) {
      if (saidAway) log.info({}, 'Redis is back')
      saidAway = false
      lastError = null
    } else if (!now && !saidAway && (connected || (settled && lastError !== null))) {
      saidAway = true
      log.warn({ reason: lastError ?? CLOSED }, 'Redis is away: it is looked for until it is back')
    }
    if (now !== connected) sinceMs = Date.now()
    connected = now
  }
  /** What a node has failed with is told by its own connection; what was asked of it is only told that it is closed. */
  const learn = ({ message }: Error) => {
    if (message !== VAGUE) lastError = message
    else if (vague++ > 0) lastError ??= message
  }
  const failed = (error: Error & { readonly lastNodeError?: Error }) => {
    learn(error.lastNodeError ?? error)
    note(true)
  }
  const checkPolicy = async (node: Redis) => {
    const policy = await evictionPolicyOf(node)
    if (policy === undefined || stopped) return
    const key = `${node.options.host}:${node.options.port}`
    if (policies.get(key) !== policy && policy !== 'noeviction')
      log.error(
        { node: key, policy },
        'Redis evicts what it holds when its memory is full: set maxmemory-policy noeviction',
      )
    policies.set(key, policy)
  }
  const watchNode = (node: Redis) => {
    node.on('ready', () => {
      note()
      checkPolicy(node).catch(() => {})
    })
    node.on('close', () => note())
  }
  client.on('error', failed)
  client.on('close', () => note(true))
  if (client instanceof Redis) watchNode(client)
  else {
    let refreshed = false
    client.on('ready', () => note())
    client.on('refresh', () => {
      note(refreshed)
      refreshed = true
    })
    // Of one node, without which the others may do.
    client.on('node error', (error: Error) => {
      learn(error)
      note()
    })
    client.on('-node', () => note())
    client.on('+node', (node: Redis) => {
      watchNode(node)
      heedAsking(node)
      // A node connects when it is first asked, and refuses all that comes until it has: so it is asked now.
      setImmediate(() => {
        if (node.status === 'wait') node.connect().catch(() => {})
      })
    })
  }
  const timer = setInterval(() => {
    for (const node of mastersOf(client)) checkPolicy(node).catch(() => {})
  }, POLICY_CHECK_MS)
  timer.unref()

  return {
    state: () => {
      const known = mastersOf(client).flatMap(({ options: { host, port } }) => policies.get(`${host}:${port}`) ?? [])
      const evicting = known.find((policy) => policy !== 'noeviction')
      return {
        connected,
        sinceMs,
        noeviction: known.length === 0 ? null : evicting === undefined,
        reason: connected
          ? evicting === undefined
            ? null
            : `maxmemory-policy is ${evicting}: it must be noeviction`
          : (lastError ?? (sinceMs === null ? null : CLOSED)),
      }
    },
    stop: () => {
      stopped = true
      clearInterval(timer)
    },
  }
}

/** The client asks a node to take a slot that is on its way, and leaves what comes of that to nobody: it would end the process. */
function heedAsking(node: Redis): void {
  const asking = node.asking.bind(node)
  node.asking = () => {
    const asked = asking()
    asked.catch(() => {})
    return asked
  }
}

const CLOSED = 'the connection was closed'
const VAGUE = 'Connection is closed.'

const mastersOf = (client: RedisClient): Redis[] => (client instanceof Redis ? [client] : client.nodes('master'))

function isConnected(client: RedisClient): boolean {
  if (client instanceof Redis) return client.status === 'ready'
  if (client.status !== 'ready') return false
  const ready = new Set<string | undefined>()
  for (const { status, options } of client.nodes('master'))
    if (status === 'ready') ready.add(`${options.host}:${options.port}`)
  let last: readonly string[] | undefined
  for (let slot = 0; slot < SLOTS; slot++) {
    const nodes = client.slots[slot]
    if (nodes !== undefined && nodes === last) continue
    if (nodes === undefined || !ready.has(nodes[0])) return false
    last = nodes
  }
  return true
}

const SLOTS = 16_384

/** `CONFIG` is forbidden by managed services; undefined where `INFO` does not say it either. */
async function evictionPolicyOf(node: Redis): Promise<string | undefined> {
  if (node.status !== 'ready') return undefined
  return /^maxmemory_policy:(\S+)/m.exec(await node.info('memory'))?.[1]
}
