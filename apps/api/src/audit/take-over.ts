import type { ServerResponse } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { requestIdOf } from '../http/request-id.ts'

/** Begins an answer that is written bit by bit: from here on, what fails can only break it off. */
export function takeOver(
  request: FastifyRequest,
  reply: FastifyReply,
  headers: Readonly<Record<string, string>>,
): ServerResponse {
  reply.hijack()
  reply.raw.writeHead(200, {
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'x-request-id': requestIdOf(request),
    ...headers,
  })
  return reply.raw
}
