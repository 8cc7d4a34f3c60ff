import type { CancelSignal } from '../cancel.ts'
import type { Target } from '../catalog/snapshot.ts'
import type { GatewayError } from '../errors.ts'
import type { Attempt, Operation, Usage } from '../ledger/exchange-record.ts'
import type { RequestBody } from '../wire/openai/body.ts'

export type ProviderRequest = {
  readonly operation: Operation
  readonly target: Target
  readonly body: RequestBody
  readonly stream: boolean
  /** Headers of the client; the provider's row says which of them go on. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** Filled while the request runs: `sent`, `status`, `providerRequestId` and what went wrong. */
  readonly attempt: Attempt
  readonly signal: CancelSignal
  /** What is left of the total time limit, in milliseconds. */
  readonly remainingMs: number
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
  /** Tokens so far: the provider's counts when they have passed, else the output estimated from what did. */
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
   * Resolves once the provider has answered with success and, when streaming, its first event is in hand.
   * Throws a GatewayError otherwise; an abort of `signal` ends the request at once.
   */
  call(request: ProviderRequest): Promise<ProviderReply>
  /** Ends every connection, with what is still under way on it. */
  close(): Promise<void>
}
