import { setTimeout } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { Pool } from 'undici'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { monotonicMs } from '../load/rig/clock.mjs'
import { ask } from '../load/rig/drive.mjs'
import { startWorld } from '../load/rig/world.mjs'
import { createPostgresDatabase, type PostgresDatabase } from './postgres-database.ts'

let database: PostgresDatabase
let world: Awaited<ReturnType<typeof startWorld>>
let pool: Pool

beforeAll(async () => {
  database = await createPostgresDatabase()
  const minute = { period: 'minute', requests: 1_000_000, tokens: 1_000_000_000 }
  world = await startWorld({
    replicas: 1,
    redis: 'single',
    databaseUrl: database.url,
    connection: { capacity: [minute], maxConcurrent: 100 },
    apiKey: { capacity: [minute, { period: 'day', requests: 1_000_000 }] },
    // Whoever waits for a Redis that does not answer waits longer than these tests.
    env: { REDIS_TIMEOUT_MS: '30000' },
  })
  pool = new Pool(world.replicas[0]?.url ?? '')
  expect(await chat('warm-up')).toMatchObject({ status: 200 })
})

afterAll(async () => {
  await pool?.close()
  await world?.stop()
  await database?.drop()
})

/** What replicas have learned they tell each other each second, whether or not there are requests. */
const isNews = (arg: string) => arg.includes('} told ')

const chat = (id: string, afterMs = 50) =>
  ask(pool, world.apiKey, { id, bytes: 200, inputTokens: 50, outputTokens: 10, maxTokens: 20, afterMs })

test('a request asks Redis once before it goes to the provider, and not again before its answer has come', async () => {
  const client = new Redis(world.redis.url)
  const monitor = await client.monitor()
  /** When clients asked something about the workspace, on the monotonic clock; scripts' own commands come from `lua`. */
  const askedAtMs: number[] = []
  const toMonotonicMs = monotonicMs() - (performance.timeOrigin + performance.now())
  monitor.on('monitor', (time: string, args: string[], source: string) => {
    if (source !== 'lua' && args.some((arg) => arg.includes(world.workspaceId)) && !args.some(isNews))
      askedAtMs.push(Number(time) * 1000 + toMonotonicMs)
  })
  const settled = (count: number) =>
    expect.poll(() => askedAtMs.length, { interval: 5, timeout: 5_000 }).toBeGreaterThanOrEqual(2 * count)

  const answers = []
  for (let count = 1; count <= 20; count++) {
    answers.push(await chat(`counted-${count}`))
    await settled(count)
  }
  monitor.disconnect()
  client.disconnect()

  const notes = await world.notes()
  const counts = answers.map(({ id, sentAtMs, endedAtMs }) => {
    const arrivedAtMs = notes.find((note: { id: string }) => note.id === id)?.atMs ?? 0
    const between = (fromMs: number, toMs: number) => askedAtMs.filter((atMs) => atMs >= fromMs && atMs < toMs).length
    // The clocks of the two processes were compared to a fraction of a millisecond.
    return { before: between(sentAtMs - 1, arrivedAtMs), meanwhile: between(arrivedAtMs, endedAtMs - 10) }
  })
  expect(counts).toEqual(answers.map(() => ({ before: 1, meanwhile: 0 })))
  expect(askedAtMs).toHaveLength(2 * answers.length)
})

test('an answer does not wait for what it used to be counted', async () => {
  const used = async () =>
    (await world.limits()).find(({ period }: { period: string }) => period === 'lifetime')?.tokens.used
  const before = await used()
  const answer = chat('frozen', 200)
  while (!(await world.notes()).some(({ id }: { id: string }) => id === 'frozen')) await setTimeout(5)
  await world.redis.freeze()
  try {
    expect(await Promise.race([answer, setTimeout(5_000, 'still waiting')])).toMatchObject({ status: 200 })
  } finally {
    await world.redis.thaw()
  }
  await expect.poll(used, { timeout: 10_000 }).toBe(before + 60)
})
