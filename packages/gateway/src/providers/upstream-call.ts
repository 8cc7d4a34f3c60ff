import type { IncomingHttpHeaders } from 'node:http'
import type { Dispatcher } from 'undici'
import type { Clock } from '../clock.ts'
import { GatewayError } from '../errors.ts'
import type { Usage } from '../ledger/exchange-record.ts'
import { answeredError, errorCodeOf, errorInAnswer, providerError, streamError } from '../wire/openai/provider-error.ts'
import { type Scanned, SseScanner } from '../wire/openai/sse.ts'
import { isSpace, scanUsage } from '../wire/openai/usage.ts'
import { readRateLimits } from '../wire/rate-limits.ts'
import { isShowable, shownHeaders } from './answer-headers.ts'
import type { EventSink, EventStream, ProviderReply, ProviderRequest } from './provider.ts'
import { type TimedCall, type TimeFault, TimeLimits } from './time-limits.ts'

type Parts = {
  readonly request: ProviderRequest
  /** The credential, kept only to strike it out of what the provider says. */
  readonly secret: string | null
  /** The client did not ask for the event that only carries usage. */
  readonly hideUsage: boolean
  readonly clock: Clock
  readonly resolve: (reply: ProviderReply) => void
  readonly reject: (error: GatewayError) => void
}

/**
 * One HTTP request to a provider that speaks the OpenAI wire, driven by undici's callbacks: bytes pass through, nothing
 * is allocated for a piece of a stream but what the scanner keeps back.
 */
export class UpstreamCall implements Dispatcher.DispatchHandler, EventStream, TimedCall {
  readonly #request: ProviderRequest
  readonly #secret: string | null
  readonly #hideUsage: boolean
  readonly #clock: Clock
  readonly #resolve: (reply: ProviderReply) => void
  readonly #reject: (error: GatewayError) => void
  readonly #limits: TimeLimits
  #controller: Dispatcher.DispatchController | undefined
  #status = 0
  #headers: IncomingHttpHeaders = {}
  #body: Buffer[] = []
  #bytes = 0
  /** Only where the answer is a stream. */
  #scanner: SseScanner | undefined
  /** The promise of the call has its answer. */
  #settled = false
  /** Nothing more is to be told to anyone. */
  #over = false
  /** Nothing but `[DONE]` is waited for. */
  #exhausted = false
  /** The provider has nothing more to send. */
  #ended = false
  #sink: EventSink | undefined
  /** What arrived before the sink was there. */
  #waiting: Scanned[] = []
  /** What went wrong before the sink was there. */
  #failure: GatewayError | undefined

