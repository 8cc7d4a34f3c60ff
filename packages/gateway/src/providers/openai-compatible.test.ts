import { readdirSync, readFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ConnectionEntry } from '../catalog/catalog.ts'
import { type Connection, compileSnapshot, compileTarget } from '../catalog/snapshot.ts'
import type { Attempt, Operation } from '../ledger/exchange-record.ts'
import { connectionEntry, environmentEntry } from '../testing/catalog-double.ts'
import { DrivenClock } from '../testing/driven-clock.ts'
import { SinkDouble } from '../testing/stream-double.ts'
import { answerJson, answerStream, Upstream } from '../testing/upstream.ts'
import { VaultDouble } from '../testing/vault-double.ts'
import { RequestBody } from '../wire/openai/body.ts'
import type { RateLimits } from '../wire/rate-limits.ts'
import { type Preset, presets } from './presets.ts'
import type { Provider, ProviderReply } from './provider.ts'
import { createProviders } from './registry.ts'
import { UpstreamAddressPolicy } from './upstream-address.ts'

const SECRET = 'sk-upstream-secret'
const DONE = 'data: [DONE]\n\n'

let upstream: Upstream
let vault: VaultDouble
let clock: DrivenClock
let providers: ReadonlyMap<string, Provider>
beforeEach(async () => {
  upstream = await Upstream.start()
  vault = new VaultDouble()
  clock = new DrivenClock()
  providers = createProviders({
    vault,
    policy: new UpstreamAddressPolicy('127.0.0.1'),
    clock,
    demoUrl: 'http://127.0.0.1:9/v1',
  })
})
afterEach(async () => {
  await upstream.close()
  await Promise.all([...providers.values()].map((provider) => provider.close()))
})

const connectionOf = async (provider: string, entry: Partial<ConnectionEntry> = {}): Promise<Connection> => {
  const sealedApiKey = await vault.seal(SECRET, { workspaceId: 'w', environmentId: 'e', connectionId: 'c' })
  const environment = environmentEntry(
    [connectionEntry('c', { provider, baseUrl: `${upstream.url}/base`, sealedApiKey, ...entry })],
    [],
  )
  const noRules = () => ({ decide: () => ({ targets: undefined, blocked: undefined, matched: undefined, rules: [] }) })
  const [connection] = compileSnapshot(environment, noRules).connections.values()
  if (!connection) throw new Error('the connection is off')
  return connection
}

type Asked = {
  connection?: Partial<ConnectionEntry>
  operation?: Operation
  headers?: Record<string, string>
  body?: object
  signal?: AbortSignal
}

/** What was told of limits, with the key of the target. */
let told: [string, RateLimits][]
beforeEach(() => {
  told = []
})

async function ask(provider: string, { connection, operation = 'chat', headers = {}, body = {}, signal }: Asked = {}) {
  const attempt: Attempt = {
    connectionId: 'c',
    connection: 'c-name',
    provider,
    model: 'm',
    outcome: 'pending',
    sent: false,
  }
  const request = {
    operation,
    target: compileTarget(await connectionOf(provider, connection), 'm'),
    remainingMs: 10_000,
    body: new RequestBody(Buffer.from(JSON.stringify({ model: 'gpt', vmx: {}, ...body }))),
    stream: 'stream' in body,
    headers,
    attempt,
    signal: signal ?? new AbortController().signal,
    rateLimits: { note: ({ key }: { key: string }, limits: RateLimits) => told.push([key, limits]) },
  }
  const reply = providers.get(provider)?.call(request)
  return { attempt, reply: reply ?? Promise.reject(new Error(`there is no provider ${provider}`)) }
}

const sent = () => {
  const [request] = upstream.requests
  if (!request) throw new Error('the upstream was not asked')
  return request
}

async function read(reply: ProviderReply) {
  if (reply.kind === 'json') throw new Error('the answer is no stream')
  const sink = new SinkDouble()
  reply.stream.start(sink)
  await vi.waitFor(() => expect(sink.ended).toBeDefined())
  const { source, ...usage } = reply.stream.usage()
  return { text: sink.text, ended: sink.ended, usage, source }
}

const rows = [...presets.values()].map((preset): [string, Preset] => [preset.id, preset])

