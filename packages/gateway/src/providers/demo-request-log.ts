import { hash } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'

/** What a request asked for and how it ended. Times are milliseconds since the epoch. */
export type LoggedRequest = {
  /** 1 for the first request; the answer's `x-request-id` is `demo-<seq>`. */
  readonly seq: number
  readonly method: string
  /** Without the query. */
  readonly path: string
  /** As the body names it; undefined until the body is read. */
  readonly model: string | undefined
  /** Names in lower case. A credential is kept only as the hex SHA-256 of its whole header value. */
  readonly headers: IncomingHttpHeaders
  /** Kept only when the server was asked to. */
  readonly body: Buffer | undefined
  readonly startedAt: number
  readonly endedAt: number | undefined
  /** `aborted`: the connection closed before the answer was complete. A fault that was asked for counts as an answer. */
  readonly outcome: 'open' | 'answered' | 'aborted'
  /** Undefined as long as no header was sent. */
  readonly status: number | undefined
}

/** The last {@link CAPACITY} requests of a server, oldest first. */
export class RequestLog {
  readonly #entries: LoggedRequest[] = []
  readonly #waiting = new Set<Waiting>()
  #count = 0
  #closed = false

  /** How many requests ever came. */
  get count(): number {
    return this.#count
  }

  get entries(): readonly LoggedRequest[] {
    const start = this.#count % CAPACITY
    return this.#count <= CAPACITY
      ? [...this.#entries]
      : [...this.#entries.slice(start), ...this.#entries.slice(0, start)]
  }

  /** Resolves with the first request, past or coming, that fulfils `predicate` in some state of it. Rejects when the server closes. */
  waitFor(predicate: (request: LoggedRequest) => boolean): Promise<LoggedRequest> {
    const known = this.entries.find(predicate)
    if (known) return Promise.resolve(known)
    if (this.#closed) return Promise.reject(new Error(CLOSED))
    return new Promise((resolve, reject) => this.#waiting.add({ predicate, resolve, reject }))
  }

  open(method: string, path: string, headers: IncomingHttpHeaders, startedAt: number): OpenRequest {
    const seq = ++this.#count
    const request: OpenRequest = {
      seq,
      method,
      path,
      model: undefined,
      headers: withoutCredentials(headers),
      body: undefined,
      startedAt,
      endedAt: undefined,
      outcome: 'open',
      status: undefined,
    }
    this.#entries[(seq - 1) % CAPACITY] = request
    this.changed(request)
    return request
  }

  /** To be called after each change of a request. */
  changed(request: LoggedRequest): void {
    if (this.#waiting.size === 0) return
    for (const waiting of this.#waiting) {
      if (!waiting.predicate(request)) continue
      this.#waiting.delete(waiting)
      waiting.resolve(request)
    }
  }

  close(): void {
    this.#closed = true
    for (const { reject } of this.#waiting) reject(new Error(CLOSED))
    this.#waiting.clear()
  }
}

const CAPACITY = 10_000
const CLOSED = 'The demo server closed before such a request came'

/** A request that its server still fills in. */
export type OpenRequest = { -readonly [Key in keyof LoggedRequest]: LoggedRequest[Key] }

type Waiting = {
  predicate: (request: LoggedRequest) => boolean
  resolve: (request: LoggedRequest) => void
  reject: (reason: Error) => void
}

const CREDENTIALS = [
  'authorization',
  'api-key',
  'x-api-key',
  'x-goog-api-key',
  'proxy-authorization',
  'cookie',
] as const

/** Works on the object it is given: nobody else reads a request's headers after this. */
function withoutCredentials(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  for (const name of CREDENTIALS) {
    const value = headers[name]
    if (value !== undefined) headers[name] = hash('sha256', String(value))
  }
  return headers
}
