import { createHash } from 'node:crypto'
import { request } from 'node:http'
import OpenAI from 'openai'
import { afterAll, describe, expect, test } from 'vitest'
import { RequestLog } from './demo-request-log.ts'
import { startDemoServer } from './demo-server.ts'

const demo = await startDemoServer({ keepBodies: true })
const client = new OpenAI({ baseURL: demo.url, apiKey: 'sk-any', maxRetries: 0 })
afterAll(() => demo.close())

const say = (content: string) => [{ role: 'user' as const, content }]

describe('chat', () => {
  test('says that it is a demo, quotes the last user message, and counts its tokens', async () => {
    const { data, response } = await client.chat.completions
      .create({ model: 'demo', messages: say('hi there') })
      .withResponse()
    expect(data.choices).toHaveLength(1)
    expect(data.choices[0]).toMatchObject({ finish_reason: 'stop', message: { role: 'assistant' } })
    const text = data.choices[0]?.message.content ?? ''
    expect(text).toContain('demo provider')
    expect(text).toContain('“hi there”')
    expect(data.usage).toEqual({
      prompt_tokens: 2,
      completion_tokens: Math.ceil(Buffer.byteLength(text) / 4),
      total_tokens: 2 + Math.ceil(Buffer.byteLength(text) / 4),
      prompt_tokens_details: { cached_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 0 },
    })
    expect(response.headers.get('x-request-id')).toMatch(/^demo-\d+$/)
    expect(response.headers.get('openai-processing-ms')).toMatch(/^\d+$/)
    expect(response.headers.get('x-ratelimit-remaining-requests')).toBe('9999')
  })

  test('quotes a long message in part, without half a character', async () => {
    const { choices } = await client.chat.completions.create({ model: 'demo', messages: say(`x${'😀'.repeat(500)}`) })
    const text = choices[0]?.message.content ?? ''
    expect(text.length).toBeLessThan(400)
    expect(text.isWellFormed()).toBe(true)
  })

  test('streams the text that it would answer at once', async () => {
    const messages = say('streams — with “ünïcode” 😀')
    const whole = await client.chat.completions.create({ model: 'demo', messages })
    const stream = await client.chat.completions.create({ model: 'demo', messages, stream: true })
    let text = ''
    const finishes: unknown[] = []
    for await (const chunk of stream) {
      expect(chunk).not.toHaveProperty('usage')
      text += chunk.choices[0]?.delta.content ?? ''
      finishes.push(chunk.choices[0]?.finish_reason)
    }
    expect(text).toBe(whole.choices[0]?.message.content)
    expect(finishes.at(-1)).toBe('stop')
    expect(finishes.slice(0, -1).every((finish) => finish === null)).toBe(true)
  })

  test('reports usage in a stream only when asked: null in each chunk, then once in a chunk without choices', async () => {
    const messages = say('usage')
    const whole = await client.chat.completions.create({ model: 'demo', messages })
    const stream = await client.chat.completions.create({
      model: 'demo',
      messages,
      stream: true,
      stream_options: { include_usage: true },
    })
    const chunks: OpenAI.ChatCompletionChunk[] = []
    for await (const chunk of stream) chunks.push(chunk)
    expect(chunks.slice(0, -1).every((chunk) => chunk.usage === null && chunk.choices.length === 1)).toBe(true)
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: whole.usage })
  })

  test('gives n choices and counts them all', async () => {
    const one = await client.chat.completions.create({ model: 'demo', messages: say('n') })
    const { choices, usage } = await client.chat.completions.create({ model: 'demo', messages: say('n'), n: 3 })
    expect(choices.map(({ index }) => index)).toEqual([0, 1, 2])
    expect(usage?.completion_tokens).toBe((one.usage?.completion_tokens ?? 0) * 3)
  })

  test('ends at the limit of tokens and at a stop word, and says which', async () => {
    const long = await client.chat.completions.create({ model: 'demo', messages: say('x'), max_completion_tokens: 3 })
    expect(long.choices[0]).toMatchObject({ finish_reason: 'length', message: { content: 'Hello from t' } })
    expect(long.usage?.completion_tokens).toBe(3)
    const stopped = await client.chat.completions.create({
      model: 'demo',
      messages: say('x'),
      stop: ['never said', ' from'],
    })
    expect(stopped.choices[0]).toMatchObject({ finish_reason: 'stop', message: { content: 'Hello' } })
  })

  test('counts the images it was sent', async () => {
    const image = { type: 'image_url' as const, image_url: { url: 'data:image/png;base64,AAAA' } }
    const content = [{ type: 'text' as const, text: 'look' }, image, image]
    const { choices } = await client.chat.completions.create({ model: 'demo', messages: [{ role: 'user', content }] })
    expect(choices[0]?.message.content).toContain('“look”')
    expect(choices[0]?.message.content).toContain('Images received, not looked at: 2')
  })

  test('answers JSON that fits the schema', async () => {
    const schema = {
      type: 'object',
      properties: { city: { type: 'string' }, people: { type: 'integer' } },
      required: ['city', 'people'],
    }
    const { choices } = await client.chat.completions.create({
      model: 'demo',
      messages: say('json'),
      response_format: { type: 'json_schema', json_schema: { name: 'city', schema } },
    })
    expect(JSON.parse(choices[0]?.message.content ?? '')).toEqual({ city: 'demo', people: 0 })
    const loose = await client.chat.completions.create({
      model: 'demo',
      messages: say('json'),
      response_format: { type: 'json_object' },
    })
    expect(JSON.parse(loose.choices[0]?.message.content ?? '')).toBeTypeOf('object')
  })
})

