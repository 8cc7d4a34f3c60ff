import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { afterEach, describe, expect, it } from 'vitest'
import { chatAs } from './chat-as.ts'
import type { UserPrincipal } from './completion/principal.ts'
import type { PluginOptions } from './plugin.ts'
import { connectionEntry, environmentEntry, NO_LIMITS, resourceEntry } from './testing/catalog-double.ts'
import { CHAT, errorOf, MAX_BODY, SECRET, type ServedOptions, serveGateway } from './testing/served-gateway.ts'
import { answerJson, answerStream, COMPLETION } from './testing/upstream.ts'

const USER: UserPrincipal = { kind: 'user', id: 'user-1', workspaceId: 'w', environmentId: 'e' }
const GPT = { id: 'resource-gpt', name: 'gpt' }
const NO_KEY = { authorization: '' }
const PATHS = ['/unread', '/read']

const cleanups: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

/** Beside the data plane, routes that ask `gpt` for the user: one whose body nobody has read, one with its bytes. */
async function serve(options: ServedOptions = {}, user = USER) {
  const prepare = (app: FastifyInstance, served: PluginOptions) => {
    app.register(async (management) => {
      management.removeAllContentTypeParsers()
      management.addContentTypeParser('*', (_request, _payload, done) => done(null))
      const begin = (request: FastifyRequest, reply: FastifyReply) =>
        void chatAs(served, request, reply, { user, resource: GPT })
      management.post('/unread', { onRequest: begin }, () => {})
    })
    app.register(async (management) => {
      management.removeAllContentTypeParsers()
      management.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
      management.post<{ Body: Buffer }>('/read', (request, reply) =>
        chatAs(served, request, reply, { user, resource: GPT, body: request.body }),
      )
    })
  }
  const served = await serveGateway({ ...options, prepare })
  cleanups.push(served.close)
  const askAs = (body: unknown = CHAT, path = '/unread') => served.ask(body, { path, headers: NO_KEY })
  return { ...served, askAs }
}

