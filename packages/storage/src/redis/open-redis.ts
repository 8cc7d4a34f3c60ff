import type { Log } from '@vm-x/gateway'
import type { Cluster, Redis } from 'ioredis'
import { openChannels, type RedisChannels } from './redis-channels.ts'
import { createClient, readCaFile } from './redis-options.ts'
import { type RunScript, scriptRunner } from './redis-script.ts'
import { type RedisState, watchState } from './redis-state.ts'
import { parseRedisUrl } from './redis-url.ts'

/** Every key and channel of ours starts so. Two installations in one Redis would share them: they need one each. */
export const REDIS_PREFIX = 'vmx:'

export type RedisClient = Redis | Cluster

export type RedisOptions = {
  /** As `parseRedisUrl` reads it. */
  readonly url: string
  /** Certificates of the authority that signed the server's, instead of those of the system. */
  readonly caFile?: string | undefined
  readonly commandTimeoutMs: number
  readonly log: Log
}

/**
 * A Redis or a cluster that is looked for until it is there. While it is not, commands are rejected at once; one that
 * was under way when the connection broke is rejected and never sent again, whether or not it was executed.
 */
export type RedisConnection = Pick<RedisChannels, 'subscribe' | 'publish'> & {
  readonly kind: 'single' | 'cluster'
  readonly client: RedisClient
  /** Without a time limit of its own: for the request path, which has its deadlines. */
  readonly run: RunScript
  /** What `command` answers, or a rejection after `commandTimeoutMs`; the command may be executed nevertheless. */
  within<T>(command: Promise<T>): Promise<T>
  state(): RedisState
  /** Ends all connections; what is under way is rejected. */
  close(): void
}

/** Returns at once, whether or not Redis is there. Throws what is wrong with `url` or `caFile`. */
export function openRedis({ url, caFile, commandTimeoutMs, log }: RedisOptions): RedisConnection {
  const address = parseRedisUrl(url)
  if (caFile !== undefined && !address.tls) throw new Error('has a certificate, but no TLS: write rediss://')
  const ca = caFile === undefined ? undefined : readCaFile(caFile)
  const client = createClient(address, ca, Math.max(commandTimeoutMs, SHORTEST_SILENCE_MS))
  const watch = watchState(client, log)
  const channels = openChannels(client)
  return {
    kind: address.kind,
    client,
    run: scriptRunner(client),
    within: (command) => within(command, commandTimeoutMs),
    subscribe: channels.subscribe,
    publish: (channel, message) => within(channels.publish(channel, message), commandTimeoutMs),
    state: watch.state,
    close: () => {
      watch.stop()
      channels.close()
      client.disconnect()
    },
  }
}

/** A connection is not given up for what one slow script costs. */
const SHORTEST_SILENCE_MS = 2000

async function within<T>(command: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Redis has not answered within ${ms} ms`)), ms)
  })
  try {
    return await Promise.race([command, late])
  } finally {
    clearTimeout(timer)
  }
}
