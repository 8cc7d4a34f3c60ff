import { describe, expect, it } from 'vitest'
import { compileTarget } from '../catalog/snapshot.ts'
import type { Routing } from '../routing/routing.ts'
import { connectionEntry, environmentEntry, resourceEntry } from '../testing/catalog-double.ts'
import { answers, fails, requestWorld, streams } from '../testing/request-world.ts'
import { SinkDouble, StreamDouble, USAGE } from '../testing/stream-double.ts'
import { listModels } from './models.ts'

describe('complete: what the client may ask for', () => {
  it('finds a resource without regard to case and gives its target the model it stands for', async () => {
    const world = requestWorld()
    await world.ask({ model: 'GPT' })
    expect(world.requests).toMatchObject([{ target: { model: 'm', connection: { id: 'a' } } }])
  })

  it('calls <connection>/<model> where the key lists the connection', async () => {
    const world = requestWorld({ key: { connections: ['b'] } })
    await world.ask({ model: 'B-Name/m' })
    expect(world.requests).toMatchObject([{ target: { model: 'm', connection: { id: 'b' } } }])
    expect(world.ledger.records[0]).not.toHaveProperty('resourceId')
  })

  it.each([
    [{}, 'a-name/m', 'resource_not_allowed'],
    [{ connections: ['a'] }, 'a-name/other', 'resource_not_allowed'],
    [{ connections: ['a'] }, 'a-name/', 'model_not_found'],
    [{ connections: ['a'] }, 'none/m', 'model_not_found'],
    [{ resources: ['another'] }, 'gpt', 'resource_not_allowed'],
    [{ resources: [] }, 'gpt', 'resource_not_allowed'],
    [{}, 'none', 'model_not_found'],
  ])('a key with %j that asks for %s gets %s', async (key, model, code) => {
    await expect(requestWorld({ key }).ask({ model })).rejects.toMatchObject({ code, param: 'model' })
  })

  it('allows a resource by its id', async () => {
    await expect(requestWorld({ key: { resources: ['resource-gpt'] } }).ask()).resolves.toBeDefined()
  })

  it.each([{}, { model: '' }, { model: 1 }, { model: null }, { model: ['gpt'] }])(
    '400 for the model of %j',
    async (body) => {
      await expect(requestWorld().ask(body)).rejects.toMatchObject({
        code: 'invalid_request',
        status: 400,
        param: 'model',
      })
    },
  )

  it('400 for a stream that is neither true nor false', async () => {
    await expect(requestWorld().ask({ model: 'gpt', stream: 'yes' })).rejects.toMatchObject({
      status: 400,
      param: 'stream',
    })
    await expect(requestWorld().ask({ model: 'gpt', stream: null })).resolves.toBeDefined()
  })

  it('503 where all targets of a resource are off', async () => {
    const world = requestWorld()
    world.catalog.environments.set(
      'e',
      environmentEntry([connectionEntry('a', { enabled: false })], [resourceEntry('gpt', ['a'])]),
    )
    await expect(world.ask()).rejects.toMatchObject({ code: 'unavailable', status: 503 })
  })

  it('503 and no record while the journal can take nothing', async () => {
    const world = requestWorld()
    world.ledger.full = true
    await expect(world.ask()).rejects.toMatchObject({ code: 'unavailable', status: 503 })
    expect([world.log, world.ledger.records]).toEqual([[], []])
  })

  it('never streams embeddings', async () => {
    const world = requestWorld()
    await world.ask({ model: 'gpt', stream: true }, {}, 'embedding')
    expect(world.requests[0]?.stream).toBe(false)
  })
})

describe('complete: what the client is told', () => {
  it('says which target answered and after how many attempts', async () => {
    const world = requestWorld({ a: fails('provider_unavailable') })
    const { headers } = await world.ask({ model: 'gpt', vmx: { correlationId: 'c-1' } })
    expect(headers).toEqual({
      'x-vmx-provider': 'b',
      'x-vmx-model': 'm',
      'x-vmx-connection-id': 'b',
      'x-vmx-attempts': '2',
      'x-vmx-fallback': '1',
      'x-vmx-overhead-ms': '0',
      'x-vmx-correlation-id': 'c-1',
    })
  })

  it('counts as its own overhead only the time outside of attempts', async () => {
    const world = requestWorld({
      admit: () => {},
      a: async (request) => {
        world.clock.advance(300)
        return answers()(request)
      },
    })
    expect((await world.ask()).headers['x-vmx-overhead-ms']).toBe('0')
    expect(world.ledger.records).toMatchObject([{ durationMs: 300, decision: { attempts: [{ durationMs: 300 }] } }])
  })
})

