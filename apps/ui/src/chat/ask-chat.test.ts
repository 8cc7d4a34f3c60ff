import { describe, expect, it } from 'vitest'
import { askChat } from './ask-chat.ts'
import type { ChatAnswer } from './chat-answer.ts'

const STREAM = { 'content-type': 'text/event-stream; charset=utf-8', 'x-request-id': 'r-1' }
const delta = (content: string) => event({ choices: [{ index: 0, delta: { content }, finish_reason: null }] })
const event = (value: unknown) => `data: ${typeof value === 'string' ? value : JSON.stringify(value)}\n\n`
const WHOLE = [
  delta('Grüße, '),
  delta('😀\n  <b>'),
  event({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }),
  event({ choices: [], usage: { prompt_tokens: 3, completion_tokens: 5 } }),
  event('[DONE]'),
].join('')

describe('a chat', () => {
  it('is complete with its text, tokens and times when its stream says so, wherever the bytes are cut', async () => {
    const bytes = new TextEncoder().encode(WHOLE)
    for (const size of [1, 2, 3, 7, bytes.length]) {
      const { answer, seen } = await ask(new Response(piecesOf(bytes, size), { headers: STREAM }))
      expect(answer).toMatchObject({
        state: 'complete',
        text: 'Grüße, 😀\n  <b>',
        finishReason: 'stop',
        usage: { input: 3, output: 5 },
        requestId: 'r-1',
      })
      expect(answer.firstTokenMs).toBeLessThan(answer.durationMs ?? 0)
      expect(seen.every(({ state }) => state === 'streaming')).toBe(true)
    }
  })

  it('is broken when its stream ends without [DONE], with what had come of it', async () => {
    const { answer } = await ask(new Response(WHOLE.replace('data: [DONE]\n\n', ''), { headers: STREAM }))
    expect(answer).toMatchObject({ state: 'broken', text: 'Grüße, 😀\n  <b>', problem: { code: 'incomplete' } })
  })

  it('is broken when [DONE] itself was cut off', async () => {
    const { answer } = await ask(new Response(WHOLE.slice(0, -1), { headers: STREAM }))
    expect(answer.state).toBe('broken')
  })

  it('is broken when the connection is, with what had come of it', async () => {
    const body = new ReadableStream({
      start: (controller) => controller.enqueue(new TextEncoder().encode(delta('Half'))),
      pull: (controller) => controller.error(new TypeError('network error')),
    })
    expect((await ask(new Response(body, { headers: STREAM }))).answer).toMatchObject({ state: 'broken', text: 'Half' })
  })

  it('is broken by an error event, whatever follows', async () => {
    const failed = event({ error: { message: 'The provider failed.', code: 'provider_stream_failed' } })
    const { answer } = await ask(new Response(delta('Half') + failed + event('[DONE]'), { headers: STREAM }))
    expect(answer).toMatchObject({
      state: 'broken',
      text: 'Half',
      problem: { code: 'provider_stream_failed', message: 'The provider failed.' },
    })
  })

  it('goes on past an event that can not be read', async () => {
    const { answer } = await ask(
      new Response(delta('a') + event('{"choi') + delta('b') + event('[DONE]'), { headers: STREAM }),
    )
    expect(answer).toMatchObject({ state: 'complete', text: 'ab' })
  })

  it('tells who answered, as the headers do', async () => {
    const headers = {
      ...STREAM,
      'x-vmx-provider': 'demo',
      'x-vmx-model': 'mod%C3%A8le',
      'x-vmx-attempts': '4',
      'x-vmx-fallback': '1',
      'x-vmx-route': '0',
    }
    expect((await ask(new Response(WHOLE, { headers }))).answer.place).toEqual({
      provider: 'demo',
      model: 'modèle',
      attempts: 4,
      fallbacks: 1,
      rule: 0,
    })
  })

  it('may come in one piece', async () => {
    const body = {
      choices: [{ message: { content: 'Hello' }, finish_reason: 'length' }],
      usage: { prompt_tokens: 1, completion_tokens: 2 },
    }
    expect((await ask(Response.json(body))).answer).toMatchObject({
      state: 'complete',
      text: 'Hello',
      finishReason: 'length',
      usage: { input: 1, output: 2 },
    })
    expect((await ask(new Response('<html>', { headers: { 'content-type': 'application/json' } }))).answer.state).toBe(
      'broken',
    )
  })

  it('that was refused says which limit it was and when to come back', async () => {
    const body = { error: { message: 'The limit is reached.', type: 'rate_limit_error', code: 'capacity_exceeded' } }
    const headers = {
      'retry-after': '13',
      'retry-after-ms': '12345',
      'x-vmx-error-source': 'gateway',
      'x-request-id': 'r-2',
    }
    expect((await ask(Response.json(body, { status: 429, headers }))).answer).toMatchObject({
      state: 'refused',
      requestId: 'r-2',
      problem: { code: 'capacity_exceeded', message: 'The limit is reached.', source: 'gateway', retryAfterMs: 12345 },
    })
  })

  it('that the management API refused says why', async () => {
    const body = {
      code: 'permission_missing',
      title: 'A permission is missing',
      detail: 'You need completion:execute.',
    }
    expect((await ask(Response.json(body, { status: 403 }))).answer.problem).toEqual({
      code: 'permission_missing',
      message: 'You need completion:execute.',
    })
    expect((await ask(new Response('Bad gateway', { status: 502 }))).answer.problem?.code).toBe('status 502')
  })

  it('that is aborted is stopped, with what had come of it', async () => {
    const abort = new AbortController()
    const body = new ReadableStream({
      start: (controller) => {
        controller.enqueue(new TextEncoder().encode(delta('Half')))
        abort.signal.addEventListener('abort', () => controller.error(abort.signal.reason))
      },
    })
    const answer = await askChat({
      ...question(async () => new Response(body, { headers: STREAM })),
      signal: abort.signal,
      onProgress: ({ text }) => text && abort.abort(),
    })
    expect(answer).toMatchObject({ state: 'stopped', text: 'Half' })
  })

  it('that nobody answers is told from one that was refused by somebody', async () => {
    const answer = await askChat(question(() => Promise.reject(new TypeError('fetch failed'))))
    expect(answer).toMatchObject({ state: 'refused', problem: { code: 'api_unreachable' } })
  })
})

async function ask(response: Response) {
  const seen: ChatAnswer[] = []
  const answer = await askChat({ ...question(async () => response), onProgress: (next) => seen.push(next) })
  return { answer, seen }
}

function question(fetch: typeof globalThis.fetch) {
  let ms = 0
  return {
    url: '/chat',
    body: {},
    signal: new AbortController().signal,
    onProgress: () => {},
    now: () => {
      ms += 10
      return ms
    },
    fetch,
  }
}

function piecesOf(bytes: Uint8Array, size: number) {
  let at = 0
  return new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      if (at >= bytes.length) return controller.close()
      controller.enqueue(new Uint8Array(bytes.slice(at, at + size)))
      at += size
    },
  })
}
