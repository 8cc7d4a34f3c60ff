import fastify from 'fastify'
import { describe, expect, it, vi } from 'vitest'
import { GatewayError } from '../errors.ts'
import { silentLog } from '../log.ts'
import { gatewayPlugin } from '../plugin.ts'
import type { ProviderReply } from '../providers/provider.ts'
import {
  answers,
  fails,
  isSlow,
  isUnreachable,
  requestWorld,
  streams,
  type WorldParts,
} from '../testing/request-world.ts'
import { SinkDouble, StreamDouble, USAGE } from '../testing/stream-double.ts'

/** The nine rules of the request path, as the architecture page states them. */

const STREAMED = { model: 'gpt', stream: true }

const listen = (reply: ProviderReply, sink = new SinkDouble()): SinkDouble => {
  if (reply.kind !== 'stream') throw new Error('the answer is no stream')
  reply.stream.start(sink)
  return sink
}

const calls = ({ log }: { log: string[] }) => log.filter((entry) => entry.startsWith('call'))

describe('Rule 1: fall back only before the first byte, and only where another target can cure it', () => {
  it.each([
    'provider_rate_limited',
    'provider_unavailable',
    'provider_timeout',
    'provider_auth_failed',
    'provider_bad_answer',
    'unsupported_parameter',
  ] as const)('tries the next target after %s', async (code) => {
    const world = requestWorld({ a: fails(code) })
    await world.ask()
    expect(calls(world)).toEqual(['call a', 'call b'])
    expect(world.ledger.records[0]?.decision.attempts.map(({ outcome }) => outcome)).toEqual([code, 'ok'])
  })

  it.each([
    'provider_rejected',
    'context_length_exceeded',
    'content_filter',
    'invalid_request',
    'unavailable',
    'internal_error',
  ] as const)('answers %s without trying another target', async (code) => {
    const world = requestWorld({ a: fails(code) })
    await expect(world.ask()).rejects.toMatchObject({ code })
    expect(calls(world)).toEqual(['call a'])
  })

  it('tries no other target once a stream has begun', async () => {
    const stream = new StreamDouble()
    const world = requestWorld({ a: streams(stream) })
    const sink = listen(await world.ask(STREAMED))
    stream.events('data: 1\n\n')
    stream.failed(new GatewayError('provider_unavailable', 'reset'))
    await vi.waitFor(() => expect(sink.ended).toBeDefined())
    expect(calls(world)).toEqual(['call a'])
    expect(sink.text).toBe('data: 1\n\n')
  })

  it('answers the last error when no target works', async () => {
    const world = requestWorld({
      a: fails('provider_timeout'),
      b: fails('provider_rate_limited', { retryAfterMs: 500 }),
    })
    await expect(world.ask()).rejects.toMatchObject({ code: 'provider_rate_limited', retryAfterMs: 500 })
    expect(calls(world)).toEqual(['call a', 'call b'])
  })
})

describe('Rule 2: after the provider has answered, nothing may fail the request or start another attempt', () => {
  it('makes one attempt only for an answer that came too late for the client', async () => {
    const world = requestWorld({
      a: (request) => {
        world.clock.advance(86_400_000)
        return answers()(request)
      },
    })
    await expect(world.ask()).resolves.toMatchObject({ kind: 'json' })
    expect(calls(world)).toEqual(['call a'])
    expect(world.ledger.outcomes).toEqual(['ok'])
  })

  it('answers with a model whose name fits in no header', async () => {
    const world = requestWorld({ key: { connections: ['a'] } })
    const { headers } = await world.ask({ model: 'a-name/modèle' })
    expect(headers['x-vmx-model']).toBe('mod%C3%A8le')
  })
})

describe('a model that is called directly', () => {
  it('is known as invented by the client where no configuration names it', async () => {
    const world = requestWorld({ key: { connections: ['a'] }, models: { a: {} } })
    const entry = await world.catalog.environment('e')
    if (!entry) throw new Error('there is no environment')
    const connections = entry.connections.map((connection) => ({ ...connection, allowedModels: null }))
    world.catalog.environments.set('e', { ...entry, connections })
    for (const model of ['gpt', 'a-name/m', 'a-name/any']) await world.ask({ model })
    expect(world.requests.map(({ target }) => target.invented ?? false)).toEqual([false, false, true])
  })
})