describe('tools', () => {
  const tool = (name: string) => ({
    type: 'function' as const,
    function: { name, parameters: { type: 'object', properties: { city: { enum: ['Rome'] } }, required: ['city'] } },
  })
  const tools = [tool('weather'), tool('time')]

  test('calls the first one, or the one that is asked for, with arguments that fit', async () => {
    const first = await client.chat.completions.create({ model: 'demo', messages: say('weather?'), tools })
    expect(first.choices[0]).toMatchObject({
      finish_reason: 'tool_calls',
      message: {
        content: null,
        tool_calls: [{ type: 'function', function: { name: 'weather', arguments: '{"city":"Rome"}' } }],
      },
    })
    const chosen = { type: 'function' as const, function: { name: 'time' } }
    const named = await client.chat.completions.create({
      model: 'demo',
      messages: say('time?'),
      tools,
      tool_choice: chosen,
    })
    expect(named.choices[0]?.message.tool_calls).toMatchObject([{ function: { name: 'time' } }])
    const none = await client.chat.completions.create({
      model: 'demo',
      messages: say('hi'),
      tools,
      tool_choice: 'none',
    })
    expect(none.choices[0]?.message.content).toContain('“hi”')
  })

  test('streams the same call', async () => {
    const stream = client.chat.completions.stream({ model: 'demo+chunks=4', messages: say('weather?'), tools })
    const { choices } = await stream.finalChatCompletion()
    expect(choices[0]).toMatchObject({
      finish_reason: 'tool_calls',
      message: { tool_calls: [{ function: { name: 'weather', arguments: '{"city":"Rome"}' } }] },
    })
  })

  test('answers a result of a tool in words', async () => {
    const call = { id: 'call_1', type: 'function' as const, function: { name: 'weather', arguments: '{}' } }
    const { choices } = await client.chat.completions.create({
      model: 'demo',
      messages: [
        ...say('weather?'),
        { role: 'assistant', tool_calls: [call] },
        { role: 'tool', tool_call_id: 'call_1', content: 'sunny' },
      ],
      tools,
    })
    expect(choices[0]).toMatchObject({ finish_reason: 'stop' })
    expect(choices[0]?.message.content).toContain('The tool answered: “sunny”')
  })
})

describe('completions', () => {
  test('answer a prompt, streamed or not', async () => {
    const whole = await client.completions.create({ model: 'demo', prompt: 'Once upon' })
    expect(whole.choices[0]).toMatchObject({ finish_reason: 'stop', index: 0 })
    expect(whole.choices[0]?.text).toContain('“Once upon”')
    expect(whole.usage?.prompt_tokens).toBe(3)
    let text = ''
    for await (const chunk of await client.completions.create({ model: 'demo', prompt: 'Once upon', stream: true })) {
      text += chunk.choices[0]?.text ?? ''
    }
    expect(text).toBe(whole.choices[0]?.text)
  })
})

describe('embeddings', () => {
  test('are unit vectors, the same for the same input in either encoding', async () => {
    const input = ['one', 'two', 'one']
    const floats = await client.embeddings.create({ model: 'demo', input, dimensions: 64, encoding_format: 'float' })
    const [one, two, again] = floats.data.map(({ embedding }) => embedding)
    expect(one).toHaveLength(64)
    expect(Math.hypot(...(one ?? []))).toBeCloseTo(1, 5)
    expect(again).toEqual(one)
    expect(two).not.toEqual(one)
    expect(floats.usage).toEqual({ prompt_tokens: 3, total_tokens: 3 })
    const decoded = await client.embeddings.create({ model: 'demo', input: 'one', dimensions: 64 })
    expect(decoded.data[0]?.embedding).toEqual(one)
  })

  test('take tokens for a text', async () => {
    const { data, usage } = await client.embeddings.create({ model: 'demo', input: [[1, 2, 3], [4]] })
    expect(data).toHaveLength(2)
    expect(usage.prompt_tokens).toBe(4)
  })
})

describe('models', () => {
  test('are listed, and any name of the grammar can be looked up', async () => {
    expect((await client.models.list()).data.map(({ id }) => id)).toEqual(['demo'])
    expect((await client.models.retrieve('demo+status=503')).id).toBe('demo+status=503')
    await expect(client.models.retrieve('gpt')).rejects.toMatchObject({ status: 404, code: 'model_not_found' })
  })
})

