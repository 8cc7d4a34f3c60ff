import type { IncomingHttpHeaders } from 'node:http'
import { type ErrorCode, GatewayError } from '../../errors.ts'

/**
 * What a provider's refusal means to the client. The provider's words reach the client only where the request is at
 * fault; never when our own credential is, and never with that credential in them.
 */
export function providerError(
  status: number,
  headers: IncomingHttpHeaders,
  body: Buffer,
  secret: string | null,
): GatewayError {
  const said = readError(body, secret)
  if (status === 401 || status === 403)
    return new GatewayError('provider_auth_failed', "The provider refused the gateway's credential")
  if (status === 429) {
    const retryAfterMs = readRetryAfter(headers)
    return new GatewayError(
      'provider_rate_limited',
      'The provider is limiting requests',
      retryAfterMs === undefined ? {} : { retryAfterMs },
    )
  }
  if (status === 408) return new GatewayError('provider_timeout', 'The provider took too long')
  if (status >= 500) return new GatewayError('provider_unavailable', `The provider failed with status ${status}`)
  if (status < 400) return new GatewayError('provider_bad_answer', `The provider answered with status ${status}`)
  const details = {
    ...(said.param === undefined ? {} : { param: said.param }),
    ...(said.code === undefined ? {} : { providerCode: said.code }),
  }
  const code = classify(status, said)
  if (code !== 'provider_rejected') return new GatewayError(code, said.message, { ...details, providerCode: code })
  return new GatewayError(code, said.message, { ...details, status })
}

/** An `{"error": …}` event inside a stream: the provider failed after it had begun to answer. */
export function streamError(): GatewayError {
  return new GatewayError('provider_stream_failed', 'The provider failed while it was answering')
}

type Said = { message: string; code?: string; param?: string }

function classify(status: number, { code, message }: Said): ErrorCode {
  if (status !== 400 && status !== 413) return 'provider_rejected'
  if (code === 'context_length_exceeded' || /context (length|window)|maximum context/i.test(message))
    return 'context_length_exceeded'
  if (code === 'content_filter' || code === 'content_policy_violation') return 'content_filter'
  return 'provider_rejected'
}

/** The provider's own error code, fit for a record: short, and nothing of the request or the credential in it. */
export function errorCodeOf(body: Buffer, secret: string | null): string | undefined {
  const { code } = readError(body, secret)
  return code !== undefined && /^[A-Za-z0-9_.:-]{1,64}$/.test(code) ? code : undefined
}

function readError(body: Buffer, secret: string | null): Said {
  const said: Said = { message: 'The provider refused the request' }
  let parsed: unknown
  try {
    parsed = JSON.parse(body.toString())
  } catch {
    return said
  }
  const outer = Array.isArray(parsed) ? parsed[0] : parsed
  const error = isRecord(outer) && isRecord(outer['error']) ? outer['error'] : outer
  if (!isRecord(error)) return said
  const message = error['message'] ?? (isRecord(outer) ? outer['error'] : undefined)
  if (typeof message === 'string') said.message = redact(message, secret).slice(0, LONGEST_MESSAGE)
  const code = [error['code'], error['type'], error['status']].find((value) => typeof value === 'string')
  if (code !== undefined) said.code = redact(code, secret).slice(0, LONGEST_MESSAGE)
  if (typeof error['param'] === 'string') said.param = redact(error['param'], secret).slice(0, LONGEST_MESSAGE)
  return said
}

const LONGEST_MESSAGE = 2000

const redact = (text: string, secret: string | null) => (secret ? text.replaceAll(secret, '***') : text)

/** Milliseconds, from `retry-after-ms` or `retry-after` in seconds or as a date. */
export function readRetryAfter(headers: IncomingHttpHeaders): number | undefined {
  const ms = Number(headers['retry-after-ms'])
  if (headers['retry-after-ms'] !== undefined && isDuration(ms)) return ms
  const value = headers['retry-after']
  if (!value) return undefined
  const seconds = Number(value)
  if (!Number.isNaN(seconds)) return isDuration(seconds) ? seconds * 1000 : undefined
  const date = Date.parse(value)
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now())
}

const isDuration = (value: number) => value >= 0 && value < Infinity

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
