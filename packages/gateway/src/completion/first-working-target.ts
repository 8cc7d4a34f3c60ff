import { DEFAULT_RETRIES } from '@vm-x/contract'
import type { Resource, Target } from '../catalog/snapshot.ts'
import { asGatewayError, ERROR_CODES, GatewayError } from '../errors.ts'
import type { Admission } from '../gate/gate.ts'
import type { Attempt } from '../ledger/exchange-record.ts'
import type { ProviderReply } from '../providers/provider.ts'
import type { RequestBody } from '../wire/openai/body.ts'
import { clientClosed } from './client-closed.ts'
import type { Call, Exchange } from './exchange.ts'
import { guess } from './guess.ts'
import type { Gateway } from './pipeline.ts'
import { clientWait, type FailedTry, holdOf, retryWait } from './retry.ts'

/** A target that answered, and what it was lent. */
export type Working = {
  readonly target: Target
  readonly attempt: Attempt
  readonly admission: Admission
  readonly reply: ProviderReply
}

/**
 * Tries targets in order until one answers; nothing has reached the client yet. Throws the last error that says
 * something about the request: of a target that was asked, if in vain, rather than of one that was passed over.
 */
export async function firstWorkingTarget(
  gw: Gateway,
  call: Call,
  exchange: Exchange,
  targets: readonly Target[],
  body: RequestBody,
): Promise<Working> {
  const { attempts } = exchange
  let said: GatewayError | undefined
  let rest = targets
  for (let [target] = rest; target; [target] = rest) {
    rest = rest.slice(1)
    const before = attempts.length
    const tried = await tryTarget(gw, call, exchange, target, rest, body)
    if (!(tried instanceof GatewayError)) return tried
    // One that no target can cure says more than that some were passed over.
    const final = tried.fallback === 'none' && !attempts.some(wasAsked)
    if (!said || final || attempts.slice(before).some(wasAsked)) said = tried
    rest = able(exchange.resource, tried, target, rest)
    if (exchange.remainingMs() <= 0) break
  }
  throw said ?? new GatewayError('internal_error', 'No target was tried')
}

/** Also when it could not be reached; not when the gateway itself would not or could not ask. */
const wasAsked = ({ sent, outcome }: Attempt): boolean => sent || PROVIDER_CODES.has(outcome)

const PROVIDER_CODES: ReadonlySet<string> = new Set(
  Object.entries(ERROR_CODES).flatMap(([code, { source }]) => (source === 'provider' ? [code] : [])),
)

/** The targets that may cure the error of the one before. */
function able(
  resource: Resource | undefined,
  error: GatewayError,
  failed: Target,
  rest: readonly Target[],
): readonly Target[] {
  const { code, fallback } = error
  if (fallback === 'none') return []
  const causes: ReadonlySet<string> | null | undefined = resource?.fallbackOn
  if (causes && !causes.has(code)) return []
  if (fallback === 'next') return rest
  const size = failed.about.contextTokens
  return size === null ? [] : rest.filter(({ about }) => (about.contextTokens ?? 0) > size)
}

/** One target, as often as its faults and the resource allow. Throws only what ends the request. */
async function tryTarget(
  gw: Gateway,
  call: Call,
  exchange: Exchange,
  target: Target,
  rest: readonly Target[],
  body: RequestBody,
): Promise<Working | GatewayError> {
  const { resource } = exchange
  const retries = resource?.retries ?? DEFAULT_RETRIES
  let error: GatewayError | undefined
  let waitedMs: number | undefined
  for (let tries = 1; ; tries++) {
    const hold = gw.holds.enter(target.key)
    const held = hold === 'held' || hold === 'probed' ? heldTry(gw, target) : undefined
    const tried = held ?? (await askOnce(gw, call, exchange, target, body, { waitedMs, isHoldProbe: hold === 'probe' }))
    if (tried === 'circuit_open') return error ?? failing(gw.circuits.opensInMs(target.key))
    if (!('error' in tried)) return tried
    if (call.signal.aborted) throw clientClosed(tried.error)
    // What it said before says more than that it was held, or that there is no room to ask it again.
    if (!error || !(held || tried.error.code === 'target_busy')) error = tried.error
    // To wait for what another request finds out is no try.
    if (hold === 'probed' && tries > 1) tries--
    const failed = { ...tried, tries, alone: isAlone(gw, resource, tried.error, target, rest) }
    const waitMs = retryWait(failed, retries, gw.random)
    const told = held ? error : tried.error
    told.retryAfterMs = clientWait(failed, retries)
    const isLate = waitMs !== undefined && waitMs >= exchange.remainingMs()
    // Its circuit has opened meanwhile: there would be nobody to ask after the wait.
    if (waitMs === undefined || isLate || gw.circuits.opensInMs(target.key) > waitMs) {
      if (held) exchange.passOver(target, 'held', waitedMs)
      return error
    }
    waitedMs = held ? (waitedMs ?? 0) + waitMs : waitMs
    await gw.pause(waitMs, call.signal)
    if (call.signal.aborted) throw clientClosed(error)
  }
}

