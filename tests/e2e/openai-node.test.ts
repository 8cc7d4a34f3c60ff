import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { generateApiKey } from '@vm-x/gateway'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { AIMOCK_FAULTS, AIMOCK_JSON, AIMOCK_TEXT, AIMOCK_TOOL_ARGUMENTS, IMAGE_URL } from './aimock-upstream.ts'
import { auditRecord, auditRecords } from './audit-records.ts'
import { dataFiles, findSecrets, vaultKeys } from './secret-search.ts'
import { type AimockWorld, aimockWorld, demoWorld, type World } from './worlds.ts'

const refusedKeys = {
  'API key nobody knows': generateApiKey().value,
  'API key of no form': `sk-${crypto.randomUUID()}`,
}

let demo: World
let aimock: AimockWorld
beforeAll(async () => {
  ;[demo, aimock] = await Promise.all([demoWorld(), aimockWorld()])
})
afterAll(() => aimock?.stopUpstreams())

const worlds = { demo: () => demo, aimock: () => aimock }
const client = ({ product, apiKey }: World, prefix = '/v1') =>
  new OpenAI({ apiKey, baseURL: product.url + prefix, maxRetries: 0 })
const user = (content: string) => [{ role: 'user' as const, content }]

describe('the printed command', () => {
  test('answers when it is pasted into a shell', async () => {
    const answer: unknown = JSON.parse(await runPrinted(printedCommand()))
    expect(answer).toMatchObject({ choices: [{ message: { content: demo.text('Hello!') }, finish_reason: 'stop' }] })
  })

  test('streams when the body asks for a stream', async () => {
    const output = await runPrinted(printedCommand().replace('{"model"', '{"stream": true, "model"'))
    const events = output.split('\n\n').filter((event) => event !== '')
    expect(events.at(-1)).toBe('data: [DONE]')
    const chunks = events.slice(0, -1).map((event) => JSON.parse(event.replace(/^data: /, '')))
    expect(chunks.map(({ choices }) => choices[0].delta.content ?? '').join('')).toBe(demo.text('Hello!'))
  })

  const printedCommand = () => /^\s*(curl .*)$/m.exec(demo.product.stdout())?.[1] ?? ''
})

