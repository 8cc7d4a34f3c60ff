import { Cluster } from 'ioredis'
import { describe, expect, test } from 'vitest'
import { connect, cutOff, eventually, increment, isAway, isConnected, newKey, startServer } from './redis.fixture.ts'
import { redisScript } from './redis-script.ts'
import { testRedis } from './test-redis.ts'

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
    expect(logged).toEqual([
      expect.stringMatching(`^Redis is away.*127.0.0.1:${server.port}: the connection was closed`),
      expect.stringMatching(/^Redis is back/),
    ])
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
