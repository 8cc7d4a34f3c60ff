type Row = {
  /** HTTP status towards the client. */
  readonly status: number
  readonly type:
    | 'invalid_request_error'
    | 'authentication_error'
    | 'permission_error'
    | 'rate_limit_error'
    | 'api_error'
  readonly source: 'gateway' | 'provider'
  /** Which other targets may cure it; only ever tried before the first byte has gone to the client. */
  readonly fallback: 'none' | 'next' | 'larger-context'
  /** What `x-should-retry` tells the client's SDK. */
  readonly clientRetry: boolean
  /** When it happens; the reference page is made from this. */
  readonly when: string
}

/** Who is at fault decides the status, whether the client may retry, and whether another target is tried. */
export const ERROR_CODES = {
  invalid_api_key: {
    status: 401,
    type: 'authentication_error',
    source: 'gateway',
    fallback: 'none',
    clientRetry: false,
    when: 'The API key is missing, unknown, expired or disabled, or its secret was replaced.',
  },
  resource_not_allowed: {
    status: 403,
    type: 'permission_error',
    source: 'gateway',
    fallback: 'none',
    clientRetry: false,
    when: "The API key may not use this resource or connection, or may not be used from the client's address.",
  },
  blocked_by_route: {
    status: 403,
    type: 'permission_error',
    source: 'gateway',
    fallback: 'none',
    clientRetry: false,
    when: 'A routing rule of the resource blocks the request; the message is the one of the rule.',
  },
  model_not_found: {
    status: 404,
    type: 'invalid_request_error',
    source: 'gateway',
    fallback: 'none',
    clientRetry: false,
    when: 'There is no resource, or no connection, of this name.',
  },
  unknown_url: {
    status: 404,
    type: 'invalid_request_error',
    source: 'gateway',
    fallback: 'none',
    clientRetry: false,
    when: 'There is no such route.',
  },
  invalid_request: {
    status: 400,
    type: 'invalid_request_error',
    source: 'gateway',
    fallback: 'none',
    clientRetry: false,
    when: 'The request can not be understood: not valid HTTP, JSON or UTF-8, a field of the wrong type (`param` names it), or too large (status 413, the message states the limit).',
  },
  unsupported_parameter: {
    status: 400,
    type: 'invalid_request_error',
    source: 'gateway',
    fallback: 'next',
    clientRetry: false,
    when: 'The target can not do what the request asks for, or a limit that reserves the most a request can use needs a `max_tokens` and text only.',
  },
  request_timeout: {
    status: 408,
    type: 'invalid_request_error',
    source: 'gateway',
    fallback: 'none',
    clientRetry: true,
    when: 'The request did not arrive in time.',
  },
  headers_too_large: {
    status: 431,
    type: 'invalid_request_error',
    source: 'gateway',
    fallback: 'none',
    clientRetry: false,
    when: 'The headers of the request are too large.',
  },
  capacity_exceeded: {
    status: 429,
    type: 'rate_limit_error',
    source: 'gateway',
    fallback: 'none',
    clientRetry: true,
    when: 'A limit of the API key, resource, environment or workspace is reached; the message says which one, its size and its use.',
  },
  target_busy: {
    status: 429,
    type: 'rate_limit_error',
    source: 'gateway',
    fallback: 'next',
    clientRetry: true,
    when: "A limit of the connection, or of the connection's model, is reached.",
  },
  provider_rate_limited: {
    status: 429,
    type: 'rate_limit_error',
    source: 'provider',
    fallback: 'next',
    clientRetry: true,
    when: 'The provider answered 429, or has done so less than a minute ago and named a time that is not over.',
  },
  provider_unavailable: {
    status: 502,
    type: 'api_error',
    source: 'provider',
    fallback: 'next',
    clientRetry: true,
    when: 'The provider could not be reached, answered with a status of 500 or above, or has failed so often that it is not asked for a while.',
  },
  provider_timeout: {
    status: 504,
    type: 'api_error',
    source: 'provider',
    fallback: 'next',
    clientRetry: true,
    when: "The provider did not answer within the resource's time limits.",
  },
  provider_auth_failed: {
    status: 502,
    type: 'api_error',
    source: 'provider',
    fallback: 'next',
    clientRetry: false,
    when: "The provider refused the connection's credential (401 or 403): for the operator to mend.",
  },
  provider_bad_answer: {
    status: 502,
    type: 'api_error',
    source: 'provider',
    fallback: 'next',
    clientRetry: true,
    when: 'The provider answered with something that can not be read.',
  },
  context_length_exceeded: {
    status: 400,
    type: 'invalid_request_error',
    source: 'provider',
    fallback: 'larger-context',
    clientRetry: false,
    when: 'The request is too long for the model.',
  },
  content_filter: {
    status: 400,
    type: 'invalid_request_error',
    source: 'provider',
    fallback: 'none',
    clientRetry: false,
    when: "The provider's content policy refused the request; its reason is kept.",
  },
  provider_rejected: {
    status: 400,
    type: 'invalid_request_error',
    source: 'provider',
    fallback: 'none',
    clientRetry: false,
    when: "The provider refused the request for another reason; status, message and code are the provider's own (409 may be retried; its 408 is a `provider_timeout`).",
  },
  provider_stream_failed: {
    status: 502,
    type: 'api_error',
    source: 'provider',
    fallback: 'none',
    clientRetry: true,
    when: 'The provider failed after the stream had begun: the last event holds this error and no `[DONE]` follows.',
  },
  client_closed: {
    status: 499,
    type: 'api_error',
    source: 'gateway',
    fallback: 'none',
    clientRetry: false,
    when: 'The client left before the answer was complete. Seen in records only.',
  },
  unavailable: {
    status: 503,
    type: 'api_error',
    source: 'gateway',
    fallback: 'none',
    clientRetry: true,
    when: 'The gateway can not serve now: it is shutting down, its journal is full, or its database is away. Not to be retried where waiting cures nothing: no target of the resource is enabled.',
  },
  internal_error: {
    status: 500,
    type: 'api_error',
    source: 'gateway',
    fallback: 'none',
    clientRetry: true,
    when: 'A fault of the gateway itself; its log has the cause under the `x-request-id`.',
  },
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
  /** Overrides what the code says of `x-should-retry`: e.g. false for a request that can never fit. */
  clientRetry?: boolean
  /** The limit that refused, for the record, e.g. `api-key minute requests`. */
  limit?: string
  /** More headers for the client. */
  headers?: Record<string, string>
}

