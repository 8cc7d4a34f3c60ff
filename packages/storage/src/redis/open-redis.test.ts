import { fileURLToPath } from 'node:url'
import type { Log } from '@vm-x/gateway'
import { afterEach, describe, expect, inject, test, vi } from 'vitest'
import { openRedis, type RedisConnection } from './open-redis.ts'
import { redisScript } from './redis-script.ts'

type Server = {
  readonly url: string
  readonly port: number
  command(...args: (string | number)[]): Promise<unknown>
  stop(): Promise<void>
  kill(): Promise<void>
  start(): Promise<void>
  freeze(): Promise<void>
  thaw(): Promise<void>
}

const services: {
  startRedis(options: {
    own: true
    password?: string
    tls?: { certFile: string; keyFile: string }
    config?: Record<string, string | number>
  }): Promise<Server>
} = await import(new URL('../../../../scripts/redis-services.mjs', import.meta.url).href)

const eventually = (holds: () => unknown) => vi.waitFor(holds, { timeout: 10_000, interval: 10 })

const opened: RedisConnection[] = []
const servers: Server[] = []
afterEach(async () => {
  for (const redis of opened.splice(0)) redis.close()
  for (const server of servers.splice(0)) await server.stop()
})

function connect(url: string, options: { caFile?: string; commandTimeoutMs?: number } = {}) {
  const logged: string[] = []
  const note = (fields: object, message: string) => void logged.push(`${message} ${JSON.stringify(fields)}`)
  const log: Log = { info: note, warn: note, error: note }
  const redis = openRedis({ url, commandTimeoutMs: 1000, log, ...options })
  opened.push(redis)
  return { redis, logged }
}

async function startServer(options: Omit<Parameters<typeof services.startRedis>[0], 'own'> = {}) {
  const server = await services.startRedis({ own: true, ...options })
  servers.push(server)
  return server
}

const isConnected = (redis: RedisConnection) => eventually(() => expect(redis.state().connected).toBe(true))
const isAway = (redis: RedisConnection) => eventually(() => expect(redis.state().connected).toBe(false))

const increment = redisScript("return redis.call('INCRBY', KEYS[1], ARGV[1])")

function given(name: 'redis' | 'redisCluster') {
  const server = inject(name)
  if ('missing' in server) throw new Error(server.missing)
  return server.url
}

describe.each([
  ['a server', 'redis'],
  ['a cluster', 'redisCluster'],
] as const)('%s', (_, name) => {
  test('a script is run wherever its key is, also where it was forgotten', async () => {
    const { redis } = connect(given(name))
    await isConnected(redis)
    const keys = Array.from({ length: 20 }, (_, index) => `vmx:test:{${Math.random()}}:${index}`)
    const once = await Promise.all(keys.map((key) => redis.run(increment, [key], [1])))
    await Promise.all(
      (redis.client.isCluster ? clusterNodes(redis) : [redis.client]).map((node) => node.call('SCRIPT', 'FLUSH')),
    )
    const twice = await Promise.all(keys.map((key) => redis.run(increment, [key], ['2'])))
    expect([...new Set(once)]).toEqual([1])
    expect([...new Set(twice)]).toEqual([3])
  })

  test('what is published is told to every subscriber of that channel', async () => {
    const [{ redis }, { redis: other }] = [connect(given(name)), connect(given(name))]
    const heard: string[] = []
    redis.subscribe('vmx:test:a', (message) => heard.push(`a ${message}`))
    other.subscribe('vmx:test:a', (message) => heard.push(`other a ${message}`))
    other.subscribe('vmx:test:b', (message) => heard.push(`b ${message}`))
    await isConnected(redis)
    await isConnected(other)
    await eventually(async () => {
      await redis.publish('vmx:test:a', '1')
      expect(heard).toEqual(expect.arrayContaining(['a 1', 'other a 1']))
    })
    expect(heard).not.toContain('b 1')
  })
})

function clusterNodes({ client }: RedisConnection) {
  return 'nodes' in client ? client.nodes('master') : []
}
