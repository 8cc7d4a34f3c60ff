import type { Authenticator, Principal } from '../api-key/authenticator.ts'
import { allowsModel, nameKey, type Resource, type Target } from '../catalog/snapshot.ts'
import type { Snapshots } from '../catalog/snapshots.ts'
import type { Clock } from '../clock.ts'
import { asGatewayError, GatewayError } from '../errors.ts'
import type { Admission, Gate } from '../gate.ts'
import type { Attempt, Usage } from '../ledger/exchange-record.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { EventSink, EventStream, Provider, ProviderReply } from '../providers/provider.ts'
import { route } from '../routing/router.ts'
import { RequestBody } from '../wire/openai/body.ts'
import { estimateOutputTokens, estimateTokens } from '../wire/openai/tokens.ts'
import { type Call, Exchange } from './exchange.ts'
import { readExtension } from './extension.ts'

/** What the request path is made of; `createGateway` wires it. */
export type Gateway = {
  readonly authenticator: Authenticator
  readonly snapshots: Snapshots
  readonly gate: Gate
  readonly providers: ReadonlyMap<string, Provider>
  readonly ledger: Pick<Ledger, 'accepting' | 'opened' | 'record'>
  readonly clock: Clock
  /** False while the process is shutting down. */
  readonly accepting: () => boolean
}

type Body = { readonly body: RequestBody; readonly model: string }

/**
 * One request to a model, top to bottom. Answers what the client gets, or throws the GatewayError that it gets; in
 * both cases the exchange is recorded exactly once.
 */
