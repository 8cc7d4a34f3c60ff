import { LLMock } from '@copilotkit/aimock'
import { afterEach, describe, expect, it } from 'vitest'
import { DrivenClock } from '../testing/driven-clock.ts'
import { type Answer, answerJson, COMPLETION, Upstream } from '../testing/upstream.ts'
import { VaultDouble } from '../testing/vault-double.ts'
import { createConnectionProbe, type ProbedConnection } from './connection-probe.ts'
import { startDemoServer } from './demo-server.ts'
import { UpstreamAddressPolicy } from './upstream-address.ts'

const SECRET = 'sk-upstream-secret-1234567890'
const CONTEXT = { workspaceId: 'w', environmentId: 'e', connectionId: 'c' }

const cleanups: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

type World = { answer?: Answer; allow?: string; connection?: Partial<ProbedConnection> }

/** A stored connection to an upstream that answers everything alike. */
async function world({ answer = listOf('b', 'a'), allow = '127.0.0.1', connection = {} }: World = {}) {
  const upstream = await Upstream.start(answer)
  cleanups.push(() => upstream.close())
  const vault = new VaultDouble()
  const parts = { vault, policy: new UpstreamAddressPolicy(allow), clock: new DrivenClock(), demoUrl: upstream.url }
  const probe = createConnectionProbe(parts)
  const stored: ProbedConnection = {
    id: 'c',
    workspaceId: 'w',
    environmentId: 'e',
    provider: 'openai-compatible',
    baseUrl: `${upstream.url}/v1/`,
    sealedApiKey: await vault.seal(SECRET, CONTEXT),
    allowedModels: null,
    timeouts: {},
    ...connection,
  }
  return { upstream, vault, probe, stored, parts, test: () => probe.test(stored), list: () => probe.listModels(stored) }
}

const listOf = (...ids: string[]): Answer =>
  answerJson(JSON.stringify({ object: 'list', data: ids.map((id) => ({ id })) }))

/** The list is not there; completions are. */
const withoutList: Answer = (response, request) =>
  answerJson(
    request.method === 'GET' ? '{"error":{"message":"no such page"}}' : COMPLETION,
    request.method === 'GET' ? 404 : 200,
  )(response, request)

