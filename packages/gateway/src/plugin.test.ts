import type { IncomingMessage } from 'node:http'
import { connect, type Socket } from 'node:net'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { generateApiKey } from './api-key/api-key.ts'
import { GatewayError } from './errors.ts'
import type { Usage } from './ledger/exchange-record.ts'
import type { EventStream, Provider, ProviderReply } from './providers/provider.ts'
import type { CatalogDouble } from './testing/catalog-double.ts'
import {
  CHAT,
  errorOf,
  MAX_BODY,
  responseOf,
  SECRET,
  type ServedOptions,
  serveGateway,
} from './testing/served-gateway.ts'
import { type Answer, answerJson, answerStream, COMPLETION } from './testing/upstream.ts'

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const STREAM = { ...CHAT, stream: true }

const delta = (content: string) =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content }, finish_reason: null }] })}\n\n`
const HELLO = delta('Grüße 😀')
const FINISH = 'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n'
const USAGE = 'data: {"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":3}}\n\n'
const DONE = 'data: [DONE]\n\n'

const cleanups: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const serve = async (options: ServedOptions = {}) => {
  const served = await serveGateway(options)
  cleanups.push(served.close)
  return served
}

describe('an answer', () => {
  it.each(['/v1', '/api/v1'])("is the provider's body, byte for byte, under %s", async (prefix) => {
    const { ask } = await serve()
    const answer = await ask(CHAT, { path: `${prefix}/chat/completions` })
    expect([answer.status, answer.text]).toEqual([200, COMPLETION])
    expect(answer.headers['content-length']).toBe(String(Buffer.byteLength(COMPLETION)))
  })

  it('is the same for a body that arrives in pieces without a length', async () => {
    const body = Buffer.from(COMPLETION)
    const { ask } = await serve({
      answers: [
        (response) => {
          response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' })
          for (const byte of body) response.write(Buffer.from([byte]))
          response.end()
        },
      ],
    })
    expect((await ask()).text).toBe(COMPLETION)
  })

  it('serves completions and embeddings by the same path', async () => {
    const { ask, upstream, ledger } = await serve()
    await ask({ model: 'gpt', prompt: 'x' }, { path: '/v1/completions' })
    await ask({ model: 'gpt', input: 'x' }, { path: '/v1/embeddings' })
    expect(upstream.requests.map(({ path }) => path)).toEqual(['/v1/completions', '/v1/embeddings'])
    expect(ledger.records.map(({ operation }) => operation)).toEqual(['completion', 'embedding'])
  })

  it('reads the body whatever content type the client names', async () => {
    const { ask } = await serve()
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/json; charset=utf-8', '']) {
      expect((await ask(CHAT, { headers: { 'content-type': type } })).status).toBe(200)
    }
  })

  it('lists models', async () => {
    const { ask } = await serve()
    const answer = await ask(null, { path: '/v1/models', method: 'GET' })
    expect(JSON.parse(answer.text)).toMatchObject({ object: 'list', data: [{ id: 'gpt' }] })
    expect((await ask(null, { path: '/v1/models/gpt', method: 'GET' })).status).toBe(200)
    expect(errorOf(await ask(null, { path: '/v1/models/none', method: 'GET' })).code).toBe('model_not_found')
  })
})

describe('the headers of an answer', () => {
  it('carry our own request id, the one of the record, and keep that of the client apart', async () => {
    const { ask, ledger } = await serve()
    const { headers } = await ask(CHAT, { headers: { 'x-request-id': 'mine' } })
    expect(headers['x-request-id']).toMatch(UUID_V7)
    expect(ledger.records).toMatchObject([{ id: headers['x-request-id'], clientRequestId: 'mine' }])
  })

  it("show the provider's rate limits and request id under x-provider-*, and nothing else of its own", async () => {
    const own = {
      'x-ratelimit-remaining-tokens': '99',
      'x-request-id': 'req_1',
      'set-cookie': 'a=b',
      'openai-organization': 'acme',
      'x-vmx-attempts': '77',
      server: 'acme',
    }
    const { ask, ledger } = await serve({ answers: [answerJson(COMPLETION, 200, own)] })
    const { headers } = await ask()
    const { date: _, ...rest } = headers
    expect(rest).toEqual({
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(COMPLETION)),
      connection: 'close',
      'x-request-id': ledger.records[0]?.id,
      'x-provider-ratelimit-remaining-tokens': '99',
      'x-provider-request-id': 'req_1',
      'x-vmx-provider': 'openai-compatible',
      'x-vmx-model': 'm',
      'x-vmx-connection-id': 'c0',
      'x-vmx-attempts': '1',
      'x-vmx-fallback': '0',
      'x-vmx-overhead-ms': '0',
    })
    expect(ledger.records).toMatchObject([{ decision: { attempts: [{ providerRequestId: 'req_1', status: 200 }] } }])
  })
})

describe('a stream', () => {
  it('leaves byte for byte, wherever the pieces of the provider are split', async () => {
    const text = `: hi\n\n${HELLO}${delta('[DONE] "usage":{')}${FINISH}${USAGE}${DONE}`
    const pieces = [...Buffer.from(text)].map((byte) => Buffer.from([byte]))
    const { ask, ledger } = await serve({ answers: [answerStream(pieces)] })
    const answer = await ask({ ...STREAM, stream_options: { include_usage: true } })
    expect(answer.text).toBe(text)
    expect(ledger.records).toMatchObject([
      { outcome: 'ok', stream: true, usage: { input: 7, output: 3, source: 'reported' } },
    ])
  })

  it('is event-stream that no proxy may hold back', async () => {
    const { ask, ledger } = await serve({
      answers: [answerStream([HELLO, FINISH, DONE], { 'content-type': 'text/event-stream;charset=x' })],
    })
    const { status, headers } = await ask(STREAM)
    expect(status).toBe(200)
    expect(headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache',
      'x-accel-buffering': 'no',
      'x-request-id': ledger.records[0]?.id,
      'x-vmx-provider': 'openai-compatible',
    })
    expect(headers).not.toHaveProperty('content-length')
  })

  it('asks the provider for usage and hides it from a client that did not ask', async () => {
    const { ask, upstream, ledger } = await serve({ answers: [answerStream([HELLO, FINISH + USAGE, DONE])] })
    expect((await ask(STREAM)).text).toBe(HELLO + FINISH + DONE)
    expect(JSON.parse(String(upstream.requests[0]?.body))).toMatchObject({ stream_options: { include_usage: true } })
    expect(ledger.records[0]?.usage).toMatchObject({ input: 7, output: 3 })
  })

  it('reaches the client event by event, not at its end', async () => {
    const { begin, upstream } = await serve({
      answers: [(response) => response.writeHead(200, { 'content-type': 'text/event-stream' }).write(HELLO)],
    })
    const response = await responseOf(begin('/v1/chat/completions', STREAM))
    let text = ''
    response.on('data', (piece) => (text += piece))
    await vi.waitFor(() => expect(text).toBe(HELLO))
    upstream.requests[0]?.response.end(FINISH + DONE)
    await vi.waitFor(() => expect(text).toBe(HELLO + FINISH + DONE))
  })

  it('ends with [DONE] where the provider finished without it', async () => {
    const { ask, ledger } = await serve({ answers: [answerStream([HELLO, FINISH])] })
    expect((await ask(STREAM)).text).toBe(HELLO + FINISH + DONE)
    expect(ledger.outcomes).toEqual(['ok'])
  })

  it('ends at [DONE] although the provider leaves its connection open', async () => {
    const { ask } = await serve({
      answers: [
        (response) => response.writeHead(200, { 'content-type': 'text/event-stream' }).write(HELLO + FINISH + DONE),
      ],
    })
    expect((await ask(STREAM)).text).toBe(HELLO + FINISH + DONE)
  })

  it('pauses the provider while the client does not read, and goes on when it does', async () => {
    const piece = delta('x'.repeat(64 * 1024))
    let written = 0
    const endless: Answer = (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      const go = (): void => {
        do written += piece.length
        while (response.write(piece))
        response.once('drain', go)
      }
      response.on('close', () => response.removeAllListeners('drain'))
      go()
    }
    const { begin, ledger } = await serve({ answers: [endless] })
    const response = await responseOf(begin('/v1/chat/completions', STREAM))
    await standsStill(() => written)
    // What fits into the buffers of four sockets; without a pause it grows for ever.
    expect(written).toBeLessThan(32 * 1024 * 1024)
    const before = written
    let read = 0
    response.on('data', (bytes: Buffer) => (read += bytes.length))
    await vi.waitFor(() => expect(read).toBeGreaterThan(2 * before))
    response.destroy()
    await vi.waitFor(() => expect(ledger.outcomes).toEqual(['client_closed']))
  })
})

/** Turns of the event loop pass until the number has not changed for many of them. */
async function standsStill(number: () => number): Promise<void> {
  let last = -1
  for (let calm = 0; calm < 2000; ) {
    await new Promise((resolve) => setImmediate(resolve))
    calm = number() === last ? calm + 1 : 0
    last = number()
    if (last > 256 * 1024 * 1024) return
  }
}

describe('a stream that breaks', () => {
  const cut: Answer = (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(HELLO, () => setImmediate(() => response.destroy()))
  }
  const breaks: [string, Answer, string][] = [
    ['with a reset', cut, HELLO],
    ['by an end without a finish reason', answerStream([HELLO]), HELLO],
    ['in the middle of an event', answerStream([HELLO, FINISH.slice(0, 30)]), HELLO],
    [
      'with an error event',
      answerStream([HELLO, `data: {"error":{"message":"${SECRET} overloaded"}}\n\n`, DONE]),
      HELLO,
    ],
  ]

  it.each(breaks)('%s ends with an error event and no [DONE]', async (_how, answer, text) => {
    const { ask, ledger, upstreams } = await serve({ answers: [answer, answerJson()] })
    const got = await ask(STREAM)
    expect(got.status).toBe(200)
    expect(got.text.startsWith(text)).toBe(true)
    const [event, ...rest] = got.text.slice(text.length).split('\n\n')
    expect(rest).toEqual([''])
    expect(JSON.parse(event?.replace('data: ', '') ?? '')).toMatchObject({
      error: { code: 'provider_stream_failed', type: 'api_error' },
    })
    expect(got.text).not.toContain(SECRET)
    expect(ledger.records).toMatchObject([
      {
        outcome: 'provider_stream_failed',
        status: 200,
        decision: { attempts: [{ outcome: 'provider_stream_failed' }] },
      },
    ])
    expect(upstreams[1]?.requests).toEqual([])
  })

  it.each([
    ['an error event', answerStream([`data: {"error":{"message":"overloaded"}}\n\n`])],
    ['nothing', answerStream([])],
    ['half an event', answerStream([HELLO.slice(0, 20)])],
  ])('falls back when its first event is %s', async (_what, answer) => {
    const { ask, ledger } = await serve({ answers: [answer, answerStream([HELLO, FINISH, DONE])] })
    const got = await ask(STREAM)
    expect(got.text).toBe(HELLO + FINISH + DONE)
    expect(got.headers['x-vmx-fallback']).toBe('1')
    expect(ledger.outcomes).toEqual(['ok'])
  })

  it('ends for the client even when it breaks right behind its first event', async () => {
    const once: Answer = (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream', connection: 'close' })
      response.write(HELLO)
      response.socket?.end()
    }
    const { ask } = await serve({ answers: [once] })
    for (let i = 0; i < 20; i++) expect((await ask(STREAM)).text).not.toContain('[DONE]')
  })
})

describe('an answer that can not be used', () => {
  const bad: [string, Answer][] = [
    ['truncated JSON', answerJson(COMPLETION.slice(0, 60))],
    [
      'fewer bytes than announced',
      (response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' })
        response.write(COMPLETION, () => response.destroy())
      },
    ],
    ['an HTML page', answerJson('<html></html>', 200, { 'content-type': 'text/html' })],
    ['no content type', (response) => response.writeHead(200).end(COMPLETION)],
    ['an event stream', answerStream([HELLO, FINISH, DONE])],
    ['a compressed body', answerJson(COMPLETION, 200, { 'content-encoding': 'gzip' })],
    ['an empty body', answerJson('')],
    ['a list', answerJson('[]')],
    ['a redirect', answerJson('{}', 302, { location: 'http://127.0.0.1:1/' })],
    ['no content', answerJson('', 204)],
    ['a reset', (response) => response.destroy()],
    ['no HTTP', (response) => response.socket?.end('nonsense\r\n\r\n')],
    ['a server error', answerJson('{"error":{"message":"x"}}', 500)],
    ['a rate limit', answerJson('{"error":{"message":"x"}}', 429)],
    ['a refused credential', answerJson('{"error":{"message":"x"}}', 401)],
  ]

  it.each(bad)('%s: the next target answers', async (_what, answer) => {
    const { ask, ledger } = await serve({ answers: [answer, answerJson()] })
    const got = await ask()
    expect([got.status, got.text, got.headers['x-vmx-attempts'], got.headers['x-vmx-connection-id']]).toEqual([
      200,
      COMPLETION,
      '2',
      'c1',
    ])
    expect(ledger.outcomes).toEqual(['ok'])
  })

  it('is told as such when it was the last, and streams are refused as bad when they are none', async () => {
    const { ask, ledger } = await serve()
    const got = await ask(STREAM)
    expect([got.status, errorOf(got).code, got.headers['x-vmx-error-source']]).toEqual([
      502,
      'provider_bad_answer',
      'provider',
    ])
    expect(ledger.records).toMatchObject([{ decision: { attempts: [{ fault: 'content_type' }] } }])
  })

  it('is not waited for to its end', async () => {
    const { ask, upstream } = await serve({
      answers: [(response) => response.writeHead(200, { 'content-type': 'text/html' }).write('<html>')],
    })
    expect((await ask()).status).toBe(502)
    await vi.waitFor(() => expect(upstream.requests[0]?.response.destroyed).toBe(true))
  })
})

describe('an error', () => {
  it('has the shape of OpenAI, our request id, and says that the gateway refused', async () => {
    const { ask, ledger } = await serve()
    const got = await ask({ model: 'none' })
    expect(JSON.parse(got.text)).toEqual({
      error: {
        message: "The model 'none' does not exist",
        type: 'invalid_request_error',
        code: 'model_not_found',
        param: 'model',
      },
    })
    expect(got.headers).toMatchObject({
      'content-type': 'application/json',
      'x-request-id': ledger.records[0]?.id,
      'x-should-retry': 'false',
      'x-vmx-error-source': 'gateway',
    })
    expect(got.headers['x-request-id']).toMatch(UUID_V7)
  })

  it('tells the client when to come back', async () => {
    const { ask } = await serve({ answers: [answerJson('{}', 429, { 'retry-after': '2' })] })
    const got = await ask()
    expect([got.status, errorOf(got).code]).toEqual([429, 'provider_rate_limited'])
    expect(got.headers).toMatchObject({
      'retry-after': '2',
      'retry-after-ms': '2000',
      'x-should-retry': 'true',
      'x-vmx-error-source': 'provider',
    })
  })

  it('does not send the client into a wait of more than a minute', async () => {
    const { ask } = await serve({ answers: [answerJson('{}', 429, { 'retry-after': '61' })] })
    expect((await ask()).headers['x-should-retry']).toBe('false')
  })

  it.each([401, 403])(
    'of our credential (%i) never reaches the client as its own, nor the credential with it',
    async (status) => {
      const { ask, ledger } = await serve({
        answers: [
          answerJson(JSON.stringify({ error: { message: `Incorrect API key: ${SECRET}`, code: SECRET } }), status),
        ],
      })
      const got = await ask()
      expect([got.status, errorOf(got).code, got.headers['x-should-retry']]).toEqual([
        502,
        'provider_auth_failed',
        'false',
      ])
      expect(got.text + JSON.stringify([got.headers, ledger.records])).not.toContain(SECRET)
    },
  )

  it("of the request keeps the provider's status, message and code, without the credential in it", async () => {
    const { ask, ledger } = await serve({
      answers: [
        answerJson(JSON.stringify({ error: { message: `n is bad (${SECRET})`, code: 'bad_n', param: 'n' } }), 422),
        answerJson(),
      ],
    })
    const got = await ask()
    expect([got.status, errorOf(got)]).toEqual([
      422,
      { message: 'n is bad (***)', type: 'invalid_request_error', code: 'bad_n', param: 'n' },
    ])
    expect(JSON.stringify(ledger.records)).not.toContain(SECRET)
    expect(ledger.records).toMatchObject([
      { outcome: 'provider_rejected', status: 422, decision: { attempts: [{ status: 422, providerCode: 'bad_n' }] } },
    ])
  })

  it('inside the gateway tells the client nothing and the operator everything', async () => {
    const fault = new TypeError('an inner secret')
    const { ask, logged, ledger } = await serve({
      providers: new Map([['openai-compatible', { call: () => Promise.reject(fault), close: async () => {} }]]),
    })
    const got = await ask()
    expect([got.status, errorOf(got).code]).toEqual([500, 'internal_error'])
    expect(got.text).not.toContain('inner')
    expect(logged).toEqual([{ requestId: ledger.records[0]?.id, err: fault }])
  })

  it('503, never 401, when keys can not be checked', async () => {
    const { ask, catalog } = await serve()
    catalog.away = true
    expect((await ask()).status).toBe(503)
  })
})

describe('a body', () => {
  it.each([
    ['with its length announced', (size: number) => ({ 'content-length': String(size) })],
    ['in chunks', () => ({ 'transfer-encoding': 'chunked' })],
  ])('that is too large, %s, is 413 in the shape of OpenAI and recorded once', async (_how, headers) => {
    const { ask, ledger, upstream } = await serve()
    const body = JSON.stringify({ ...CHAT, x: 'y'.repeat(MAX_BODY) })
    const got = await ask(body, { headers: headers(body.length) })
    expect([got.status, errorOf(got).code]).toEqual([413, 'invalid_request'])
    expect(errorOf(got).message).toContain(String(MAX_BODY))
    expect(got.headers['x-request-id']).toBe(ledger.records[0]?.id)
    expect(ledger.records).toMatchObject([{ outcome: 'invalid_request', status: 413, operation: 'chat' }])
    expect(upstream.requests).toEqual([])
  })

  it.each([
    ['that is too large', '/v1/chat/completions', 413],
    ['for an unknown URL', '/v1/nothing', 404],
  ])('%s is refused so that a client hears of it that sends all of it first', async (_what, path, status) => {
    const { port, key } = await serve()
    const size = 320 * MAX_BODY
    const socket = connect(port, '127.0.0.1')
    const errors: Error[] = []
    socket.on('error', (error) => errors.push(error))
    socket.write(`POST ${path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${key}\r\ncontent-length: ${size}\r\n\r\n`)
    // More than the buffers of the two sockets hold.
    const piece = Buffer.alloc(MAX_BODY)
    for (let sent = 0; sent < size; sent += piece.length)
      await new Promise<void>((resolve) => socket.write(piece, () => resolve()))
    let got = ''
    for await (const bytes of socket) got += bytes
    expect(got).toMatch(new RegExp(`^HTTP/1.1 ${status} .*\r\nconnection: close\r\n.*"error"`, 's'))
    expect(errors).toEqual([])
  })

  it('that never ends is cut', async () => {
    const { port, key } = await serve()
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    socket.on('error', () => {})
    socket.write(
      `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${key}\r\ntransfer-encoding: chunked\r\n\r\n`,
    )
    const chunk = Buffer.concat([Buffer.from('100000\r\n'), Buffer.alloc(1 << 20), Buffer.from('\r\n')])
    let got = ''
    socket.on('data', (bytes) => (got += bytes))
    const closed = new Promise((resolve) => socket.once('close', resolve))
    let pieces = 0
    for (; !socket.destroyed; pieces++) {
      const written = new Promise<void>((resolve) => socket.write(chunk, () => resolve()))
      await Promise.race([written, closed])
    }
    expect(got).toMatch(/^HTTP\/1.1 413 /)
    // 64 MB, and what the buffers of the two sockets hold.
    expect(pieces).toBeLessThan(80)
  })

  it('that just fits is served', async () => {
    const { ask } = await serve()
    const room = MAX_BODY - JSON.stringify({ ...CHAT, x: '' }).length
    expect((await ask({ ...CHAT, x: 'y'.repeat(room) })).status).toBe(200)
    expect((await ask({ ...CHAT, x: 'y'.repeat(room + 1) })).status).toBe(413)
  })

  it('that is empty or no JSON is 400', async () => {
    const { ask } = await serve()
    for (const body of [null, '', '{', 'null']) expect([body, (await ask(body)).status]).toEqual([body, 400])
  })

  it('that the client stops sending is recorded as its leaving, once', async () => {
    const { port, key, ledger } = await serve()
    const socket = connect(port, '127.0.0.1')
    socket.write(
      `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${key}\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{"mod`,
    )
    socket.once('connect', () => setImmediate(() => socket.destroy()))
    await vi.waitFor(() => expect(ledger.records).toMatchObject([{ outcome: 'client_closed', status: 499 }]))
  })
})

