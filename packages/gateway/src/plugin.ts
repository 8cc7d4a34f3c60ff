import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http'
import { Socket } from 'node:net'
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify'
import { Cancellation } from './cancel.ts'
import { clientClosed } from './completion/client-closed.ts'
import { type Call, Exchange } from './completion/exchange.ts'
import { listModels } from './completion/models.ts'
import { complete, type Gateway } from './completion/pipeline.ts'
import { asGatewayError, GatewayError } from './errors.ts'
import { exchangeId } from './exchange-id.ts'
import type { Operation } from './ledger/exchange-record.ts'
import { isLingering, lingeringClose } from './lingering-close.ts'
import type { Log } from './log.ts'
import type { EventSink, EventStream, ProviderReply } from './providers/provider.ts'
import { readBody } from './read-body.ts'

/** Who may call a route: every route of the data plane names its policy, or it can't be registered. */
export type RoutePolicy = 'api-key'

declare module 'fastify' {
  interface FastifyContextConfig {
    policy?: RoutePolicy
    operation?: Operation
  }
}

export type PluginOptions = { readonly gateway: Gateway; readonly maxBodyBytes: number; readonly log: Log }

/** The routes of the data plane. Register it under each prefix that clients use, e.g. `/v1`. */
export async function gatewayPlugin(app: FastifyInstance, options: PluginOptions): Promise<void> {
  const { gateway, maxBodyBytes, log } = options
  app.addHook('onRoute', requirePolicy)
  // Whatever a client says its body is: where a route reads one, it does so itself.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, _body, done) => done(null))
  const post = (url: string, operation: Operation) => {
    const config = { policy: 'api-key', operation } as const
    // Taken over before Fastify reads the body: what it would do with it, nobody here needs.
    const onRequest = (request: FastifyRequest, reply: FastifyReply) => {
      reply.hijack()
      const refused = (refusal: GatewayError) => void refuseUnread(gateway, request, reply, refusal, log)
      const read = () =>
        readBody(request.raw, maxBodyBytes, (body) => {
          if (body instanceof GatewayError) refused(body)
          else void answer(accept(request, reply, operation, body), reply)
        })
      whenKnown(gateway, request, read, refused)
    }
    app.post(url, { config, onRequest }, (request) => {
      throw new Error(`${request.url} was not taken over`)
    })
  }
  const answer = async (call: Call, reply: FastifyReply) => {
    try {
      send(reply, call, await complete(gateway, call))
    } catch (error) {
      refuse(reply, call, asGatewayError(error), log)
    }
  }
  post('/chat/completions', 'chat')
  post('/completions', 'completion')
  post('/embeddings', 'embedding')

  const get = (url: string) =>
    app.get<{ Params: { '*'?: string } }>(
      url,
      { config: { policy: 'api-key', operation: 'models' } },
      async (request, reply) => {
        reply.hijack()
        const call = accept(request, reply, 'models', EMPTY)
        try {
          const body = Buffer.from(JSON.stringify(await listModels(gateway, call, request.params['*'])))
          sendJson(reply, call, { 'content-type': 'application/json' }, body)
        } catch (error) {
          refuse(reply, call, asGatewayError(error), log)
        }
      },
    )
  get('/models')
  get('/models/*')

  // What fails before its handler is an exchange all the same.
  app.setErrorHandler((error, request, reply) => refuseUnread(gateway, request, reply, asGatewayError(error), log))
  app.setNotFoundHandler(answerUnknownUrl(gateway, log))
}

/**
 * Calls `known` once the request's key is, at once where it can be answered from memory. Bodies are read for known keys
 * only: whoever has none must not make the gateway hold 32 MB. The path asks again: a key may be revoked while a body
 * arrives.
 */
function whenKnown(
  { authenticator }: Pick<Gateway, 'authenticator'>,
  { headers, raw }: FastifyRequest,
  known: () => void,
  refused: (refusal: GatewayError) => void,
): void {
  const failed = (cause: unknown) => refused(raw.destroyed ? clientClosed(cause) : asGatewayError(cause))
  let principal: unknown
  try {
    principal = authenticator.authenticate(headers)
  } catch (error) {
    failed(error)
    return
  }
  if (principal instanceof Promise) void principal.then(known, failed)
  else known()
}