export async function complete(gw: Gateway, call: Call): Promise<ProviderReply> {
  return recorded(gw, call, async (exchange) => {
    const principal = await gw.authenticator.authenticate(call.headers)
    exchange.principal = principal
    const { body, model } = read(call, exchange)
    const targets = await resolve(gw, exchange, principal, model)
    exchange.targets = targets
    const { target, admission, reply } = await firstWorkingTarget(gw, call, exchange, principal, targets, body)
    return account(exchange, call, target, admission, reply)
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
    const error = call.signal.aborted ? clientClosed(cause) : asGatewayError(cause)
    const paid = error.code === 'client_closed' && exchange.attempts.some(({ sent }) => sent)
    await exchange.close(error.code, error.status, paid ? guess(exchange) : undefined)
    throw error
  }
}

const notTaken = () => new GatewayError('unavailable', 'The gateway is not taking requests now', { retryAfterMs: 1000 })

const clientClosed = (cause?: unknown) => new GatewayError('client_closed', 'The client closed the request', { cause })

function read(call: Call, exchange: Exchange): Body {
  const body = new RequestBody(call.body)
  const { model, stream, vmx } = body.fields
  if (typeof model !== 'string' || model === '')
    throw new GatewayError('invalid_request', "The field 'model' must be a non-empty string", { param: 'model' })
  if (model.length > LONGEST_MODEL)
    throw new GatewayError('invalid_request', `The field 'model' is longer than ${LONGEST_MODEL} characters`, {
      param: 'model',
    })
  exchange.requestedModel = model
  if (stream !== undefined && stream !== null && typeof stream !== 'boolean') {
    throw new GatewayError('invalid_request', "The field 'stream' must be true or false", { param: 'stream' })
  }
  exchange.stream = stream === true && call.operation !== 'embedding'
  exchange.extension = readExtension(vmx, call.headers)
  exchange.estimate = estimateTokens(call.operation, body.byteLength, body.fields)
  return { body, model }
}

/** A connection's name, a slash, and the longest model name that configuration takes. */
const LONGEST_MODEL = 321

/** The name of a resource, or `<connection>/<model>` where the key lists the connection. */
async function resolve(
  gw: Gateway,
  exchange: Exchange,
  principal: Principal,
  model: string,
): Promise<readonly Target[]> {
  const snapshot = await gw.snapshots.get(principal.environmentId)
  const slash = model.indexOf('/')
  if (slash < 0) {
    const resource = snapshot.resources.get(nameKey(model))
    if (!resource) throw notFound(model)
    if (!mayUse(principal, resource)) throw notAllowed(model)
    exchange.resource = resource
    return route(resource)
  }
  const connection = snapshot.connections.get(nameKey(model.slice(0, slash)))
  const name = model.slice(slash + 1)
  if (!connection || name === '') throw notFound(model)
  if (!principal.connections.includes(connection.id) || !allowsModel(connection, name)) throw notAllowed(model)
  return [{ connection, model: name }]
}

export const mayUse = (principal: Principal, resource: Resource) =>
  principal.resources === 'all' || principal.resources.includes(resource.id)

export const notFound = (model: string) =>
  new GatewayError('model_not_found', `The model '${model}' does not exist`, { param: 'model' })

const notAllowed = (model: string) =>
  new GatewayError('resource_not_allowed', `This API key may not use '${model}'`, { param: 'model' })

/** Gate, then call; on an error that another target can cure, the next one. Nothing has reached the client yet. */
async function firstWorkingTarget(
  gw: Gateway,
  call: Call,
  exchange: Exchange,
  principal: Principal,
  targets: readonly Target[],
  body: RequestBody,
) {
  let last: GatewayError | undefined
  for (const target of targets) {
    const attempt = exchange.begin(target)
    let admission: Admission | undefined
    try {
      admission = await gw.gate.admit({
        exchangeId: exchange.id,
        principal,
        resource: exchange.resource,
        target,
        estimate: exchange.estimate ?? NOTHING,
      })
      await exchange.note()
      if (call.signal.aborted) throw clientClosed()
      const reply = await callProvider(gw, call, exchange, target, attempt, body)
      exchange.end(attempt, 'ok')
      return { target, admission, reply }
    } catch (cause) {
      last = asGatewayError(cause)
      exchange.end(attempt, call.signal.aborted ? 'client_closed' : last.code)
      // A request that reached the provider stays charged there; only what it took of tokens is corrected.
      void (attempt.sent ? admission?.settle(undefined) : admission?.release())?.catch(() => {})
      if (!last.fallback || call.signal.aborted) throw last
    }
  }
  throw last ?? new GatewayError('internal_error', 'No target was tried')
}

const NOTHING = { input: 0, output: 0 }

function callProvider(
  gw: Gateway,
  call: Call,
  exchange: Exchange,
  { connection, model }: Target,
  attempt: Attempt,
  body: RequestBody,
): Promise<ProviderReply> {
  const provider = gw.providers.get(connection.provider)
  if (!provider)
    throw new GatewayError('unavailable', `The provider '${connection.provider}' is not known to this gateway`)
  const { operation, headers, signal } = call
  return provider.call({ operation, connection, model, body, stream: exchange.stream, headers, attempt, signal })
}

/** From here the provider has been paid: nothing below may fail the request or start another attempt. */
async function account(
  exchange: Exchange,
  call: Call,
  target: Target,
  admission: Admission,
  reply: ProviderReply,
): Promise<ProviderReply> {
  exchange.target = target
  const headers = answerHeaders(exchange, target, reply.headers)
  const finish = (outcome: 'ok' | GatewayError, usage: Usage): Promise<void> => {
    const recorded =
      outcome === 'ok'
        ? exchange.close('ok', 200, usage)
        : exchange.close(outcome.code, outcome.code === 'client_closed' ? 499 : 200, usage)
    if (recorded) void admission.settle(usage).catch(() => {})
    return recorded ?? Promise.resolve()
  }
  if (reply.kind === 'json') {
    await finish(
      call.signal.aborted ? clientClosed() : 'ok',
      reply.usage ?? guess(exchange, estimateOutputTokens(reply.body.length)),
    )
    return { ...reply, headers }
  }
  exchange.firstToken()
  const stream = new AccountedStream(exchange, reply.stream, finish)
  // Also for a client that leaves before the first read: then no sink ever hears of the end.
  call.signal.addEventListener('abort', stream.abandoned, { once: true })
  if (call.signal.aborted) stream.abandoned()
  return { kind: 'stream', headers, stream }
}

/** A stream on its way to the client: its record is written before its last event leaves. */
class AccountedStream implements EventStream, EventSink {
  readonly #exchange: Exchange
  readonly #source: EventStream
  readonly #finish: (outcome: 'ok' | GatewayError, usage: Usage) => Promise<void>
  #sink: EventSink | undefined

  constructor(
    exchange: Exchange,
    source: EventStream,
    finish: (outcome: 'ok' | GatewayError, usage: Usage) => Promise<void>,
  ) {
    this.#exchange = exchange
    this.#source = source
    this.#finish = finish
  }

  start(sink: EventSink): void {
    this.#sink = sink
    this.#source.start(this)
  }

  resume(): void {
    this.#source.resume()
  }

  usage(): Usage {
    const usage = this.#source.usage()
    return usage.source === 'reported' ? usage : guess(this.#exchange, usage.output)
  }

  events(bytes: Buffer): boolean {
    return this.#sink?.events(bytes) ?? true
  }

  done(last: Buffer): void {
    void this.#finish('ok', this.usage()).then(() => this.#sink?.done(last))
  }

  failed(error: GatewayError): void {
    const attempt = this.#exchange.attempts.at(-1)
    if (attempt) attempt.outcome = error.code
    void this.#finish(error, this.usage()).then(() => this.#sink?.failed(error))
  }

  readonly abandoned = (): void => {
    void this.#finish(clientClosed(), this.usage())
  }
}

/** Usage of a request that was sent but whose provider reported nothing. */
const guess = ({ estimate }: Exchange, output = estimate?.output ?? 0): Usage => ({
  input: estimate?.input ?? 0,
  cachedInput: 0,
  output,
  reasoning: 0,
  source: 'estimated',
})

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
  headers['x-vmx-fallback'] = String(exchange.attempts.length - 1)
  headers['x-vmx-overhead-ms'] = String(exchange.overheadMs())
  const { correlationId } = exchange.extension
  if (correlationId !== undefined) headers['x-vmx-correlation-id'] = correlationId
  return headers
}

/** Header values are single-line ASCII, whatever a provider calls its models. */
const headerValue = (text: string) => (/^[\x20-\x7e]*$/.test(text) ? text : encodeURIComponent(text.toWellFormed()))