const head = (key: string, length: number) =>
  `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${key}\r\ncontent-length: ${length}\r\n\r\n`

describe('the body of a request', () => {
  it.each([
    ['no key', () => ''],
    ['a mistyped key', () => 'sk-vmx-nonsense'],
    ['a key that is not there', () => generateApiKey().value],
    ['a disabled key', (catalog: CatalogDouble) => catalog.addKey({ enabled: false })],
  ])('with %s is not waited for: it is refused and recorded once', async (_what, keyOf) => {
    const { port, catalog, ledger } = await serve()
    const socket = connect(port, '127.0.0.1')
    socket.write(`${head(keyOf(catalog), MAX_BODY)}{"model":`)
    let got = ''
    for await (const piece of socket) got += piece
    expect(got).toMatch(/^HTTP\/1.1 401 .*\r\nconnection: close\r\n.*"code":"invalid_api_key"/s)
    expect(ledger.records).toMatchObject([{ outcome: 'invalid_api_key', status: 401, operation: 'chat' }])
  })

  it('is left in the socket while its key is looked up, then read', async () => {
    const requests: IncomingMessage[] = []
    const { ask, catalog } = await serve({
      prepare: (app) => app.addHook('onRequest', async ({ raw }) => void requests.push(raw)),
    })
    const release = catalog.hold()
    const answer = ask()
    await vi.waitFor(() => expect(catalog.asked).toHaveLength(1))
    expect(requests.map(({ readableFlowing }) => readableFlowing)).toEqual([null])
    release()
    expect((await answer).status).toBe(200)
  })

  it.each([
    ['is there', (key: string) => key],
    ['is not', () => generateApiKey().value],
  ])(
    'whose client leaves while its key is looked up that %s is recorded as its leaving, once',
    async (_what, keyOf) => {
      const { promise: noticed, resolve: notice } = Promise.withResolvers<void>()
      const { begin, key, catalog, ledger, upstream } = await serve({
        prepare: (app) => app.addHook('onRequest', async (_request, reply) => void reply.raw.once('close', notice)),
      })
      const release = catalog.hold()
      const request = begin('/v1/chat/completions', CHAT, { authorization: `Bearer ${keyOf(key)}` })
      request.on('error', () => {})
      await vi.waitFor(() => expect(catalog.asked).toHaveLength(1))
      request.destroy()
      await noticed
      release()
      await vi.waitFor(() => expect(ledger.records).toMatchObject([{ outcome: 'client_closed', status: 499 }]))
      expect(upstream.requests).toEqual([])
    },
  )
})

