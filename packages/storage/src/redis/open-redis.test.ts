import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Log } from '@vm-x/gateway'
import { Cluster } from 'ioredis'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { openRedis, type RedisConnection } from './open-redis.ts'
import { redisScript } from './redis-script.ts'
import { testRedis } from './test-redis.ts'

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

type ServerOptions = {
  readonly password?: string
  readonly tls?: { certFile: string; keyFile: string }
  readonly config?: Readonly<Record<string, string | number>>
}

const services: { startRedis(options: ServerOptions & { own: true }): Promise<Server> } = await import(
  new URL('../../../../scripts/redis-services.mjs', import.meta.url).href
)
const clusters: {
  startRedisCluster(options: { nodeTimeoutMs: number }): Promise<{
    readonly url: string
    readonly nodes: readonly Server[]
    masterOf(key: string): Promise<Server>
    stop(): Promise<void>
  }>
} = await import(new URL('../../../../scripts/redis-cluster.mjs', import.meta.url).href)

const ports: { freePorts(count: number): Promise<number[]> } = await import(
  new URL('../../../../scripts/free-ports.mjs', import.meta.url).href
)

const eventually = (holds: () => unknown) => vi.waitFor(holds, { timeout: 15_000, interval: 10 })

const opened: RedisConnection[] = []
const servers: { stop(): Promise<void> }[] = []
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

async function startServer(options: ServerOptions = {}) {
  const server = await services.startRedis({ own: true, ...options })
  servers.push(server)
  return server
}

const isConnected = (redis: RedisConnection) => eventually(() => expect(redis.state().connected).toBe(true))
const isAway = (redis: RedisConnection) => eventually(() => expect(redis.state().connected).toBe(false))

const increment = redisScript("return redis.call('INCRBY', KEYS[1], ARGV[1])")
const newKey = () => `vmx:test:{${Math.random()}}`

describe.each(testRedis)('on $kind', ({ url }) => {
  test('a script is run wherever its key is, also by a server that has forgotten it', async () => {
    const { redis } = connect(url())
    await isConnected(redis)
    const keys = Array.from({ length: 20 }, newKey)
    const first = await Promise.all(keys.map((key) => redis.run(increment, [key], [1])))
    const nodes = redis.client instanceof Cluster ? redis.client.nodes('master') : [redis.client]
    await Promise.all(nodes.map((node) => node.call('SCRIPT', 'FLUSH')))
    const second = await Promise.all(keys.map((key) => redis.run(increment, [key], ['2'])))
    expect([...new Set(first), ...new Set(second)]).toEqual([1, 3])
  })

  test('what a script refuses is rejected with its reason', async () => {
    const { redis } = connect(url())
    await isConnected(redis)
    await expect(redis.run(redisScript("return redis.error_reply('NO')"), [newKey()], [])).rejects.toThrow('NO')
  })

  test('what is published is told to every subscriber of that channel', async () => {
    const channel = newKey()
    const [{ redis }, { redis: other }] = [connect(url()), connect(url())]
    const heard: string[] = []
    redis.subscribe(channel, (message) => heard.push(`one ${message}`))
    other.subscribe(channel, (message) => heard.push(`two ${message}`))
    const end = other.subscribe(channel, (message) => heard.push(`three ${message}`))
    other.subscribe(`${channel}:other`, (message) => heard.push(`other ${message}`))
    end()
    await eventually(async () => {
      await redis.publish(channel, '1')
      expect([...new Set(heard)].toSorted()).toEqual(['one 1', 'two 1'])
    })
  })

  test('the eviction policy is known once it is connected', async () => {
    const { redis, logged } = connect(url())
    await eventually(() => expect(redis.state()).toMatchObject({ connected: true, noeviction: true, reason: null }))
    expect(logged).toEqual([])
  })
})

