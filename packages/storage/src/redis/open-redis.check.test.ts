import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { connect, eventually, increment, isAway, isConnected, newKey, startServer } from './redis.fixture.ts'

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

/** Answers each command, or whatever comes, with the same. */
async function startOther(answer: string) {
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.on('data', (data) => void socket.write(answer.repeat(String(data).match(/^\*\d+\r$/gm)?.length ?? 1)))
    closing.push(() => socket.destroy())
  })
  server.listen(0, '127.0.0.1')
  closing.push(() => server.close())
  await once(server, 'listening')
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

describe('a database', () => {
  test('that can not be selected is away with the reason, and no other is used instead, until it can', async () => {
    const warn = vi.spyOn(console, 'warn')
    const server = await startServer({ config: { databases: 2 } })
    await server.command('ACL', 'SETUSER', 'me', 'on', '>m1ne', '~*', '&*', '+@all', '-select')
    const { redis, logged } = connect(`redis://me:m1ne@127.0.0.1:${server.port}/1`)
    const key = newKey()
    for (let each = 0; each < 3; each++) {
      await server.command('ACL', 'LOG', 'RESET')
      await eventually(async () => expect(await server.command('ACL', 'LOG')).not.toEqual([]))
      await expect(redis.run(increment, [key], [1])).rejects.toThrow()
      expect(redis.state()).toMatchObject({ connected: false, reason: expect.stringContaining("'select'") })
    }
    expect(logged).toEqual([expect.stringMatching(/^Redis is away.*'select'/)])
    expect(warn).not.toHaveBeenCalled()
    await server.command('ACL', 'SETUSER', 'me', '+select')
    await isConnected(redis)
    expect(await redis.run(increment, [key], [1])).toBe(1)
    expect(await server.command('EXISTS', key)).toBe(0)
  })

  test('that the server does not have is said', async () => {
    const server = await startServer({ config: { databases: 2 } })
    const { redis, logged } = connect(`${server.url}/99`)
    await eventually(() => expect(logged).toEqual([expect.stringContaining('does not have the database')]))
    await isAway(redis)
  })
})

describe('what is there', () => {
  test.each([
    ['speaks HTTP', 'HTTP/1.1 400 Bad Request\r\n\r\n', "does not speak Redis's protocol"],
    ['says OK to everything', '+OK\r\n', 'does not answer as Redis does'],
  ])('and %s is away, and named', async (_what, answer, reason) => {
    const address = await startOther(answer)
    const { redis, logged } = connect(`redis://${address}`)
    await eventually(() => expect(logged).toEqual([expect.stringContaining(`${address}: ${reason}`)]))
    expect(redis.state()).toMatchObject({ connected: false, reason: `${address}: ${reason}` })
  })

  test('and does not let the policy be asked for is used: that it is not known is said once, in the log', async () => {
    const warn = vi.spyOn(console, 'warn')
    const server = await startServer()
    await server.command('ACL', 'SETUSER', 'me', 'on', '>m1ne', '~*', '&*', '+@all', '-info')
    const { redis, logged } = connect(`redis://me:m1ne@127.0.0.1:${server.port}`)
    const channel = newKey()
    const heard: string[] = []
    redis.subscribe(channel, (message) => heard.push(message))
    await eventually(async () => {
      await redis.publish(channel, 'told')
      expect(heard).toContain('told')
    })
    await eventually(() => expect(logged).toEqual([expect.stringContaining('can not be verified')]))
    expect(redis.state()).toMatchObject({ connected: true, noeviction: null, reason: null })
    expect(warn).not.toHaveBeenCalled()
  })

  test('is not known to keep what it holds while it is away', async () => {
    const server = await startServer()
    const { redis } = connect(server.url)
    await eventually(() => expect(redis.state().noeviction).toBe(true))
    await server.kill()
    await isAway(redis)
    expect(redis.state().noeviction).toBe(null)
  })
})
