import type { CancelSignal } from '../cancel.ts'
import type { Target } from '../catalog/snapshot.ts'
import type { GatewayError } from '../errors.ts'
import type { Attempt, Operation, Usage } from '../ledger/exchange-record.ts'
import type { RequestBody } from '../wire/openai/body.ts'
import type { RateLimits } from '../wire/rate-limits.ts'

export type ProviderRequest = {
  readonly operation: Operation
  readonly target: Target
  readonly body: RequestBody
  readonly stream: boolean
  /** Headers of the client; the provider's row says which of them go on. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** Filled while the request runs: `sent`, `status`, `providerRequestId`, `malformedEvents` and what went wrong. */
  readonly attempt: Attempt
  readonly signal: CancelSignal
  /** Is told what an answer says of the target's limits: an answer with success or a 429. */
  readonly rateLimits?: RateLimitListener
  /** What is left of the total time limit, in milliseconds. */
  readonly remainingMs: number
}

export interface RateLimitListener {
  /** Must not throw. */
  note(target: Target, told: RateLimits): void
}

/** Receives a stream. All calls come in order; nothing follows `done` or `failed`. */
export interface EventSink {
  /** Whole events. False asks for a pause until `resume`. */
  events(bytes: Buffer): boolean
  /** The answer is complete; `last` is its last event. */
  done(last: Buffer): void
  failed(error: GatewayError): void
}

/** An answer that is still arriving. Its first event is in hand. */
export interface EventStream {
  /** Starts the flow into `sink`; called at most once. */
  start(sink: EventSink): void
  resume(): void
  /**
   * Tokens so far, also in mid-stream: the provider's counts when they have passed and are not behind what did, else the
   * output estimated by the events that carried text.
   */
  usage(): Usage
}

/** `headers` are what the client is shown of the provider's, by their outgoing names. */
export type ProviderReply =
  | {
      readonly kind: 'json'
      readonly headers: Record<string, string>
      readonly body: Buffer
      readonly usage: Usage | undefined
    }
  | { readonly kind: 'stream'; readonly headers: Record<string, string>; readonly stream: EventStream }

/** PORT. Calls one kind of provider. One call is one HTTP request: nothing is retried below. */
export interface Provider {
  /**
   * Resolves once the provider has answered with success and, when streaming, its first event with data is in hand.
   * Throws a GatewayError otherwise; an abort of `signal` ends the request at once. What went wrong can be told by:
   *
   * | what happened                                         | code                    | `attempt.status` | `attempt.fault`       |
   * | ----------------------------------------------------- | ----------------------- | ---------------- | --------------------- |
   * | 429                                                   | `provider_rate_limited` | 429              |                       |
   * | 500, 502, 503, 504, 529, …                            | `provider_unavailable`  | that             |                       |
   * | 401, 403                                              | `provider_auth_failed`  | that             |                       |
   * | 408                                                   | `provider_timeout`      | 408              |                       |
   * | other 4xx                                             | see `providerError`     | that             |                       |
   * | 200 with an error in its body or first event          | as its code says        | 200              | `error_answer`, `error_event` |
   * | refused, name not found, address not allowed          | `provider_unavailable`  |                  | e.g. `ECONNREFUSED`   |
   * | reset before the headers, by `sent: true`             | `provider_unavailable`  |                  | e.g. `UND_ERR_SOCKET`, `ECONNRESET` |
   * | not connected within `connectMs`                      | `provider_timeout`      |                  | `connect_timeout`     |
   * | no headers within `firstByteMs`                       | `provider_timeout`      |                  | `first_byte_timeout`  |
   * | a stream without an event within `firstTokenMs`       | `provider_timeout`      | 200              | `first_token_timeout` |
   * | a body that stalls for `idleMs`                       | `provider_timeout`      | that             | `idle_timeout`        |
   * | `remainingMs` are over                                | `provider_timeout`      | if known         | `total_timeout`       |
   * | an answer that can't be read                          | `provider_bad_answer`   | that             | e.g. `not_json`, `truncated`, `content_type` |
   *
   * `retryAfterMs` is there where the provider gave one with a 429 or 503. After the first event everything is
   * `provider_stream_failed`, told to the sink, with the same faults.
   */
  call(request: ProviderRequest): Promise<ProviderReply>
  /** Ends every connection, with what is still under way on it. */
  close(): Promise<void>
}
