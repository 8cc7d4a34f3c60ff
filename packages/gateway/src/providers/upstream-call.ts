import type { IncomingHttpHeaders } from 'node:http'
import type { Dispatcher } from 'undici'
import { GatewayError } from '../errors.ts'
import type { Usage } from '../ledger/exchange-record.ts'
import { errorCodeOf, providerError, streamError } from '../wire/openai/provider-error.ts'
import { type Scanned, SseScanner } from '../wire/openai/sse.ts'
import { scanUsage } from '../wire/openai/usage.ts'
import type { EventSink, EventStream, ProviderReply, ProviderRequest } from './provider.ts'

/**
 * One HTTP request to a provider that speaks the OpenAI wire, driven by undici's callbacks: bytes pass through, nothing
 * is allocated for a piece of a stream but what the scanner keeps back.
 */
export class UpstreamCall implements Dispatcher.DispatchHandler, EventStream {
  readonly #request: ProviderRequest
  readonly #secret: string | null
  readonly #resolve: (reply: ProviderReply) => void
  readonly #reject: (error: GatewayError) => void
  readonly #scanner: SseScanner
  #controller: Dispatcher.DispatchController | undefined
  #status = 0
  #headers: IncomingHttpHeaders = {}
  #body: Buffer[] = []
  #bytes = 0
  #streaming = false
  /** The promise of the call has its answer. */
  #settled = false
  /** Nothing more is to be told to anyone. */
  #over = false
  #sink: EventSink | undefined
  /** What arrived before the sink was there. */
  #waiting: Scanned[] = []
  /** What went wrong before the sink was there. */
  #failure: GatewayError | undefined

