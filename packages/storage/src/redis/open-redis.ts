import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Log } from '@vm-x/gateway'
import type { Cluster, Redis } from 'ioredis'
import { openChannels, type RedisChannels } from './redis-channels.ts'
import { createClient } from './redis-options.ts'
import { type RunScript, scriptRunner } from './redis-script.ts'
import { type RedisState, watchState } from './redis-state.ts'
import { parseRedisUrl, type RedisAddress } from './redis-url.ts'

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
  /**
   * What `command` answers, or a rejection after `timeoutMs`, which is `commandTimeoutMs` at the most; the command may be
   * executed nevertheless.
   */
  within<T>(command: Promise<T>, timeoutMs?: number): Promise<T>
  state(): RedisState
  /** Ends all connections; what is under way is rejected. */
  close(): void
}

/** Returns at once, whether or not Redis is there. Throws as {@link redisServerOf} does. */
export function openRedis({ url, caFile, commandTimeoutMs, log }: RedisOptions): RedisConnection {
  const { address, ca } = redisServerOf(url, caFile)
  const client = createClient(address, ca, Math.max(commandTimeoutMs, SHORTEST_SILENCE_MS))
  const watch = watchState(client, log)
  const channels = openChannels(client)
  return {
    kind: address.kind,
    client,
    run: scriptRunner(client),
    within: (command, timeoutMs = commandTimeoutMs) => within(command, Math.min(timeoutMs, commandTimeoutMs)),
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

/** What the settings say. Throws what is wrong with `url` or `caFile`, without any part of them that may be secret. */
export function redisServerOf(url: string, caFile?: string): { address: RedisAddress; ca: Buffer | undefined } {
  const address = parseRedisUrl(url)
  if (caFile === undefined) return { address, ca: undefined }
  if (!address.tls) throw new Error('is without TLS, but a certificate for it is given: write rediss://')
  const ca = readCertificates(caFile)
  if (!holdsCertificate(ca)) throw new Error('The certificate file holds no certificate: it must be PEM')
  return { address, ca }
}

function readCertificates(file: string): Buffer {
  try {
    return readFileSync(file)
  } catch (error) {
    throw new Error(`The certificate file can not be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** TLS passes over what is none, and then nobody is trusted. */
function holdsCertificate(pem: Buffer): boolean {
  if (!pem.includes('-----BEGIN ')) return false
  try {
    return new X509Certificate(pem).subject !== undefined
  } catch {
    return false
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