describe('the request to a provider', () => {
  it.each(rows)(
    "%s carries the credential where the provider's row says, and nowhere else",
    async (id, { credential }) => {
      const { reply } = await ask(id)
      await reply
      const { headers } = sent()
      expect(headers[credential.header]).toBe(credential.prefix + SECRET)
      expect(Object.values(headers).filter((value) => String(value).includes(SECRET))).toHaveLength(1)
    },
  )

  it('carries no credential where the connection has none', async () => {
    const { reply } = await ask('ollama', { connection: { sealedApiKey: null } })
    await reply
    expect(sent().headers).not.toHaveProperty('authorization')
  })

  it('carries of the headers of the client only those that the row lists', async () => {
    const headers = {
      authorization: 'Bearer sk-vmx-client',
      'x-api-key': 'sk-vmx-client',
      cookie: 'a=b',
      'openai-beta': 'assistants=v2',
      'idempotency-key': 'i-1',
      'x-forwarded-for': '192.0.2.1',
      'accept-encoding': 'gzip',
      host: 'gateway.example',
      'x-vmx-metadata': '{}',
    }
    const { reply } = await ask('openai', { headers })
    await reply
    expect(sent().headers).toEqual({
      host: `127.0.0.1:${upstream.port}`,
      connection: 'keep-alive',
      'content-type': 'application/json',
      'content-length': String(sent().body.length),
      accept: 'application/json',
      authorization: `Bearer ${SECRET}`,
      'openai-beta': 'assistants=v2',
      'idempotency-key': 'i-1',
    })
  })

  it.each([
    ['chat', '/base/chat/completions'],
    ['completion', '/base/completions'],
    ['embedding', '/base/embeddings'],
  ] as const)('for %s is a POST to %s', async (operation, path) => {
    const { reply } = await ask('openai', { operation })
    await reply
    expect([sent().method, sent().path]).toEqual(['POST', path])
  })

  it('takes slashes at the end of the address for none', async () => {
    const { reply } = await ask('openai', { connection: { baseUrl: `${upstream.url}//` } })
    await reply
    expect(sent().path).toBe('/chat/completions')
  })

  it('is the body of the client with the model of the target and without vmx', async () => {
    const { reply } = await ask('openai', { body: { n: 1 } })
    await reply
    expect(sent().body.toString()).toBe('{"model":"m","n":1}')
  })

  it('asks for usage in streams, where the provider knows the question', async () => {
    upstream.answer = answerStream([DONE])
    for (const [id, options] of [
      ['openai', { include_usage: true }],
      ['mistral', undefined],
    ] as const) {
      upstream.requests.length = 0
      const { reply } = await ask(id, { body: { stream: true } })
      await read(await reply)
      expect([id, JSON.parse(sent().body.toString()).stream_options]).toEqual([id, options])
      expect(sent().headers.accept).toBe('text/event-stream')
    }
  })

  it('is not made for an operation that the provider does not offer; another target may', async () => {
    const { reply, attempt } = await ask('groq', { operation: 'embedding' })
    await expect(reply).rejects.toMatchObject({ code: 'unsupported_parameter', fallback: 'next' })
    expect([attempt.sent, upstream.connections]).toEqual([false, 0])
  })

  it('is not made where the connection has no address', async () => {
    const { reply } = await ask('ollama', { connection: { baseUrl: null } })
    await expect(reply).rejects.toMatchObject({ code: 'unavailable' })
  })

  it('is not made to an address that the operator does not allow', async () => {
    providers = createProviders({
      vault,
      policy: new UpstreamAddressPolicy(''),
      clock,
      demoUrl: 'http://127.0.0.1:9/v1',
    })
    for (const host of ['127.0.0.1', 'localhost']) {
      const { reply, attempt } = await ask('openai', { connection: { baseUrl: `http://${host}:${upstream.port}` } })
      await expect(reply).rejects.toMatchObject({ code: 'provider_unavailable' })
      expect(attempt).toMatchObject({ sent: false, fault: 'address_not_allowed' })
    }
    expect(upstream.connections).toBe(0)
  })

  it('is not made when the client has gone', async () => {
    const { reply, attempt } = await ask('openai', { signal: AbortSignal.abort() })
    await expect(reply).rejects.toMatchObject({ code: 'client_closed' })
    expect([attempt.sent, upstream.requests]).toEqual([false, []])
  })

  it('is one request: nothing is tried again', async () => {
    upstream.answer = (response) => response.destroy()
    const { reply, attempt } = await ask('openai')
    await expect(reply).rejects.toMatchObject({ code: 'provider_unavailable' })
    expect(upstream.requests).toHaveLength(1)
    expect(attempt.sent).toBe(true)
  })
})