describe('complete: what is recorded', () => {
  it('says who asked for what, which targets there were, who answered and what it took', async () => {
    const world = requestWorld({ a: fails('provider_timeout') })
    const startedAt = world.clock.now()
    await world.ask(
      { model: 'GPT', vmx: { metadata: { team: 'x' }, correlationId: 'c-1' } },
      { 'x-request-id': `client\u00fc${'x'.repeat(200)}` },
    )
    expect(world.ledger.records).toEqual([
      {
        id: '01900000-0000-7000-8000-000000000000',
        correlationId: 'c-1',
        clientRequestId: `client?${'x'.repeat(121)}`,
        workspaceId: 'w',
        environmentId: 'e',
        apiKeyId: 'key-1',
        resourceId: 'resource-gpt',
        operation: 'chat',
        requestedModel: 'GPT',
        stream: false,
        startedAt,
        durationMs: 0,
        outcome: 'ok',
        status: 200,
        connectionId: 'b',
        provider: 'b',
        model: 'm',
        usage: USAGE,
        estimate: { input: 18, output: 512 },
        sourceAddress: '192.0.2.1',
        metadata: { team: 'x' },
        decision: {
          targets: [
            { connectionId: 'a', connection: 'a-name', model: 'm' },
            { connectionId: 'b', connection: 'b-name', model: 'm' },
          ],
          attempts: [
            {
              connectionId: 'a',
              connection: 'a-name',
              provider: 'a',
              model: 'm',
              outcome: 'provider_timeout',
              sent: true,
              durationMs: 0,
            },
            {
              connectionId: 'b',
              connection: 'b-name',
              provider: 'b',
              model: 'm',
              outcome: 'ok',
              sent: true,
              status: 200,
              durationMs: 0,
            },
          ],
        },
      },
    ])
  })

  it('holds nothing of what the request and the answer say', async () => {
    const world = requestWorld({ a: answers('{"content":"top secret answer"}') })
    await world.ask({ model: 'gpt', messages: [{ role: 'user', content: 'top secret question' }] })
    expect(JSON.stringify([world.ledger.records, world.ledger.notes])).not.toContain('top secret')
  })

  it('notes each attempt before it is made, as what it will be if the process dies', async () => {
    const world = requestWorld({ a: fails('provider_unavailable') })
    await world.ask()
    expect(world.ledger.notes).toMatchObject([
      { outcome: 'interrupted', connectionId: 'a', decision: { attempts: [{ outcome: 'pending' }] } },
      {
        outcome: 'interrupted',
        connectionId: 'b',
        decision: { attempts: [{ outcome: 'provider_unavailable' }, { outcome: 'pending' }] },
      },
    ])
  })

  it('notes nothing for a target that had no capacity', async () => {
    const world = requestWorld({
      admit: () => {
        throw new Error('bug')
      },
    })
    await world.ask().catch(() => {})
    expect(world.ledger.notes).toEqual([])
  })

  it('guesses the usage where the provider reports none, and says so', async () => {
    const world = requestWorld({
      a: async () => ({ kind: 'json', headers: {}, body: Buffer.alloc(40), usage: undefined }),
    })
    await world.ask()
    expect(world.ledger.records[0]?.usage).toEqual({
      input: 4,
      cachedInput: 0,
      output: 10,
      reasoning: 0,
      source: 'estimated',
    })
  })

  it('takes the input from the estimate where a stream reports no counts', async () => {
    const stream = new StreamDouble()
    const world = requestWorld({ a: streams(stream) })
    const reply = await world.ask({ model: 'gpt', stream: true })
    if (reply.kind === 'stream') reply.stream.start(new SinkDouble())
    stream.counts = { ...USAGE, input: 0, output: 5, source: 'estimated' }
    stream.done()
    expect(world.ledger.records[0]?.usage).toMatchObject({ input: 8, output: 5, source: 'estimated' })
  })

  it('measures the time to the first token of a stream', async () => {
    const stream = new StreamDouble()
    const world = requestWorld({
      a: (request) => {
        world.clock.advance(120)
        return streams(stream)(request)
      },
    })
    const reply = await world.ask({ model: 'gpt', stream: true })
    if (reply.kind === 'stream') reply.stream.start(new SinkDouble())
    world.clock.advance(500)
    stream.done()
    expect(world.ledger.records).toMatchObject([{ stream: true, timeToFirstTokenMs: 120, durationMs: 620 }])
  })

  it('hands the wish of a slow client for a pause on to the provider', async () => {
    const stream = new StreamDouble()
    const reply = await requestWorld({ a: streams(stream) }).ask({ model: 'gpt', stream: true })
    if (reply.kind !== 'stream') throw new Error('no stream')
    reply.stream.start({ events: () => false, done: () => {}, failed: () => {} })
    expect(stream.events('data: 1\n\n')).toBe(false)
    reply.stream.resume()
    expect(stream.resumed).toBe(1)
  })
})

