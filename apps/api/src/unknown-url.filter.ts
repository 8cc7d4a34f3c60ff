import { type ArgumentsHost, Catch, type ExceptionFilter, NotFoundException } from '@nestjs/common'
import type { FastifyReply, FastifyRequest } from 'fastify'

/** Answers what no route is for as the API does: who comes here is most often a client whose base URL lacks `/v1`. */
@Catch(NotFoundException)
export class UnknownUrlFilter implements ExceptionFilter {
  readonly #answer: (request: FastifyRequest, reply: FastifyReply) => Promise<void>

  constructor(answer: (request: FastifyRequest, reply: FastifyReply) => Promise<void>) {
    this.#answer = answer
  }

  catch(_exception: NotFoundException, host: ArgumentsHost): Promise<void> {
    const http = host.switchToHttp()
    return this.#answer(http.getRequest(), http.getResponse())
  }
}