describe('the credential', () => {
  it('is opened once a minute, not for each request', async () => {
    const use = async () => (await ask('openai')).reply
    await use()
    await use()
    clock.advance(59_999)
    await use()
    expect(vault.opened).toBe(1)
    clock.advance(1)
    await use()
    expect(vault.opened).toBe(2)
  })

  it('is opened anew when it was replaced', async () => {
    await (await ask('openai')).reply
    const sealedApiKey = await vault.seal('sk-new', { workspaceId: 'w', environmentId: 'e', connectionId: 'c' })
    await (await ask('openai', { connection: { sealedApiKey } })).reply
    expect(upstream.requests.at(-1)?.headers.authorization).toBe('Bearer sk-new')
  })

  it('of another connection can not be opened', async () => {
    const sealedApiKey = await vault.seal('sk-other', { workspaceId: 'w', environmentId: 'e', connectionId: 'other' })
    const { reply } = await ask('openai', { connection: { sealedApiKey } })
    await expect(reply).rejects.toMatchObject({ code: 'unavailable', status: 503 })
    expect(upstream.requests).toEqual([])
  })

  it('that can not be opened now is 503, and no request', async () => {
    vault.away = true
    const { reply } = await ask('openai')
    await expect(reply).rejects.toMatchObject({ code: 'unavailable', status: 503 })
    expect(upstream.requests).toEqual([])
  })
})

describe('the answer of a provider', () => {
  it('notes status, request id and code of the attempt', async () => {
    upstream.answer = answerJson('{"error":{"code":"slow_down"}}', 429, { 'request-id': 'r-1' })
    const { reply, attempt } = await ask('openai')
    await expect(reply).rejects.toMatchObject({ code: 'provider_rate_limited' })
    expect(attempt).toMatchObject({ sent: true, status: 429, providerRequestId: 'r-1', providerCode: 'slow_down' })
  })

  it.each([
    ['success', 200, '{"id":"1"}', 1],
    ['429', 429, '{}', 1],
    ['500', 500, '{}', 0],
  ])('hands on what a %s tells of the limits of its target', async (_what, status, body, times) => {
    const limits = { 'x-ratelimit-limit-requests': '500', 'x-ratelimit-limit-tokens': '30000' }
    upstream.answer = answerJson(body, status, limits)
    const { reply } = await ask('openai')
    await reply.catch(() => {})
    expect(told).toEqual(
      Array.from({ length: times }, () => ['c/m', { requests: 500, tokens: 30_000, exhaustedMs: 0 }]),
    )
  })

  it('hands on when what is used up is free again, but of a 429, which names its own time', async () => {
    const used = { 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '30s' }
    const limits = { 'x-ratelimit-limit-requests': '500', ...used }
    upstream.answer = answerJson('{"id":"1"}', 200, limits)
    await (await ask('openai')).reply
    upstream.answer = answerJson('{}', 429, { ...limits, 'retry-after': '1' })
    await expect((await ask('openai')).reply).rejects.toMatchObject({ retryAfterMs: 1000 })
    expect(told.map(([, { exhaustedMs }]) => exhaustedMs)).toEqual([30_000, 0])
  })

  it('hands on what a stream tells of limits, and nothing where nothing is told', async () => {
    upstream.answer = answerStream(['data: {"id":"1"}\n\n', DONE], { 'x-ratelimit-limit-requests': '7' })
    await (await ask('openai', { body: { stream: true } })).reply
    expect(told).toEqual([['c/m', { requests: 7, tokens: undefined, exhaustedMs: 0 }]])
    upstream.answer = answerJson('{"id":"1"}', 200, { 'x-ratelimit-limit-requests': 'many' })
    await (await ask('openai')).reply
    expect(told).toHaveLength(1)
  })

  it('shows no header that holds the credential or is not plain ASCII', async () => {
    upstream.answer = answerJson('{"id":"1"}', 200, {
      'x-request-id': `for ${SECRET}`,
      'x-ratelimit-limit-requests': 'é',
    })
    const { reply, attempt } = await ask('openai')
    expect(Object.keys((await reply).headers).filter((name) => name.startsWith('x-provider-'))).toEqual([])
    expect(attempt).not.toHaveProperty('providerRequestId')
  })

  it('that nobody can be connected to says why', async () => {
    const { port } = upstream
    await upstream.close()
    const { reply, attempt } = await ask('openai', { connection: { baseUrl: `http://127.0.0.1:${port}` } })
    await expect(reply).rejects.toMatchObject({ code: 'provider_unavailable' })
    expect(attempt).toMatchObject({ sent: false, fault: 'ECONNREFUSED' })
  })

  it('ends when the client leaves', async () => {
    upstream.answer = () => {}
    const client = new AbortController()
    const { reply, attempt } = await ask('openai', { signal: client.signal })
    await vi.waitFor(() => expect(upstream.requests).toHaveLength(1))
    client.abort()
    await expect(reply).rejects.toMatchObject({ code: 'client_closed' })
    expect(attempt.sent).toBe(true)
    await vi.waitFor(() => expect(sent().response.destroyed).toBe(true))
  })

  it('follows no redirect', async () => {
    upstream.answer = answerJson('{}', 307, { location: `${upstream.url}/elsewhere` })
    const { reply } = await ask('openai')
    await expect(reply).rejects.toMatchObject({ code: 'provider_bad_answer' })
    expect(upstream.requests).toHaveLength(1)
  })

  it('leaves its connection usable for the next request after [DONE]', async () => {
    upstream.answer = answerStream(['data: {"choices":[]}\n\n', DONE])
    for (let i = 0; i < 3; i++) await read(await (await ask('openai', { body: { stream: true } })).reply)
    await vi.waitFor(async () => {
      await read(await (await ask('openai', { body: { stream: true } })).reply)
      expect(upstream.connections).toBeLessThan(upstream.requests.length)
    })
  })

  it('is refused when a single event grows without end', async () => {
    const piece = Buffer.alloc(1024 * 1024, 'x')
    upstream.answer = answerStream(Array.from({ length: 10 }, () => piece))
    const { reply, attempt } = await ask('openai', { body: { stream: true } })
    await expect(reply).rejects.toMatchObject({ code: 'provider_bad_answer' })
    expect(attempt.fault).toBe('event_too_large')
  })

  it('tells of a failure that came before anyone listened', async () => {
    upstream.answer = (response) =>
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: {"choices":[]}\n\n')
    const client = new AbortController()
    const { reply } = await ask('openai', { body: { stream: true }, signal: client.signal })
    const stream = await reply
    client.abort()
    expect(await read(stream)).toMatchObject({ text: '', ended: { code: 'client_closed' } })
  })
})