describe('the record of a refusal', () => {
  const OWNER = { apiKeyId: 'refused', workspaceId: 'w', environmentId: 'e' }

  it.each([
    ['an address that it does not list', { allowedCidrs: ['10.0.0.0/8'] }, 'resource_not_allowed', 403],
    ['its being disabled', { enabled: false }, 'invalid_api_key', 401],
    ['its having expired', { expiresAt: 0 }, 'invalid_api_key', 401],
    ['a secret that was replaced', { secretEndsAt: 0 }, 'invalid_api_key', 401],
  ])('names the key that is known, for %s, whether or not there is a body', async (_why, fields, outcome, status) => {
    const { ask, catalog, ledger } = await serve()
    const authorization = `Bearer ${catalog.addKey({ id: 'refused', ...fields })}`
    // Looked up, then from memory.
    for (const body of [CHAT, CHAT]) expect((await ask(body, { headers: { authorization } })).status).toBe(status)
    await ask(null, { path: '/v1/models', method: 'GET', headers: { authorization } })
    const refused = { ...OWNER, outcome, status }
    const operations = ['chat', 'chat', 'models']
    expect(ledger.records).toMatchObject(operations.map((operation) => ({ ...refused, operation })))
  })

  it('names a key that is disabled while the body arrives', async () => {
    const { port, catalog, gateway, ledger } = await serve()
    const key = catalog.addKey({ id: 'refused' })
    const socket = connect(port, '127.0.0.1')
    socket.write(`${head(key, 2)}{`)
    await vi.waitFor(() => expect(catalog.asked).toHaveLength(1))
    for (const [hash, entry] of catalog.keys) catalog.keys.set(hash, { ...entry, enabled: false })
    await gateway.authenticator.refresh('all')
    socket.write('}')
    await vi.waitFor(() => expect(ledger.outcomes).toHaveLength(1))
    socket.destroy()
    expect(ledger.records).toMatchObject([{ ...OWNER, outcome: 'invalid_api_key', status: 401, operation: 'chat' }])
  })

  it('names the key whose body is too large', async () => {
    const { ask, catalog, ledger } = await serve()
    const authorization = `Bearer ${catalog.addKey({ id: 'refused' })}`
    await ask('y'.repeat(MAX_BODY + 1), { headers: { authorization } })
    expect(ledger.records).toMatchObject([{ ...OWNER, outcome: 'invalid_request', status: 413 }])
  })

  it('names no key where nobody knows it', async () => {
    const { ask, ledger } = await serve()
    for (const authorization of ['', `Bearer ${generateApiKey().value}`])
      await ask(CHAT, { headers: { authorization } })
    for (const record of ledger.records) for (const name of Object.keys(OWNER)) expect(record).not.toHaveProperty(name)
    expect(ledger.outcomes).toEqual(['invalid_api_key', 'invalid_api_key'])
  })
})

