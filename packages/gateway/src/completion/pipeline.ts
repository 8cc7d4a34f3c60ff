import type { Authenticator } from '../api-key/authenticator.ts'
import type { ApiKeyEntry } from '../catalog/catalog.ts'
import {
  allowsModel,
  compileTarget,
  type EnvironmentSnapshot,
  nameKey,
  type Resource,
  type Target,
} from '../catalog/snapshot.ts'
import type { Snapshots } from '../catalog/snapshots.ts'
import { namedByClient } from '../catalog/targets-of.ts'
import type { Clock } from '../clock.ts'
import { asGatewayError, GatewayError } from '../errors.ts'
import type { Gate } from '../gate/gate.ts'
import type { Usage } from '../ledger/exchange-record.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Provider, ProviderReply, RateLimitListener } from '../providers/provider.ts'
import type { TargetObserver } from '../routing/routing.ts'
import { RequestBody } from '../wire/openai/body.ts'
import { estimateOutputTokens, measureRequest, type RequestSize } from '../wire/openai/tokens.ts'
import { AccountedStream } from './accounted-stream.ts'
import type { Circuits } from './circuits.ts'
import { clientClosed } from './client-closed.ts'
import { type Call, Exchange } from './exchange.ts'
import { readExtension } from './extension.ts'
import { firstWorkingTarget, type Working } from './first-working-target.ts'
import { guess } from './guess.ts'
import type { Holds } from './holds.ts'
import { refusedPrincipal, type UserPrincipal } from './principal.ts'

/** Finds out what a key had used of its limits before this process began. */
export interface KeySeeder {
  /** To be awaited with each request; undefined once it is known. Never rejects. */
  apiKey(snapshot: EnvironmentSnapshot, apiKey: ApiKeyEntry): Promise<void> | undefined
}

/** What the request path is made of; `createGateway` wires it. */
export type Gateway = {
  readonly authenticator: Authenticator
  readonly snapshots: Snapshots
  readonly seeder: KeySeeder
  readonly gate: Gate
  readonly circuits: Circuits
  readonly holds: Holds
  /** Is told the limits that providers tell of themselves. */
  readonly rateLimits: RateLimitListener
  readonly observer: TargetObserver
  readonly providers: ReadonlyMap<string, Provider>
  readonly ledger: Pick<Ledger, 'accepting' | 'opened' | 'record'>
  readonly clock: Clock
  /** From 0 up to 1. */
  readonly random: () => number
  /** Resolves after `ms`, or at once when `signal` aborts; never rejects. */
  readonly pause: (ms: number, signal: Call['signal']) => Promise<void>
  /** False while the process is shutting down. */
  readonly accepting: () => boolean
}

/**
 * One request to a model, top to bottom. Answers what the client gets, or throws the GatewayError that it gets; in
 * both cases the exchange is recorded exactly once.
 */
export function complete(gw: Gateway, call: Call): Promise<ProviderReply> {
  return recorded(gw, call, async (exchange) => {
    const apiKey = await gw.authenticator.authenticate(call.headers, call.sourceAddress)
    exchange.principal = apiKey
    const asked = read(call, exchange)
    const snapshot = await gw.snapshots.get(apiKey.environmentId)
    await gw.seeder.apiKey(snapshot, apiKey)
    const targets = decide(gw, call, exchange, apiKey, snapshot, asked)
    const working = await firstWorkingTarget(gw, call, exchange, targets, asked.body)
    return await account(gw, call, exchange, working)
  })
}

/** A user's request to one resource. */
export type UserRequest = {
  readonly user: UserPrincipal
  /** Found by its id: by its name another one may be known here still. The name is what the record says was asked for. */
  readonly resource: { readonly id: string; readonly name: string }
}

/** {@link complete} for a user, who may use the resource: no key, so none of its limits, and the body's `model` counts nothing. */
export function completeAs(gw: Gateway, call: Call, { user, resource }: UserRequest): Promise<ProviderReply> {
  return recorded(gw, call, async (exchange) => {
    exchange.principal = user
    const asked = { ...read(call, exchange, resource.name), resourceId: resource.id }
    const snapshot = await gw.snapshots.get(user.environmentId)
    const targets = decide(gw, call, exchange, undefined, snapshot, asked)
    const working = await firstWorkingTarget(gw, call, exchange, targets, asked.body)
    return await account(gw, call, exchange, working)
  })
}

/** Runs `work` with the record of its exchange; whatever it throws closes the record and is told to the client. */
export async function recorded<T>(gw: Gateway, call: Call, work: (exchange: Exchange) => Promise<T>): Promise<T> {
  // The journal can take nothing: a request that could not be recorded is not begun.
  if (!gw.ledger.accepting()) throw notTaken()
  const exchange = new Exchange(call, gw.ledger, gw.clock)
  try {
    if (!gw.accepting()) throw notTaken()
    return await work(exchange)
  } catch (cause) {
    exchange.principal ??= refusedPrincipal(cause)
    const error = call.signal.aborted ? clientClosed(cause) : asGatewayError(cause)
    const paid = error.code === 'client_closed' && exchange.sent
    await exchange.close(error.code, error.status, paid ? guess(exchange) : undefined)
    throw error
  }
}

