import type { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Cancellation } from './cancel.ts'
import { type Call, Exchange } from './completion/exchange.ts'
import type { Gateway } from './completion/pipeline.ts'
import type { Principal } from './completion/principal.ts'
import type { GatewayError } from './errors.ts'
import { exchangeId } from './exchange-id.ts'
import type { Operation } from './ledger/exchange-record.ts'
import { lingeringClose } from './lingering-close.ts'
import type { Log } from './log.ts'
import type { EventSink, EventStream, ProviderReply } from './providers/provider.ts'

/** The request as the path sees it. Fastify has given it away: from here on only the raw response is written to. */
export function accept(request: FastifyRequest, reply: FastifyReply, operation: Operation, body: Buffer): Call {
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

export const EMPTY = Buffer.alloc(0)

export function send(reply: FastifyReply, call: Call, answer: ProviderReply): void {
  if (answer.kind === 'json') return sendJson(reply, call, answer.headers, answer.body)
  const { headers } = answer
  headers['content-type'] = 'text/event-stream; charset=utf-8'
  headers['cache-control'] = 'no-cache'
  headers['x-accel-buffering'] = 'no'
  headers['x-request-id'] = call.id
  reply.raw.writeHead(200, headers)
  answer.stream.start(new ClientStream(reply, answer.stream))
}

export function sendJson(reply: FastifyReply, call: Call, headers: Record<string, string>, body: Buffer): void {
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

export function refuse(reply: FastifyReply, call: Call, error: GatewayError, log: Log): void {
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
export function endRefusal({ complete }: IncomingMessage, response: ServerResponse, body: string | Buffer): void {
  const { socket } = response
  // None where it waits behind another answer on the connection; injected requests have a likeness.
  if (complete || !(socket instanceof Socket)) {
    end(response, body)
    return
  }
  response.write(body)
  lingeringClose(socket)
}

/**
 * Answers what is refused before anyone has read it, and records it while the journal takes records.
 * @param by whom it is known to come from, and for what
 */
export async function refuseUnread(
  { gateway, log }: { readonly gateway: Pick<Gateway, 'ledger' | 'clock'>; readonly log: Log },
  request: FastifyRequest,
  reply: FastifyReply,
  refusal: GatewayError,
  by: { readonly operation?: Operation; readonly principal?: Principal | undefined } = request.routeOptions.config,
): Promise<void> {
  reply.hijack()
  const call = accept(request, reply, by.operation ?? 'unknown', EMPTY)
  const exchange = new Exchange(call, gateway.ledger, gateway.clock)
  exchange.principal = by.principal
  await (gateway.ledger.accepting() ? exchange.close(refusal.code, refusal.status) : undefined)
  refuse(reply, call, refusal, log)
}