/** Also for what is outside of every prefix: clients whose base URL lacks it arrive there. */
export const answerUnknownUrl =
  (gateway: Pick<Gateway, 'ledger' | 'clock'>, log: Log) =>
  (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const path = request.url.split('?')[0]?.slice(0, LONGEST_PATH)
    const message = `Unknown request URL: ${request.method} ${path}. The API is served under /v1.`
    return refuseUnread(gateway, request, reply, new GatewayError('unknown_url', message), log)
  }

const LONGEST_PATH = 200

/** Answers what is refused before anyone has read it, and records it while the journal takes records. */
async function refuseUnread(
  gateway: Pick<Gateway, 'ledger' | 'clock'>,
  request: FastifyRequest,
  reply: FastifyReply,
  refusal: GatewayError,
  log: Log,
): Promise<void> {
  reply.hijack()
  const call = accept(request, reply, request.routeOptions.config.operation ?? 'unknown', EMPTY)
  const exchange = new Exchange(call, gateway.ledger, gateway.clock)
  await (gateway.ledger.accepting() ? exchange.close(refusal.code, refusal.status) : undefined)
  refuse(reply, call, refusal, log)
}

function requirePolicy(route: RouteOptions): void {
  if (!route.config?.policy)
    throw new Error(`The route ${String(route.method)} ${route.url} names no policy: who may call it?`)
}

/** The request as the path sees it. Fastify has given it away: from here on only the raw response is written to. */
function accept(request: FastifyRequest, reply: FastifyReply, operation: Operation, body: Buffer): Call {
  const gone = new Cancellation()
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) gone.abort()
  })
  // Gone already: then no event tells of it any more.
  if (reply.raw.destroyed) gone.abort()
  return {
    id: exchangeId(),
    operation,
    headers: request.headers,
    body,
    // Undefined once the socket has closed, e.g. when a client breaks off its upload.
    sourceAddress: request.ip ?? 'unknown',
    signal: gone,
  }
}

const EMPTY = Buffer.alloc(0)

function send(reply: FastifyReply, call: Call, answer: ProviderReply): void {
  if (answer.kind === 'json') return sendJson(reply, call, answer.headers, answer.body)
  const { headers } = answer
  headers['content-type'] = 'text/event-stream; charset=utf-8'
  headers['cache-control'] = 'no-cache'
  headers['x-accel-buffering'] = 'no'
  headers['x-request-id'] = call.id
  reply.raw.writeHead(200, headers)
  answer.stream.start(new ClientStream(reply, answer.stream))
}

function sendJson(reply: FastifyReply, call: Call, headers: Record<string, string>, body: Buffer): void {
  headers['x-request-id'] = call.id
  headers['content-length'] = String(body.length)
  reply.raw.writeHead(200, headers)
  end(reply.raw, body)
}

/** Ends an answer. A client that takes nothing of what is left of it is cut off: no other time runs any more. */
function end(response: ServerResponse, last: string | Buffer): void {
  response.end(last)
  if (response.writableLength === 0) return
  // None where it waits behind another answer on the connection; injected requests have a likeness.
  if (response.socket && !(response.socket instanceof Socket)) return
  // The socket's own timer, which begins anew with all that leaves; nobody listens, so it destroys the socket.
  response.setTimeout(LONGEST_STANDSTILL_MS)
  // First of all listeners: Node sets the same timer for the idle connection then, or goes on to the next answer.
  response.prependOnceListener('finish', () => response.socket?.setTimeout(0))
}

/** Node looks each time it has passed whether anything left meanwhile: a client is cut off after one to two of it. */
const LONGEST_STANDSTILL_MS = 60_000

/** Writes a stream to the client, no faster than it reads. */
class ClientStream implements EventSink {
  readonly #raw: FastifyReply['raw']

  constructor({ raw }: FastifyReply, stream: EventStream) {
    this.#raw = raw
    raw.on('drain', () => stream.resume())
  }