describe.each([
  ['demo', '/v1'],
  ['demo', '/api/v1'],
  ['aimock', '/v1'],
  ['aimock', '/api/v1'],
] as const)('the openai package on %s at %s', (name, prefix) => {
  let world: World
  let openai: OpenAI
  beforeAll(() => {
    world = worlds[name]()
    openai = client(world, prefix)
  })

  test('chat answers with text and usage', async () => {
    const { data, response } = await openai.chat.completions
      .create({ model: world.model, messages: user('Hi there') })
      .withResponse()
    expect(data.choices[0]?.message.content).toBe(world.text('Hi there'))
    expect(data.choices[0]?.finish_reason).toBe('stop')
    expect(data.usage).toMatchObject(world.usage('Hi there'))
    expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/)
  })

  test('a stream gives the same text, and usage only to who asks for it', async () => {
    for (const include of [false, true]) {
      const stream = await openai.chat.completions.create({
        model: world.model,
        messages: user('Hi there'),
        stream: true,
        ...(include ? { stream_options: { include_usage: true } } : {}),
      })
      const { text, usage, finish } = await read(stream)
      expect(text).toBe(world.text('Hi there'))
      expect(finish).toBe('stop')
      if (include) expect(usage).toMatchObject(world.usage('Hi there'))
      else expect(usage).toBeUndefined()
    }
  })

  test('a tool is called, at once and in a stream', async () => {
    const body = { model: world.model, messages: user('How is the weather?'), tools: [weather] }
    const answer = await openai.chat.completions.create(body)
    const streamed = await openai.chat.completions.stream(body).finalChatCompletion()
    for (const { choices } of [answer, streamed]) {
      expect(choices[0]?.finish_reason).toBe('tool_calls')
      const call = choices[0]?.message.tool_calls?.[0]
      if (call?.type !== 'function') throw new Error('No function was called')
      expect(call.function.name).toBe('get_weather')
      const args: unknown = JSON.parse(call.function.arguments)
      expect(args).toEqual(name === 'aimock' ? AIMOCK_TOOL_ARGUMENTS : { city: expect.any(String) })
    }
  })

  test('a JSON schema is answered with JSON that fits it', async () => {
    const body = { model: world.model, messages: user('Answer as JSON'), response_format: answerSchema }
    const answer = await openai.chat.completions.create(body)
    const streamed = await openai.chat.completions.stream(body).finalChatCompletion()
    for (const { choices } of [answer, streamed]) {
      const value: unknown = JSON.parse(choices[0]?.message.content ?? '')
      expect(value).toEqual(name === 'aimock' ? AIMOCK_JSON : { answer: expect.any(String), score: expect.any(Number) })
    }
  })

  test('an image arrives as it was sent', async () => {
    const { choices } = await openai.chat.completions.create({
      model: world.model,
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is this?' },
            { type: 'image_url', image_url: { url: IMAGE_URL } },
          ],
        },
      ],
    })
    expect(choices[0]?.message.content).toBe(world.imageText)
  })

  test('embeddings answer, as numbers and as the package asks for them', async () => {
    const asked = { model: world.model, input: ['One text', 'another text'] }
    const packed = await openai.embeddings.create(asked)
    const plain = await openai.embeddings.create({ ...asked, encoding_format: 'float' })
    expect(packed.data).toHaveLength(2)
    expect(packed.data[0]?.embedding).toHaveLength(world.embeddingLength)
    for (const [index, { embedding }] of plain.data.entries()) {
      expect(packed.data[index]?.embedding).toEqual(embedding.map(Math.fround))
    }
  })

  test('models lists what the key may call, and shows one', async () => {
    const listed = await openai.models.list()
    expect(listed.data.map(({ id }) => id).toSorted()).toEqual(world.models.toSorted())
    expect(await openai.models.retrieve(world.model)).toMatchObject({ id: world.model, object: 'model' })
    await expect(openai.models.retrieve('nothing')).rejects.toMatchObject({ status: 404, code: 'model_not_found' })
  })

  test('a key that is wrong is refused with 401, whatever its form', async () => {
    for (const apiKey of Object.values(refusedKeys)) {
      const call = client({ ...world, apiKey }, prefix).chat.completions.create({
        model: world.model,
        messages: user('Hi'),
      })
      await expect(call).rejects.toBeInstanceOf(OpenAI.AuthenticationError)
      await expect(call).rejects.toMatchObject({ status: 401, code: 'invalid_api_key' })
    }
  })

  test('a model that is not there is answered with 404', async () => {
    const call = openai.chat.completions.create({ model: 'nothing', messages: user('Hi') })
    await expect(call).rejects.toBeInstanceOf(OpenAI.NotFoundError)
    await expect(call).rejects.toMatchObject({ status: 404, code: 'model_not_found', param: 'model' })
  })

  test('a stream that the client aborts is recorded as closed by the client', async () => {
    const { data, response } = await openai.chat.completions
      .create({ model: world.slowModel, messages: user('Hi'), stream: true })
      .withResponse()
    for await (const _ of data) break
    const id = response.headers.get('x-request-id') ?? ''
    await vi.waitFor(async () => {
      const record = await auditRecord(world.product, id)
      expect(record).toMatchObject({ id, outcome: 'client_closed', status: 499 })
    }, WAIT)
  })

  test('a stream that breaks is an error after the text that came, never an end', async () => {
    const stream = await openai.chat.completions.create({ model: world.cutModel, messages: user('Hi'), stream: true })
    const seen = await readUntilError(stream)
    expect(seen.error).toBeInstanceOf(OpenAI.APIError)
    expect(seen.finish).toBeUndefined()
    expect(seen.text).not.toBe('')
    expect(world.text('Hi').startsWith(seen.text) && seen.text !== world.text('Hi')).toBe(true)
  })

  test('a target that fails before its first token is replaced by the next one', async () => {
    for (const stream of [false, true]) {
      const { data, response } = await openai.chat.completions
        .create({ model: world.fallbackModel, messages: user('Hi'), stream })
        .withResponse()
      const text = 'choices' in data ? data.choices[0]?.message.content : (await read(data)).text
      expect(text).toBe(world.text('Hi'))
      expect(response.headers.get('x-vmx-fallback')).toBe('1')
    }
  })
})

