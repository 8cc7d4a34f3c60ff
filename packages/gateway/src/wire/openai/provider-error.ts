import type { IncomingHttpHeaders } from 'node:http'
import { type ErrorCode, GatewayError } from '../../errors.ts'
import { readRateLimits } from '../rate-limits.ts'

export type Refusal = {
  /** The provider's HTTP status. */
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
  /** Our credential, to be struck out of what the provider says. */
  readonly secret: string | null
  /** Milliseconds since the epoch, for dates in `retry-after`. */
  readonly now: number
}

/**
 * What a provider's refusal means to the client. The provider's words reach the client only where the request is at
 * fault; never when our own credential is, and never with that credential in them. `retryAfterMs` is there where the
 * provider said it with a 429 or 503.
 */
export function providerError({ status, headers, body, secret, now }: Refusal): GatewayError {
  const named = readRetryAfter(headers, now) ?? (status === 429 ? untilReset(headers, now) : undefined)
  return errorOf(status, readError(parse(body), secret), named)
}

/** Where a limit is told to be used up, when it is free again. */
function untilReset(headers: IncomingHttpHeaders, now: number): number | undefined {
  const exhaustedMs = readRateLimits(headers, now)?.exhaustedMs ?? 0
  return exhaustedMs > 0 ? exhaustedMs : undefined
}

/**
 * What an `error` object means that stands in an answer with status 200, or is the first event of a stream: its numeric
 * code, or its well-known word, counts as the status.
 *
 * @param answer the parsed object that has the member `error`
 */
export function answeredError(answer: unknown, secret: string | null): GatewayError {
  return errorOf(statusIn(answer), readError(answer, secret), undefined)
}

/** An `{"error": …}` event inside a stream: the provider failed after it had begun to answer. */
export function streamError(): GatewayError {
  return new GatewayError('provider_stream_failed', 'The provider failed while it was answering')
}

/**
 * The object of a JSON answer if it is an error in spite of its status 200: it has an `error` that says something.
 * Undefined for all others. Only a body that has such a key is parsed.
 */
export function errorInAnswer(body: Buffer): unknown {
  if (body.length > LARGEST_ERROR_ANSWER || !body.includes(ERROR_KEY)) return undefined
  const answer = parse(body)
  const error = isRecord(answer) ? answer['error'] : undefined
  const says = typeof error === 'string' ? error !== '' : isRecord(error) && Object.keys(error).length > 0
  return says ? answer : undefined
}

const LARGEST_ERROR_ANSWER = 256 * 1024
const ERROR_KEY = Buffer.from('"error"')

type Said = { message: string; code?: string; param?: string; reason?: string }

function errorOf(status: number, said: Said, retryAfterMs: number | undefined): GatewayError {
  const wait = retryAfterMs === undefined ? {} : { retryAfterMs }
  const { code, param, message, reason } = said
  if (status === 401 || (status === 403 && reason === undefined))
    return new GatewayError('provider_auth_failed', "The provider refused the gateway's credential")
  if (status === 429) return new GatewayError('provider_rate_limited', 'The provider is limiting requests', wait)
  if (status === 408) return new GatewayError('provider_timeout', 'The provider took too long')
  if (status >= 500)
    return new GatewayError(
      'provider_unavailable',
      `The provider failed with status ${status}`,
      status === 503 ? wait : {},
    )
  if (status < 400) return new GatewayError('provider_bad_answer', `The provider answered with status ${status}`)
  const details = { ...(param === undefined ? {} : { param }), ...(code === undefined ? {} : { providerCode: code }) }
  const kind = classify(status, said)
  if (kind === 'content_filter' && reason !== undefined)
    return new GatewayError(kind, `${message} (${reason})`, { ...details, providerCode: kind })
  if (kind !== 'provider_rejected') return new GatewayError(kind, message, { ...details, providerCode: kind })
  return new GatewayError(kind, message, { ...details, status, ...(status === 409 ? { clientRetry: true } : {}) })
}

/** Of an error without a status of its own; 502 where it doesn't say. */
function statusIn(answer: unknown): number {
  const error = isRecord(answer) && isRecord(answer['error']) ? answer['error'] : answer
  if (!isRecord(error)) return 502
  for (const value of [error['code'], error['status'], error['status_code']]) {
    const status = Number(value)
    if (Number.isInteger(status) && status >= 400 && status <= 599) return status
  }
  for (const value of [error['code'], error['type'], error['status']]) {
    const status = typeof value === 'string' ? STATUS_OF_WORD[value.toLowerCase()] : undefined
    if (status !== undefined) return status
  }
  return 502
}

/** Codes and types of OpenAI, Anthropic and Google that stand for a status. */
const STATUS_OF_WORD: Readonly<Record<string, number>> = {
  context_length_exceeded: 400,
  content_filter: 400,
  content_policy_violation: 400,
  invalid_prompt: 400,
  invalid_argument: 400,
  invalid_request_error: 400,
  invalid_api_key: 401,
  authentication_error: 401,
  unauthenticated: 401,
  permission_error: 403,
  permission_denied: 403,
  not_found_error: 404,
  model_not_found: 404,
  rate_limit_exceeded: 429,
  rate_limit_error: 429,
  insufficient_quota: 429,
  resource_exhausted: 429,
  server_error: 500,
  internal_error: 500,
  internal_server_error: 500,
  api_error: 500,
  internal: 500,
  service_unavailable: 503,
  unavailable: 503,
  timeout_error: 504,
  deadline_exceeded: 504,
  overloaded_error: 529,
}

