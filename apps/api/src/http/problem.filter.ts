import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, NotFoundException } from '@nestjs/common'
import { MANAGEMENT_PREFIX } from '@vm-x/contract'
import { GatewayError, type Log } from '@vm-x/gateway'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { HasherBusy } from '../auth/password-hasher.ts'
import { isDatabaseAway } from './database-away.ts'
import { Problem } from './problem.ts'
import { requestIdOf } from './request-id.ts'

type Answer = (request: FastifyRequest, reply: FastifyReply) => Promise<void>

/**
 * Answers what failed: as `problem+json` below the prefix of the management API. What no route is for elsewhere is
 * answered as the data plane does: who comes there is most often a client whose base URL lacks `/v1`.
 */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  readonly #answerUnknownUrl: Answer
  readonly #log: Log
  #quietUntilMs = 0

  constructor(answerUnknownUrl: Answer, log: Log) {
    this.#answerUnknownUrl = answerUnknownUrl
    this.#log = log
  }

  async catch(exception: unknown, host: ArgumentsHost): Promise<void> {
    const http = host.switchToHttp()
    const request = http.getRequest<FastifyRequest>()
    const reply = http.getResponse<FastifyReply>()
    const managed = /^\/management(?![^/?])/.test(request.url)
    if (exception instanceof NotFoundException && !managed) return this.#answerUnknownUrl(request, reply)
    const problem = asProblem(exception)
    this.#tell(request, problem, exception)
    // A stream that fails under way can only be broken off.
    if (reply.raw.headersSent) return void reply.raw.destroy()
    if (problem.retryAfterMs !== undefined) reply.header('retry-after', Math.ceil(problem.retryAfterMs / 1000))
    reply
      .status(problem.status)
      .headers({
        'content-type': 'application/problem+json',
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
      })
      .header('x-request-id', requestIdOf(request))
      .send(JSON.stringify(problem.body(requestIdOf(request))))
  }

  /** What is no fault of ours is told in a line, and not with every request: anybody can send many. */
  #tell(request: FastifyRequest, problem: Problem, exception: unknown): void {
    if (problem.status < 500) return
    const fields = { requestId: requestIdOf(request) }
    const what = `${request.method} ${request.routeOptions.url ?? MANAGEMENT_PREFIX}`
    if (problem.code !== 'unavailable')
      return this.#log.error({ ...fields, err: problem.cause ?? exception }, `${what} failed`)
    const nowMs = performance.now()
    if (nowMs < this.#quietUntilMs) return
    this.#quietUntilMs = nowMs + QUIET_MS
    const { cause } = problem
    this.#log.warn({ ...fields, code: codeOf(cause), reason: problem.message }, `${what} was refused for now`)
  }
}

const QUIET_MS = 1000

/** What the API says of anything that was thrown. */
export function asProblem(exception: unknown): Problem {
  if (exception instanceof Problem) return exception
  if (exception instanceof NotFoundException)
    return new Problem('not_found', `There is no such route; the management API is served under ${MANAGEMENT_PREFIX}`)
  // Nest wraps what Fastify throws.
  const cause = exception instanceof HttpException ? (exception.cause ?? exception) : exception
  const code = codeOf(cause)
  const known = code === undefined ? undefined : BY_CODE[code]
  if (known) return new Problem(known[0], known[1], { cause })
  if (statusOf(cause) < 500) return new Problem('malformed_request', 'The request can not be read', { cause })
  if (cause instanceof HasherBusy)
    return new Problem('too_many_attempts', 'Too many passwords are being made now', { cause, retryAfterMs: 1000 })
  if (cause instanceof GatewayError && cause.code === 'unavailable')
    return new Problem('unavailable', cause.message, { cause, retryAfterMs: cause.retryAfterMs ?? 1000 })
  if (isDatabaseAway(cause))
    return new Problem('unavailable', 'The database does not answer now', { cause, retryAfterMs: 1000 })
  return new Problem('internal_error', 'The log says why, by the request id', { cause })
}

const codeOf = (exception: unknown): string | undefined =>
  exception instanceof Error && 'code' in exception && typeof exception.code === 'string' ? exception.code : undefined

/** Of what frameworks throw before a request gets to us. */
function statusOf(exception: unknown): number {
  if (exception instanceof HttpException) return exception.getStatus()
  if (!(exception instanceof Error && 'statusCode' in exception)) return 500
  return typeof exception.statusCode === 'number' ? exception.statusCode : 500
}

/** Codes of Fastify's parser and of PostgreSQL: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const BY_CODE: Readonly<Record<string, [ConstructorParameters<typeof Problem>[0], string]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: ['body_too_large', 'The body may have at most 1 MiB'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ['unsupported_media_type', 'Send the body as application/json'],
  FST_ERR_CTP_EMPTY_JSON_BODY: ['malformed_request', 'The content type is JSON, but there is no body'],
  FST_ERR_CTP_INVALID_JSON_BODY: ['malformed_request', 'The body is not valid JSON'],
  '23505': ['name_taken', 'Another one has this name'],
  '23503': ['conflict', 'What it refers to was deleted meanwhile, or something new refers to it: read it again'],
  '40001': ['conflict', 'Another change was in the way: try again'],
  '40P01': ['conflict', 'Another change was in the way: try again'],
}