describe('complete: where a request goes', () => {
  const routed = (over: Partial<ReturnType<Routing['decide']>>): Routing => ({
    decide: () => ({ targets: undefined, blocked: undefined, matched: undefined, rules: [], ...over }),
  })
  const secondaryModels = [
    { name: null, connectionId: 'b', model: 'm' },
    { name: 'Small', connectionId: 'b', model: 'modèle' },
  ]

  it('asks the rules about the request, and records what each came to', async () => {
    const asked: unknown[] = []
    const rules = [{ index: 0, result: 'not_matched' as const }]
    const world = requestWorld({
      routing: {
        decide: (request) => {
          asked.push(request)
          return { targets: undefined, blocked: undefined, matched: undefined, rules }
        },
      },
    })
    const { headers } = await world.ask({ model: 'gpt', stream: false, vmx: { metadata: { team: 'x' } } })
    expect(asked).toMatchObject([
      {
        operation: 'chat',
        fields: { model: 'gpt' },
        stream: false,
        metadata: { team: 'x' },
        apiKey: { id: 'key-1' },
        primary: { key: 'a/m' },
        inputTokens: 16,
      },
    ])
    expect(world.ledger.records[0]?.decision.rules).toEqual(rules)
    expect(headers).not.toHaveProperty('x-vmx-route')
  })

  it('tries what the rule decided, then the fallbacks that are not among it, and names the rule', async () => {
    const b = compileTarget({ ...connectionEntry('b', { provider: 'b' }), workspaceId: 'w', environmentId: 'e' }, 'm')
    const world = requestWorld({
      routing: routed({ targets: [b], matched: 3, rules: [{ index: 3, result: 'matched' }] }),
    })
    const { headers } = await world.ask()
    expect(headers['x-vmx-route']).toBe('3')
    expect(world.ledger.records[0]?.decision.targets).toEqual([{ connectionId: 'b', connection: 'b-name', model: 'm' }])
  })

  it("403 with the rule's message where a rule blocks, and nothing is borrowed", async () => {
    const world = requestWorld({ routing: routed({ blocked: 'Not on Sundays', matched: 0 }) })
    await expect(world.ask()).rejects.toMatchObject({
      code: 'blocked_by_route',
      status: 403,
      message: 'Not on Sundays',
      fallback: 'none',
    })
    expect([world.log, world.loans]).toEqual([[], []])
  })

  it.each([
    [1, 'modèle'],
    ['small', 'modèle'],
    [0, 'm'],
  ])('takes the secondary model %j in place of the primary', async (secondaryModel, model) => {
    const world = requestWorld({ resource: { secondaryModels } })
    await world.ask({ model: 'gpt', vmx: { secondaryModel } })
    expect(world.requests).toMatchObject([{ target: { connection: { id: 'b' }, model } }])
    expect(world.ledger.records[0]?.decision.secondaryModel).toBe(secondaryModel === 0 ? 0 : 1)
  })

  it.each([2, 'other'])('400 for the secondary model %j, which there is not', async (secondaryModel) => {
    const world = requestWorld({ resource: { secondaryModels } })
    await expect(world.ask({ model: 'gpt', vmx: { secondaryModel } })).rejects.toMatchObject({
      code: 'invalid_request',
      param: 'vmx.secondaryModel',
    })
  })
})

describe('listModels', () => {
  const ids = async (key: object) => {
    const world = requestWorld({ key })
    const answer = await listModels(world.gateway, world.callOf({}, {}, 'models'), undefined)
    expect(world.ledger.records).toMatchObject([{ operation: 'models', outcome: 'ok', status: 200 }])
    return 'data' in answer && Array.isArray(answer.data) ? answer.data.map(({ id }) => id) : answer
  }

  it('lists the resources that the key may use and the models of the connections it lists', async () => {
    expect(await ids({})).toEqual(['gpt'])
    expect(await ids({ resources: [] })).toEqual([])
    expect(await ids({ connections: ['b'] })).toEqual(['gpt', 'b-name/m', 'b-name/modèle'])
  })

  it('finds one by its name, and 404s what the key may not use as if it did not exist', async () => {
    const one = (id: string, key = {}) => {
      const world = requestWorld({ key })
      return listModels(world.gateway, world.callOf({}, {}, 'models'), id)
    }
    expect(await one('GPT')).toMatchObject({ id: 'gpt', object: 'model' })
    await expect(one('none')).rejects.toMatchObject({ code: 'model_not_found', status: 404 })
    await expect(one('gpt', { resources: [] })).rejects.toMatchObject({ code: 'model_not_found' })
  })
})