describe('a test of a connection', () => {
  it('reads the list of models with the stored credential and answers it sorted', async () => {
    const { test, upstream } = await world()
    expect(await test()).toEqual({ ok: true, latencyMs: 0, models: ['a', 'b'] })
    expect(upstream.requests.map(({ method, path }) => `${method} ${path}`)).toEqual(['GET /v1/models'])
    expect(upstream.requests[0]?.headers.authorization).toBe(`Bearer ${SECRET}`)
  })

  it('takes a credential that is not stored, without asking the vault', async () => {
    const { probe, stored, upstream, vault } = await world({
      connection: { provider: 'azure-openai', sealedApiKey: null },
    })
    expect(await probe.test(stored, { apiKey: 'typed-in' })).toMatchObject({ ok: true })
    expect([upstream.requests[0]?.headers['api-key'], vault.opened]).toEqual(['typed-in', 0])
    await probe.test(stored, { apiKey: null })
    expect(upstream.requests[1]?.headers).not.toHaveProperty('api-key')
  })

  it('has one token answered where there is no list and a model is named', async () => {
    const { probe, stored, upstream } = await world({ answer: withoutList })
    expect(await probe.test(stored, { model: 'm' })).toEqual({ ok: true, latencyMs: 0 })
    expect(upstream.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /v1/models',
      'POST /v1/chat/completions',
    ])
    expect(JSON.parse(String(upstream.requests[1]?.body))).toMatchObject({ model: 'm', max_tokens: 1 })
  })

  it('asks a provider that is known to have no list for a token of a model that the connection allows', async () => {
    const connection = { provider: 'perplexity', allowedModels: ['mine'] }
    const { test, list, upstream } = await world({ answer: answerJson(), connection })
    expect(await test()).toEqual({ ok: true, latencyMs: 0 })
    expect(JSON.parse(String(upstream.requests[0]?.body))).toMatchObject({ model: 'mine' })
    expect(await list()).toMatchObject({ ok: false, error: 'unsupported_parameter' })
    expect(upstream.requests).toHaveLength(1)
  })

  it('does not take a list that anybody may read for a good credential', async () => {
    const answer: Answer = (response, request) =>
      (request.path === '/v1/key' ? answerJson('{}', 401) : listOf('a'))(response, request)
    const { test } = await world({ answer, connection: { provider: 'openrouter' } })
    expect(await test()).toMatchObject({ ok: false, error: 'provider_auth_failed' })
  })

  it.each([
    [401, 'provider_auth_failed'],
    [403, 'provider_auth_failed'],
    [404, 'provider_rejected'],
    [429, 'provider_rate_limited'],
    [500, 'provider_unavailable'],
    [302, 'provider_bad_answer'],
  ])('tells status %s as %s, and nothing that the other side said', async (status, error) => {
    const said = 'internal-host-10.1.2.3'
    const answer: Answer = (response) => {
      response.writeHead(status, said, { 'content-type': 'application/json', location: `http://127.0.0.1/${said}` })
      response.end(JSON.stringify({ error: { message: `${said} ${SECRET}`, code: said } }))
    }
    const { test, upstream } = await world({ answer })
    const result = await test()
    expect(result).toMatchObject({ ok: false, error, message: expect.stringMatching(/^The provider/) })
    expect(JSON.stringify(result)).not.toMatch(/internal|sk-/)
    expect(upstream.requests).toHaveLength(1)
  })

  it('tells an error that comes with status 200 from an answer', async () => {
    const { test } = await world({ answer: answerJson('{"error":{"code":401,"message":"bad key"}}') })
    expect(await test()).toEqual({
      ok: false,
      error: 'provider_auth_failed',
      message: 'The provider refused the credential',
    })
  })

  it.each([
    ['a page', '<html>Welcome</html>'],
    ['another object', '{"hello":"world"}'],
  ])('fails when the answer is %s', async (_case, body) => {
    const { test } = await world({ answer: answerJson(body) })
    expect(await test()).toMatchObject({ ok: false, error: 'provider_bad_answer' })
  })

  it("ends within the connection's own time when nobody answers", async () => {
    const { test } = await world({ answer: () => {}, connection: { timeouts: { totalMs: 50 } } })
    expect(await test()).toMatchObject({ ok: false, error: 'provider_timeout' })
  })

  it('does not wait for the end of an answer that stalls', async () => {
    const answer: Answer = (response) =>
      response.writeHead(200, { 'content-type': 'application/json' }).write('{"data":[')
    const { test } = await world({ answer, connection: { timeouts: { totalMs: 50 } } })
    expect(await test()).toMatchObject({ ok: false, error: 'provider_timeout' })
  })

  it('says that nothing listens at the address', async () => {
    const { test, upstream } = await world()
    await upstream.close()
    expect(await test()).toMatchObject({
      ok: false,
      error: 'provider_unavailable',
      message: 'Nothing listens at the address',
    })
  })

  it.each(['127.0.0.1', 'localhost'])('goes to no address that requests may not go to, such as %s', async (host) => {
    const { probe, stored, upstream } = await world({ allow: '' })
    const result = await probe.test({ ...stored, baseUrl: `http://${host}:${upstream.port}/v1` })
    expect(result).toEqual({
      ok: false,
      error: 'provider_unavailable',
      message: 'The host name is not known, or its address is not public and not listed in UPSTREAM_ALLOW',
    })
    expect(upstream.connections).toBe(0)
  })

  it('does not tell a host name that leads within from one that there is not', async () => {
    const { probe, stored } = await world({ allow: '' })
    const known = await probe.test({ ...stored, baseUrl: 'http://localhost:9/v1' })
    expect(known.ok).toBe(false)
    expect(await probe.test({ ...stored, baseUrl: 'http://nowhere.invalid:9/v1' })).toEqual(known)
  })

  it.each([
    ['an address that is none', { baseUrl: 'nowhere' }, {}],
    ['no address', { baseUrl: null }, {}],
    ['a credential that no header can carry', {}, { apiKey: 'a\nb' }],
  ])('refuses %s', async (_case, connection, options) => {
    const { probe, stored } = await world({ connection })
    expect(await probe.test(stored, options)).toMatchObject({ ok: false, error: 'invalid_request' })
  })

  it('says that the credential can not be opened now', async () => {
    const { test, vault, upstream } = await world()
    vault.away = true
    expect(await test()).toMatchObject({ ok: false, error: 'unavailable' })
    expect(upstream.requests).toEqual([])
  })

  it('does not know a provider that is not in the table', async () => {
    const { test } = await world({ connection: { provider: 'nobody' } })
    expect(await test()).toMatchObject({ ok: false, error: 'unavailable' })
  })
})