describe('Rule 3: capacity is borrowed, and settled or released once for each request to a target', () => {
  it('settles with the real usage what was reserved for an answer', async () => {
    const world = requestWorld()
    await world.ask()
    expect(world.log).toEqual(['admit a', 'call a', 'settle a 10'])
  })

  it('releases only what was reserved for a target that no byte was sent to', async () => {
    const world = requestWorld({ a: isUnreachable })
    await world.ask()
    expect(world.log).toEqual(['admit a', 'call a', 'release a', 'admit b', 'call b', 'settle b 10'])
  })

  it('keeps the request charged to a target that it was sent to, and corrects only its tokens', async () => {
    const world = requestWorld({ a: fails('provider_unavailable') })
    await world.ask()
    expect(world.log).toEqual(['admit a', 'call a', 'settle a nothing', 'admit b', 'call b', 'settle b 10'])
  })

  it('releases what was reserved when the client leaves before the provider is called', async () => {
    const world = requestWorld({ admit: () => world.client.abort() })
    await expect(world.ask()).rejects.toMatchObject({ code: 'client_closed' })
    expect(world.log).toEqual(['admit a', 'release a'])
  })

  it('settles a stream once, at its end, however it ends', async () => {
    for (const end of ['done', 'failed', 'gone'] as const) {
      const stream = new StreamDouble()
      const world = requestWorld({ a: streams(stream) })
      listen(await world.ask(STREAMED))
      expect(world.log).toEqual(['admit a', 'call a'])
      if (end === 'done') stream.done()
      if (end === 'failed') stream.failed(new GatewayError('provider_stream_failed', 'cut'))
      world.client.abort()
      expect(world.log).toEqual(['admit a', 'call a', 'settle a 10'])
    }
  })

  it('opens one loan for the exchange, so that limits of the key are taken once, and closes it once', async () => {
    const world = requestWorld({ a: fails('provider_unavailable') })
    await world.ask({ model: 'gpt', max_tokens: 9, user: 'u' })
    expect(world.loans).toMatchObject([
      { apiKey: { id: 'key-1' }, resource: { name: 'gpt' }, user: 'u', size: { outputLimit: 9, choices: 1 } },
    ])
    expect(world.closed).toEqual([10])
  })

  it('gives everything back that an exchange borrowed which no provider saw', async () => {
    const world = requestWorld({ a: isUnreachable, b: isUnreachable })
    await world.ask().catch(() => {})
    expect(world.closed).toEqual(['given back'])
  })

  it('keeps an exchange charged that a provider saw, without tokens when none was of use', async () => {
    const world = requestWorld({ a: fails('provider_rejected') })
    await world.ask().catch(() => {})
    expect(world.closed).toEqual(['nothing'])
  })

  it('charges a long stream as it goes', async () => {
    const stream = new StreamDouble()
    const world = requestWorld({ a: streams(stream) })
    listen(await world.ask(STREAMED))
    for (let i = 0; i < 128; i++) stream.events('data: 1\n\n')
    expect(world.log.slice(2)).toEqual(['progress a 10', 'progress a 10'])
  })
})