/** A refusal or failure that the client is told about. `message` is for the client, `cause` for the operator. */
export class GatewayError extends Error {
  readonly code: ErrorCode
  readonly param: string | undefined
  /** Mutable: whoever tried knows more of when to try again than who refused. */
  retryAfterMs: number | undefined
  readonly providerCode: string | undefined
  readonly status: number
  readonly limit: string | undefined
  readonly #clientRetry: boolean
  readonly #headers: Record<string, string> | undefined

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, { cause: details.cause })
    this.name = 'GatewayError'
    this.code = code
    this.param = details.param
    this.retryAfterMs = details.retryAfterMs
    this.providerCode = details.providerCode
    this.status = details.status ?? ERROR_CODES[code].status
    this.limit = details.limit
    this.#clientRetry = details.clientRetry ?? ERROR_CODES[code].clientRetry
    this.#headers = details.headers
  }

  /** Which other targets may cure it. */
  get fallback(): Row['fallback'] {
    return ERROR_CODES[this.code].fallback
  }

  /** Headers that tell an SDK whether and when to retry, and who refused. */
  headers(): Record<string, string> {
    const headers: Record<string, string> = {
      ...this.#headers,
      'x-vmx-error-source': ERROR_CODES[this.code].source,
      'x-should-retry': String(this.#clientRetry && this.#waitMs() <= LONGEST_RETRY_MS),
    }
    if (this.retryAfterMs !== undefined) {
      headers['retry-after-ms'] = String(Math.ceil(this.retryAfterMs))
      headers['retry-after'] = String(Math.ceil(this.retryAfterMs / 1000))
    }
    return headers
  }

  /** Of what refuses for now and can't say until when, nobody knows that a retry would help. */
  #waitMs(): number {
    const { status, retryAfterMs } = this
    return retryAfterMs ?? (status === 429 || status === 503 ? Infinity : 0)
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