type Failed = Pick<FailedTry, 'error' | 'attempt'>

/** As if the target had been asked, and had answered what it answered those who asked before. */
function heldTry(gw: Gateway, { key }: Target): Failed {
  const details = { retryAfterMs: gw.holds.heldMs(key) }
  return { error: new GatewayError('provider_rate_limited', 'The provider is limiting requests', details), attempt: {} }
}

/** Unless its circuit is open. */
async function askOnce(
  gw: Gateway,
  call: Call,
  exchange: Exchange,
  target: Target,
  body: RequestBody,
  { waitedMs, isHoldProbe }: { readonly waitedMs: number | undefined; readonly isHoldProbe: boolean },
): Promise<Working | Failed | 'circuit_open'> {
  const circuit = gw.circuits.enter(target.key)
  if (circuit === 'open') {
    if (isHoldProbe) gw.holds.unanswered(target.key)
    exchange.passOver(target, 'circuit_open', waitedMs)
    return 'circuit_open'
  }
  const attempt = exchange.begin(target, waitedMs)
  if (circuit === 'probe') attempt.probe = true
  const tried = await tryOnce(gw, call, exchange, target, attempt, body)
  if (isHoldProbe) {
    const isAnswered = !(tried instanceof GatewayError) || (wasAsked(attempt) && tried.code !== 'client_closed')
    if (isAnswered) gw.holds.answered(target.key)
    else gw.holds.unanswered(target.key)
  }
  return tried instanceof GatewayError ? { error: tried, attempt } : tried
}

/** Nobody else could serve the request now. */
const isAlone = (
  { circuits, holds }: Gateway,
  resource: Resource | undefined,
  error: GatewayError,
  target: Target,
  rest: readonly Target[],
): boolean =>
  !able(resource, error, target, rest).some(({ key }) => circuits.opensInMs(key) === 0 && holds.heldMs(key) === 0)

const failing = (opensInMs: number) =>
  new GatewayError('provider_unavailable', 'The provider has failed repeatedly and is not asked for a while', {
    retryAfterMs: Math.max(1, opensInMs),
  })

/** Gate, note, call: one HTTP request to the provider. */
async function tryOnce(
  gw: Gateway,
  call: Call,
  exchange: Exchange,
  target: Target,
  attempt: Attempt,
  body: RequestBody,
): Promise<Working | GatewayError> {
  let admission: Admission | undefined
  let observed = false
  try {
    admission = await exchange.loan?.admit(target)
    if (!admission) throw new GatewayError('internal_error', 'Nothing was opened to borrow from')
    await exchange.note()
    if (call.signal.aborted) throw clientClosed()
    gw.observer.began(target.key)
    observed = true
    const reply = await callProvider(gw, call, exchange, target, attempt, body)
    exchange.end(attempt, 'ok')
    gw.circuits.succeeded(target.key)
    return { target, attempt, admission, reply }
  } catch (cause) {
    const error = call.signal.aborted ? clientClosed(cause) : asGatewayError(cause)
    exchange.end(attempt, error.code)
    if (error.limit !== undefined) attempt.limit = error.limit
    // A request that reached the provider stays charged there; only what it took of tokens is corrected. Where the
    // client has left, nobody will say how much that was.
    if (attempt.sent) admission?.settle(error.code === 'client_closed' ? guess(exchange) : undefined)
    else admission?.release()
    const holdMs = holdOf(error)
    if (holdMs !== undefined) gw.holds.hold(target, holdMs)
    const verdict = VERDICTS[error.code]
    if (verdict === 'failed') gw.circuits.failed(target.key, attempt.probe)
    else if (verdict === 'succeeded') gw.circuits.succeeded(target.key)
    else if (attempt.probe) gw.circuits.undecided(target.key)
    if (observed) gw.observer.ended(target.key, { outcome: isProviderFault(error) ? 'provider_failed' : 'ignored' })
    return error
  }
}

function callProvider(
  gw: Gateway,
  call: Call,
  exchange: Exchange,
  target: Target,
  attempt: Attempt,
  body: RequestBody,
): Promise<ProviderReply> {
  const { provider: name } = target.connection
  const provider = gw.providers.get(name)
  if (!provider) throw new GatewayError('unavailable', `The provider '${name}' is not known to this gateway`)
  const { operation, headers, signal } = call
  const { stream } = exchange
  return provider.call({
    operation,
    target,
    body,
    stream,
    headers,
    attempt,
    signal,
    rateLimits: gw.rateLimits,
    remainingMs: exchange.remainingMs(),
  })
}

/** What an error says of whether its target works. */
const VERDICTS: { readonly [code in GatewayError['code']]?: 'failed' | 'succeeded' } = {
  provider_unavailable: 'failed',
  provider_timeout: 'failed',
  provider_bad_answer: 'failed',
  provider_auth_failed: 'failed',
  provider_rejected: 'succeeded',
  context_length_exceeded: 'succeeded',
  content_filter: 'succeeded',
}

const isProviderFault = ({ code }: GatewayError) => VERDICTS[code] === 'failed' || code === 'provider_rate_limited'