describe('a list of models', () => {
  it('may be a bare list, as Together AI has it', async () => {
    const { list } = await world({ answer: answerJson('[{"id":"y"},{"id":"x"},{"id":"y"}]') })
    expect(await list()).toEqual({ ok: true, models: ['x', 'y'] })
  })

  it('is by the names that requests use', async () => {
    const { list } = await world({ answer: listOf('models/gemini-9'), connection: { provider: 'gemini' } })
    expect(await list()).toEqual({ ok: true, models: ['gemini-9'] })
  })

  it('leaves out what is no name of a model, and our own credential', async () => {
    const rows = [
      { id: 'good' },
      { id: '' },
      { id: 5 },
      null,
      'text',
      { id: 'two\nlines' },
      { id: 'x'.repeat(257) },
      { id: `is ${SECRET}` },
    ]
    const { list } = await world({ answer: answerJson(JSON.stringify({ data: rows })) })
    expect(await list()).toEqual({ ok: true, models: ['good'] })
  })

  it('has at most 5,000 names', async () => {
    const { list } = await world({ answer: listOf(...Array.from({ length: 6_000 }, (_, at) => `m${at}`)) })
    expect(await list()).toMatchObject({ ok: true, models: { length: 5_000 } })
  })

  it('is not read when it is larger than 5 MB', async () => {
    const { list } = await world({ answer: listOf('x'.repeat(5 * 1024 * 1024)) })
    expect(await list()).toMatchObject({
      ok: false,
      error: 'provider_bad_answer',
      message: expect.stringContaining('5 MB'),
    })
  })
})

describe('providers that run here', () => {
  it('the demo provider is asked where this process has it', async () => {
    const demo = await startDemoServer()
    cleanups.push(() => demo.close())
    const { parts, stored } = await world()
    const probe = createConnectionProbe({ ...parts, demoUrl: demo.url })
    const connection = { ...stored, provider: 'demo', baseUrl: null, sealedApiKey: null }
    expect(await probe.test(connection)).toMatchObject({ ok: true, models: ['demo'] })
    expect(await probe.listModels(connection)).toEqual({ ok: true, models: ['demo'] })
  })

  it('an emulator that others wrote lists its models, to its own key alone', async () => {
    const mock = new LLMock({ port: 0, host: '127.0.0.1', auth: { apiKeys: [SECRET] }, journalMaxEntries: 0 })
    for (const model of ['second', 'first']) mock.on({ model }, { content: 'Hello' })
    await mock.start()
    cleanups.push(() => mock.stop())
    const { probe, stored } = await world()
    const connection = { ...stored, baseUrl: `${mock.url}/v1` }
    expect(await probe.test(connection)).toMatchObject({ ok: true, models: ['first', 'second'] })
    expect(await probe.test(connection, { apiKey: 'wrong' })).toMatchObject({
      ok: false,
      error: 'provider_auth_failed',
    })
  })
})