describe('a full journal', () => {
  it.each([
    ['an unknown URL', '/v1/nothing', {}, CHAT, 404],
    ['a request without a key', '/v1/chat/completions', { authorization: '' }, CHAT, 401],
    ['a body that is too large', '/v1/chat/completions', {}, 'y'.repeat(MAX_BODY + 1), 413],
  ])('does not grow by %s, which is answered as ever', async (_what, path, headers, body, status) => {
    const { ask, ledger } = await serve()
    ledger.full = true
    const got = await ask(body, { path, headers })
    expect([got.status, ledger.records]).toEqual([status, []])
    ledger.full = false
    await ask(body, { path, headers })
    expect(ledger.records).toHaveLength(1)
  })
})

describe('a client that does not read its answer', () => {
  // More than the buffers of the two sockets hold.
  const last = Buffer.alloc(32 * 1024 * 1024)
  const usage: Usage = { input: 1, output: 1, cachedInput: 0, reasoning: 0, source: 'reported' }
  const streamed = (start: EventStream['start']): ProviderReply => {
    const stream = { start, resume: () => {}, usage: () => usage }
    return { kind: 'stream', headers: {}, stream }
  }
  const json = (body: Buffer): ProviderReply => ({ kind: 'json', headers: {}, body, usage })

  /** A connection that nobody reads from yet, on which these answers come one after the other. */
  async function unread(replies: (() => ProviderReply | Promise<ProviderReply>)[]) {
    const call = async () => replies.shift()?.() ?? json(Buffer.from('{}'))
    const provider: Provider = { call, close: async () => {} }
    const { app, port, key, ledger } = await serve({ providers: new Map([['openai-compatible', provider]]) })
    const arrived = new Promise<Socket>((resolve) => app.server.once('connection', resolve))
    const client = connect(port, '127.0.0.1')
    client.on('error', () => {})
    const body = JSON.stringify(STREAM)
    const post = `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${key}\r\ncontent-length: ${body.length}\r\n\r\n${body}`
    const ask = (times = 1) => client.write(post.repeat(times))
    return { client, server: await arrived, ledger, ask, keepAlive: app.server.keepAliveTimeout }
  }

  it.each([
    ['JSON', () => json(last)],
    ['a stream', () => streamed((sink) => sink.done(last))],
    [
      'a stream that failed',
      () =>
        streamed((sink) => {
          sink.events(last)
          sink.failed(new GatewayError('provider_stream_failed', 'x'))
        }),
    ],
  ])('to its end is cut off once it takes nothing of it any more: %s', async (_what, reply) => {
    const { server, ledger, ask } = await unread([reply])
    ask()
    await vi.waitFor(() => expect(server.timeout).toBe(60_000))
    // As Node does once the time is over.
    server.emit('timeout')
    expect(server.destroyed).toBe(true)
    expect(ledger.records).toHaveLength(1)
  })

  it('until later has the time of idle connections then', async () => {
    const { client, server, ask, keepAlive } = await unread([() => json(last)])
    ask()
    await vi.waitFor(() => expect(server.timeout).toBe(60_000))
    client.resume()
    await vi.waitFor(() => expect(server.timeout).toBeGreaterThanOrEqual(keepAlive))
  })

  it('until later has no limit for the next answer, asked for already', async () => {
    const { client, server, ask } = await unread([() => json(last), () => new Promise(() => {})])
    ask(2)
    await vi.waitFor(() => expect(server.timeout).toBe(60_000))
    client.resume()
    await vi.waitFor(() => expect(server.timeout).toBe(0))
  })

  it('has no limit set where all of it was flushed at once', async () => {
    const { client, server, ask, keepAlive } = await unread([])
    const limits: number[] = []
    const { setTimeout } = server
    server.setTimeout = (ms, ...rest) => {
      limits.push(ms)
      return setTimeout.call(server, ms, ...rest)
    }
    ask()
    client.resume()
    await vi.waitFor(() => expect(server.timeout).toBeGreaterThanOrEqual(keepAlive))
    expect(limits).not.toContain(60_000)
  })
})

