import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify'
import { accept, EMPTY, endRefusal, refuse, refuseUnread, send, sendJson } from './answering.ts'
import { clientClosed } from './completion/client-closed.ts'
import type { Call } from './completion/exchange.ts'
import { listModels } from './completion/models.ts'
import { complete, type Gateway } from './completion/pipeline.ts'
import { type Principal, refusedPrincipal } from './completion/principal.ts'
import { asGatewayError, GatewayError } from './errors.ts'
import { exchangeId } from './exchange-id.ts'
import type { Operation } from './ledger/exchange-record.ts'
import { isLingering, lingeringClose } from './lingering-close.ts'
import type { Log } from './log.ts'
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
      const refused: Refused = (refusal, principal) =>
        void refuseUnread({ gateway, log }, request, reply, refusal, { operation, principal })
      const read = (principal: Principal) =>
        readBody(request.raw, maxBodyBytes, (body) => {
          if (body instanceof GatewayError) refused(body, principal)
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
  app.setErrorHandler((error, request, reply) => refuseUnread({ gateway, log }, request, reply, asGatewayError(error)))
  app.setNotFoundHandler(answerUnknownUrl(gateway, log))
}

/** @param principal whom the request comes from, as far as that is known */
type Refused = (refusal: GatewayError, principal: Principal | undefined) => void

/**
 * Calls `known` once the request's key is, at once where it can be answered from memory. Bodies are read for known keys
 * only: whoever has none must not make the gateway hold 32 MB. The path asks again: a key may be revoked while a body
 * arrives.
 */
function whenKnown(
  { authenticator }: Pick<Gateway, 'authenticator'>,
  { headers, ip, raw }: FastifyRequest,
  known: (principal: Principal) => void,
  refused: Refused,
): void {
  const failed = (cause: unknown) =>
    refused(raw.destroyed ? clientClosed(cause) : asGatewayError(cause), refusedPrincipal(cause))
  let principal: Principal | Promise<Principal>
  try {
    principal = authenticator.authenticate(headers, ip ?? 'unknown')
  } catch (error) {
    failed(error)
    return
  }
  if (principal instanceof Promise) void principal.then(known, failed)
  else known(principal)
}

/** Also for what is outside of every prefix: clients whose base URL lacks it arrive there. */
export const answerUnknownUrl =
  (gateway: Pick<Gateway, 'ledger' | 'clock'>, log: Log) =>
  (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const path = request.url.split('?')[0]?.slice(0, LONGEST_PATH)
    const message = `Unknown request URL: ${request.method} ${path}. The API is served under /v1.`
    return refuseUnread({ gateway, log }, request, reply, new GatewayError('unknown_url', message))
  }

const LONGEST_PATH = 200

function requirePolicy(route: RouteOptions): void {
  if (!route.config?.policy)
    throw new Error(`The route ${String(route.method)} ${route.url} names no policy: who may call it?`)
}

/** For the server's `frameworkErrors`: what Fastify refuses before it has a route, e.g. a URL that can't be decoded. */
export const answerFrameworkError =
  (gateway: Pick<Gateway, 'ledger' | 'clock'>, log: Log) =>
  (_error: Error, request: FastifyRequest, reply: FastifyReply): void => {
    const refusal = new GatewayError('invalid_request', 'The request URL is not valid')
    void refuseUnread({ gateway, log }, request, reply, refusal)
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