describe.each(['demo', 'aimock'] as const)('200 concurrent streams on %s', (name) => {
  test('are all complete, counted, told apart and recorded once', async () => {
    const world = worlds[name]()
    const openai = client(world)
    const answers = await Promise.all(
      Array.from({ length: STREAMS }, async (_, index) => {
        const prompt = `This is stream number ${index}`
        const { data, response } = await openai.chat.completions
          .create({ model: world.model, messages: user(prompt), stream: true, stream_options: { include_usage: true } })
          .withResponse()
        return { prompt, id: response.headers.get('x-request-id') ?? '', ...(await read(data)) }
      }),
    )
    for (const { prompt, text, usage, finish } of answers) {
      expect(text).toBe(world.text(prompt))
      expect(finish).toBe('stop')
      expect(usage).toMatchObject(world.usage(prompt))
    }
    expect(new Set(answers.map(({ id }) => id)).size).toBe(STREAMS)

    const { records } = await auditRecords(world.product)
    const ids = records.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    const byId = new Map(records.map((record) => [record.id, record]))
    for (const { id, prompt } of answers) {
      const { prompt_tokens: input, completion_tokens: output } = world.usage(prompt)
      expect(byId.get(id)).toMatchObject({ outcome: 'ok', status: 200, usage: { input, output, source: 'reported' } })
    }
  })
})

describe("aimock's faults", () => {
  const faults = Object.entries(AIMOCK_FAULTS)
  const early = faults.filter(([, { early }]) => early).map(([fault]) => fault)
  const late = faults.filter(([, { early }]) => !early).map(([fault]) => fault)
  const ask = (model: string, stream: boolean) =>
    client(aimock)
      .chat.completions.create({ model, messages: user('Hi'), stream })
      .withResponse()

  test.each([...early, 'error-401', 'error-500', 'error-503'])(
    '%s: an error, and with a fallback the answer of the next target',
    async (fault) => {
      await expect(ask(`aimock-${fault}`, true)).rejects.toMatchObject({
        status: fault === 'ratelimit' ? 429 : 502,
        code: expect.stringMatching(/^provider_/),
      })
      const { data, response } = await ask(`aimock-${fault}-or-good`, true)
      if ('choices' in data) throw new Error('This is not a stream')
      expect((await read(data)).text).toBe(AIMOCK_TEXT)
      expect(response.headers.get('x-vmx-fallback')).toBe('1')
      expect(response.headers.get('x-vmx-model')).toBe('good')
    },
  )

  test.each(late)('%s: the text until there, then an error, also where there is a fallback', async (fault) => {
    for (const model of [`aimock-${fault}`, `aimock-${fault}-or-good`]) {
      const { data, response } = await ask(model, true)
      if ('choices' in data) throw new Error('This is not a stream')
      const { text, error, finish } = await readUntilError(data)
      expect(error).toBeInstanceOf(OpenAI.APIError)
      expect(finish).toBeUndefined()
      expect(text.length).toBeGreaterThan(0)
      expect(text.length).toBeLessThan(AIMOCK_TEXT.length)
      expect(response.headers.get('x-vmx-fallback')).toBe('0')
      const record = await auditRecord(aimock.product, response.headers.get('x-request-id') ?? '')
      expect(record).toMatchObject({ outcome: 'provider_stream_failed' })
    }
  })

  test.each(['drop', 'malformed', 'ratelimit', 'disconnect'])(
    '%s without a stream: an error, and with a fallback the answer',
    async (fault) => {
      await expect(ask(`aimock-${fault}`, false)).rejects.toMatchObject({ status: fault === 'ratelimit' ? 429 : 502 })
      const { data } = await ask(`aimock-${fault}-or-good`, false)
      expect(data).toMatchObject({ choices: [{ message: { content: AIMOCK_TEXT } }] })
    },
  )

  test("a request that the provider rejects keeps the provider's words and is not tried elsewhere", async () => {
    const before = aimock.aimock.getRequests().length
    await expect(ask('aimock-error-400-or-good', false)).rejects.toMatchObject({ status: 400, code: 'emulated_400' })
    expect(aimock.aimock.getRequests().length).toBe(before + 1)
  })

  test('latency delays the answer and does not spoil it', async () => {
    const { data } = await ask('aimock-late', false)
    expect(data).toMatchObject({ choices: [{ message: { content: AIMOCK_TEXT } }] })
  })

  test("a provider that refuses the gateway's own key is a 502 that does not show the key, and the next target answers", async () => {
    const error: unknown = await ask('refused', false).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ status: 502, code: 'provider_auth_failed' })
    expect(findSecrets(aimock.secrets, { error: JSON.stringify(error) + String(error) })).toEqual([])
    const { data } = await ask('refused-or-good', false)
    expect(data).toMatchObject({ choices: [{ message: { content: AIMOCK_TEXT } }] })
  })
})

