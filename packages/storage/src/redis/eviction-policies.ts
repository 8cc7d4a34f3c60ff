import type { Log } from '@vm-x/gateway'
import { Redis } from 'ioredis'
import type { RedisClient } from './open-redis.ts'

export type EvictionPolicies = {
  /** Asks a node for it, now. */
  check(node: Redis): void
  /** `noeviction` is null until every master has said; `evicting` is the policy of one that does. */
  known(): { readonly noeviction: boolean | null; readonly evicting: string | undefined }
  stop(): void
}

/** Watches that no master evicts; says once which one does, and once that it can't be known. */
export function watchPolicies(client: RedisClient, log: Log): EvictionPolicies {
  const policies = new Map<string, string>()
  let stopped = false
  let saidUnknown = false

  const check = async (node: Redis) => {
    if (node.status !== 'ready') return
    const policy = await policyOf(node)
    if (stopped) return
    const name = nameOf(node)
    if (policy === undefined) {
      policies.delete(name)
      if (!saidUnknown) log.warn({ node: name }, UNKNOWN)
      saidUnknown = true
      return
    }
    if (policies.get(name) !== policy && policy !== 'noeviction')
      log.error(
        { node: name, policy },
        'Redis evicts what it holds when its memory is full: set maxmemory-policy noeviction',
      )
    policies.set(name, policy)
  }
  // What can not be asked now is asked again.
  const checkSoon = (node: Redis) => void check(node).catch(() => {})
  const timer = setInterval(() => mastersOf(client).forEach(checkSoon), POLICY_CHECK_MS)
  timer.unref()
  return {
    check: checkSoon,
    known: () => {
      const masters = mastersOf(client)
      const known = masters.flatMap((node) => policies.get(nameOf(node)) ?? [])
      const evicting = known.find((policy) => policy !== 'noeviction')
      if (evicting !== undefined) return { noeviction: false, evicting }
      return { noeviction: known.length > 0 && known.length === masters.length ? true : null, evicting }
    },
    stop: () => {
      stopped = true
      clearInterval(timer)
    },
  }
}

/** As the client names the nodes of a cluster. */
export const nameOf = ({ options: { host, port } }: Redis): string => `${host}:${port}`

const POLICY_CHECK_MS = 10_000
const UNKNOWN =
  'Whether Redis evicts when its memory is full can not be verified, since its user may not ask with INFO or it does not ' +
  'say: see to it that maxmemory-policy is noeviction'

const mastersOf = (client: RedisClient): Redis[] => (client instanceof Redis ? [client] : client.nodes('master'))

/** Undefined where it is forbidden to ask, or is not said. `CONFIG` is forbidden by managed services. */
async function policyOf(node: Redis): Promise<string | undefined> {
  try {
    return /^maxmemory_policy:(\S+)/m.exec(await node.info('memory'))?.[1]
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('NOPERM')) return undefined
    throw error
  }
}
