import type { ErrorCode } from '../errors.ts'

/** `unknown`: the request was refused before it was clear what it asks for. */
export type Operation = 'chat' | 'completion' | 'embedding' | 'models' | 'unknown'

/** Tokens of one exchange. `cachedInput` is part of `input`, `reasoning` part of `output`. */
export type Usage = {
  input: number
  cachedInput: number
  output: number
  reasoning: number
  /** Counted by the provider, or guessed by us because no count arrived. */
  source: 'reported' | 'estimated'
}

/** One HTTP request to a provider, or the decision not to make one. */
export type Attempt = {
  connectionId: string
  connection: string
  provider: string
  model: string
  /**
   * `circuit_open`: passed over, since it failed repeatedly and its next probe is not due. `held`: passed over, since its
   * provider has answered 429 and named a time that is not over.
   */
  outcome: 'pending' | 'ok' | 'circuit_open' | 'held' | ErrorCode
  /** A byte of it has left for the provider. */
  sent: boolean
  /** The provider's HTTP status. */
  status?: number
  /** The provider's own error code, e.g. `rate_limit_exceeded`. */
  providerCode?: string
  providerRequestId?: string
  /** Why no usable answer came, as the transport names it, e.g. `ECONNREFUSED`, `address_not_allowed`. */
  fault?: string
  /** Events of its stream that were no JSON and therefore left out; absent when there were none. */
  malformedEvents?: number
  /** Milliseconds from its start to its outcome. */
  durationMs?: number
  /** Milliseconds that were waited before it. */
  waitedMs?: number
  /** The circuit was open and this request was let through to see whether the target is back. */
  probe?: true
  /** The limit that refused it, e.g. `connection minute requests`. */
  limit?: string
}

/** One comparison of a rule, and what came of it. Never a value of the request. */
export type ConditionResult = { field: string; op: string; result: boolean }

/** What one routing rule came to. */
export type RuleResult = {
  /** Its place in the resource's list, counted from 0. */
  index: number
  result:
    | 'matched'
    | 'not_matched'
    | 'disabled'
    /** It matched, but its share of the traffic went to others. */
    | 'not_in_traffic'
    /** It matched, but none of its targets is enabled. */
    | 'no_target'
    /** It could not be evaluated. */
    | 'failed'
  /** The comparisons that were made, in order; those of an expression are not told apart. */
  conditions?: ConditionResult[]
}

/** Why the exchange went where it went. Never holds a value of the request's content. */
export type DecisionRecord = {
  /** The rules that were looked at, in order; the last one decided if it matched. */
  rules?: readonly RuleResult[]
  /** The caller asked for this secondary model: its place in the list. */
  secondaryModel?: number
  /** In the order in which they would be tried. */
  targets: { connectionId: string; connection: string; model: string }[]
  attempts: Attempt[]
}

/**
 * What happened to one request, whatever happened: exactly one per request, also for refusals.
 * Absent fields were not known when it ended. Times are milliseconds since the epoch, durations milliseconds.
 */
export type ExchangeRecord = {
  /** UUIDv7; the client sees it as `x-request-id`. */
  id: string
  correlationId?: string
  /** The `x-request-id` the client sent; not unique. */
  clientRequestId?: string
  workspaceId?: string
  environmentId?: string
  apiKeyId?: string
  /** Who asked, where it was a user who is signed in and no API key. */
  userId?: string
  resourceId?: string
  operation: Operation
  /** The model name the client asked for. */
  requestedModel?: string
  stream: boolean
  startedAt: number
  durationMs: number
  /** `interrupted`: the process died before the exchange ended. */
  outcome: 'ok' | 'interrupted' | ErrorCode
  /** HTTP status towards the client; 499 when it had left. */
  status: number
  /** The target that answered. */
  connectionId?: string
  provider?: string
  model?: string
  usage?: Usage
  /** What the request was expected to use before it was sent, in tokens. */
  estimate?: { input: number; output: number }
  timeToFirstTokenMs?: number
  sourceAddress: string
  metadata?: Record<string, string>
  /** The request's own `user`. */
  user?: string
  decision: DecisionRecord
}
