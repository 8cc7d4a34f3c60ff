import { Cluster } from 'ioredis'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import {
  clusters,
  connect,
  cutOff,
  eventually,
  increment,
  isAway,
  isConnected,
  newKey,
  ports,
  startServer,
} from './redis.fixture.ts'
import { testRedis } from './test-redis.ts'

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

  test('in which nobody serves a slot is away, which is said once, until somebody does', async () => {
    const [port = 0] = await ports.freePorts(1)
    const config = { 'cluster-enabled': 'yes', 'cluster-port': port, 'cluster-announce-ip': '127.0.0.1' }
    const server = await startServer({ config })
    await server.command('CLUSTER', 'ADDSLOTSRANGE', 0, 100)
    const { redis, logged } = connect(`redis+cluster://127.0.0.1:${server.port}`)
    const named = expect.stringMatching(/^Redis is away.*not every slot has a master"}$/)
    await eventually(() => expect(logged).toEqual([named]))
    expect(redis.state()).toMatchObject({ connected: false, reason: 'not every slot has a master' })
    await server.command('CLUSTER', 'ADDSLOTSRANGE', 101, 16_383)
    await isConnected(redis)
    expect(logged).toEqual([named, expect.stringMatching(/^Redis is back/)])
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

    test('whose node is away when it is first looked for is away, which is said once with the node, as is its return', async () => {
      for (const node of await up(cluster.nodes))
        await node.command('CONFIG', 'SET', 'cluster-replica-no-failover', 'yes')
      const master = await cluster.masterOf(newKey())
      await master.kill()
      const { redis, logged } = connect(cluster.url)
      const named = expect.stringContaining(`ECONNREFUSED 127.0.0.1:${master.port}`)
      await eventually(() => expect(redis.state()).toMatchObject({ connected: false, reason: named }))
      await eventually(() => expect(logged).toEqual([named]))
      await master.start()
      await isConnected(redis)
      expect(logged).toEqual([named, expect.stringMatching(/^Redis is back/)])
    })

    test('is used by who may not ask with INFO, without a word of the client', async () => {
      const warn = vi.spyOn(console, 'warn')
      for (const node of await up(cluster.nodes))
        await node.command('ACL', 'SETUSER', 'me', 'on', '>m1ne', '~*', '&*', '+@all', '-info')
      const { redis } = connect(cluster.url.replace('//', '//me:m1ne@'))
      await isConnected(redis)
      const channel = newKey()
      const heard: string[] = []
      redis.subscribe(channel, (message) => heard.push(message))
      await eventually(async () => {
        await redis.publish(channel, 'told')
        expect(heard).toContain('told')
      })
      expect(warn).not.toHaveBeenCalled()
    })

    test('of which no node is there is said once, with the reason', async () => {
      const [a, b] = await ports.freePorts(2)
      const { redis, logged } = connect(`redis+cluster://127.0.0.1:${a},127.0.0.1:${b}`)
      await eventually(() => expect(logged).toEqual([expect.stringContaining('ECONNREFUSED')]))
      expect(redis.state()).toMatchObject({ connected: false, reason: expect.stringContaining('ECONNREFUSED') })
    })
  })
})

async function up<Node extends { command(...args: string[]): Promise<unknown> }>(nodes: readonly Node[]) {
  const answers = await Promise.allSettled(nodes.map((node) => node.command('PING')))
  return nodes.filter((_, index) => answers[index]?.status === 'fulfilled')
}
