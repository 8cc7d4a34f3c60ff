import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http'
import { afterAll, describe, expect, test } from 'vitest'
import { startDemoServer } from './demo-server.ts'

const demo = await startDemoServer()
afterAll(() => demo.close())

describe('an error that is asked for', () => {
  test.each([
    ['demo+status=503', 503, { type: 'server_error', code: null }],
    ['demo+status=500+code=engine_broken', 500, { type: 'server_error', code: 'engine_broken' }],
    [
      'demo+status=400+code=context_length_exceeded',
      400,
      { type: 'invalid_request_error', code: 'context_length_exceeded' },
    ],
    ['demo+status=401', 401, { code: 'invalid_api_key' }],
    ['demo+status=429', 429, { type: 'requests', code: 'rate_limit_exceeded' }],
    ['demo+status=529', 529, { type: 'server_error' }],
  ])('has its status and a body that fits: %s', async (model, status, error) => {
    const answer = await post({ model, stream: true })
    expect(answer).toMatchObject({ status, headers: { 'content-type': 'application/json' } })
    expect(JSON.parse(answer.text)).toMatchObject({ error })
  })

  test('says when to come back', async () => {
    expect((await post({ model: 'demo+status=429+retry-after=2' })).headers['retry-after']).toBe('2')
    expect((await post({ model: 'demo+status=429' })).headers).not.toHaveProperty('retry-after')
  })

  test('comes by turns, counted for each model name', async () => {
    const statuses: number[] = []
    for (let i = 0; i < 6; i++) statuses.push((await post({ model: 'demo+flaky=3' })).status)
    expect(statuses).toEqual([503, 503, 200, 503, 503, 200])
    expect((await post({ model: 'demo+flaky=3+status=429' })).status).toBe(429)
    expect((await post({ model: 'demo+flaky=1' })).status).toBe(200)
  })

  test.each(['demo+status=503', 'demo+reset', 'demo+no-usage'])(
    'reaches embeddings and completions too: %s',
    async (model) => {
      const embedding = await post({ model, input: 'x' }, '/embeddings')
      const completion = await post({ model, prompt: 'x' }, '/completions')
      expect(embedding.status).toBe(completion.status)
      expect(embedding.text + completion.text).not.toContain('"usage"')
    },
  )
})

describe('a connection that fails', () => {
  test('is reset before the headers', async () => {
    expect(await post({ model: 'demo+reset' })).toMatchObject({ status: 0, failure: 'ECONNRESET' })
    const entry = await demo.requests.waitFor(({ model }) => model === 'demo+reset')
    expect(entry).toMatchObject({ outcome: 'answered', status: undefined })
  })

  test('is cut after some events', async () => {
    const whole = await post({ model: 'demo', stream: true })
    const cut = await post({ model: 'demo+cut=3', stream: true })
    expect(cut).toMatchObject({ status: 200, failure: 'ECONNRESET' })
    expect(events(cut.text)).toHaveLength(3)
    expect(events(whole.text).length).toBeGreaterThan(5)
  })

  test('is cut at half of a JSON body', async () => {
    const whole = await post({ model: 'demo' })
    const cut = await post({ model: 'demo+cut=1' })
    expect(cut).toMatchObject({ status: 200, failure: 'ECONNRESET' })
    expect(Math.abs(cut.text.length * 2 - whole.text.length)).toBeLessThan(40)
    expect(Number(cut.headers['content-length'])).toBeGreaterThan(cut.text.length)
  })

  test.each([
    ['stalls after some events', { model: 'demo+stall=2', stream: true }, 2],
    ['stalls before the first event', { model: 'demo+stall=0', stream: true }, 0],
  ])('%s and stays open', async (_, body, count) => {
    const stalled = open(body)
    await stalled.until((text) => events(text).length === count)
    const entry = await demo.requests.waitFor(({ model, status }) => model === body.model && status === 200)
    expect(entry.outcome).toBe('open')
    stalled.leave()
    await demo.requests.waitFor(({ seq, outcome }) => seq === entry.seq && outcome === 'aborted')
    expect(events(stalled.text())).toHaveLength(count)
  })
})

