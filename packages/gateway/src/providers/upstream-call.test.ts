import type { LookupFunction } from 'node:net'
import type { Timeouts } from '@vm-x/contract'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Cancellation, type CancelSignal } from '../cancel.ts'
import { type Connection, compileTarget } from '../catalog/snapshot.ts'
import { systemClock } from '../clock.ts'
import type { GatewayError } from '../errors.ts'
import type { Attempt } from '../ledger/exchange-record.ts'
import { connectionEntry } from '../testing/catalog-double.ts'
import { SinkDouble } from '../testing/stream-double.ts'
import { type Answer, answerJson, answerStream, COMPLETION, Upstream } from '../testing/upstream.ts'
import { VaultDouble } from '../testing/vault-double.ts'
import { RequestBody } from '../wire/openai/body.ts'
import type { EventStream, Provider } from './provider.ts'
import { createProviders } from './registry.ts'
import { UpstreamAddressPolicy } from './upstream-address.ts'

const event = (choice: object) => `data: ${JSON.stringify({ choices: [choice] })}\n\n`
const HELLO = event({ index: 0, delta: { content: 'Hello' }, finish_reason: null })
const FINISH = event({ index: 0, delta: {}, finish_reason: 'stop' })
const OTHER_FINISH = event({ index: 1, delta: {}, finish_reason: 'stop' })
const USAGE = 'data: {"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":3}}\n\n'
const DONE = 'data: [DONE]\n\n'
const SHORT_MS = 20
const STREAM = { 'content-type': 'text/event-stream' }

/** Sends `pieces` and leaves the answer open. */
const holdOpen =
  (...pieces: string[]): Answer =>
  (response) => {
    response.writeHead(200, STREAM).flushHeaders()
    for (const piece of pieces) response.write(piece)
  }

/** Sends `piece` again and again, for ever. */
const repeat =
  (piece: string, type: string): Answer =>
  (response) => {
    response.writeHead(200, { 'content-type': type }).flushHeaders()
    const timer = setInterval(() => response.write(piece), 1)
    response.on('close', () => clearInterval(timer))
  }

let upstream: Upstream
let providers: ReadonlyMap<string, Provider>
const open = (policy: UpstreamAddressPolicy) => {
  providers = createProviders({
    vault: new VaultDouble(),
    policy,
    clock: systemClock,
    demoUrl: 'http://127.0.0.1:9/v1',
  })
}
beforeEach(async () => {
  upstream = await Upstream.start()
  open(new UpstreamAddressPolicy('127.0.0.1'))
})
afterEach(async () => {
  await upstream.close()
  await Promise.all([...providers.values()].map((provider) => provider.close()))
})

type Asked = {
  timeouts?: Timeouts
  remainingMs?: number
  body?: object
  baseUrl?: string
  signal?: CancelSignal
}

function ask({ timeouts = {}, remainingMs = 60_000, body = {}, baseUrl, signal = new Cancellation() }: Asked = {}) {
  const attempt: Attempt = {
    connectionId: 'c',
    connection: 'c',
    provider: 'openai',
    model: 'm',
    outcome: 'pending',
    sent: false,
  }
  const entry = connectionEntry('c', { provider: 'openai', baseUrl: baseUrl ?? upstream.url, sealedApiKey: null })
  const connection: Connection = { ...entry, workspaceId: 'w', environmentId: 'e' }
  const provider = providers.get('openai')
  if (!provider) throw new Error('there is no provider openai')
  const reply = provider.call({
    operation: 'chat',
    target: compileTarget(connection, 'm', timeouts),
    remainingMs,
    body: new RequestBody(Buffer.from(JSON.stringify({ model: 'gpt', ...body }))),
    stream: 'stream' in body,
    headers: {},
    attempt,
    signal,
  })
  return { attempt, reply }
}

const stream = (asked: Asked = {}) => ask({ ...asked, body: { stream: true, ...asked.body } })

async function streamOf(reply: ReturnType<typeof ask>['reply']): Promise<EventStream> {
  const answer = await reply
  if (answer.kind === 'json') throw new Error('the answer is no stream')
  return answer.stream
}

async function read(reply: ReturnType<typeof ask>['reply'], sink = new SinkDouble()) {
  const source = await streamOf(reply)
  source.start(sink)
  await vi.waitFor(() => expect(sink.ended).toBeDefined(), 5000)
  return { text: sink.text, ended: sink.ended, usage: source.usage() }
}

const wasGivenUp = () =>
  vi.waitFor(() => expect(upstream.requests.at(-1)?.response.destroyed).toBe(true), { timeout: 5000 })

/** A client that takes one piece, then asks for a pause. */
class SlowSink extends SinkDouble {
  override events(bytes: Buffer): boolean {
    super.events(bytes)
    return false
  }
}

