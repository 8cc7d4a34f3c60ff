import type { AuditExchange } from '@vm-x/contract'

export type ExchangeOutcome = AuditExchange['outcome']
export type Attempt = AuditExchange['decision']['attempts'][number]
export type AttemptOutcome = Attempt['outcome']

/** `refused`: by the gateway, as somebody has configured or because of the request; `failed`: somebody has to mend it. */
export type OutcomeTone = 'answered' | 'refused' | 'failed' | 'neutral'

type Outcome = {
  readonly title: string
  /** What it means, in a sentence. */
  readonly meaning: string
  readonly tone: OutcomeTone
}

/** What an exchange, or one of its attempts, came to, in words. */
export const OUTCOMES: Readonly<Record<ExchangeOutcome | AttemptOutcome, Outcome>> = {
  ok: { title: 'Answered', meaning: 'The answer was complete.', tone: 'answered' },
  pending: { title: 'Not finished', meaning: 'It had not come to an end when this was recorded.', tone: 'neutral' },
  circuit_open: {
    title: 'Passed over: failing',
    meaning: 'The target had failed so often that it was not asked for a while.',
    tone: 'neutral',
  },
  held: {
    title: 'Passed over: told to wait',
    meaning: 'The provider had answered 429 and named a time that was not over.',
    tone: 'neutral',
  },
  interrupted: {
    title: 'Cut off',
    meaning: "The gateway's process ended before the exchange did. What it used is estimated.",
    tone: 'failed',
  },
  invalid_api_key: {
    title: 'API key refused',
    meaning: 'The API key is missing, unknown, expired or disabled, or its secret was replaced.',
    tone: 'refused',
  },
  resource_not_allowed: {
    title: 'Not allowed for this key',
    meaning: "The API key may not use this resource or connection, or not from the client's address.",
    tone: 'refused',
  },
  blocked_by_route: {
    title: 'Blocked by a rule',
    meaning: 'A routing rule of the resource blocks such requests.',
    tone: 'refused',
  },
  model_not_found: {
    title: 'No such resource',
    meaning: 'There was no resource and no connection of the name that was asked for.',
    tone: 'refused',
  },
  unknown_url: { title: 'No such address', meaning: 'The API has no such path.', tone: 'refused' },
  invalid_request: {
    title: 'Request not understood',
    meaning: 'It was not valid, had a field of the wrong type, or was too large.',
    tone: 'refused',
  },
  unsupported_parameter: {
    title: 'Parameter not supported',
    meaning: 'The target can not do what the request asks for, or a limit needs the request to state its most.',
    tone: 'refused',
  },
  request_timeout: { title: 'Request too slow', meaning: 'The request did not arrive in time.', tone: 'refused' },
  headers_too_large: {
    title: 'Headers too large',
    meaning: 'The headers of the request were too large.',
    tone: 'refused',
  },
  capacity_exceeded: {
    title: 'Limit reached',
    meaning: 'A limit of the API key, resource, environment or workspace was reached.',
    tone: 'refused',
  },
  target_busy: {
    title: 'Target at its limit',
    meaning: "A limit of the connection, or of the connection's model, was reached.",
    tone: 'refused',
  },
  provider_rate_limited: {
    title: 'Provider: too many requests',
    meaning: 'The provider answered 429, or had done so shortly before and named a time that was not over.',
    tone: 'failed',
  },
  provider_unavailable: {
    title: 'Provider unavailable',
    meaning: 'It could not be reached, answered with a fault of its own, or had failed too often to be asked.',
    tone: 'failed',
  },
  provider_timeout: {
    title: 'Provider too slow',
    meaning: "It did not answer within the resource's time limits.",
    tone: 'failed',
  },
  provider_auth_failed: {
    title: 'Credential refused',
    meaning: "The provider refused the connection's credential. Set a valid one in the connection.",
    tone: 'failed',
  },
  provider_bad_answer: {
    title: 'Unreadable answer',
    meaning: 'The provider answered with something that can not be read.',
    tone: 'failed',
  },
  context_length_exceeded: {
    title: 'Too long for the model',
    meaning: 'The request has more tokens than the model takes.',
    tone: 'refused',
  },
  content_filter: {
    title: 'Refused by content policy',
    meaning: "The provider's content policy refused the request.",
    tone: 'refused',
  },
  provider_rejected: {
    title: 'Refused by the provider',
    meaning: 'The provider refused the request for a reason of its own.',
    tone: 'refused',
  },
  provider_stream_failed: {
    title: 'Stream broke off',
    meaning: 'The provider failed after the answer had begun.',
    tone: 'failed',
  },
  client_closed: {
    title: 'Client left',
    meaning: 'The client left before the answer was complete.',
    tone: 'neutral',
  },
  unavailable: {
    title: 'Gateway unavailable',
    meaning: 'The gateway could not serve: it was shutting down, could not keep records, or no target was enabled.',
    tone: 'failed',
  },
  internal_error: {
    title: 'Fault of the gateway',
    meaning: 'The cause is in its log, under the id of this exchange.',
    tone: 'failed',
  },
}

/** What a rule of the resource came to. */
export const RULE_RESULTS = {
  matched: 'Matched and decided',
  not_matched: 'Did not match',
  disabled: 'Disabled',
  not_in_traffic: 'Matched, but left to the others by its share of the traffic',
  no_target: 'Matched, but none of its targets was enabled',
  failed: 'Could not be evaluated',
} as const