describe('what cannot be answered', () => {
  test('an unknown model is a 404 that says which there are', async () => {
    const answer = client.chat.completions.create({ model: 'demo+nonsense', messages: say('x') })
    await expect(answer).rejects.toMatchObject({
      status: 404,
      code: 'model_not_found',
      message: expect.stringContaining('+first-token=0..600000'),
    })
  })

  test.each([
    ['/chat/completions', '{"model":"demo","messages":[}', null],
    ['/chat/completions', '[]', null],
    ['/chat/completions', '', null],
    ['/chat/completions', '{"messages":[]}', 'model'],
    ['/chat/completions', '{"model":"demo"}', 'messages'],
    ['/chat/completions', '{"model":"demo","messages":["x"]}', 'messages'],
    ['/chat/completions', '{"model":"demo","messages":[{}],"n":0}', 'n'],
    ['/completions', '{"model":"demo"}', 'prompt'],
    ['/embeddings', '{"model":"demo","input":[]}', 'input'],
    ['/embeddings', '{"model":"demo","input":"x","dimensions":0}', 'dimensions'],
  ])('a bad body is a 400 that names the field: %s %s', async (path, body, param) => {
    const response = await fetch(demo.url + path, { method: 'POST', body })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: { type: 'invalid_request_error', param } })
  })

  test.each([
    ['GET', '/nothing'],
    ['POST', '/nothing'],
    ['DELETE', '/models/demo'],
    ['GET', '/chat/completions'],
  ])('an unknown address is a 404: %s %s', async (method, path) => {
    const response = await fetch(demo.url + path, { method })
    expect(response.status).toBe(404)
    expect(await response.json()).toMatchObject({ error: { code: 'unknown_url' } })
  })

  test('where a key is configured, another one is a 401 whatever header it comes in', async () => {
    const guarded = await startDemoServer({ apiKey: 'sk-right' })
    try {
      const status = async (headers: Record<string, string>) =>
        (await fetch(`${guarded.url}/models`, { headers })).status
      expect(await status({ authorization: 'Bearer sk-right' })).toBe(200)
      expect(await status({ 'api-key': 'sk-right' })).toBe(200)
      expect(await status({ authorization: 'Bearer sk-wrong' })).toBe(401)
      expect(await status({})).toBe(401)
      const wrong = new OpenAI({ baseURL: guarded.url, apiKey: 'sk-wrong', maxRetries: 0 })
      await expect(wrong.models.list()).rejects.toMatchObject({ status: 401, code: 'invalid_api_key' })
    } finally {
      await guarded.close()
    }
  })
})

describe('the request log', () => {
  test('keeps what was asked, but of a credential only its hash', async () => {
    const body = JSON.stringify({ model: 'demo', messages: say('logged') })
    const headers = { authorization: 'Bearer sk-secret', 'x-api-key': 'other-secret', 'X-Custom': 'kept' }
    const response = await fetch(`${demo.url}/chat/completions?a=b`, { method: 'POST', body, headers })
    const id = response.headers.get('x-request-id')
    await response.text()
    const entry = await demo.requests.waitFor(({ seq, outcome }) => `demo-${seq}` === id && outcome === 'answered')
    expect(entry).toMatchObject({ method: 'POST', path: '/v1/chat/completions', model: 'demo', status: 200 })
    expect(entry.body?.toString()).toBe(body)
    expect(entry.headers).toMatchObject({
      'x-custom': 'kept',
      authorization: sha256('Bearer sk-secret'),
      'x-api-key': sha256('other-secret'),
    })
    expect(JSON.stringify(entry)).not.toContain('secret')
    expect(entry.endedAt).toBeGreaterThanOrEqual(entry.startedAt)
  })

  test('notices a client that goes away', async () => {
    const call = request(`${demo.url}/chat/completions`, { method: 'POST', headers: { 'x-test': 'leaves' } })
    call.on('error', () => undefined)
    call.end(JSON.stringify({ model: 'demo+hang', messages: say('x') }))
    const open = await demo.requests.waitFor(({ model }) => model === 'demo+hang')
    expect(open.outcome).toBe('open')
    call.destroy()
    const aborted = await demo.requests.waitFor(
      ({ headers, outcome }) => headers['x-test'] === 'leaves' && outcome === 'aborted',
    )
    expect(aborted.status).toBeUndefined()
  })

  test('keeps the last ten thousand, in order', async () => {
    const log = new RequestLog()
    for (let i = 0; i < 10_003; i++) log.open('GET', '/', {}, i)
    expect(log.count).toBe(10_003)
    expect(log.entries).toHaveLength(10_000)
    expect(log.entries[0]?.seq).toBe(4)
    expect(log.entries.at(-1)?.seq).toBe(10_003)
  })

  test('lets nobody wait for what cannot come any more', async () => {
    const server = await startDemoServer()
    const never = server.requests.waitFor(() => false)
    await Promise.all([expect(never).rejects.toThrow('closed'), server.close()])
    await expect(server.requests.waitFor(() => false)).rejects.toThrow('closed')
    await server.close()
  })
})

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