  /**
   * @param secret the credential, kept only to strike it out of what the provider says
   * @param hideUsage the client did not ask for the event that only carries usage
   */
  constructor(
    request: ProviderRequest,
    secret: string | null,
    hideUsage: boolean,
    resolve: (reply: ProviderReply) => void,
    reject: (error: GatewayError) => void,
  ) {
    this.#request = request
    this.#secret = secret
    this.#resolve = resolve
    this.#reject = reject
    this.#scanner = new SseScanner(hideUsage)
    if (request.signal.aborted) this.#onAbort()
    else request.signal.addEventListener('abort', this.#onAbort)
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#over) return controller.abort(ABORTED)
    this.#request.attempt.sent = true
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    if (status < 200) return
    this.#controller = controller
    this.#status = status
    this.#headers = headers
    const { attempt } = this.#request
    attempt.status = status
    const requestId = headers['x-request-id'] ?? headers['request-id']
    if (typeof requestId === 'string' && isShowable(requestId, this.#secret))
      attempt.providerRequestId = requestId.slice(0, 128)
    this.#streaming = status === 200 && this.#request.stream
    if (status !== 200) return
    const type = String(headers['content-type'])
    if (headers['content-encoding'] !== undefined && headers['content-encoding'] !== 'identity')
      this.#fail('provider_bad_answer', 'compressed_answer')
    else if (!type.startsWith(this.#request.stream ? 'text/event-stream' : 'application/json'))
      this.#fail('provider_bad_answer', 'content_type')
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#over) return
    this.#bytes += chunk.length
    if (!this.#streaming) {
      if (this.#bytes > (this.#status === 200 ? LARGEST_ANSWER : LARGEST_ERROR))
        return this.#fail('provider_bad_answer', 'answer_too_large')
      this.#body.push(chunk)
      return
    }
    const scanned = this.#scanner.push(chunk)
    if (this.#scanner.pendingBytes > LARGEST_EVENT) return this.#fail('provider_bad_answer', 'event_too_large')
    if (scanned.kind !== 'events' || scanned.bytes.length > 0) this.#deliver(scanned)
  }

  onResponseEnd(): void {
    if (this.#over) return
    if (this.#streaming) {
      const last = this.#scanner.end()
      if (last) this.#deliver(last)
      else this.#fail(this.#settled ? 'provider_stream_failed' : 'provider_bad_answer', 'truncated')
      return
    }
    const body = this.#body.length === 1 && this.#body[0] ? this.#body[0] : Buffer.concat(this.#body)
    if (this.#status !== 200) return this.#refused(body)
    if (!looksLikeObject(body)) return this.#fail('provider_bad_answer', 'not_json')
    this.#finish()
    this.#resolve({ kind: 'json', headers: shownHeaders(this.#headers, this.#secret), body, usage: scanUsage(body) })
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.failed(error)
  }

  /** The transport failed, or the request could not even begin. */
  failed(error: Error): void {
    if (this.#over) return
    const fault = 'code' in error && typeof error.code === 'string' ? error.code : error.name
    const timedOut = fault.includes('TIMEOUT') || fault === 'ETIMEDOUT'
    if (this.#settled) this.#fail('provider_stream_failed', fault, error)
    else this.#fail(timedOut ? 'provider_timeout' : 'provider_unavailable', fault, error)
  }

  start(sink: EventSink): void {
    this.#sink = sink
    if (this.#failure) return sink.failed(this.#failure)
    const waiting = this.#waiting
    this.#waiting = []
    for (const scanned of waiting) this.#pass(scanned, sink)
    if (!this.#over) this.#controller?.resume()
  }

  resume(): void {
    if (!this.#over) this.#controller?.resume()
  }

  usage(): Usage {
    return (
      this.#scanner.usage ?? {
        input: 0,
        cachedInput: 0,
        output: Math.max(this.#scanner.events - 1, 0),
        reasoning: 0,
        source: 'estimated',
      }
    )
  }

  readonly #onAbort = (): void => {
    this.#fail('client_closed', 'client_closed')
  }

  /** Hands on what was scanned; the first of it answers the call, unless it is a failure that another target may cure. */
  #deliver(scanned: Scanned): void {
    if (this.#sink) return this.#pass(scanned, this.#sink)
    if (!this.#settled) {
      if (scanned.kind === 'error') return this.#fail('provider_unavailable', 'error_event')
      this.#settled = true
      this.#waiting.push(scanned)
      this.#controller?.pause()
      this.#resolve({ kind: 'stream', headers: shownHeaders(this.#headers, this.#secret), stream: this })
    } else this.#waiting.push(scanned)
  }

  #pass(scanned: Scanned, sink: EventSink): void {
    if (this.#over) return
    if (scanned.bytes.length > 0 && !sink.events(scanned.bytes)) this.#controller?.pause()
    if (scanned.kind === 'done') {
      this.#finish()
      // What a provider sends after its last event is read and dropped, so that the connection can be used again.
      this.#controller?.resume()
      sink.done(scanned.last)
    } else if (scanned.kind === 'error') {
      this.#finish()
      this.#controller?.abort(ABORTED)
      this.#request.attempt.fault = 'error_event'
      sink.failed(streamError())
    }
  }

  #refused(body: Buffer): void {
    const code = errorCodeOf(body, this.#secret)
    if (code !== undefined) this.#request.attempt.providerCode = code
    this.#finish()
    this.#reject(providerError(this.#status, this.#headers, body, this.#secret))
  }

  #fail(code: keyof typeof MESSAGES, fault: string, cause?: unknown): void {
    if (this.#over) return
    this.#finish()
    this.#controller?.abort(ABORTED)
    this.#request.attempt.fault = fault
    const error = new GatewayError(
      this.#settled && code !== 'client_closed' ? 'provider_stream_failed' : code,
      MESSAGES[code],
      { cause },
    )
    if (!this.#settled) this.#reject(error)
    else if (this.#sink) this.#sink.failed(error)
    else this.#failure = error
  }

  #finish(): void {
    this.#over = true
    this.#request.signal.removeEventListener('abort', this.#onAbort)
  }
}

const MESSAGES = {
  client_closed: 'The client closed the request',
  provider_bad_answer: "The provider's answer could not be read",
  provider_stream_failed: 'The provider ended the stream before the answer was complete',
  provider_timeout: 'The provider took too long',
  provider_unavailable: 'The provider could not be reached',
} as const

const ABORTED = new Error('The request was ended by the gateway')
const LARGEST_ANSWER = 64 * 1024 * 1024
const LARGEST_ERROR = 256 * 1024
const LARGEST_EVENT = 8 * 1024 * 1024

/** An object from its first to its last character: enough to tell JSON from an error page or a cut answer. */
function looksLikeObject(body: Buffer): boolean {
  let end = body.length - 1
  while (end >= 0 && isSpace(body[end])) end--
  let start = 0
  while (start < end && isSpace(body[start])) start++
  return body[start] === 0x7b && body[end] === 0x7d && end > start
}

const isSpace = (byte: number | undefined) => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09

/** The provider's rate-limit and request-id headers, renamed; no others. */
function shownHeaders(headers: IncomingHttpHeaders, secret: string | null): Record<string, string> {
  const shown: Record<string, string> = {}
  for (const name in headers) {
    const value = headers[name]
    if (typeof value !== 'string' || !isShowable(value, secret)) continue
    if (name.startsWith('x-ratelimit-')) shown[`x-provider-${name.slice(2)}`] = value
    else if (name === 'x-request-id' || name === 'request-id') shown['x-provider-request-id'] = value
    else if (name === 'content-type') shown['content-type'] = value
  }
  return shown
}

/** Single-line ASCII without our credential in it. */
const isShowable = (value: string, secret: string | null) =>
  /^[\x20-\x7e]*$/.test(value) && !(secret && value.includes(secret))
