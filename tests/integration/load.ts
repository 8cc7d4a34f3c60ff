import { Agent, request } from 'node:http'

export type Answer = {
  /** Unique to the request; it is in its content and its correlation id. */
  readonly marker: string
  readonly stream: boolean
  /** Undefined when no header came. */
  readonly status: number | undefined
  /** `x-request-id` */
  readonly id: string | undefined
  /** The last byte of a JSON body, or `[DONE]`, has arrived. */
  readonly complete: boolean
  readonly text: string
}

export type Asked = { readonly marker: string; readonly model: string; readonly stream: boolean }

type Endpoint = { readonly url: string; readonly apiKey: string }

type Transport = {
  readonly agent?: Agent
  /** Told whenever a part of the answer has come. */
  readonly onText?: () => void
}

/** One chat request over plain HTTP. Never rejects: what did not arrive is not in the answer. */
export function ask(
  { url, apiKey }: Endpoint,
  { marker, model, stream }: Asked,
  { agent, onText }: Transport = {},
): Promise<Answer> {
  const body = JSON.stringify({
    model,
    stream,
    messages: [{ role: 'user', content: marker }],
    vmx: { correlationId: marker },
  })
  return new Promise((resolve) => {
    let [text, status, id, length]: [string, number | undefined, string | undefined, number] = [
      '',
      undefined,
      undefined,
      -1,
    ]
    const finish = () => {
      const complete = stream && status === 200 ? text.endsWith('data: [DONE]\n\n') : Buffer.byteLength(text) === length
      resolve({ marker, stream, status, id, complete, text })
    }
    const headers = {
      authorization: `Bearer ${apiKey}`,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    }
    const call = request(
      `${url}/v1/chat/completions`,
      { method: 'POST', headers, ...(agent && { agent }) },
      (response) => {
        status = response.statusCode
        id = String(response.headers['x-request-id'])
        length = Number(response.headers['content-length'] ?? -1)
        response.setEncoding('utf8')
        response.on('data', (chunk: string) => {
          text += chunk
          onText?.()
        })
        response.on('error', () => {})
        response.on('close', finish)
      },
    )
    call.on('error', finish)
    call.end(body)
  })
}

/** Keeps `concurrency` requests in flight until stopped; `stop` resolves with every answer, complete or not. */
export function keepAsking(endpoint: Endpoint, concurrency: number, next: () => Asked): { stop(): Promise<Answer[]> } {
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency })
  const answers: Answer[] = []
  let stopped = false
  const worker = async () => {
    while (!stopped) {
      const answer = await ask(endpoint, next(), { agent })
      answers.push(answer)
      // The server is gone: asking again at once would only spin.
      if (answer.status === undefined) await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }
  const workers = Array.from({ length: concurrency }, worker)
  return {
    stop: async () => {
      stopped = true
      await Promise.all(workers)
      agent.destroy()
      return answers
    },
  }
}
