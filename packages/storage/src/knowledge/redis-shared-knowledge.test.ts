import { randomUUID } from 'node:crypto'
import { LESSON_MS } from '@vm-x/gateway'
import { sharedKnowledgeContract } from '@vm-x/gateway/testing'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { openRedis, type RedisConnection } from '../redis/open-redis.ts'
import { testRedis } from '../redis/test-redis.ts'
import { RedisSharedKnowledge } from './redis-shared-knowledge.ts'

const SILENT = { info: () => {}, warn: () => {}, error: () => {} }

async function connect(url: string): Promise<RedisConnection> {
  const redis = openRedis({ url, commandTimeoutMs: 5000, log: SILENT })
  await vi.waitFor(() => expect(redis.state().connected).toBe(true), { timeout: 10_000 })
  return redis
}

describe.each(testRedis)('RedisSharedKnowledge on $kind', ({ url }) => {
  sharedKnowledgeContract(async () => {
    const redis = await connect(url())
    const prefix = `test:${randomUUID()}:`
    return { replica: () => new RedisSharedKnowledge(redis, prefix), close: async () => redis.close() }
  })

  let redis: RedisConnection | undefined
  afterAll(() => redis?.close())

  test('every key expires, and lives where the workspace does', async () => {
    redis = await connect(url())
    const prefix = `test:${randomUUID()}:`
    const knowledge = new RedisSharedKnowledge(redis, prefix)
    const workspaceId = randomUUID()
    const lessons = [{ subject: 'output' as const, key: 'r', sums: [1, 5] }]
    await knowledge.exchange({ workspaceId, number: 1, lessons, targets: [] })
    knowledge.announce({
      workspaceId,
      targetKey: 'c/m',
      discovered: { requests: 5, tokens: 6, ageMs: 0 },
      holdMs: 9000,
    })
    const keys = ['learned output r', 'discovered c/m', 'held c/m'].map((rest) => `${prefix}{${workspaceId}} ${rest}`)
    await vi.waitFor(async () => {
      for (const key of keys) expect(await redis?.client.pttl(key)).toBeGreaterThan(0)
    })
    for (const key of keys) expect(await redis.client.pttl(key)).toBeLessThanOrEqual(LESSON_MS)
  })

  test('what makes no sense is taken for nothing', async () => {
    redis ??= await connect(url())
    const prefix = `test:${randomUUID()}:`
    const knowledge = new RedisSharedKnowledge(redis, prefix)
    const workspaceId = randomUUID()
    const heard: unknown[] = []
    knowledge.listen((news) => heard.push(news))
    await redis.client.set(`${prefix}{${workspaceId}} learned output r`, 'no numbers', 'PX', 9000)
    await redis.client.set(`${prefix}{${workspaceId}} discovered c/m`, '-5 NaN', 'PX', 9000)
    const asked = { workspaceId, number: 0, lessons: [{ subject: 'output' as const, key: 'r', sums: [] }] }
    expect(await knowledge.exchange({ ...asked, targets: ['c/m'] })).toEqual({ learned: [undefined], targets: [] })
    const sound = { workspaceId, targetKey: 'c/m', holdMs: 5 }
    await vi.waitFor(async () => {
      for (const message of ['', '{}', '[]', 'null', '{"workspaceId":1}', `{"workspaceId":"w","targetKey":"c/m"}`])
        await redis?.publish(`${prefix}targets`, message)
      await redis?.publish(`${prefix}targets`, JSON.stringify({ ...sound, discovered: { requests: -1 } }))
      expect(heard.length).toBeGreaterThan(0)
    })
    for (const news of heard) expect(news).toEqual(sound)
  })
})
