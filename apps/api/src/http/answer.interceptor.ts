import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { map, type Observable } from 'rxjs'
import type { Call } from './call.ts'
import { etagOf } from './etag.ts'
import { requestIdOf } from './request-id.ts'

/** Sends what the contract says and nothing else: an answer with more, or less, in it is an error of ours. */
@Injectable()
export class AnswerInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp()
    const request = http.getRequest<FastifyRequest & { managementCall: Call }>()
    const reply = http.getResponse<FastifyReply>()
    const { answer } = request.managementCall.route
    return next.handle().pipe(
      map((value: unknown) => {
        // Answers that are no JSON have taken the response over.
        if (reply.sent) return value
        reply.headers({
          'cache-control': 'no-store',
          'x-content-type-options': 'nosniff',
          'x-request-id': requestIdOf(request),
        })
        if (!answer) return undefined
        const body = answer.parse(value)
        if (isVersioned(body)) reply.header('etag', etagOf(body.version))
        return body
      }),
    )
  }
}

const isVersioned = (body: unknown): body is { version: number } =>
  typeof body === 'object' && body !== null && 'version' in body && typeof body.version === 'number'