describe('the time limits of a call', () => {
  it('connectMs: no connection, and nothing was sent', async () => {
    class Endless extends UpstreamAddressPolicy {
      override lookup(): LookupFunction {
        return () => {}
      }
    }
    open(new Endless(''))
    const { reply, attempt } = ask({ timeouts: { connectMs: SHORT_MS }, baseUrl: 'http://provider.test' })
    await expect(reply).rejects.toMatchObject({ code: 'provider_timeout' })
    expect(attempt).toMatchObject({ sent: false, fault: 'connect_timeout' })
  })

  it('firstByteMs: connected, but no headers', async () => {
    upstream.answer = () => {}
    const { reply, attempt } = ask({ timeouts: { firstByteMs: SHORT_MS } })
    await expect(reply).rejects.toMatchObject({ code: 'provider_timeout' })
    expect(attempt).toMatchObject({ sent: true, fault: 'first_byte_timeout' })
    await wasGivenUp()
  })

  it('firstTokenMs: headers and comments, but no event', async () => {
    upstream.answer = repeat(': keep-alive\n\n', 'text/event-stream')
    const { reply, attempt } = stream({ timeouts: { firstTokenMs: SHORT_MS } })
    await expect(reply).rejects.toMatchObject({ code: 'provider_timeout' })
    expect(attempt).toMatchObject({ status: 200, fault: 'first_token_timeout' })
    await wasGivenUp()
  })

  it('idleMs: a stream that stalls after it has begun', async () => {
    upstream.answer = holdOpen(HELLO)
    const { reply, attempt } = stream({ timeouts: { idleMs: SHORT_MS } })
    expect(await read(reply)).toMatchObject({ text: HELLO, ended: { code: 'provider_stream_failed' } })
    expect(attempt.fault).toBe('idle_timeout')
    await wasGivenUp()
  })

  it('idleMs: a JSON answer that stalls in its middle', async () => {
    upstream.answer = (response) =>
      response.writeHead(200, { 'content-type': 'application/json' }).write(COMPLETION.slice(0, 20))
    const { reply, attempt } = ask({ timeouts: { idleMs: SHORT_MS } })
    await expect(reply).rejects.toMatchObject({ code: 'provider_timeout' })
    expect(attempt.fault).toBe('idle_timeout')
  })

  it('remainingMs: an answer or a stream that goes on and on', async () => {
    upstream.answer = repeat(' ', 'application/json')
    const json = ask({ remainingMs: 5 * SHORT_MS })
    await expect(json.reply).rejects.toMatchObject({ code: 'provider_timeout' })
    expect(json.attempt.fault).toBe('total_timeout')
    upstream.answer = repeat(HELLO, 'text/event-stream')
    const { reply, attempt } = stream({ remainingMs: 5 * SHORT_MS })
    expect(await read(reply)).toMatchObject({ ended: { code: 'provider_stream_failed' } })
    expect(attempt.fault).toBe('total_timeout')
    await wasGivenUp()
  })

  it('do not run while the client asks for a pause', async () => {
    upstream.answer = holdOpen(HELLO)
    const timeouts = { idleMs: 5 * SHORT_MS }
    const { reply } = stream({ timeouts })
    const source = await streamOf(reply)
    const sink = new SlowSink()
    source.start(sink)
    expect(sink.text).toBe(HELLO)
    const [slow] = upstream.requests
    for (let i = 0; i < 2; i++) {
      const other = stream({ timeouts })
      expect(await read(other.reply)).toMatchObject({ ended: { code: 'provider_stream_failed' } })
    }
    expect(sink.ended).toBeUndefined()
    slow?.response.end(FINISH + DONE)
    await vi.waitFor(() => {
      source.resume()
      expect(sink.ended).toBe('done')
    })
  })
})

describe('the first event of a stream', () => {
  it('answers the call together with the comments before it', async () => {
    upstream.answer = answerStream([': a\n\n', 'event: ping\n\n', HELLO, FINISH, DONE])
    expect(await read(stream().reply)).toMatchObject({
      text: `: a\n\nevent: ping\n\n${HELLO}${FINISH}${DONE}`,
      ended: 'done',
    })
  })

  it.each([
    [{ code: 429, message: 'slow down' }, 'provider_rate_limited'],
    [{ code: 'rate_limit_exceeded' }, 'provider_rate_limited'],
    [{ code: 503 }, 'provider_unavailable'],
    [{ message: 'no idea' }, 'provider_unavailable'],
    [{ code: 'context_length_exceeded', message: 'too long' }, 'context_length_exceeded'],
  ])('that is the error %j fails the call as %s', async (error, code) => {
    upstream.answer = answerStream([': keep-alive\n\n', `data: ${JSON.stringify({ error })}\n\n`])
    const { reply, attempt } = stream()
    await expect(reply).rejects.toMatchObject({ code })
    expect(attempt).toMatchObject({ status: 200, fault: 'error_event' })
  })

  it('may be hidden from the client: the next one answers then', async () => {
    upstream.answer = answerStream([USAGE, HELLO, FINISH, DONE])
    expect(await read(stream().reply)).toMatchObject({ text: HELLO + FINISH + DONE, ended: 'done' })
  })
})