describe('a stream', () => {
  test('ends without [DONE]', async () => {
    expect(events((await post({ model: 'demo', stream: true })).text).at(-1)).toBe('[DONE]')
    const last = events((await post({ model: 'demo+no-done', stream: true })).text).at(-1) ?? ''
    expect(JSON.parse(last)).toMatchObject({ choices: [{ finish_reason: 'stop' }] })
  })

  test('has an event that is not JSON, and all others', async () => {
    const whole = events((await post({ model: 'demo', stream: true })).text)
    const broken = events((await post({ model: 'demo+malformed=2', stream: true })).text)
    expect(() => JSON.parse(broken[1] ?? '')).toThrow(SyntaxError)
    expect(broken).toHaveLength(whole.length + 1)
    expect(content(broken.toSpliced(1, 1))).toBe(content(whole))
  })

  test('has an error for its second event, and nothing after it', async () => {
    const [first, second, ...rest] = events(
      (await post({ model: 'demo+error-event=2+code=overloaded', stream: true })).text,
    )
    expect(JSON.parse(first ?? '')).toHaveProperty('choices')
    expect(JSON.parse(second ?? '')).toMatchObject({ error: { type: 'server_error', code: 'overloaded' } })
    expect(rest).toEqual([])
  })

  test('makes no sense', async () => {
    const junk = await post({ model: 'demo+garbage', stream: true })
    expect(junk).toMatchObject({ status: 200, headers: { 'content-type': expect.stringContaining('event-stream') } })
    expect(junk.text).not.toContain('[DONE]')
    expect(() => JSON.parse(events(junk.text)[0] ?? '')).toThrow(SyntaxError)
    const json = await post({ model: 'demo+garbage' })
    expect(json.status).toBe(200)
    expect(() => JSON.parse(json.text)).toThrow(SyntaxError)
  })

  test('has CRLF line ends, comments, or both, and the same content', async () => {
    const plain = content(events((await post({ model: 'demo', stream: true })).text))
    const { text } = await post({ model: 'demo+crlf+comments', stream: true })
    expect(text.match(/(?<!\r)\n/)).toBeNull()
    expect(text).toMatch(/^: .+\r\n\r\ndata: /)
    expect(content(events(text.replaceAll('\r\n', '\n')))).toBe(plain)
  })

  test.each(['demo+split', 'demo+split+crlf'])(
    'comes in pieces that end inside characters and blank lines: %s',
    async (model) => {
      const messages = [{ role: 'user', content: 'ünïcode 😀' }]
      const { pieces, text } = await post({ model, stream: true, messages })
      for (const piece of pieces) {
        expect(piece.subarray(1).some((byte) => (byte & 0xc0) === 0x80)).toBe(false)
        expect(piece.toString('latin1')).not.toMatch(/[\r\n]{2}/)
      }
      expect(content(events(text.replaceAll('\r\n', '\n')))).toContain('“ünïcode 😀”')
    },
  )

  test.each([77, 200])('comes in as many chunks as asked for, each on its own: %i', async (count) => {
    const messages = [{ role: 'user', content: '😀'.repeat(100) }]
    const { pieces, text } = await post({ model: `demo+chunks=${count}+interval=0`, stream: true, messages })
    const texts = events(text).slice(1, -2)
    expect(texts).toHaveLength(count)
    expect(texts.every((event) => content([event]).isWellFormed())).toBe(true)
    expect(pieces.length).toBeGreaterThan(count / 2)
    expect(content(events(text))).toContain('😀”')
  })

  test('waits between chunks without losing any', async () => {
    const { text } = await post({ model: 'demo+chunks=3+interval=1+delay=1+first-token=1', stream: true })
    expect(events(text)).toHaveLength(6)
  })

  test('sends its headers before it waits for the first event', async () => {
    const slow = open({ model: 'demo+first-token=600000', stream: true })
    await demo.requests.waitFor(({ model, status }) => model === 'demo+first-token=600000' && status === 200)
    await slow.headers
    expect(slow.text()).toBe('')
    slow.leave()
  })
})