  constructor({ request, secret, hideUsage, clock, resolve, reject }: Parts) {
    this.#request = request
    this.#secret = secret
    this.#clock = clock
    this.#resolve = resolve
    this.#reject = reject
    this.#hideUsage = hideUsage
    this.#limits = new TimeLimits(clock, request.remainingMs, this)
    this.#limits.enter('connect_timeout', request.target.timeouts.connectMs)
    if (request.signal.aborted) this.#onAbort()
    else request.signal.addEventListener('abort', this.#onAbort)
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#over) return controller.abort(ABORTED)
    this.#request.attempt.sent = true
    this.#limits.enter('first_byte_timeout', this.#request.target.timeouts.firstByteMs)
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    if (status < 200 || this.#over) return
    this.#controller = controller
    this.#status = status
    this.#headers = headers
    const { attempt, body, stream, target } = this.#request
    attempt.status = status
    const requestId = headers['x-request-id'] ?? headers['request-id']
    if (typeof requestId === 'string' && isShowable(requestId, this.#secret))
      attempt.providerRequestId = requestId.slice(0, 128)
    if (status < 300 || status === 429) this.#noteLimits(status, headers)
    const type = String(headers['content-type']).toLowerCase()
    if (status === 200 && stream && type.startsWith('text/event-stream')) {
      this.#scanner = new SseScanner(this.#hideUsage, choicesOf(body.fields))
      this.#limits.enter('first_token_timeout', target.timeouts.firstTokenMs)
    } else this.#limits.enter('idle_timeout', target.timeouts.idleMs)
    if (status !== 200) return
    if (headers['content-encoding'] !== undefined && headers['content-encoding'] !== 'identity')
      this.#fail('provider_bad_answer', 'compressed_answer')
    else if (!this.#scanner && !type.startsWith('application/json')) this.#fail('provider_bad_answer', 'content_type')
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#over) return
    const scanner = this.#scanner
    if (!scanner) return this.#collect(chunk)
    // Until the first event only what counts as one is progress.
    if (this.#settled) this.#limits.touch()
    const scanned = scanner.push(chunk)
    if (scanner.pendingBytes > LARGEST_EVENT) return this.#fail('provider_bad_answer', 'event_too_large')
    if (scanned.kind !== 'events' || scanned.bytes.length > 0) this.#deliver(scanned, scanner)
    if (!this.#exhausted && scanner.exhausted) this.#expectDone()
  }

  onResponseEnd(): void {
    this.#ended = true
    if (this.#over) return this.#limits.stop()
    if (this.#scanner) {
      if (!this.#completed()) this.#fail('provider_bad_answer', 'truncated')
      return
    }
    const body = this.#body.length === 1 && this.#body[0] ? this.#body[0] : Buffer.concat(this.#body)
    if (this.#status === 200) this.#answered(body)
    else
      this.#refuse(
        providerError({
          status: this.#status,
          headers: this.#headers,
          body,
          secret: this.#secret,
          now: this.#clock.now(),
        }),
        errorCodeOf(body, this.#secret),
      )
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.failed(error)
  }

  /** The transport failed, or the request could not even begin. */
  failed(error: Error): void {
    this.#ended = true
    if (this.#over) return this.#limits.stop()
    if (this.#completed()) return
    const fault = 'code' in error && typeof error.code === 'string' ? error.code : error.name
    if (!fault.includes('TIMEOUT') && fault !== 'ETIMEDOUT') this.#fail('provider_unavailable', fault, error)
    else this.#fail('provider_timeout', this.#request.attempt.sent ? fault : 'connect_timeout', error)
  }

  start(sink: EventSink): void {
    this.#sink = sink
    if (this.#failure) return sink.failed(this.#failure)
    const waiting = this.#waiting
    this.#waiting = []
    let flows = true
    for (const scanned of waiting) flows = this.#pass(scanned, sink)
    if (flows && !this.#over) this.#flow()
  }

  resume(): void {
    if (!this.#over) this.#flow()
  }

  usage(): Usage {
    const { usage, contentEvents = 0, complete } = this.#scanner ?? {}
    // Counts that come along with the first events say nothing of what follows.
    if (usage && (complete || usage.output >= contentEvents)) return usage
    const { input = 0, cachedInput = 0, reasoning = 0 } = usage ?? {}
    return { input, cachedInput, output: contentEvents, reasoning, source: 'estimated' }
  }

  readonly #onAbort = (): void => {
    this.#fail('client_closed', 'client_closed')
  }

  /** A time limit was passed. */
  expired(fault: TimeFault): void {
    if (this.#over) this.#controller?.abort(ABORTED)
    else if (!this.#completed()) this.#fail('provider_timeout', fault)
  }

  #noteLimits(status: number, headers: IncomingHttpHeaders): void {
    const { rateLimits, target } = this.#request
    const told = rateLimits && readRateLimits(headers, this.#clock.now())
    // For how long a 429 is to be kept to, its error says.
    if (told) rateLimits.note(target, status === 429 ? { ...told, exhaustedMs: 0 } : told)
  }

  /** A body that is no stream. */
  #collect(chunk: Buffer): void {
    this.#limits.touch()
    this.#bytes += chunk.length
    const whole = this.#status === 200 && !this.#request.stream
    if (this.#bytes > (whole ? LARGEST_ANSWER : LARGEST_ERROR))
      return this.#fail('provider_bad_answer', 'answer_too_large')
    this.#body.push(chunk)
  }

  /** A JSON answer with status 200, which may be an error all the same. */
  #answered(body: Buffer): void {
    if (!looksLikeObject(body)) return this.#fail('provider_bad_answer', 'not_json')
    const error = errorInAnswer(body)
    if (error !== undefined)
      return this.#refuse(answeredError(error, this.#secret), codeIn(error, this.#secret), 'error_answer')
    if (this.#request.stream) return this.#fail('provider_bad_answer', 'content_type')
    this.#finish()
    this.#limits.stop()
    this.#resolve({ kind: 'json', headers: shownHeaders(this.#headers, this.#secret), body, usage: scanUsage(body) })
  }

  /** Hands on what was scanned; the first event with data answers the call, unless it is a failure that another target may cure. */
  #deliver(scanned: Scanned, { dataEvents }: SseScanner): void {
    if (this.#sink) {
      if (!this.#pass(scanned, this.#sink)) this.#pause()
      return
    }
    if (this.#settled) {
      this.#waiting.push(scanned)
      return
    }
    if (scanned.kind === 'error' && dataEvents === 0) {
      const answer = { error: scanned.error }
      this.#refuse(answeredError(answer, this.#secret), codeIn(answer, this.#secret), 'error_event')
      this.#controller?.abort(ABORTED)
      return
    }
    this.#waiting.push(scanned)
    if (scanned.kind === 'events' && dataEvents === 0) return this.#holdBack(scanned.bytes)
    this.#settled = true
    this.#limits.enter('idle_timeout', this.#request.target.timeouts.idleMs)
    this.#pause()
    this.#resolve({ kind: 'stream', headers: shownHeaders(this.#headers, this.#secret), stream: this })
  }

  /** Comments and the like do not answer the call: it can still go to another target. */
  #holdBack(bytes: Buffer): void {
    this.#bytes += bytes.length
    if (this.#bytes > LARGEST_EVENT) this.#fail('provider_bad_answer', 'event_too_large')
  }

  /** False when the sink asks for a pause. */
  #pass(scanned: Scanned, sink: EventSink): boolean {
    if (this.#over) return true
    const flows = scanned.bytes.length === 0 || sink.events(scanned.bytes)
    if (scanned.kind === 'events' || this.#over) return flows
    if (scanned.kind === 'done') {
      this.#finish()
      this.#drain()
      sink.done(scanned.last)
    } else {
      this.#broke(scanned.error, sink)
    }
    return true
  }

  /** What a provider sends after its last event is read and dropped, so that its connection can be used again. */
  #drain(): void {
    if (this.#ended) return this.#limits.stop()
    this.#limits.enter('idle_timeout', DRAIN_MS)
    this.#controller?.resume()
  }

  #broke(error: unknown, sink: EventSink): void {
    this.#finish()
    this.#limits.stop()
    this.#controller?.abort(ABORTED)
    this.#request.attempt.fault = 'error_event'
    const code = codeIn({ error }, this.#secret)
    if (code !== undefined) this.#request.attempt.providerCode = code
    sink.failed(streamError())
  }

  /** The stream has ended, in whatever way: true when its answer was complete nevertheless, and told to be. */
  #completed(): boolean {
    const scanner = this.#scanner
    const last = scanner?.end()
    if (!scanner || !last) return false
    this.#deliver(last, scanner)
    return true
  }

  #expectDone(): void {
    this.#exhausted = true
    if (!this.#over && this.#settled) this.#limits.hasten(EXHAUSTED_MS)
  }

  #pause(): void {
    this.#limits.pause()
    this.#controller?.pause()
  }

  #flow(): void {
    this.#limits.resume()
    this.#controller?.resume()
  }

  #refuse(error: GatewayError, code: string | undefined, fault?: string): void {
    const { attempt } = this.#request
    if (code !== undefined) attempt.providerCode = code
    if (fault !== undefined) attempt.fault = fault
    this.#finish()
    this.#limits.stop()
    this.#reject(error)
  }

  #fail(code: keyof typeof MESSAGES, fault: string, cause?: unknown): void {
    if (this.#over) return
    this.#finish()
    this.#limits.stop()
    this.#controller?.abort(ABORTED)
    this.#request.attempt.fault = fault
    const late = this.#settled && code !== 'client_closed'
    const message = late && code !== 'provider_timeout' ? CUT_SHORT : MESSAGES[code]
    const error = new GatewayError(late ? 'provider_stream_failed' : code, message, { cause })
    if (!this.#settled) this.#reject(error)
    else if (this.#sink) this.#sink.failed(error)
    else this.#failure = error
  }

  #finish(): void {
    this.#over = true
    const { signal, attempt } = this.#request
    signal.removeEventListener('abort', this.#onAbort)
    const malformed = this.#scanner?.malformedEvents ?? 0
    if (malformed > 0) attempt.malformedEvents = malformed
  }
}

const MESSAGES = {
  client_closed: 'The client closed the request',
  provider_bad_answer: "The provider's answer could not be read",
  provider_timeout: 'The provider took too long',
  provider_unavailable: 'The provider could not be reached',
} as const
const CUT_SHORT = 'The provider ended the stream before the answer was complete'

const ABORTED = new Error('The request was ended by the gateway')
const LARGEST_ANSWER = 64 * 1024 * 1024
const LARGEST_ERROR = 256 * 1024
const LARGEST_EVENT = 8 * 1024 * 1024
/** How long a provider may hold its answer open after `[DONE]` before its connection is given up. */
const DRAIN_MS = 1000
/** How long `[DONE]` is waited for once nothing else can follow. */
const EXHAUSTED_MS = 1000

/** How many choices a request asks for: `n` for each of its prompts. */
function choicesOf(fields: Readonly<Record<string, unknown>>): number {
  const { n, prompt } = fields
  const each = typeof n === 'number' && Number.isInteger(n) && n > 1 ? n : 1
  const prompts = Array.isArray(prompt) && typeof prompt[0] !== 'number' ? Math.max(prompt.length, 1) : 1
  return each * prompts
}

const codeIn = (answer: unknown, secret: string | null): string | undefined =>
  typeof answer === 'object' && answer !== null ? errorCodeOf(answer, secret) : undefined

/** An object from its first to its last character: enough to tell JSON from an error page or a cut answer. */
function looksLikeObject(body: Buffer): boolean {
  let end = body.length - 1
  while (end >= 0 && isSpace(body[end])) end--
  let start = 0
  while (start < end && isSpace(body[start])) start++
  return body[start] === 0x7b && body[end] === 0x7d && end > start
}