describe('the fixtures', () => {
  const folder = new URL('./__fixtures__/', import.meta.url)
  const load = (id: string) => JSON.parse(readFileSync(new URL(`${id}.json`, folder), 'utf8'))
  const ids = readdirSync(folder).flatMap((name) => (name.endsWith('.json') ? [name.slice(0, -5)] : []))

  it('are one for each row of the table', () => {
    expect(ids.sort()).toEqual([...presets.keys()].sort())
  })

  it.each(ids)('%s: the JSON answer leaves byte for byte, and its usage is read', async (id) => {
    const { json } = load(id)
    upstream.answer = answerJson(json.body)
    const { reply } = await ask(id)
    const answer = await reply
    expect(sent().path).toBe(`/base${json.request.path}`)
    expect(sent().headers).toHaveProperty(json.request.credentialHeader)
    expect(answer).toMatchObject({ kind: 'json', usage: { ...json.usage, source: 'reported' } })
    expect(answer.kind === 'json' && answer.body.toString()).toBe(json.body)
  })

  it.each(ids.flatMap((id) => [[id, 'as it came'] as const, [id, 'byte by byte'] as const]))(
    '%s: the stream, %s, leaves byte for byte, and its usage is read',
    async (id, how) => {
      const { chunks, expected } = load(id).stream
      const text: string = chunks.join('')
      upstream.answer = answerStream(
        how === 'as it came' ? chunks : [...Buffer.from(text)].map((byte) => Buffer.from([byte])),
      )
      const { reply } = await ask(id, { body: { stream: true, stream_options: { include_usage: true } } })
      const got = await read(await reply)
      expect(got).toMatchObject({
        ended: expected.complete ? 'done' : { code: 'provider_stream_failed' },
        usage: expected.usage,
        source: 'reported',
      })
      expect(events(got.text)).toEqual(events(/^data: ?\[DONE\]/m.test(text) ? text : `${text}\n\n${DONE}`))
      expect(got.text.startsWith(text.trimEnd())).toBe(true)
    },
  )

  it.each(ids)('%s: a client that did not ask for usage sees no event that only carries it', async (id) => {
    const { chunks, expected } = load(id).stream
    upstream.answer = answerStream(chunks)
    const { reply } = await ask(id, { body: { stream: true } })
    const { text, usage } = await read(await reply)
    expect(usage).toEqual(expected.usage)
    for (const event of events(text).map((data) => (data.startsWith('{') ? JSON.parse(data) : {}))) {
      expect(event.usage && event.choices?.length === 0).toBeFalsy()
    }
  })

  it.each(ids)('%s: its refusal is understood', async (id) => {
    const { error } = load(id)
    upstream.answer = answerJson(error.body, error.status)
    const { reply, attempt } = await ask(id)
    await expect(reply).rejects.toMatchObject({ code: error.expectedCode })
    expect(attempt.providerCode ?? null).toBe(error.providerCode)
  })
})

/** The data of each event, whatever its line ends. */
const events = (text: string): string[] =>
  text
    .split(/\r?\n\r?\n/)
    .map((event) => event.replace(/^data: ?/, '').trim())
    .filter((data) => data !== '' && !data.startsWith(':'))