describe('Rule 4: every exit closes the exchange exactly once', () => {
  type World = ReturnType<typeof requestWorld>
  const end = (stream: StreamDouble, how: (stream: StreamDouble, world: World, sink: SinkDouble) => void) => ({
    parts: { a: streams(stream) },
    act: async (world: World) => how(stream, world, listen(await world.ask(STREAMED))),
  })
  const exits: Record<
    string,
    { outcome: string; status: number; parts?: WorldParts; act?: (world: World) => Promise<unknown> }
  > = {
    'an answer': { outcome: 'ok', status: 200 },
    'no API key': { outcome: 'invalid_api_key', status: 401, act: ({ ask }) => ask({}, { authorization: '' }) },
    'a key service that is away': {
      outcome: 'unavailable',
      status: 503,
      act: (world) => {
        world.catalog.away = true
        return world.ask()
      },
    },
    'a body that is no JSON': { outcome: 'invalid_request', status: 400, act: ({ ask }) => ask('{') },
    'a bad extension': { outcome: 'invalid_request', status: 400, act: ({ ask }) => ask({ model: 'gpt', vmx: 1 }) },
    'an unknown model': { outcome: 'model_not_found', status: 404, act: ({ ask }) => ask({ model: 'x' }) },
    'a model that the key may not use': {
      outcome: 'resource_not_allowed',
      status: 403,
      parts: { key: { resources: [] } },
    },
    'a limit of the key': {
      outcome: 'capacity_exceeded',
      status: 429,
      parts: {
        admit: () => {
          throw new GatewayError('capacity_exceeded', 'over')
        },
      },
    },
    'a refusal by the provider': {
      outcome: 'provider_rejected',
      status: 422,
      parts: { a: fails('provider_rejected', { status: 422 }) },
    },
    'no target that works': {
      outcome: 'provider_timeout',
      status: 504,
      parts: { a: fails('provider_unavailable'), b: fails('provider_timeout') },
    },
    'a fallback': { outcome: 'ok', status: 200, parts: { a: fails('provider_unavailable') } },
    'a fault of our own': {
      outcome: 'internal_error',
      status: 500,
      parts: { a: () => Promise.reject(new TypeError('bug')) },
    },
    'a client gone while it waits': {
      outcome: 'client_closed',
      status: 499,
      parts: { a: isSlow },
      act: (world) => {
        const answer = world.ask()
        void vi.waitFor(() => expect(calls(world)).toEqual(['call a'])).then(() => world.client.abort())
        return answer
      },
    },
    'a whole stream': { outcome: 'ok', status: 200, ...end(new StreamDouble(), (stream) => stream.done()) },
    'a death in mid-stream': {
      outcome: 'provider_stream_failed',
      status: 200,
      ...end(new StreamDouble(), (stream) => stream.failed(new GatewayError('provider_stream_failed', 'cut'))),
    },
    'a client gone in mid-stream': {
      outcome: 'client_closed',
      status: 499,
      ...end(new StreamDouble(), (stream, { client }) => {
        client.abort()
        stream.failed(new GatewayError('client_closed', 'aborted'))
      }),
    },
    'a client gone after the end': {
      outcome: 'ok',
      status: 200,
      ...end(new StreamDouble(), (stream, { client }) => {
        stream.done()
        client.abort()
      }),
    },
    'a client gone before the first read': {
      outcome: 'client_closed',
      status: 499,
      parts: { a: streams() },
      act: async (world) => {
        await world.ask(STREAMED)
        world.client.abort()
      },
    },
    'a client gone while a stream began': {
      outcome: 'client_closed',
      status: 499,
      parts: {
        a: (request) => {
          world.client.abort()
          return streams()(request)
        },
      },
      act: ({ ask }) => ask(STREAMED),
    },
    'a client gone while the provider answered': {
      outcome: 'client_closed',
      status: 499,
      parts: {
        a: (request) => {
          world.client.abort()
          return answers()(request)
        },
      },
    },
    'a gateway that shuts down': {
      outcome: 'unavailable',
      status: 503,
      act: (world) => {
        world.drain()
        return world.ask()
      },
    },
  }
  let world: World

  it.each(Object.keys(exits))('%s', async (name) => {
    const exit = exits[name]
    world = requestWorld(exit?.parts)
    await (exit?.act ?? (({ ask }) => ask()))(world).catch(() => {})
    expect(world.ledger.records.map(({ outcome, status }) => ({ outcome, status }))).toEqual([
      { outcome: exit?.outcome, status: exit?.status },
    ])
    const admitted =
      world.log.filter((entry) => entry.startsWith('admit')).length - (name === 'a limit of the key' ? 1 : 0)
    expect(world.log.filter((entry) => /^(settle|release)/.test(entry))).toHaveLength(admitted)
  })
})

