type Row = {
  /** HTTP status towards the client. */
  readonly status: number
  readonly type:
    | 'invalid_request_error'
    | 'authentication_error'
    | 'permission_error'
    | 'rate_limit_error'
    | 'api_error'
  /** Whether another target may cure it; only ever tried before the first byte has gone to the client. */
  readonly fallback: boolean
  /** What `x-should-retry` tells the client's SDK. */
  readonly clientRetry: boolean
  readonly source: 'gateway' | 'provider'
}

const row = (
  status: number,
  type: Row['type'],
  source: Row['source'],
  fallback: boolean,
  clientRetry: boolean,
): Row => ({
  status,
  type,
  source,
  fallback,
  clientRetry,
})

/** Who is at fault decides the status, whether the client may retry, and whether the next target is tried. */
export const ERROR_CODES = {
  invalid_api_key: row(401, 'authentication_error', 'gateway', false, false),
  resource_not_allowed: row(403, 'permission_error', 'gateway', false, false),
  model_not_found: row(404, 'invalid_request_error', 'gateway', false, false),
  blocked_by_route: row(403, 'permission_error', 'gateway', false, false),
  invalid_request: row(400, 'invalid_request_error', 'gateway', false, false),
  unsupported_parameter: row(400, 'invalid_request_error', 'gateway', true, false),
  unknown_url: row(404, 'invalid_request_error', 'gateway', false, false),
  request_timeout: row(408, 'invalid_request_error', 'gateway', false, true),
  headers_too_large: row(431, 'invalid_request_error', 'gateway', false, false),
  capacity_exceeded: row(429, 'rate_limit_error', 'gateway', false, true),
  target_busy: row(429, 'rate_limit_error', 'gateway', true, true),
  provider_rate_limited: row(429, 'rate_limit_error', 'provider', true, true),
  provider_unavailable: row(502, 'api_error', 'provider', true, true),
  provider_timeout: row(504, 'api_error', 'provider', true, true),
  provider_auth_failed: row(502, 'api_error', 'provider', true, false),
  provider_bad_answer: row(502, 'api_error', 'provider', true, true),
  provider_rejected: row(400, 'invalid_request_error', 'provider', false, false),
  provider_stream_failed: row(502, 'api_error', 'provider', false, true),
  context_length_exceeded: row(400, 'invalid_request_error', 'provider', false, false),
  content_filter: row(400, 'invalid_request_error', 'provider', false, false),
  client_closed: row(499, 'api_error', 'gateway', false, false),
  unavailable: row(503, 'api_error', 'gateway', false, true),
  internal_error: row(500, 'api_error', 'gateway', false, true),
} as const satisfies Record<string, Row>

export type ErrorCode = keyof typeof ERROR_CODES

export type ErrorDetails = {
  /** For operators only; never leaves the process. */
  cause?: unknown
  /** The field of the request that is at fault. */
  param?: string
  /** When a retry can succeed, computed from what refused. */
  retryAfterMs?: number
  /** The provider's own status and code, where the client is to see them instead of ours. */
  status?: number
  providerCode?: string
}

/** A refusal or failure that the client is told about. `message` is for the client, `cause` for the operator. */
export class GatewayError extends Error {
  readonly code: ErrorCode
  readonly param: string | undefined
  readonly retryAfterMs: number | undefined
  readonly providerCode: string | undefined
  readonly status: number

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, { cause: details.cause })
    this.name = 'GatewayError'
    this.code = code
    this.param = details.param
    this.retryAfterMs = details.retryAfterMs
    this.providerCode = details.providerCode
    this.status = details.status ?? ERROR_CODES[code].status
  }

  get fallback(): boolean {
    return ERROR_CODES[this.code].fallback
  }

  /** Headers that tell an SDK whether and when to retry, and who refused. */
  headers(): Record<string, string> {
    const { source, clientRetry } = ERROR_CODES[this.code]
    const headers: Record<string, string> = {
      'x-vmx-error-source': source,
      'x-should-retry': String(clientRetry && (this.retryAfterMs ?? 0) <= LONGEST_RETRY_MS),
    }
    if (this.retryAfterMs !== undefined) {
      headers['retry-after-ms'] = String(Math.ceil(this.retryAfterMs))
      headers['retry-after'] = String(Math.ceil(this.retryAfterMs / 1000))
    }
    return headers
  }

  /** The body in OpenAI's shape. */
  toJSON(): { error: { message: string; type: string; code: string; param: string | null } } {
    return {
      error: {
        message: this.message,
        type: ERROR_CODES[this.code].type,
        code: this.providerCode ?? this.code,
        param: this.param ?? null,
      },
    }
  }
}

/** A wait longer than this is the client's to plan, not its SDK's. */
const LONGEST_RETRY_MS = 60_000

export const asGatewayError = (error: unknown): GatewayError =>
  error instanceof GatewayError
    ? error
    : new GatewayError('internal_error', 'The gateway failed to handle the request', { cause: error })
