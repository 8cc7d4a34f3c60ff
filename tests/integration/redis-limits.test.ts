import { setTimeout } from 'node:timers/promises'
import { Pool } from 'undici'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { monotonicMs } from '../load/rig/clock.mjs'
import { ask } from '../load/rig/drive.mjs'
import { runScenario } from '../load/rig/run.mjs'
import { startWorld } from '../load/rig/world.mjs'
import { createPostgresDatabase, type PostgresDatabase } from './postgres-database.ts'

const databases: PostgresDatabase[] = []
const newDatabase = async () => {
  const database = await createPostgresDatabase()
  databases.push(database)
  return database.url
}

/** Two replicas, of which one has been killed while it had three requests under way. */
let world: Awaited<ReturnType<typeof startWorld>>
let survivor: Pool
let killedMs: number

const LEASE_MS = 30_000
const SHORT = { bytes: 200, inputTokens: 50, outputTokens: 10, maxTokens: 20, afterMs: 10 }

beforeAll(async () => {
  world = await startWorld({
    replicas: 2,
    redis: 'single',
    databaseUrl: await newDatabase(),
    connection: { maxConcurrent: 10 },
    apiKey: { capacity: [{ period: 'minute', requests: 5 }] },
  })
  const [first, second] = world.replicas
  survivor = new Pool(first?.url ?? '')
  const doomed = new Pool(second?.url ?? '')
  const cutOff = ['a', 'b', 'c'].map((id) => ask(doomed, world.apiKey, { id, ...SHORT, afterMs: 120_000 }))
  while ((await world.notes()).length < 3) await setTimeout(20)
  await second?.kill()
  killedMs = monotonicMs()
  expect(await Promise.all(cutOff)).toMatchObject([{ status: 0 }, { status: 0 }, { status: 0 }])
  await doomed.close()
})

afterAll(async () => {
  await survivor?.close()
  await world?.stop()
  for (const database of databases) await database.drop()
})

const placesHeld = async () =>
  (await world.limits()).find(({ period }: { period: string }) => period === 'concurrent')?.requests.used

test('a refusal says which limit of all replicas refused, its size, its use, and when to come back', async () => {
  expect(await placesHeld(), 'until their time to live is over').toBe(3)
  for (const id of ['d', 'e'])
    expect(await ask(survivor, world.apiKey, { id, ...SHORT })).toMatchObject({ status: 200 })

  const { statusCode, headers, body } = await survivor.request({
    path: '/v1/chat/completions',
    method: 'POST',
    headers: { authorization: `Bearer ${world.apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'told', messages: [{ role: 'user', content: 'Hello' }] }),
  })
  expect(statusCode).toBe(429)
  expect(await body.json()).toEqual({
    error: {
      message: expect.stringMatching(
        /^The limit of 5 requests per minute of this API key is reached: 5 are used\. Try again in [\d.]+ s\.$/,
      ),
      type: 'rate_limit_error',
      code: 'capacity_exceeded',
      param: null,
    },
  })
  expect(headers).toMatchObject({
    'x-vmx-error-source': 'gateway',
    'x-ratelimit-limit-requests': '5',
    'x-ratelimit-remaining-requests': '0',
  })
  // The first of the five was admitted moments before the kill.
  const sinceKillMs = monotonicMs() - killedMs
  expect(Number(headers['retry-after-ms'])).toBeGreaterThan(60_000 - sinceKillMs - 5_000)
  expect(Number(headers['retry-after-ms'])).toBeLessThanOrEqual(60_500)
  expect(Number(headers['retry-after'])).toBe(Math.ceil(Number(headers['retry-after-ms']) / 1000))
})

test.each([
  ['limits', 'single'],
  ['tokens-ceiling', 'cluster'],
  ['tokens-expected', 'single'],
] as const)('%s: two replicas together never pass one limit, on Redis %s', async (name, redis) => {
  const databaseUrl = await newDatabase()
  const { checks } = await runScenario(name, { redis, replicas: 2, callers: 50, seconds: 4, databaseUrl })
  expect(checks.filter(({ ok }) => !ok)).toEqual([])
})

test('the places that a killed replica held are given back when their time to live is over', async () => {
  while ((await placesHeld()) !== 0) {
    expect(monotonicMs() - killedMs).toBeLessThan(LEASE_MS + 3_000)
    await setTimeout(100)
  }
})
