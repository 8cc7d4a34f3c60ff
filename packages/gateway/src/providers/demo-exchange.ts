import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Clock } from '../clock.ts'
import { type DemoError, errorBody } from './demo-error.ts'
import type { OpenRequest, RequestLog } from './demo-request-log.ts'
import { isPlain, type Transmission, transmit } from './demo-transmission.ts'

/** One request and its answer; keeps the log's entry true. */
export class Exchange {
  readonly entry: OpenRequest
  /** What the client sent as its key. */
  readonly credential: string | undefined
  readonly #request: IncomingMessage
  readonly #response: ServerResponse
  readonly #log: RequestLog
  readonly #clock: Clock
  readonly #startedMs: number

  constructor(request: IncomingMessage, response: ServerResponse, log: RequestLog, clock: Clock) {
    this.#request = request
    this.#response = response
    this.#log = log
    this.#clock = clock
    this.#startedMs = clock.monotonicMs()
    this.credential = credentialOf(request)
    const url = request.url ?? '/'
    const query = url.indexOf('?')
    this.entry = log.open(request.method ?? '', query < 0 ? url : url.slice(0, query), request.headers, clock.now())
    response.on('finish', () => this.#end('answered'))
    response.on('close', () => this.#end('aborted'))
  }

  get id(): string {
    return `demo-${this.entry.seq}`
  }

  setModel(name: string): void {
    this.entry.model = name
    this.#log.changed(this.entry)
  }

  /** Undefined when it is too large. Never resolves when the client goes away before its end. */
  readBody(): Promise<Buffer | undefined> {
    const chunks: Buffer[] = []
    let length = 0
    return new Promise((resolve) => {
      this.#request.on('data', (chunk: Buffer) => {
        length += chunk.length
        if (length <= MOST_BODY_BYTES) chunks.push(chunk)
        else resolve(undefined)
      })
      this.#request.on('end', () => resolve(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)))
      this.#request.on('error', () => undefined)
    })
  }

  fail(error: DemoError, retryAfterSeconds?: number): void {
    if (this.#response.headersSent) return void this.#response.destroy()
    if (retryAfterSeconds !== undefined) this.#response.setHeader('retry-after', retryAfterSeconds)
    this.json(error.status, JSON.stringify(errorBody(error)))
  }

  json(status: number, body: string): void {
    if (this.#response.destroyed) return
    this.#writeHead(status, JSON_TYPE, Buffer.byteLength(body))
    this.#response.end(body)
  }

  async send(contentType: string, plan: Transmission): Promise<void> {
    if (this.#response.destroyed) return
    this.#writeHead(200, contentType, plan.contentLength)
    if (isPlain(plan)) return void this.#response.end(plan.pieces[0])
    await transmit(this.#response, plan)
    if (plan.ending !== 'cut') return
    this.#end('answered')
    this.#response.socket?.destroySoon()
  }

  /** Breaks the connection off in a way the client's socket sees as an error. */
  reset(): void {
    this.#end('answered')
    this.#request.socket.resetAndDestroy()
  }

  #writeHead(status: number, contentType: string, length: number | undefined): void {
    const headers: Record<string, string | number> = {
      'content-type': contentType,
      'x-request-id': this.id,
      'openai-processing-ms': Math.round(this.#clock.monotonicMs() - this.#startedMs),
      ...RATE_LIMITS,
    }
    if (length !== undefined) headers['content-length'] = length
    else headers['cache-control'] = 'no-cache'
    this.#response.writeHead(status, headers)
    this.entry.status = status
    this.#log.changed(this.entry)
  }

  #end(outcome: 'answered' | 'aborted'): void {
    if (this.entry.outcome !== 'open') return
    this.entry.outcome = outcome
    this.entry.endedAt = this.#clock.now()
    this.#log.changed(this.entry)
  }
}

export const JSON_TYPE = 'application/json'
export const STREAM_TYPE = 'text/event-stream; charset=utf-8'
export const MOST_BODY_BYTES = 64 * 1024 * 1024

/** Samples: the demo provider limits nothing. */
const RATE_LIMITS = {
  'x-ratelimit-limit-requests': '10000',
  'x-ratelimit-remaining-requests': '9999',
  'x-ratelimit-reset-requests': '6ms',
  'x-ratelimit-limit-tokens': '2000000',
  'x-ratelimit-remaining-tokens': '1999990',
  'x-ratelimit-reset-tokens': '1ms',
} as const

function credentialOf({ headers }: IncomingMessage): string | undefined {
  if (headers.authorization !== undefined) return headers.authorization.replace(/^bearer /i, '')
  const key = headers['api-key'] ?? headers['x-api-key']
  return typeof key === 'string' ? key : undefined
}