  events(bytes: Buffer): boolean {
    return this.#raw.write(bytes)
  }

  done(last: Buffer): void {
    end(this.#raw, last)
  }

  failed(error: GatewayError): void {
    end(this.#raw, `data: ${JSON.stringify(error)}\n\n`)
  }
}

function refuse(reply: FastifyReply, call: Call, error: GatewayError, log: Log): void {
  if (error.code === 'internal_error')
    log.error({ requestId: call.id, err: error.cause }, 'a request failed inside the gateway')
  if (reply.raw.destroyed || reply.raw.headersSent) return
  const body = Buffer.from(JSON.stringify(error))
  const headers = error.headers()
  headers['content-type'] = 'application/json'
  headers['content-length'] = String(body.length)
  headers['x-request-id'] = call.id
  // What is left of a body that was not read would be taken for the next request.
  if (!reply.request.raw.complete) headers['connection'] = 'close'
  reply.raw.writeHead(error.status, headers)
  endRefusal(reply.request.raw, reply.raw, body)
}

/** The client hears of it also while it is still sending. */
function endRefusal({ complete }: IncomingMessage, response: ServerResponse, body: string | Buffer): void {
  const { socket } = response
  // None where it waits behind another answer on the connection; injected requests have a likeness.
  if (complete || !(socket instanceof Socket)) {
    end(response, body)
    return
  }
  response.write(body)
  lingeringClose(socket)
}

/** For the server's `frameworkErrors`: what Fastify refuses before it has a route, e.g. a URL that can't be decoded. */
export const answerFrameworkError =
  (gateway: Pick<Gateway, 'ledger' | 'clock'>, log: Log) =>
  (_error: Error, request: FastifyRequest, reply: FastifyReply): void => {
    const refusal = new GatewayError('invalid_request', 'The request URL is not valid')
    void refuseUnread(gateway, request, reply, refusal, log)
  }

/** For the server's `checkExpectation`: an `expect` header that is not `100-continue`. */
export function answerExpectation(request: IncomingMessage, response: ServerResponse): void {
  const refusal = new GatewayError('invalid_request', "The header 'expect' may only be 100-continue", { status: 417 })
  const body = JSON.stringify(refusal)
  response.writeHead(refusal.status, headersOfRefusal(refusal, body))
  endRefusal(request, response, body)
}

/** Of what is refused outside of the routes, after which the connection is closed. */
const headersOfRefusal = (refusal: GatewayError, body: string): Record<string, string> => ({
  ...refusal.headers(),
  'x-request-id': exchangeId(),
  'content-type': 'application/json',
  'content-length': String(Buffer.byteLength(body)),
  connection: 'close',
})

/**
 * For the server's `clientErrorHandler`: what the HTTP parser refuses is answered in the API's own shape too. Inside of an
 * answer that has begun it would be taken for a part of it: that one is broken off.
 */
export function answerParserError(error: Error & { code?: string }, socket: Socket): void {
  if (isLingering(socket)) return
  const pending = answerOn(socket)
  if (error.code === 'ECONNRESET' || !socket.writable || pending?.headersSent) {
    socket.destroy()
    return
  }
  const refusal = parserError(error.code)
  const body = JSON.stringify(refusal)
  const headers = Object.entries(headersOfRefusal(refusal, body))
  const answer = `HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status] ?? ''}\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`
  // A request that has come whole is worked on: that ends with the socket, so at once.
  if (pending?.req.complete) {
    socket.end(answer, () => socket.destroy())
    return
  }
  socket.write(answer)
  lingeringClose(socket)
}

/** The answer that is being written to the socket, or is next; undefined while none is due. As Node's own handler finds it. */
const answerOn = (socket: Socket & { _httpMessage?: ServerResponse | null }) => socket._httpMessage ?? undefined

function parserError(code: string | undefined): GatewayError {
  if (code === 'HPE_HEADER_OVERFLOW') return new GatewayError('headers_too_large', 'The request headers are too large')
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return new GatewayError('request_timeout', 'The request did not arrive in time')
  return new GatewayError('invalid_request', 'The request is not valid HTTP')
}
