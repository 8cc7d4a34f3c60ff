import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'

/** How it is down. */
export type Outage = 'answers 503' | 'resets connections' | 'says nothing'

/** A request as it arrived. Milliseconds of `performance.now()`. */
export type FlippingArrival = { readonly atMs: number; readonly down: boolean }

export type FlippingUpstream = {
  /** With `/v1`. */
  readonly url: string
  /** Everything that ever arrived, in order. */
  readonly arrivals: readonly FlippingArrival[]
  setDown(down: boolean): void
  /** Resolves when so many requests have arrived since it is as it is now. */
  arrived(count: number): Promise<void>
  close(): Promise<void>
}

/** An upstream that answers every chat request, except while it is down, and notes what reaches it all the same. */
export async function startFlippingUpstream(outage: Outage): Promise<FlippingUpstream> {
  const arrivals: FlippingArrival[] = []
  const watchers = new Set<() => void>()
  let down = false
  let flippedAt = 0
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      arrivals.push({ atMs: performance.now(), down })
      for (const watcher of watchers) watcher()
      if (down) fail(response, outage)
      else answer(response)
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}/v1`,
    arrivals,
    setDown: (value) => {
      down = value
      flippedAt = arrivals.length
    },
    arrived: (count) =>
      new Promise((resolve) => {
        const look = () => {
          if (arrivals.length - flippedAt < count) return
          watchers.delete(look)
          resolve()
        }
        watchers.add(look)
        look()
      }),
    close: async () => {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

function fail(response: ServerResponse, outage: Outage): void {
  if (outage === 'answers 503') response.writeHead(503, JSON_TYPE).end('{"error":{"message":"Down"}}')
  else if (outage === 'resets connections') response.socket?.resetAndDestroy()
}

function answer(response: ServerResponse): void {
  const message = { role: 'assistant', content: FLIPPING_TEXT }
  const choices = [{ index: 0, message, finish_reason: 'stop' }]
  const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 }
  const body = { id: 'chatcmpl-1', object: 'chat.completion', created: 1, model: 'flipping', choices, usage }
  response.writeHead(200, JSON_TYPE).end(JSON.stringify(body))
}

export const FLIPPING_TEXT = 'The flipping upstream is up.'
const JSON_TYPE = { 'content-type': 'application/json' }
