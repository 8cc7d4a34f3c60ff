import { createServer, type Server } from 'node:http'
import { aiConnectionRoutes, aiResourceRoutes, type CapacityView, capacityRoutes } from '@vm-x/contract'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { startRedis } from '../../scripts/redis-services.mjs'
import type { RunningProduct } from '../start-product.ts'
import { type Installation, installation, type Replicas, startReplicas } from './replicas.ts'

let original: Installation
let redis: Awaited<ReturnType<typeof startRedis>>
let provider: Server
let replicas: Replicas
/** The models that the provider was asked for. */
const asked: string[] = []

beforeAll(async () => {
  ;[original, redis] = await Promise.all([installation(1), startRedis({ own: true })])
  provider = createServer(async (request, response) => {
    const pieces: Buffer[] = []
    for await (const piece of request) pieces.push(piece)
    const { model } = JSON.parse(Buffer.concat(pieces).toString())
    asked.push(model)
    const { status = 200, headers = {} } = ANSWERS[model] ?? {}
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(status === 200 ? ANSWER : '{}')
  })
  await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve))
  replicas = await startReplicas(original, async () => ({ REDIS_URL: redis.url, UPSTREAM_ALLOW: '127.0.0.1' }))
  key = replicas.key().value
  const address = provider.address()
  const port = typeof address === 'object' ? address?.port : undefined
  const { id: connectionId } = await replicas.change(aiConnectionRoutes.createAiConnection, {
    body: {
      name: 'limited',
      provider: 'openai-compatible',
      config: { baseUrl: `http://127.0.0.1:${port}/v1` },
      discoveredCapacity: 'enforce',
    },
  })
  for (const model of ['plain', ...Object.keys(ANSWERS)])
    await replicas.change(aiResourceRoutes.createAiResource, { body: { name: model, model: { connectionId, model } } })
  // Both know of all that was made.
  for (const replica of [replicas.serving, replicas.other])
    await vi.waitFor(async () => expect((await ask(replica, 'plain')).status).toBe(200), { timeout: 5_000 })
})
afterAll(async () => {
  await Promise.all([replicas?.serving.stop(), replicas?.other.stop()])
  provider?.close()
  await redis?.stop()
  await Promise.all([replicas?.database.drop(), original?.database.drop()])
})

let key: string
const ANSWERS: Record<string, { status?: number; headers?: Record<string, string> }> = {
  told: { headers: { 'x-ratelimit-limit-requests': '1' } },
  'slow-down': { status: 429, headers: { 'retry-after': '30' } },
}
const ANSWER =
  '{"choices":[{"message":{"role":"assistant","content":"Hi"}}],"usage":{"prompt_tokens":70,"completion_tokens":30}}'

async function ask({ url }: RunningProduct, model: string) {
  const answer = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }] }),
  })
  const { error } = (await answer.json()) as { error?: { code: string; message: string } }
  return { status: answer.status, retryAfterMs: Number(answer.headers.get('retry-after-ms')), ...error }
}

const view = async ({ url }: RunningProduct): Promise<CapacityView> =>
  original.administrator.call(url, capacityRoutes.getCapacity, { params: original.context })

const timesAsked = (model: string) => asked.filter((each) => each === model).length

/** What is promised is a second; the machine is shared with all that runs. */
const SOON = { timeout: 3_000, interval: 20 }

test("a provider's 429 is kept to by the other replica too, which tells how long it still holds", async () => {
  expect(await ask(replicas.serving, 'slow-down')).toMatchObject({ status: 429, code: 'provider_rate_limited' })
  expect(timesAsked('slow-down')).toBe(1)
  await vi.waitFor(async () => expect((await view(replicas.other)).held).toHaveLength(1), SOON)
  const refused = await ask(replicas.other, 'slow-down')
  expect(refused).toMatchObject({ status: 429, code: 'provider_rate_limited' })
  expect(refused.retryAfterMs).toBeGreaterThan(10_000)
  expect(refused.retryAfterMs).toBeLessThan(30_000)
  expect(timesAsked('slow-down')).toBe(1)
})

test('a limit that a provider tells is one limit of both replicas, also of the one that was told nothing', async () => {
  await ask(replicas.serving, 'told')
  // From here on it is known, and this one is counted.
  expect(await ask(replicas.serving, 'told')).toMatchObject({ status: 200 })
  await vi.waitFor(
    async () =>
      expect(await ask(replicas.other, 'told')).toMatchObject({
        status: 429,
        code: 'target_busy',
        message: expect.stringMatching(
          /^The limit of 1 request per minute of the model at the provider, which the provider has told, is reached/,
        ),
      }),
    SOON,
  )
  const [limit] = (await view(replicas.serving)).limits.filter(({ discovered }) => discovered)
  expect(limit).toMatchObject({ owner: { name: 'limited', model: 'told' }, requests: { limit: 1 } })
})

test('both replicas tell the same of how far estimates were off: of all answers, whoever had them', async () => {
  const errorOf = async (replica: RunningProduct) =>
    (await view(replica)).estimates.find(({ owner }) => owner.kind === 'ai-resource' && owner.name === 'plain')
  const before = (await errorOf(replicas.serving))?.answers ?? 0
  for (let each = 0; each < 3; each++)
    for (const replica of [replicas.serving, replicas.other]) await ask(replica, 'plain')
  await vi.waitFor(async () => {
    const told = await errorOf(replicas.serving)
    expect(told).toMatchObject({ answers: before + 6, reportedTokens: 100 * (before + 6) })
    expect(await errorOf(replicas.other)).toEqual({ ...told, since: expect.any(String) })
  }, SOON)
})