describe('an abort reaches the provider', () => {
  test.each([
    ['while it streams', 'upstream/demo+chunks=1000+interval=500', true],
    ['before it has answered', 'upstream/demo+delay=100000', true],
    ['before it has answered, without a stream', 'upstream/demo+delay=100001', false],
  ])('%s', async (_when, model, stream) => {
    const name = model.slice('upstream/'.length)
    const controller = new AbortController()
    const call = client(aimock).chat.completions.create(
      { model, messages: user('Hi'), stream },
      { signal: controller.signal },
    )
    call.catch(() => {})
    await aimock.upstream.requests.waitFor((request) => request.model === name)
    if (name.includes('interval')) {
      const data = await call
      if (!('choices' in data)) for await (const _ of data) break
    }
    const abortedAt = Date.now()
    controller.abort()
    const request = await aimock.upstream.requests.waitFor((each) => each.model === name && each.outcome !== 'open')
    console.log(`aborted at the provider after ${(request.endedAt ?? Number.NaN) - abortedAt} ms`)
    expect(request.outcome).toBe('aborted')
  })
})

describe('secrets', () => {
  test('are in no output, no audit record and no file of the data directory', async () => {
    const used = { ...demo.secrets, ...aimock.secrets, ...refusedKeys, ...vaultKeys(demo.product.dataDir) }
    const secrets = { ...used, ...vaultKeys(aimock.product.dataDir) }
    const shown = `${demo.product.stdout()}`
    const { 'first API key': first = '', ...others } = demo.secrets
    expect(shown).toContain(first)
    expect(findSecrets({ ...secrets, ...others, 'first API key': first }, { 'standard output': shown })).toEqual([
      'first API key is in standard output',
    ])
    const audits = await Promise.all([demo, aimock].map(({ product }) => auditRecords(product, 1000)))
    expect(audits.every(({ records }) => records.length > STREAMS)).toBe(true)
    await Promise.all([demo.product.stop(), aimock.product.stop()])
    const files = {
      ...labelled('demo', dataFiles(demo.product.dataDir)),
      ...labelled('aimock', dataFiles(aimock.product.dataDir)),
    }
    // What is not secret is found where secrets are looked for, so that finding nothing means something.
    expect(findSecrets({ 'a resource': 'aimock-truncated-or-good' }, files)).not.toEqual([])
    const places = {
      ...files,
      'standard error of the first': demo.product.stderr(),
      'standard output of the second': aimock.product.stdout(),
      'standard error of the second': aimock.product.stderr(),
      'the audit of the first': audits[0]?.output ?? '',
      'the audit of the second': audits[1]?.output ?? '',
    }
    expect(findSecrets(secrets, places)).toEqual([])
  })

  const labelled = (label: string, files: Record<string, Buffer>) =>
    Object.fromEntries(Object.entries(files).map(([path, bytes]) => [`${label}: ${path}`, bytes]))
})

const STREAMS = 200
const WAIT = { timeout: 30_000, interval: 200 }

const weather = {
  type: 'function' as const,
  function: {
    name: 'get_weather',
    description: 'The weather in a city',
    parameters: {
      type: 'object',
      properties: { city: { type: 'string' } },
      required: ['city'],
      additionalProperties: false,
    },
  },
}

const answerSchema = {
  type: 'json_schema' as const,
  json_schema: {
    name: 'answer',
    strict: true,
    schema: {
      type: 'object',
      properties: { answer: { type: 'string' }, score: { type: 'number' } },
      required: ['answer', 'score'],
      additionalProperties: false,
    },
  },
}

type Chunks = AsyncIterable<OpenAI.Chat.Completions.ChatCompletionChunk>

async function readUntilError(stream: Chunks) {
  const seen: { text: string; finish?: string; usage?: OpenAI.CompletionUsage; error?: unknown } = { text: '' }
  try {
    for await (const { choices, usage } of stream) {
      seen.text += choices[0]?.delta.content ?? ''
      const finish = choices[0]?.finish_reason
      if (finish) seen.finish = finish
      if (usage) seen.usage = usage
    }
  } catch (error) {
    seen.error = error
  }
  return seen
}

async function read(stream: Chunks) {
  const seen = await readUntilError(stream)
  if (seen.error !== undefined) throw seen.error
  return seen
}

/** As a person would, in a shell; by hand where there is no curl. */
async function runPrinted(command: string): Promise<string> {
  const run = promisify(execFile)
  const hasCurl = await run('curl', ['--version']).then(
    () => true,
    () => false,
  )
  if (hasCurl) return (await run('sh', ['-c', command])).stdout
  const [, url = '', authorization = '', type = '', body = ''] =
    /^curl (\S+) -H 'authorization: ([^']+)' -H 'content-type: ([^']+)' -d '([^']+)'$/.exec(command) ?? []
  const response = await fetch(url, { method: 'POST', headers: { authorization, 'content-type': type }, body })
  return await response.text()
}