function classify(status: number, { code, message, reason }: Said): ErrorCode {
  if (reason !== undefined || (code !== undefined && FILTER_CODES.has(code))) return 'content_filter'
  if (status !== 400 && status !== 413 && status !== 422) return 'provider_rejected'
  if (code === 'context_length_exceeded' || code === 'exceed_context_size_error') return 'context_length_exceeded'
  if (TOO_LONG.some((words) => words.test(message))) return 'context_length_exceeded'
  if (FILTERED.test(message)) return 'content_filter'
  return 'provider_rejected'
}

const FILTER_CODES = new Set([
  'content_filter',
  'content_policy_violation',
  'ResponsibleAIPolicyViolation',
  'data_inspection_failed',
])

/** Anthropic, DeepSeek and OpenAI, where no code says it. */
const FILTERED =
  /content filtering policy|content management policy|content exists risk|flagged as potentially violating/i

/**
 * How a request that is too long for its model is told where no code says it. A limit of the output alone is none: a
 * model with a larger context would refuse it just the same.
 */
const TOO_LONG: readonly RegExp[] = [
  // OpenAI, DeepSeek, OpenRouter, Mistral, SGLang and vLLM: https://github.com/vllm-project/vllm/pull/36197
  /maximum context length/i,
  // OpenAI ("exceeds the context window"), llama.cpp ("exceeds the available context size"), Ollama, Anthropic ("exceed context limit")
  /exceeds? (?:\S+ ){0,4}context (?:window|length|size|limit)/i,
  /longer than (?:\S+ ){0,3}(?:context|maximum model) length/i,
  // Anthropic: https://github.com/entropy-research/Devon/issues/88 ; Fireworks; Bedrock ("Input is too long for requested model")
  /(?:prompt|input) is too long/i,
  // Gemini, Vertex AI
  /input token count .*(?:exceeds the maximum|only supports up to)/i,
  // xAI
  /maximum prompt length/i,
  // Groq, Cerebras, OpenAI
  /reduce the length of (?:the |your )?(?:messages|prompt|input)/i,
  // Together AI, Text Generation Inference
  /`inputs`(?: tokens \+ `max_new_tokens`)? must (?:be|have)/i,
]

/** The provider's own error code, fit for a record: short, and nothing of the request or the credential in it. */
export function errorCodeOf(answer: Buffer | object, secret: string | null): string | undefined {
  const { code } = readError(answer instanceof Buffer ? parse(answer) : answer, secret)
  return code !== undefined && /^[A-Za-z0-9_.:-]{1,64}$/.test(code) ? code : undefined
}

function readError(parsed: unknown, secret: string | null): Said {
  const said: Said = { message: 'The provider refused the request' }
  const outer = Array.isArray(parsed) ? parsed[0] : parsed
  const error = isRecord(outer) && isRecord(outer['error']) ? outer['error'] : outer
  if (!isRecord(error)) return said
  const told = (text: string) => redact(text, secret).slice(0, LONGEST_MESSAGE)
  const message = error['message'] ?? (isRecord(outer) ? outer['error'] : undefined)
  if (typeof message === 'string') said.message = told(message)
  const code = [error['code'], error['type'], error['status']].find((value) => typeof value === 'string')
  if (code !== undefined) said.code = told(code)
  if (typeof error['param'] === 'string') said.param = told(error['param'])
  const reason = filterReason(error)
  if (reason !== undefined) said.reason = told(reason)
  return said
}

/**
 * What a content filter took offence at: Azure's `innererror` names categories,
 * https://learn.microsoft.com/en-us/azure/ai-foundry/openai/concepts/content-filter ; OpenRouter's `metadata` has reasons
 * and comes with a 403, https://openrouter.ai/docs/api-reference/errors
 */
function filterReason(error: Record<string, unknown>): string | undefined {
  const inner = error['innererror'] ?? error['inner_error']
  const results = isRecord(inner) ? (inner['content_filter_result'] ?? inner['content_filter_results']) : undefined
  if (isRecord(results)) {
    const named = Object.keys(results).filter((name) => {
      const result = results[name]
      return isRecord(result) && (result['filtered'] === true || result['detected'] === true)
    })
    if (named.length > 0) return named.join(', ')
  }
  const metadata = error['metadata']
  const reasons = isRecord(metadata) ? metadata['reasons'] : undefined
  if (!Array.isArray(reasons)) return undefined
  const words = reasons.filter((reason) => typeof reason === 'string')
  return words.length > 0 ? words.join(', ') : undefined
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString())
  } catch {
    return undefined
  }
}

const LONGEST_MESSAGE = 2000

const redact = (text: string, secret: string | null) => (secret ? text.replaceAll(secret, '***') : text)

/**
 * Milliseconds from `now`, by `retry-after-ms` or by `retry-after` in seconds or as a date; undefined when it says none, and
 * for more than a year, which is no answer to when.
 */
export function readRetryAfter(headers: IncomingHttpHeaders, now: number): number | undefined {
  const ms = Number(headers['retry-after-ms'])
  if (headers['retry-after-ms'] !== undefined && isDuration(ms)) return ms
  const value = headers['retry-after']
  if (!value) return undefined
  const seconds = Number(value)
  const named = Number.isNaN(seconds) ? Math.max(0, Date.parse(value) - now) : seconds * 1000
  return isDuration(named) ? named : undefined
}

const isDuration = (ms: number) => ms >= 0 && ms <= LONGEST_NAMED_MS
const LONGEST_NAMED_MS = 366 * 86_400_000

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