describe('a chat of a user', () => {
  it.each(PATHS)(
    "is answered with the provider's bytes and the headers of the data plane, its body %s",
    async (path) => {
      const { askAs, upstream } = await serve()
      const { status, text, headers } = await askAs(CHAT, path)
      expect([status, text]).toEqual([200, COMPLETION])
      expect(headers).toMatchObject({
        'x-vmx-provider': 'openai-compatible',
        'x-vmx-model': 'm',
        'x-vmx-connection-id': 'c0',
        'x-vmx-attempts': '1',
      })
      expect(upstream.requests[0]?.headers.authorization).toBe(`Bearer ${SECRET}`)
    },
  )

  it('is recorded with the user and no API key', async () => {
    const { askAs, ledger } = await serve()
    await askAs()
    expect(ledger.records).toMatchObject([
      { userId: 'user-1', workspaceId: 'w', environmentId: 'e', resourceId: 'resource-gpt', operation: 'chat' },
    ])
    expect(ledger.records[0]).toMatchObject({ outcome: 'ok', requestedModel: 'gpt', usage: { input: 7, output: 3 } })
    expect(ledger.records[0]).not.toHaveProperty('apiKeyId')
  })

  it.each(PATHS)('is streamed event by event, its body %s', async (path) => {
    const pieces = ['data: {"choices":[{"index":0,"delta":{"content":"Hi"}}]}\n\n', 'data: [DONE]\n\n']
    const { askAs } = await serve({ answers: [answerStream(pieces)] })
    const { headers, text } = await askAs({ ...CHAT, stream: true }, path)
    expect(headers['content-type']).toBe('text/event-stream; charset=utf-8')
    expect(text).toBe(pieces.join(''))
  })

  it.each([
    ['names another model', { model: 'nobody/knows', messages: [] }, { model: 'm', messages: [] }],
    ['names none', { messages: [] }, { model: 'm', messages: [] }],
    ['names what is no text', { model: null, messages: [] }, { model: 'm', messages: [] }],
    ['is empty', {}, { model: 'm' }],
    ['has nothing but the extension', { vmx: {} }, { model: 'm' }],
    ['begins with the extension', { vmx: {}, messages: [] }, { model: 'm', messages: [] }],
  ])('goes to the resource when its body %s', async (_case, body, sent) => {
    const { askAs, upstream } = await serve()
    expect((await askAs(body)).status).toBe(200)
    expect(JSON.parse(String(upstream.requests[0]?.body))).toEqual(sent)
  })

  it('asks for usage in a stream also when its body names no model', async () => {
    const { askAs, upstream } = await serve({
      answers: [answerStream(['data: {"choices":[]}\n\n', 'data: [DONE]\n\n'])],
    })
    await askAs({ stream: true })
    expect(JSON.parse(String(upstream.requests[0]?.body))).toEqual({
      model: 'm',
      stream: true,
      stream_options: { include_usage: true },
    })
  })

  it('may ask for a secondary model of the resource', async () => {
    const { askAs, catalog, gateway, upstream, upstreams } = await serve({ answers: [answerJson(), answerJson()] })
    const connections = upstreams.map(({ url }, at) => connectionEntry(`c${at}`, { baseUrl: `${url}/v1` }))
    const secondaryModels = [{ name: 'other', connectionId: 'c1', model: 'n' }]
    catalog.environments.set('e', environmentEntry(connections, [resourceEntry('gpt', ['c0'], { secondaryModels })]))
    await gateway.refresh('all')
    const { headers } = await askAs({ messages: [], vmx: { secondaryModel: 'other' } })
    expect([headers['x-vmx-model'], upstream.requests.length]).toEqual(['n', 0])
  })

  it('falls back as the resource says', async () => {
    const { askAs } = await serve({ answers: [answerJson('{}', 500), answerJson()] })
    expect((await askAs()).headers).toMatchObject({ 'x-vmx-connection-id': 'c1', 'x-vmx-fallback': '1' })
  })

  it('is charged to the limits of the resource, and to those of no key', async () => {
    const { askAs, ask, catalog, gateway, upstream, ledger } = await serve()
    const limits = { ...NO_LIMITS, maxConcurrent: null, capacity: [{ ...LIMIT, requests: 2 }] }
    const connection = connectionEntry('c0', { baseUrl: `${upstream.url}/v1` })
    catalog.environments.set('e', environmentEntry([connection], [resourceEntry('gpt', ['c0'], { limits })]))
    for (const [hash, key] of catalog.keys)
      catalog.keys.set(hash, { ...key, limits: { ...NO_LIMITS, capacity: [{ ...LIMIT, requests: 0 }] } })
    await gateway.refresh('all')
    expect((await ask()).status).toBe(429)
    expect([(await askAs()).status, (await askAs()).status]).toEqual([200, 200])
    const refused = await askAs()
    expect([refused.status, errorOf(refused).code]).toEqual([429, 'capacity_exceeded'])
    expect(ledger.records.at(-1)).toMatchObject({ userId: 'user-1', outcome: 'capacity_exceeded' })
  })

  it('has its errors in the shape of the data plane', async () => {
    const { askAs } = await serve()
    const refused = await askAs('{')
    expect([refused.status, errorOf(refused)]).toMatchObject([400, { type: 'invalid_request_error', param: null }])
    expect(refused.headers).toMatchObject({ 'x-should-retry': 'false', 'x-vmx-error-source': 'gateway' })
  })

  it('is refused and recorded with the user when its body is too large', async () => {
    const { askAs, ledger, upstream } = await serve()
    const refused = await askAs(`"${'x'.repeat(MAX_BODY)}"`)
    expect([refused.status, errorOf(refused).code]).toEqual([413, 'invalid_request'])
    expect(ledger.records).toMatchObject([{ userId: 'user-1', operation: 'chat', status: 413 }])
    expect(upstream.requests).toEqual([])
  })

  it('is a 404 when there is no such resource any more', async () => {
    const { askAs, catalog, gateway } = await serve()
    catalog.environments.set('e', environmentEntry([], []))
    await gateway.refresh('all')
    expect(await askAs()).toMatchObject({ status: 404 })
  })

  it('never goes to another resource that is known by its name here', async () => {
    const { askAs, catalog, gateway, upstream, ledger } = await serve({ answers: [answerJson(), answerJson()] })
    const connection = connectionEntry('c0', { baseUrl: `${upstream.url}/v1` })
    const other = { ...resourceEntry('gpt', ['c0']), id: 'resource-other' }
    catalog.environments.set('e', environmentEntry([connection], [other]))
    await gateway.refresh('all')
    const refused = await askAs()
    expect([refused.status, errorOf(refused).code, upstream.requests.length]).toEqual([404, 'model_not_found', 0])
    const renamed = { ...resourceEntry('renamed', ['c0']), id: GPT.id }
    catalog.environments.set('e', environmentEntry([connection], [other, renamed]))
    await gateway.refresh('all')
    expect((await askAs()).status).toBe(200)
    expect(ledger.records.at(-1)).toMatchObject({ resourceId: GPT.id, requestedModel: 'gpt' })
  })

  it('ends the call of the provider when the user leaves', async () => {
    const left = Promise.withResolvers<void>()
    const asked = Promise.withResolvers<void>()
    const { begin, ledger } = await serve({
      answers: [
        (response) => {
          response.once('close', () => left.resolve())
          asked.resolve()
        },
      ],
    })
    const request = begin('/unread', CHAT, NO_KEY)
    request.on('error', () => {})
    await asked.promise
    request.destroy()
    await left.promise
    await expect.poll(() => ledger.records).toMatchObject([{ outcome: 'client_closed', userId: 'user-1' }])
  })
})

const LIMIT = { period: 'minute', reserve: 'expected', enabled: true } as const