describe('a stream', () => {
  it('goes on over a malformed event, which is counted', async () => {
    upstream.answer = answerStream([HELLO, 'data: {"choices":[{"ind\n\n', FINISH, DONE])
    const { reply, attempt } = stream()
    expect(await read(reply)).toMatchObject({ text: HELLO + FINISH + DONE, ended: 'done' })
    expect(attempt).toMatchObject({ malformedEvents: 1 })
    expect(attempt).not.toHaveProperty('fault')
  })

  it('that fails after its first event says with which code', async () => {
    upstream.answer = answerStream([HELLO, 'data: {"error":{"code":"overloaded"}}\n\n'])
    const { reply, attempt } = stream()
    const { text, ended } = await read(reply)
    expect([text, ended]).toMatchObject([HELLO, { code: 'provider_stream_failed' }])
    expect(attempt).toMatchObject({ fault: 'error_event', providerCode: 'overloaded' })
  })

  it('without [DONE] is complete once every choice that was asked for has finished', async () => {
    upstream.answer = answerStream([HELLO, FINISH])
    expect(await read(stream({ body: { n: 2 } }).reply)).toMatchObject({ ended: { code: 'provider_stream_failed' } })
    upstream.answer = answerStream([HELLO, FINISH, OTHER_FINISH])
    expect(await read(stream({ body: { n: 2 } }).reply)).toMatchObject({ ended: 'done' })
  })

  it.each<[string, Answer]>([
    ['closes with usage', answerStream([HELLO, FINISH, USAGE])],
    [
      'breaks off',
      (response) => response.writeHead(200, STREAM).write(HELLO + FINISH + USAGE, () => response.destroy()),
    ],
    ['says no more', holdOpen(HELLO, FINISH, USAGE)],
  ])('without [DONE] is complete, with its usage, when the provider %s after it', async (_how, answer) => {
    upstream.answer = answer
    const { text, ended, usage } = await read(stream().reply)
    expect([text, ended]).toEqual([HELLO + FINISH + DONE, 'done'])
    expect(usage).toMatchObject({ input: 7, output: 3, source: 'reported' })
  })

  it('that stalls after its last finish reason is complete', async () => {
    upstream.answer = holdOpen(HELLO, FINISH)
    expect(await read(stream({ timeouts: { idleMs: SHORT_MS } }).reply)).toMatchObject({ ended: 'done' })
    await wasGivenUp()
  })

  it('is done at [DONE], and a provider that holds it open is left', async () => {
    upstream.answer = holdOpen(HELLO, FINISH, DONE)
    expect(await read(stream().reply)).toMatchObject({ ended: 'done' })
    expect(upstream.requests.at(-1)?.response.destroyed).toBe(false)
    await wasGivenUp()
  })

  it('estimates its output by events with text while no counts have passed', async () => {
    upstream.answer = answerStream([HELLO + HELLO, HELLO, FINISH, DONE])
    expect((await read(stream().reply)).usage).toMatchObject({ output: 3, source: 'estimated' })
  })

  it('does not believe counts that are behind what has passed, unless it is complete', async () => {
    const early = 'data: {"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":1}}\n\n'
    upstream.answer = answerStream([early, HELLO, HELLO])
    expect((await read(stream().reply)).usage).toMatchObject({ input: 7, output: 2, source: 'estimated' })
    upstream.answer = answerStream([early, HELLO, HELLO, FINISH, DONE])
    expect((await read(stream().reply)).usage).toMatchObject({ input: 7, output: 1, source: 'reported' })
  })

  it('ends at once when the client leaves', async () => {
    upstream.answer = holdOpen(HELLO)
    const client = new Cancellation()
    const { reply, attempt } = stream({ signal: client })
    const sink = new SinkDouble()
    const source = await streamOf(reply)
    source.start(sink)
    client.abort()
    expect(sink.ended).toMatchObject({ code: 'client_closed' } satisfies Partial<GatewayError>)
    expect(attempt.fault).toBe('client_closed')
    await wasGivenUp()
  })
})

describe('an answer with status 200', () => {
  it.each([
    [{ code: 502, message: 'no' }, 'provider_unavailable'],
    [{ code: 429 }, 'provider_rate_limited'],
    [{ code: 402, message: 'no credit' }, 'provider_rejected'],
  ])('that holds the error %j is %s, streamed or not', async (error, code) => {
    upstream.answer = answerJson(JSON.stringify({ error, user_id: 'u' }))
    for (const { reply, attempt } of [ask(), stream()]) {
      await expect(reply).rejects.toMatchObject({ code })
      expect(attempt).toMatchObject({ status: 200, fault: 'error_answer' })
    }
  })

  it('that is no stream though one was asked for can not be read', async () => {
    const { reply, attempt } = stream()
    await expect(reply).rejects.toMatchObject({ code: 'provider_bad_answer' })
    expect(attempt.fault).toBe('content_type')
  })
})

describe('a connection that the provider has closed', () => {
  it('fails plainly when it is used again, and nothing is sent twice', async () => {
    await ask().reply
    upstream.answer = (response) => response.socket?.resetAndDestroy()
    const { reply, attempt } = ask()
    await expect(reply).rejects.toMatchObject({ code: 'provider_unavailable' })
    expect([attempt.sent, attempt.status, upstream.requests.length]).toEqual([true, undefined, 2])
  })
})
