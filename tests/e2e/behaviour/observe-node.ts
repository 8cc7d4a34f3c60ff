import OpenAI from 'openai'
import type { Observation, Question } from './observation.ts'

type Chunks = AsyncIterable<OpenAI.Chat.Completions.ChatCompletionChunk>

/** Asks with the `openai` package as it is when nothing is set but the key and the address. */
export async function observeNode(question: Question): Promise<Observation> {
  const { baseURL, mark, apiKey, model, stream, path, body, headers, before, occupant, maxRetries } = question
  const calls: Observation['calls'] = []
  const seen: Observation = { calls, text: '', finish: null, totalTokens: null, error: null, raw: null }
  const asked = { model, messages: [{ role: 'user' as const, content: 'Hi' }], user: mark, ...body }
  const plain = new OpenAI({ apiKey, baseURL, maxRetries: 0 })
  for (let warmUp = 0; warmUp < before; warmUp++)
    await plain.chat.completions.create({ ...asked, user: `${mark} before` }).catch(() => {})
  const occupied = occupant === null ? undefined : await occupy(plain, occupant)

  const watched: typeof fetch = async (url, init) => {
    // Without an answer it counts all the same.
    const call = { startedMs: performance.now(), answeredMs: Number.POSITIVE_INFINITY, status: 0, headers: {} }
    calls.push(call)
    const response = await fetch(url, init)
    const { status, headers: told } = response
    Object.assign(call, { answeredMs: performance.now(), status, headers: Object.fromEntries(told) })
    await occupied?.leave()
    return response.status === 200 ? teed(response, (text) => (seen.raw = (seen.raw ?? '') + text)) : response
  }
  const retries = maxRetries === null ? {} : { maxRetries }
  const openai = new OpenAI({ apiKey, baseURL, fetch: watched, defaultHeaders: headers, ...retries })
  try {
    if (path !== null) {
      await openai.post(path, { body: asked })
    } else if (stream) {
      const options = { include_usage: true }
      await read(await openai.chat.completions.create({ ...asked, stream: true, stream_options: options }), seen)
    } else {
      const { choices, usage } = await openai.chat.completions.create(asked)
      seen.text = choices[0]?.message.content ?? ''
      seen.finish = choices[0]?.finish_reason ?? null
      seen.totalTokens = usage?.total_tokens ?? null
    }
  } catch (error) {
    if (!(error instanceof OpenAI.APIError)) throw error
    const { status, code, type, param, message } = error
    seen.error = {
      kind: error.constructor.name,
      status: status ?? null,
      code: code ?? null,
      type: type ?? null,
      param: param ?? null,
      message,
    }
  }
  return seen
}

async function read(chunks: Chunks, seen: Observation): Promise<void> {
  for await (const { choices, usage } of chunks) {
    seen.text += choices[0]?.delta.content ?? ''
    seen.finish = choices[0]?.finish_reason ?? seen.finish
    seen.totalTokens = usage?.total_tokens ?? seen.totalTokens
  }
}

/** Holds a stream open after its first event. */
async function occupy(openai: OpenAI, model: string): Promise<{ leave(): Promise<void> }> {
  const messages = [{ role: 'user' as const, content: 'Hi' }]
  const chunks = await openai.chat.completions.create({ model, messages, stream: true })
  const iterator = chunks[Symbol.asyncIterator]()
  await iterator.next()
  return {
    leave: async () => {
      await iterator.return?.()
    },
  }
}

function teed(response: Response, onText: (text: string) => void): Response {
  const decoder = new TextDecoder()
  const tee = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      onText(decoder.decode(chunk, { stream: true }))
      controller.enqueue(chunk)
    },
  })
  return new Response(response.body?.pipeThrough(tee) ?? null, response)
}