describe('an unknown URL', () => {
  it.each([
    ['GET', '/v1/nothing'],
    ['POST', '/v1/nothing?key=secret'],
    ['GET', '/v1/chat/completions'],
    ['DELETE', '/api/v1/models'],
  ])('%s %s is 404 in the shape of OpenAI', async (method, path) => {
    const { ask } = await serve()
    const got = await ask(method === 'POST' ? CHAT : null, { method, path })
    expect([got.status, errorOf(got).code]).toEqual([404, 'unknown_url'])
    expect(got.headers['x-request-id']).toMatch(UUID_V7)
    expect(got.text).not.toContain('secret')
  })

  it('that can not be decoded is 400 in the shape of OpenAI', async () => {
    const { ask } = await serve()
    const got = await ask(null, { method: 'GET', path: '/v1/models/%zz' })
    expect([got.status, errorOf(got).code]).toEqual([400, 'invalid_request'])
  })
})

describe('what the HTTP parser refuses', () => {
  const raw = async (port: number, text: string): Promise<string> => {
    const socket = connect(port, '127.0.0.1')
    socket.end(text)
    let got = ''
    for await (const piece of socket) got += piece
    return got
  }

  it.each([
    ['a bad request line', 'NONSENSE\r\n\r\n', 400, 'invalid_request'],
    ['a bad header', 'GET /v1/models HTTP/1.1\r\nhost: x\r\nbad header\r\n\r\n', 400, 'invalid_request'],
    [
      'two lengths',
      'POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nx',
      400,
      'invalid_request',
    ],
    [
      'headers that are too large',
      `GET /v1/models HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`,
      431,
      'headers_too_large',
    ],
  ])('%s is answered in the shape of OpenAI', async (_what, text, status, code) => {
    const { port } = await serve()
    const [head = '', body = ''] = (await raw(port, text)).split('\r\n\r\n')
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
    expect(head).toMatch(/\r\nx-should-retry: false/)
    expect(/\r\nx-request-id: (\S+)/.exec(head)?.[1]).toMatch(UUID_V7)
    expect(head).toContain(`content-length: ${Buffer.byteLength(body)}`)
    expect(JSON.parse(body).error).toMatchObject({ code, type: 'invalid_request_error' })
  })

  const POST = (key: string, length: number | string) =>
    `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${key}\r\n${typeof length === 'number' ? `content-length: ${length}` : length}\r\n\r\n`

  it('breaks off a stream that runs on the connection, and is not written into it', async () => {
    const { port, key, ledger } = await serve({
      answers: [(response) => response.writeHead(200, { 'content-type': 'text/event-stream' }).write(HELLO)],
    })
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => {})
    const body = JSON.stringify(STREAM)
    socket.write(POST(key, Buffer.byteLength(body)) + body)
    let got = ''
    socket.on('data', (piece) => (got += piece))
    await vi.waitFor(() => expect(got).toContain(HELLO))
    const before = got
    socket.write('NONSENSE\r\n\r\n')
    await new Promise((resolve) => socket.once('close', resolve))
    expect(got).toBe(before)
    await vi.waitFor(() => expect(ledger.outcomes).toEqual(['client_closed']))
  })

  it('is answered where an answer is due but has not begun, which is given up', async () => {
    const { port, key, ledger, upstream } = await serve({ answers: [() => {}] })
    const socket = connect(port, '127.0.0.1')
    const body = JSON.stringify(CHAT)
    socket.write(POST(key, Buffer.byteLength(body)) + body)
    await vi.waitFor(() => expect(upstream.requests).toHaveLength(1))
    socket.write('NONSENSE\r\n\r\n')
    let got = ''
    for await (const piece of socket) got += piece
    expect(got).toMatch(/^HTTP\/1.1 400 /)
    await vi.waitFor(() => expect(ledger.outcomes).toEqual(['client_closed']))
  })

  it('in the middle of a body is heard by a client that sends all of it first', async () => {
    const { port, key, ledger } = await serve()
    const socket = connect(port, '127.0.0.1')
    socket.write(`${POST(key, 'transfer-encoding: chunked')}5\r\n{"mod\r\nno length\r\n`)
    for (let pieces = 0; pieces < 320; pieces++)
      await new Promise<void>((resolve) => socket.write(Buffer.alloc(MAX_BODY), () => resolve()))
    let got = ''
    for await (const piece of socket) got += piece
    expect(got).toMatch(/^HTTP\/1.1 400 .*"code":"invalid_request".*}$/s)
    expect(got.match(/HTTP\/1.1/g)).toHaveLength(1)
    await vi.waitFor(() => expect(ledger.outcomes).toEqual(['client_closed']))
  })

  it('a request that does not arrive in time is 408', async () => {
    const { app, port } = await serve()
    const arrived = new Promise<Socket>((resolve) => app.server.once('connection', resolve))
    const client = connect(port, '127.0.0.1')
    app.server.emit(
      'clientError',
      Object.assign(new Error('late'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' }),
      await arrived,
    )
    let got = ''
    for await (const piece of client) got += piece
    expect(got).toMatch(/^HTTP\/1.1 408 Request Timeout\r\n/)
    expect(got).toContain('"code":"request_timeout"')
  })
})