describe("Rule 5: a client's disconnect aborts the provider call and is not the provider's fault", () => {
  it('aborts a call that waits for its answer, and records what it may have cost', async () => {
    const world = requestWorld({ a: isSlow })
    const answer = world.ask({ model: 'gpt', max_tokens: 9 })
    await vi.waitFor(() => expect(world.requests).toHaveLength(1))
    world.client.abort()
    await expect(answer).rejects.toMatchObject({ code: 'client_closed' })
    expect(calls(world)).toEqual(['call a'])
    expect(world.ledger.records).toMatchObject([
      {
        outcome: 'client_closed',
        status: 499,
        connectionId: 'a',
        model: 'm',
        usage: { output: 9, source: 'estimated' },
        decision: { attempts: [{ outcome: 'client_closed' }] },
      },
    ])
    // The limits of the target are charged as those of the key are.
    const cost = (world.ledger.records[0]?.usage?.input ?? 0) + 9
    expect([world.log.at(-1), world.closed]).toEqual([`settle a ${cost}`, [cost]])
  })

  it('blames the client, whatever error the abort looks like at the provider', async () => {
    const world = requestWorld({
      a: async (request) => {
        request.attempt.sent = true
        world.client.abort()
        throw new GatewayError('provider_unavailable', 'socket hang up')
      },
    })
    await expect(world.ask()).rejects.toMatchObject({ code: 'client_closed' })
    expect(calls(world)).toEqual(['call a'])
    expect(world.ledger.records).toMatchObject([
      { outcome: 'client_closed', decision: { attempts: [{ outcome: 'client_closed' }] } },
    ])
  })

  it('charges nothing for a client that left before the provider was called', async () => {
    const world = requestWorld({ admit: () => world.client.abort() })
    await world.ask().catch(() => {})
    expect(world.requests).toEqual([])
    expect(world.ledger.records[0]).not.toHaveProperty('usage')
  })

  it('records the usage so far of a stream that the client left', async () => {
    const stream = new StreamDouble()
    const world = requestWorld({ a: streams(stream) })
    listen(await world.ask(STREAMED))
    stream.counts = { ...USAGE, input: 0, output: 2, source: 'estimated' }
    world.client.abort()
    expect(world.ledger.records).toMatchObject([
      { outcome: 'client_closed', usage: { input: 8, output: 2, source: 'estimated' } },
    ])
  })
})

describe('Rule 6: a limit of the key or the resource denies at once, a limit of a connection tries the next target', () => {
  const refuses = (code: 'capacity_exceeded' | 'target_busy') => (connection: string) => {
    if (connection === 'a') throw new GatewayError(code, code, { retryAfterMs: 1500 })
  }

  it('denies at once', async () => {
    const world = requestWorld({ admit: refuses('capacity_exceeded') })
    await expect(world.ask()).rejects.toMatchObject({ code: 'capacity_exceeded', status: 429, retryAfterMs: 1500 })
    expect(world.log).toEqual(['admit a'])
  })

  it('tries the next target', async () => {
    const world = requestWorld({ admit: refuses('target_busy') })
    await world.ask()
    expect(world.log).toEqual(['admit a', 'admit b', 'call b', 'settle b 10'])
  })
})