describe('an answer', () => {
  test('has about the size that is asked for, streamed or not', async () => {
    const { text } = await post({ model: 'demo+bytes=1200' })
    const answer = JSON.parse(text).choices[0].message.content
    expect(Buffer.byteLength(answer)).toBe(1200)
    expect(content(events((await post({ model: 'demo+bytes=1200', stream: true })).text))).toBe(answer)
  })

  test('reports no usage where that is asked for', async () => {
    const options = { stream: true, stream_options: { include_usage: true } }
    expect(JSON.parse((await post({ model: 'demo+no-usage' })).text)).not.toHaveProperty('usage')
    expect((await post({ model: 'demo+no-usage', ...options })).text).not.toContain('"usage"')
    expect((await post({ model: 'demo', ...options })).text).toContain('"usage":{')
  })

  test('that is large reaches a slow reader whole', async () => {
    const large = open({ model: 'demo+bytes=8000000+chunks=50+interval=0', stream: true }, 'paused')
    const response = await large.headers
    await demo.requests.waitFor(({ model, status }) => model?.includes('8000000') === true && status === 200)
    let length = 0
    for await (const piece of response) length += piece.length
    expect(length).toBeGreaterThan(8_000_000)
  })
})

/** The `data` of every event. */
function events(text: string): string[] {
  return text
    .split('\n\n')
    .filter((event) => event.startsWith('data: '))
    .map((event) => event.slice(6))
}

const content = (data: readonly string[]): string =>
  data
    .filter((event) => event !== '[DONE]')
    .map((event) => JSON.parse(event).choices[0]?.delta.content ?? '')
    .join('')

type Answer = {
  status: number
  headers: IncomingHttpHeaders
  pieces: Buffer[]
  text: string
  failure: string | undefined
}

/** Sends a request and takes what comes, to the end or to the failure. A status of 0: no headers came. */
function post(body: Record<string, unknown>, path = '/chat/completions'): Promise<Answer> {
  return new Promise((resolve) => {
    const answer: Answer = { status: 0, headers: {}, pieces: [], text: '', failure: undefined }
    const finish = (error?: NodeJS.ErrnoException) => {
      resolve({ ...answer, text: Buffer.concat(answer.pieces).toString(), failure: error?.code })
    }
    const call = request(demo.url + path, { method: 'POST' }, (response) => {
      answer.status = response.statusCode ?? 0
      answer.headers = response.headers
      response.on('data', (piece: Buffer) => answer.pieces.push(piece))
      response.on('end', () => finish())
      response.on('error', finish)
    })
    call.on('error', finish)
    call.end(JSON.stringify({ messages: [{ role: 'user', content: 'x' }], ...body }))
  })
}

/** Sends a request whose answer may never end. */
function open(body: Record<string, unknown>, reading: 'flowing' | 'paused' = 'flowing') {
  const pieces: Buffer[] = []
  const waiting: (() => void)[] = []
  const { promise: headers, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  const call = request(`${demo.url}/chat/completions`, { method: 'POST' }, (response) => {
    resolve(response)
    response.on('error', () => undefined)
    if (reading === 'paused') return
    response.on('data', (piece: Buffer) => {
      pieces.push(piece)
      for (const check of waiting) check()
    })
  })
  call.on('error', reject)
  call.end(JSON.stringify({ messages: [{ role: 'user', content: 'x' }], ...body }))
  const text = () => Buffer.concat(pieces).toString()
  return {
    headers,
    text,
    leave: () => call.destroy(),
    async until(predicate: (text: string) => boolean) {
      await headers
      while (!predicate(text())) await new Promise<void>((next) => waiting.push(next))
    },
  }
}