describe('a client that leaves', () => {
  const silent: Answer = () => {}
  const headersOnly: Answer = (response) =>
    response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders()
  const oneEvent: Answer = (response) => response.writeHead(200, { 'content-type': 'text/event-stream' }).write(HELLO)

  it.each([
    ['while it waits for an answer', silent, CHAT],
    ['while it waits for a stream', silent, STREAM],
    ['before the first event', headersOnly, STREAM],
    [
      'in the middle of a JSON answer',
      ((response) => response.writeHead(200, { 'content-type': 'application/json' }).write('{"a":')) as Answer,
      CHAT,
    ],
  ])('%s aborts the provider call and is recorded once', async (_when, answer, body) => {
    const { begin, upstreams, upstream, ledger } = await serve({ answers: [answer, answerJson()] })
    const request = begin('/v1/chat/completions', body)
    request.on('error', () => {})
    await vi.waitFor(() => expect(upstream.requests).toHaveLength(1))
    request.destroy()
    await vi.waitFor(() => expect(upstream.requests[0]?.response.destroyed).toBe(true))
    await vi.waitFor(() => expect(ledger.records).toHaveLength(1))
    expect(ledger.records).toMatchObject([
      {
        outcome: 'client_closed',
        status: 499,
        usage: { source: 'estimated' },
        decision: { attempts: [{ outcome: 'client_closed', sent: true }] },
      },
    ])
    expect(upstreams[1]?.requests).toEqual([])
  })

  it('in the middle of a stream aborts the provider call and is recorded once', async () => {
    const { begin, upstream, ledger } = await serve({ answers: [oneEvent] })
    const response = await responseOf(begin('/v1/chat/completions', STREAM))
    await new Promise((resolve) => response.once('data', resolve))
    response.destroy()
    await vi.waitFor(() => expect(upstream.requests[0]?.response.destroyed).toBe(true))
    await vi.waitFor(() => expect(ledger.records).toHaveLength(1))
    expect(ledger.records).toMatchObject([{ outcome: 'client_closed', status: 499 }])
  })

  it('before its request is taken up never costs a provider call', async () => {
    let left: (() => void) | undefined
    const { begin, upstream, ledger } = await serve({
      prepare: (app) =>
        app.addHook('onRequest', async (_request, reply) => {
          const gone = new Promise((resolve) => reply.raw.once('close', resolve))
          left?.()
          await gone
        }),
    })
    const request = begin('/v1/chat/completions', CHAT)
    request.on('error', () => {})
    left = () => request.destroy()
    await vi.waitFor(() => expect(ledger.outcomes).toEqual(['client_closed']))
    expect(upstream.requests).toEqual([])
  })

  it('while the credential is being opened never costs a provider call', async () => {
    const { promise: noticed, resolve: notice } = Promise.withResolvers<void>()
    const { begin, upstream, ledger, vault } = await serve({
      prepare: (app) => app.addHook('onRequest', async (_request, reply) => void reply.raw.once('close', notice)),
    })
    const open = vault.hold()
    const request = begin('/v1/chat/completions', CHAT)
    request.on('error', () => {})
    await vi.waitFor(() => expect(vault.opened).toBe(1))
    request.destroy()
    await noticed
    open()
    await vi.waitFor(() =>
      expect(ledger.records).toMatchObject([{ outcome: 'client_closed', decision: { attempts: [{ sent: false }] } }]),
    )
    expect(ledger.records[0]).not.toHaveProperty('usage')
    expect(upstream.requests).toEqual([])
  })

  it('after its answer is no leaving', async () => {
    const { ask, ledger } = await serve()
    await ask()
    await ask(STREAM)
    expect(ledger.outcomes).not.toContain('client_closed')
  })
})

describe('a gateway that shuts down', () => {
  it('refuses new requests and finishes those under way', async () => {
    const { ask, begin, gateway, upstream } = await serve({
      answers: [(response) => response.writeHead(200, { 'content-type': 'text/event-stream' }).write(HELLO)],
    })
    const response = await responseOf(begin('/v1/chat/completions', STREAM))
    gateway.drain()
    const refused = await ask()
    expect([refused.status, errorOf(refused).code, refused.headers['x-should-retry']]).toEqual([
      503,
      'unavailable',
      'true',
    ])
    upstream.requests[0]?.response.end(FINISH + DONE)
    let text = ''
    for await (const piece of response) text += piece
    expect(text).toBe(HELLO + FINISH + DONE)
  })
})
