import type { Log } from '@vm-x/gateway'
import { Cluster, Redis } from 'ioredis'
import { nameOf, watchPolicies } from './eviction-policies.ts'
import type { RedisClient } from './open-redis.ts'
import { CLOSED, isVague, reasonAt, reasonOf } from './redis-reason.ts'

/** How Redis is, for operators; holds no secret. */
export type RedisState = {
  /** Of a cluster: every slot has a master that answers. */
  readonly connected: boolean
  /** When that became so; null before the first connection. Milliseconds since the Unix epoch. */
  readonly sinceMs: number | null
  /** Whether Redis refuses to write when its memory is full instead of forgetting counters; null where it is not known. */
  readonly noeviction: boolean | null
  /** Why it is not connected, of a cluster with the nodes that are missing; or what evicts. */
  readonly reason: string | null
}

/** Watches the connections of `client`: says once when Redis is away and once when it is back. */
export function watchState(client: RedisClient, log: Log): { state(): RedisState; stop(): void } {
  let connected = false
  let sinceMs: number | null = null
  let saidAway = false
  /** What each node has failed with since Redis was there. */
  const errors = new Map<string, Error>()
  const vague = new Set<string>()
  let clusterError: Error | undefined
  const policies = watchPolicies(client, log)
  let stopped = false

  /** Masters that the cluster names and that do not answer; null where there is no cluster that does. */
  const missing = () => (client instanceof Cluster && client.status === 'ready' ? missingFrom(client) : null)
  const reason = (): string => {
    const away = client instanceof Redis ? [nameOf(client)] : (missing() ?? [...errors.keys()])
    const reasons = away.slice(0, MOST_NAMED).map((node) => {
      if (node === NO_MASTER) return node
      return reasonAt(node, errors.get(node) ?? (sinceMs === null ? 'has not answered yet' : CLOSED))
    })
    if (reasons.length > 0) return reasons.join('; ') + (away.length > reasons.length ? '; …' : '')
    return clusterError ? reasonOf(clusterError) : CLOSED
  }
  /** @param settled false: it may be on the way to its first connection, though something has failed. */
  const note = (settled = false) => {
    if (stopped) return
    const now = isConnected(client)
    if (now && !connected) {
      if (saidAway) log.info({}, 'Redis is back')
      saidAway = false
      errors.clear()
      vague.clear()
      clusterError = undefined
    } else if (!now && !saidAway && (connected || (settled && hasFailed()))) {
      saidAway = true
      log.warn({ reason: reason() }, 'Redis is away: it is looked for until it is back')
    }
    if (now !== connected) sinceMs = Date.now()
    connected = now
  }
  const hasFailed = () => errors.size > 0 || clusterError !== undefined || (missing()?.length ?? 0) > 0
  /** What a node has failed with is told by its own connection; what was asked of it is only told that it is closed. */
  const learn = (node: string, error: Error) => {
    if (!isVague(error)) errors.set(node, error)
    else if (vague.has(node) && !errors.has(node)) errors.set(node, error)
    else vague.add(node)
  }
  const watchNode = (node: Redis) => {
    node.on('ready', () => {
      errors.delete(nameOf(node))
      note()
      policies.check(node)
    })
    node.on('close', () => note())
  }
  client.on('close', () => note(true))
  if (client instanceof Redis) {
    client.on('error', (error: Error) => {
      learn(nameOf(client), error)
      note(true)
    })
    watchNode(client)
  } else {
    let refreshed = false
    client.on('error', (error: Error) => {
      clusterError = error
      note(true)
    })
    client.on('ready', () => note())
    client.on('refresh', () => {
      note(refreshed)
      refreshed = true
    })
    // Of one node, without which the others may do.
    client.on('node error', (error: Error, node: string) => {
      learn(node, error)
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

  return {
    state: () => {
      const { noeviction, evicting } = connected ? policies.known() : NOTHING_KNOWN
      const evicts = evicting === undefined ? null : `maxmemory-policy is ${evicting}: it must be noeviction`
      const away = sinceMs !== null || hasFailed() ? reason() : null
      return { connected, sinceMs, noeviction, reason: connected ? evicts : away }
    },
    stop: () => {
      stopped = true
      policies.stop()
    },
  }
}

const MOST_NAMED = 3
const NOTHING_KNOWN = { noeviction: null, evicting: undefined }

/** The client asks a node to take a slot that is on its way, and leaves what comes of that to nobody: it would end the process. */
function heedAsking(node: Redis): void {
  const asking = node.asking.bind(node)
  node.asking = () => {
    const asked = asking()
    asked.catch(() => {})
    return asked
  }
}

/** Masters of a cluster that are not connected, and slots that none serves. */
function missingFrom(client: Cluster): string[] {
  const ready = new Set<string>()
  for (const node of client.nodes('master')) if (node.status === 'ready') ready.add(nameOf(node))
  const missing = new Set<string>()
  let last: readonly string[] | undefined
  for (let slot = 0; slot < SLOTS; slot++) {
    const nodes = client.slots[slot]
    if (nodes !== undefined && nodes === last) continue
    const [master = NO_MASTER] = nodes ?? []
    if (!ready.has(master)) missing.add(master)
    last = nodes
  }
  return [...missing]
}

const SLOTS = 16_384
const NO_MASTER = 'not every slot has a master'

function isConnected(client: RedisClient): boolean {
  if (client.status !== 'ready') return false
  return client instanceof Redis || missingFrom(client).length === 0
}
