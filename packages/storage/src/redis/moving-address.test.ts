import { expect, test } from 'vitest'
import { startMovingAddress } from './moving-address.fixture.ts'
import { connect, eventually, increment, isConnected, newKey, startServer } from './redis.fixture.ts'

test('a server that only reads is left for the one that its name leads to, and nothing is sent twice', async () => {
  const [before, after] = [await startServer(), await startServer()]
  const address = await startMovingAddress(before.url)
  try {
    const { redis } = connect(address.url)
    await isConnected(redis)
    const key = newKey()
    await redis.run(increment, [key], [1])
    await before.command('REPLICAOF', '127.0.0.1', after.port)
    const asked = Array.from({ length: 5 }, () => redis.run(increment, [newKey()], [1]))
    const reasons = (await Promise.allSettled(asked)).map((each) => each.status === 'rejected' && String(each.reason))
    expect(reasons).toEqual(Array(5).fill(expect.stringMatching(/READONLY|closed/)))
    address.moveTo(after.url, { cut: false })
    let counted = 0
    await eventually(async () => {
      await redis.run(increment, [key], [1])
      counted++
    })
    expect(await after.command('GET', key)).toBe(String(counted))
    expect(counted).toBe(1)
  } finally {
    address.close()
  }
})