const notTaken = () => new GatewayError('unavailable', 'The gateway is not taking requests now', { retryAfterMs: 1000 })

type Asked = {
  readonly body: RequestBody
  readonly model: string
  readonly size: RequestSize
  /** Of the resource that is asked, whatever is called `model` here. */
  readonly resourceId?: string
}

/** @param resource asked for instead of the body's `model` */
export function read(call: Call, exchange: Exchange, resource?: string): Asked {
  const body = new RequestBody(call.body)
  const { stream, vmx, user } = body.fields
  const model = resource ?? modelOf(body)
  exchange.requestedModel = model
  if (stream !== undefined && stream !== null && typeof stream !== 'boolean') {
    throw new GatewayError('invalid_request', "The field 'stream' must be true or false", { param: 'stream' })
  }
  exchange.stream = stream === true && call.operation !== 'embedding'
  if (typeof user === 'string') exchange.user = user.slice(0, LONGEST_USER)
  exchange.extension = readExtension(vmx, call.headers)
  return { body, model, size: measureRequest(call.operation, body.byteLength, body.fields) }
}

function modelOf({ fields: { model } }: RequestBody): string {
  if (typeof model !== 'string' || model === '')
    throw new GatewayError('invalid_request', "The field 'model' must be a non-empty string", { param: 'model' })
  if (model.length > LONGEST_MODEL)
    throw new GatewayError('invalid_request', `The field 'model' is longer than ${LONGEST_MODEL} characters`, {
      param: 'model',
    })
  return model
}

/** A connection's name, a slash, and the longest model name that configuration takes. */
const LONGEST_MODEL = 321
const LONGEST_USER = 256

/** The targets in the order in which they are tried: of a resource, or the one that `<connection>/<model>` names. */
function decide(
  gw: Gateway,
  call: Call,
  exchange: Exchange,
  apiKey: ApiKeyEntry | undefined,
  snapshot: EnvironmentSnapshot,
  { body, model, size, resourceId }: Asked,
): readonly Target[] {
  const slash = model.indexOf('/')
  const named = () => (slash < 0 ? resourceFor(apiKey, snapshot, model) : undefined)
  const resource = resourceId === undefined ? named() : resourceWith(resourceId, snapshot, model)
  exchange.resource = resource
  const targets = resource
    ? route(gw, call, exchange, apiKey, resource, body, size)
    : [directTarget(apiKey, snapshot, model, slash)]
  exchange.targets = targets
  const { timeoutMs = Infinity } = exchange.extension
  exchange.limitTo(Math.min(timeoutMs, resource?.totalMs ?? targets[0]?.timeouts.totalMs ?? Infinity))
  const { sourceAddress } = call
  exchange.loan = gw.gate.open({ snapshot, apiKey, resource, sourceAddress, user: exchange.user, size })
  return targets
}

function resourceFor(apiKey: ApiKeyEntry | undefined, snapshot: EnvironmentSnapshot, model: string): Resource {
  const resource = snapshot.resources.get(nameKey(model))
  if (!resource) throw notFound(model)
  if (apiKey && !mayUse(apiKey, resource)) throw notAllowed(model)
  return resource
}

function resourceWith(id: string, snapshot: EnvironmentSnapshot, name: string): Resource {
  for (const resource of snapshot.resources.values()) if (resource.id === id) return resource
  throw notFound(name)
}

/** `<connection>/<model>`, where the key lists the connection. */
function directTarget(
  apiKey: ApiKeyEntry | undefined,
  snapshot: EnvironmentSnapshot,
  model: string,
  slash: number,
): Target {
  const connection = snapshot.connections.get(nameKey(model.slice(0, slash)))
  const name = model.slice(slash + 1)
  if (!connection || name === '') throw notFound(model)
  if (!apiKey?.connections.includes(connection.id) || !allowsModel(connection, name)) throw notAllowed(model)
  return namedByClient(snapshot, compileTarget(connection, name))
}

function route(
  gw: Gateway,
  call: Call,
  exchange: Exchange,
  apiKey: ApiKeyEntry | undefined,
  resource: Resource,
  body: RequestBody,
  size: RequestSize,
): readonly Target[] {
  const targets = routed(gw.gate, call, exchange, apiKey, resource, body, size)
  const blocked = exchange.routed?.blocked
  if (blocked !== undefined) throw new GatewayError('blocked_by_route', blocked)
  if (targets.length === 0) throw new GatewayError('unavailable', `No target of '${resource.name}' is enabled`)
  return targets
}

/**
 * What the resource's rules decide, which the exchange is told, else its model or the secondary model that was asked
 * for; then its fallbacks. None where a rule blocks.
 */