describe('Rule 7: no I/O on the path but the capacity store, the journal (ADR 0003) and the provider', () => {
  it('asks the catalog nothing for a key and an environment that it has seen', async () => {
    const world = requestWorld()
    await world.ask()
    const asked = world.catalog.asked.length
    world.catalog.away = true
    await world.ask()
    expect(world.catalog.asked).toHaveLength(asked)
  })

  it('asks the capacity store once before the call', async () => {
    const world = requestWorld()
    await world.ask()
    expect(world.log.indexOf('call a')).toBe(1)
  })

  it('calls the provider only once the note of the request is kept', async () => {
    const world = requestWorld()
    const keep = world.ledger.holdNotes()
    const answer = world.ask()
    const first = await Promise.race([answer, new Promise((resolve) => setImmediate(resolve, 'nothing yet'))])
    expect(first).toBe('nothing yet')
    expect(world.log).not.toContain('call a')
    keep()
    await expect(answer).resolves.toMatchObject({ kind: 'json' })
    expect(world.ledger.notes).toHaveLength(1)
  })

  it('lets the events of a stream pass before its record is kept, all but the last', async () => {
    const stream = new StreamDouble()
    const world = requestWorld({ a: streams(stream) })
    const keep = world.ledger.holdRecords()
    const sink = listen(await world.ask(STREAMED))
    stream.events('data: 1\n\n')
    stream.done()
    await new Promise((resolve) => setImmediate(resolve))
    expect(sink.text).toBe('data: 1\n\n')
    keep()
    await vi.waitFor(() => expect(sink.text).toBe('data: 1\n\ndata: [DONE]\n\n'))
  })

  it('answers JSON only once its record is kept', async () => {
    const world = requestWorld()
    const keep = world.ledger.holdRecords()
    const answer = world.ask()
    const first = await Promise.race([answer, new Promise((resolve) => setImmediate(resolve, 'nothing yet'))])
    expect(first).toBe('nothing yet')
    keep()
    await expect(answer).resolves.toMatchObject({ kind: 'json' })
  })
})

describe('Rule 8: what we decided on and what the provider reads are the same', () => {
  it('sends the original bytes with only the model replaced and vmx removed', async () => {
    const world = requestWorld()
    await world.ask('{"x":1.50, "model":"gpt","vmx":{"correlationId":"c"} }')
    expect(world.requests[0]?.body.toProvider('m', false).toString()).toBe('{"x":1.50, "model":"m" }')
  })

  it.each([
    '{"model":"gpt","model":"other"}',
    '{"model":"gpt","\\u006dodel":"other"}',
    '{"model":"gpt","stream":true,"stream":false}',
    '[{"model":"gpt"}]',
    '\ufeff{"model":"gpt"}',
  ])('refuses %j before anyone reads it', async (body) => {
    const world = requestWorld()
    await expect(world.ask(body)).rejects.toMatchObject({ code: 'invalid_request', status: 400 })
    expect(world.log).toEqual([])
  })

  it("answers with the provider's own bytes", async () => {
    const body = '{ "z":1,\n"a":2.0 }\n'
    const reply = await requestWorld({ a: answers(body) }).ask()
    expect(reply.kind === 'json' && reply.body.toString()).toBe(body)
  })
})

describe('Rule 9: one pipeline for every route, and no route without a policy', () => {
  const withRoute = (config: object) => {
    const app = fastify()
    app.register(async (scope) => {
      await gatewayPlugin(scope, { gateway: requestWorld().gateway, maxBodyBytes: 1000, log: silentLog })
      scope.get('/extra', { config }, () => 'x')
    })
    return app.ready()
  }

  it('registers a route that names its policy', async () => {
    await expect(withRoute({ policy: 'api-key' })).resolves.toBeDefined()
  })

  it('refuses a route that names none', async () => {
    await expect(withRoute({})).rejects.toThrow('The route GET /extra names no policy')
  })

  it('asks for an API key at every route there is, and records every refusal', async () => {
    const world = requestWorld()
    const app = fastify()
    const routes: { method: string; url: string }[] = []
    app.addHook('onRoute', ({ method, url }) => {
      for (const each of [method].flat()) routes.push({ method: each, url })
    })
    await app.register(gatewayPlugin, { prefix: '/v1', gateway: world.gateway, maxBodyBytes: 1000, log: silentLog })
    expect(routes.map(({ method, url }) => `${method} ${url}`)).toEqual(
      expect.arrayContaining([
        'POST /v1/chat/completions',
        'POST /v1/completions',
        'POST /v1/embeddings',
        'GET /v1/models',
        'GET /v1/models/*',
      ]),
    )
    for (const { method, url } of routes) {
      const answer = await app.inject({
        method: method === 'HEAD' ? 'HEAD' : method === 'GET' ? 'GET' : 'POST',
        url: url.replace('*', 'x'),
      })
      expect([url, answer.statusCode]).toEqual([url, 401])
    }
    expect(world.ledger.outcomes).toEqual(routes.map(() => 'invalid_api_key'))
    await app.close()
  })
})
