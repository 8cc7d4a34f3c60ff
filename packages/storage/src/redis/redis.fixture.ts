import type { Log } from '@vm-x/gateway'
import { afterEach, expect, vi } from 'vitest'
import { openRedis, type RedisConnection } from './open-redis.ts'
import { redisScript } from './redis-script.ts'

export type Server = {
  readonly url: string
  readonly port: number
  command(...args: (string | number)[]): Promise<unknown>
  stop(): Promise<void>
  kill(): Promise<void>
  start(): Promise<void>
  freeze(): Promise<void>
  thaw(): Promise<void>
}

type ServerOptions = {
  readonly password?: string
  readonly tls?: { certFile: string; keyFile: string }
  readonly config?: Readonly<Record<string, string | number>>
}

const services: { startRedis(options: ServerOptions & { own: true }): Promise<Server> } = await import(
  new URL('../../../../scripts/redis-services.mjs', import.meta.url).href
)
export const clusters: {
  startRedisCluster(options: { nodeTimeoutMs: number }): Promise<{
    readonly url: string
    readonly nodes: readonly Server[]
    masterOf(key: string): Promise<Server>
    stop(): Promise<void>
  }>
} = await import(new URL('../../../../scripts/redis-cluster.mjs', import.meta.url).href)

export const ports: { freePorts(count: number): Promise<number[]> } = await import(
  new URL('../../../../scripts/free-ports.mjs', import.meta.url).href
)

export const eventually = (holds: () => unknown) => vi.waitFor(holds, { timeout: 15_000, interval: 10 })

const opened: RedisConnection[] = []
const servers: { stop(): Promise<void> }[] = []
afterEach(async () => {
  for (const redis of opened.splice(0)) redis.close()
  for (const server of servers.splice(0)) await server.stop()
})

export function connect(url: string, options: { caFile?: string; commandTimeoutMs?: number } = {}) {
  const logged: string[] = []
  const note = (fields: object, message: string) => void logged.push(`${message} ${JSON.stringify(fields)}`)
  const log: Log = { info: note, warn: note, error: note }
  const redis = openRedis({ url, commandTimeoutMs: 1000, log, ...options })
  opened.push(redis)
  return { redis, logged }
}

export async function startServer(options: ServerOptions = {}) {
  const server = await services.startRedis({ own: true, ...options })
  servers.push(server)
  return server
}

export const isConnected = (redis: RedisConnection) => eventually(() => expect(redis.state().connected).toBe(true))
export const isAway = (redis: RedisConnection) => eventually(() => expect(redis.state().connected).toBe(false))

export const increment = redisScript("return redis.call('INCRBY', KEYS[1], ARGV[1])")
export const newKey = () => `vmx:test:{${Math.random()}}`

/** Ends every connection but that which asks. */
export async function cutOff(server: Server) {
  await eventually(async () => expect(await server.command('INFO', 'clients')).toMatch(/^blocked_clients:1/m))
  await server.command('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
}
