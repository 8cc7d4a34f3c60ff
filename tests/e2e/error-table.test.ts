import { type IncomingMessage, request } from 'node:http'
import { text } from 'node:stream/consumers'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { check } from './behaviour/check.ts'
import { errorReference } from './behaviour/error-reference.ts'
import { errorEnvironment, errorRows } from './behaviour/error-rows.ts'
import { clientsOf } from './behaviour/row.ts'
import { type BehaviourWorld, behaviourWorld, type Evidence } from './behaviour/world.ts'

let world: BehaviourWorld
let evidence: Evidence
beforeAll(async () => {
  world = await behaviourWorld(errorRows, errorEnvironment)
  evidence = await world.run()
}, 600_000)
afterAll(() => world?.close())

describe.each(errorRows)('$says', (row) => {
  test.each(clientsOf(row))('%s', (client) => check(row, client, evidence))
})

test('a request that does not arrive in time is told so, and the SDK sends it again', async () => {
  const { apiKey, product } = world
  const answers: { status: number; headers: object; body: unknown }[] = []
  const transport: typeof fetch = async (url, init) => {
    const response = answers.length === 0 ? await unfinished(String(url), init) : await fetch(url, init)
    const { status, headers } = response
    answers.push({ status, headers: Object.fromEntries(headers), body: await response.clone().json() })
    return response
  }
  const openai = new OpenAI({ apiKey, baseURL: `${product.url}/v1`, fetch: transport })
  const { choices } = await openai.chat.completions.create({
    model: 'ceiling-next.node',
    messages: [{ role: 'user', content: 'Hi' }],
  })
  expect(choices[0]?.finish_reason).toBe('stop')
  expect(answers).toMatchObject([
    {
      status: 408,
      headers: { 'x-should-retry': 'true', 'x-vmx-error-source': 'gateway', 'x-request-id': expect.any(String) },
      body: { error: { code: 'request_timeout', type: 'invalid_request_error', param: null } },
    },
    { status: 200 },
  ])
})

test('a body that is no JSON, and a key that is missing, are told in the same shape', async () => {
  const { apiKey, product } = world
  const ask = async (headers: Record<string, string>) => {
    const response = await fetch(`${product.url}/v1/chat/completions`, { method: 'POST', headers, body: '{"model":' })
    return { status: response.status, retry: response.headers.get('x-should-retry'), body: await response.json() }
  }
  expect(await ask({ authorization: `Bearer ${apiKey}` })).toMatchObject({
    status: 400,
    retry: 'false',
    body: { error: { code: 'invalid_request', type: 'invalid_request_error' } },
  })
  expect(await ask({})).toMatchObject({
    status: 401,
    retry: 'false',
    body: { error: { code: 'invalid_api_key', type: 'authentication_error' } },
  })
})

test('a base URL without the prefix is told where the API is', async () => {
  const openai = new OpenAI({ apiKey: world.apiKey, baseURL: world.product.url })
  const call = openai.chat.completions.create({ model: 'x', messages: [] })
  await expect(call).rejects.toMatchObject({ status: 404, code: 'unknown_url', message: expect.stringMatching(/\/v1/) })
})

test('every code of the reference is a row here, or is told elsewhere', () => {
  const shown = errorRows.flatMap(({ expected: { refused, refusedBefore } }) => [refused?.code, refusedBefore?.code])
  const missing = [...errorReference.keys()].filter((code) => !shown.includes(code))
  expect(missing.toSorted()).toEqual(Object.keys(ELSEWHERE).toSorted())
})

/** Sends the headers of a request whose body never comes, and takes what is answered. */
async function unfinished(url: string, init: RequestInit | undefined): Promise<Response> {
  const headers = { ...Object.fromEntries(new Headers(init?.headers)), 'content-length': '1' }
  const call = request(url, { method: 'POST', headers })
  const answered = new Promise<IncomingMessage>((resolve, reject) => call.on('response', resolve).on('error', reject))
  call.flushHeaders()
  const answer = await answered
  const body = await text(answer)
  call.destroy()
  const told = Object.entries(answer.headers).map(([name, value]): [string, string] => [name, String(value)])
  return new Response(body, { status: answer.statusCode ?? 0, headers: told })
}

/** Codes that no row is refused with, and where they are seen. */
const ELSEWHERE = {
  request_timeout: 'above, with a transport that is slow',
  provider_stream_failed: 'rows of streams that break',
  client_closed: 'records only: openai-node.test.ts',
  internal_error: 'a fault of the product itself: none is known that can be asked for',
}