describe('a server', () => {
  test('that is away fails what is asked at once, is found when it is back, and both are said once', async () => {
    const server = await startServer({ password: 's3cr3t' })
    const { redis, logged } = connect(server.url)
    const key = newKey()
    const heard: string[] = []
    redis.subscribe(key, (message) => heard.push(message))
    await isConnected(redis)
    await server.kill()
    await isAway(redis)
    await expect(redis.run(increment, [key], [1])).rejects.toThrow()
    await expect(redis.publish(key, 'x')).rejects.toThrow()
    await server.start()
    await isConnected(redis)
    expect(await redis.run(increment, [key], [1])).toBe(1)
    await eventually(async () => {
      await redis.publish(key, 'again')
      expect(heard).toContain('again')
    })
    expect(logged).toEqual([expect.stringMatching(/^Redis is away/), expect.stringMatching(/^Redis is back/)])
  })

  test('that is not there at the start is said once, and is found when it is', async () => {
    const server = await startServer()
    await server.kill()
    const { redis, logged } = connect(server.url)
    await eventually(() => expect(logged).toHaveLength(1))
    expect(redis.state()).toEqual({
      connected: false,
      sinceMs: null,
      noeviction: null,
      reason: expect.stringContaining('ECONNREFUSED'),
    })
    await server.start()
    await isConnected(redis)
    expect(redis.state().sinceMs).toBeGreaterThan(Date.now() - 60_000)
  })

  test('that freezes fails what it was asked within the time limit, and is not asked it again', async () => {
    const server = await startServer()
    const { redis } = connect(server.url, { commandTimeoutMs: 50 })
    await isConnected(redis)
    const key = newKey()
    await redis.run(increment, [key], [1])
    await server.freeze()
    const command = redis.run(increment, [key], [1])
    const refused = expect(command).rejects.toThrow()
    await expect(redis.within(command)).rejects.toThrow('within 50 ms')
    await refused
    await isAway(redis)
    await server.thaw()
    await isConnected(redis)
    expect(await redis.client.get(key)).toBe('2')
  })

  test('that cuts the connection is not asked again what was under way', async () => {
    const server = await startServer()
    const { redis } = connect(server.url)
    await isConnected(redis)
    const refused = expect(redis.client.call('BLPOP', newKey(), 0)).rejects.toThrow()
    await cutOff(server)
    await refused
    await isConnected(redis)
    expect(await server.command('INFO', 'clients')).toMatch(/^blocked_clients:0/m)
  })

  test('that evicts is said, with what it must be set to', async () => {
    const server = await startServer({ config: { 'maxmemory-policy': 'allkeys-lru' } })
    const { redis, logged } = connect(server.url)
    await eventually(() => expect(redis.state().noeviction).toBe(false))
    expect(redis.state()).toMatchObject({ connected: true, reason: expect.stringContaining('allkeys-lru') })
    expect(logged).toEqual([expect.stringContaining('set maxmemory-policy noeviction')])
  })

  test('is signed in to by user and password, and a wrong password is said without it', async () => {
    const server = await startServer({ password: 's3cr3t@ /' })
    await server.command('ACL', 'SETUSER', 'me', 'on', '>m1ne', '~vmx:*', '+@all')
    const host = `127.0.0.1:${server.port}`
    for (const url of [server.url, `redis://me:m1ne@${host}`]) await isConnected(connect(url).redis)
    for (const url of [`redis://me:wr0ng@${host}`, `redis://${host}`]) {
      const { redis, logged } = connect(url)
      await eventually(() => expect(logged).toHaveLength(1))
      expect(redis.state().connected).toBe(false)
      expect(`${logged} ${redis.state().reason}`).toMatch(/WRONGPASS|NOAUTH/)
      expect(`${logged} ${redis.state().reason}`).not.toContain('wr0ng')
    }
  })
})