export function routed(
  gate: Pick<Gate, 'expectedInput'>,
  call: Call,
  exchange: Exchange,
  apiKey: ApiKeyEntry | undefined,
  resource: Resource,
  { fields }: RequestBody,
  size: RequestSize,
): readonly Target[] {
  const primary = primaryOf(resource, exchange)
  const { operation, headers } = call
  const { stream, extension } = exchange
  const inputTokens = inputTokensOf(gate, primary, size)
  const { metadata } = extension
  const decision = { operation, fields, headers, stream, metadata, apiKey, primary, inputTokens }
  const decided = resource.routing.decide(decision)
  exchange.routed = decided
  if (decided.blocked !== undefined) return NO_TARGETS
  const first = decided.targets ?? (primary ? [primary] : [])
  const targets = [...first]
  for (const fallback of resource.fallbacks) {
    if (!first.some(({ key }) => key === fallback.key)) targets.push(fallback)
  }
  return targets
}

const NO_TARGETS: readonly Target[] = []

/** As rules see it. */
export const inputTokensOf = (gate: Pick<Gate, 'expectedInput'>, primary: Target | undefined, size: RequestSize) =>
  primary ? gate.expectedInput(primary, size) : Math.ceil(size.textBytes / 4)

export function primaryOf(resource: Resource, exchange: Exchange): Target | undefined {
  const { secondaryModel } = exchange.extension
  if (secondaryModel === undefined) return resource.primary
  const index =
    typeof secondaryModel === 'number'
      ? secondaryModel
      : resource.secondary.findIndex(({ name }) => name !== null && nameKey(name) === nameKey(secondaryModel))
  const secondary = resource.secondary[index]
  if (!secondary) {
    throw new GatewayError('invalid_request', `'${resource.name}' has no secondary model '${secondaryModel}'`, {
      param: 'vmx.secondaryModel',
    })
  }
  exchange.secondaryModel = index
  return secondary.target
}

export const mayUse = (apiKey: ApiKeyEntry, resource: Resource) =>
  apiKey.resources === 'all' || apiKey.resources.includes(resource.id)

export const notFound = (model: string) =>
  new GatewayError('model_not_found', `The model '${model}' does not exist`, { param: 'model' })

const notAllowed = (model: string) =>
  new GatewayError('resource_not_allowed', `This API key may not use '${model}'`, { param: 'model' })

/** From here the provider has been paid: nothing below may fail the request or start another attempt. */
async function account(gw: Gateway, call: Call, exchange: Exchange, working: Working): Promise<ProviderReply> {
  const { target, admission, attempt, reply } = working
  exchange.target = target
  const headers = answerHeaders(exchange, target, reply.headers)
  const finish = (outcome: 'ok' | GatewayError, usage: Usage): Promise<void> => {
    const recorded =
      outcome === 'ok'
        ? exchange.close('ok', 200, usage)
        : exchange.close(outcome.code, outcome.code === 'client_closed' ? 499 : 200, usage)
    if (!recorded) return Promise.resolve()
    admission.settle(usage)
    const failed = outcome !== 'ok' && outcome.code === 'provider_stream_failed'
    if (failed) gw.circuits.failed(target.key)
    gw.observer.ended(target.key, {
      outcome: outcome === 'ok' ? 'ok' : failed ? 'provider_failed' : 'ignored',
      latencyMs: exchange.attemptMs(),
      ttftMs: reply.kind === 'stream' ? attempt.durationMs : undefined,
    })
    return recorded
  }
  if (reply.kind === 'json') {
    await finish(
      call.signal.aborted ? clientClosed() : 'ok',
      reply.usage ?? guess(exchange, estimateOutputTokens(reply.body.length)),
    )
    return { ...reply, headers }
  }
  exchange.firstToken()
  const stream = new AccountedStream(reply.stream, attempt, {
    finish,
    progress: (usage) => admission.progress(usage),
    estimated: (output) => guess(exchange, output),
  })
  // Also for a client that leaves before the first read: then no sink ever hears of the end.
  call.signal.addEventListener('abort', stream.abandoned)
  if (call.signal.aborted) stream.abandoned()
  return { kind: 'stream', headers, stream }
}

function answerHeaders(
  exchange: Exchange,
  { connection, model }: Target,
  provider: Record<string, string>,
): Record<string, string> {
  const headers = provider
  headers['x-vmx-provider'] = connection.provider
  headers['x-vmx-model'] = headerValue(model)
  headers['x-vmx-connection-id'] = connection.id
  headers['x-vmx-attempts'] = String(exchange.attempts.length)
  headers['x-vmx-fallback'] = String(exchange.fallbacks)
  if (exchange.routed?.matched !== undefined) headers['x-vmx-route'] = String(exchange.routed.matched)
  headers['x-vmx-overhead-ms'] = String(exchange.overheadMs())
  const { correlationId } = exchange.extension
  if (correlationId !== undefined) headers['x-vmx-correlation-id'] = correlationId
  return exchange.loan ? Object.assign(headers, exchange.loan.headers()) : headers
}

/** Header values are single-line ASCII, whatever a provider calls its models. */
const headerValue = (text: string) => (/^[\x20-\x7e]*$/.test(text) ? text : encodeURIComponent(text.toWellFormed()))