describe('TLS', () => {
  const fixture = (name: string) => fileURLToPath(new URL(`../db/__fixtures__/${name}`, import.meta.url))
  const caFile = fixture('localhost-cert.pem')
  const tls = { certFile: caFile, keyFile: fixture('localhost-key.pem') }

  test('a certificate that the given authority vouches for is accepted, by the name that it is for alone', async () => {
    const server = await startServer({ tls })
    await isConnected(connect(`rediss://localhost:${server.port}`, { caFile }).redis)
    const { logged } = connect(`rediss://127.0.0.1:${server.port}`, { caFile })
    await eventually(() => expect(logged).toEqual([expect.stringContaining("not in the cert's list")]))
  })

  test('a certificate that nobody vouches for, or another authority, is refused', async () => {
    const server = await startServer({ tls })
    const dir = mkdtempSync(join(tmpdir(), 'vmx-ca-'))
    const otherCa = join(dir, 'ca.pem')
    const words = [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-subj',
      '/CN=other',
    ]
    execFileSync('openssl', [...words, '-keyout', join(dir, 'key.pem'), '-out', otherCa], { stdio: 'ignore' })
    for (const options of [{}, { caFile: otherCa }]) {
      const { redis, logged } = connect(`rediss://localhost:${server.port}`, options)
      await eventually(() => expect(logged).toEqual([expect.stringMatching(/self-signed|unable to verify/)]))
      expect(redis.state().connected).toBe(false)
    }
    rmSync(dir, { recursive: true })
  })

  test('of a cluster each node is verified by the name that it announces', async () => {
    const [port = 0] = await ports.freePorts(1)
    const named = {
      'cluster-announce-hostname': 'localhost',
      'cluster-announce-ip': '127.0.0.1',
      'cluster-preferred-endpoint-type': 'hostname',
    }
    const secure = { 'tls-cluster': 'yes', 'tls-ca-cert-file': JSON.stringify(caFile) }
    const config = { 'cluster-enabled': 'yes', 'cluster-port': port, ...named, ...secure }
    const server = await startServer({ tls, config })
    await server.command('CLUSTER', 'ADDSLOTSRANGE', 0, 16_383)
    await eventually(async () => expect(await server.command('CLUSTER', 'INFO')).toContain('cluster_state:ok'))
    const { redis } = connect(`rediss+cluster://localhost:${server.port}`, { caFile })
    await isConnected(redis)
    expect(await redis.run(increment, [newKey()], [1])).toBe(1)
    const heard: string[] = []
    redis.subscribe('vmx:test', (message) => heard.push(message))
    await eventually(async () => {
      await redis.publish('vmx:test', 'told')
      expect(heard).toContain('told')
    })
    await server.command('CONFIG', 'SET', 'cluster-preferred-endpoint-type', 'ip')
    const { redis: byAddress, logged } = connect(`rediss+cluster://localhost:${server.port}`, { caFile })
    await eventually(() => expect(logged).toEqual([expect.stringContaining("not in the cert's list")]))
    expect(byAddress.state().connected).toBe(false)
  })

  test('an authority that can not be read, or is for no TLS, is an error', () => {
    const open = (url: string, file: string) => () => connect(url, { caFile: file })
    expect(open('rediss://h', '/nowhere/ca.pem')).toThrow('can not be read')
    expect(open('redis://h', caFile)).toThrow('write rediss://')
  })
})

describe('a cluster', () => {
  test('that says that a slot has moved is followed at once', async () => {
    const [cluster] = testRedis.filter(({ kind }) => kind === 'redis cluster')
    const { redis } = connect(cluster?.url() ?? '')
    await isConnected(redis)
    const { client } = redis
    if (!(client instanceof Cluster)) throw new Error('No client of a cluster')
    const key = newKey()
    const slot = await client.cluster('KEYSLOT', key)
    const own = client.slots[slot]?.[0]
    const wrong = client.nodes('master').map(({ options: { host, port } }) => `${host}:${port}`)
    client.slots[slot] = wrong.filter((node) => node !== own).slice(0, 1)
    expect(await redis.run(increment, [key], [1])).toBe(1)
  })

  describe('of its own', () => {
    let cluster: Awaited<ReturnType<typeof clusters.startRedisCluster>>
    beforeAll(async () => {
      cluster = await clusters.startRedisCluster({ nodeTimeoutMs: 500 })
    })
    afterAll(() => cluster?.stop())

    test('that cuts a connection is not asked again what was under way there', async () => {
      const { redis } = connect(cluster.url, { commandTimeoutMs: 5000 })
      await isConnected(redis)
      const key = newKey()
      const master = await cluster.masterOf(key)
      const waiting = redis.within(redis.client.call('BLPOP', key, 0))
      const refused = expect(waiting).rejects.toThrow('Connection is closed')
      await cutOff(master)
      await refused
      await isConnected(redis)
      expect(await redis.run(increment, [key], [1])).toBe(1)
    })

    test('that loses a master says so, and goes on with the replica that takes its place', async () => {
      const { redis, logged } = connect(cluster.url)
      await isConnected(redis)
      const key = newKey()
      const master = await cluster.masterOf(key)
      await master.kill()
      await isAway(redis)
      await isConnected(redis)
      expect(await redis.run(increment, [key], [1])).toBe(1)
      expect(logged).toEqual([expect.stringMatching(/^Redis is away/), expect.stringMatching(/^Redis is back/)])
      const later = connect(cluster.url)
      await isConnected(later.redis)
      expect(later.logged).toEqual([])
    })

    test('of which no node is there is said once, with the reason', async () => {
      const [a, b] = await ports.freePorts(2)
      const { redis, logged } = connect(`redis+cluster://127.0.0.1:${a},127.0.0.1:${b}`)
      await eventually(() => expect(logged).toEqual([expect.stringContaining('ECONNREFUSED')]))
      expect(redis.state()).toMatchObject({ connected: false, reason: expect.stringContaining('ECONNREFUSED') })
    })
  })
})

/** Ends every connection but that which asks. */
async function cutOff(server: Server) {
  await eventually(async () => expect(await server.command('INFO', 'clients')).toMatch(/^blocked_clients:1/m))
  await server.command('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
}
