import { Controller, Inject, Req, Res } from '@nestjs/common'
import { authRoutes as routes } from '@vm-x/contract'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Call, param, signedInOf } from '../http/call.ts'
import { Handle, Input } from '../http/handle.ts'
import { AuthService } from './auth.service.ts'
import { isSecureCookie } from './secure-cookie.ts'
import type { Caller } from './sign-in.ts'

@Controller()
export class AuthController {
  constructor(@Inject(AuthService) private readonly auth: AuthService) {}

  @Handle(routes.signIn)
  async signIn(
    @Input() call: Call<typeof routes.signIn>,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { user, setCookie } = await this.auth.signIn(call.author, { ...call.body, ...callerOf(request) })
    reply.header('set-cookie', setCookie)
    return { user }
  }

  @Handle(routes.signOut)
  async signOut(
    @Input() call: Call<typeof routes.signOut>,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    reply.header('set-cookie', await this.auth.signOut(call.author, request.headers.cookie, callerOf(request)))
  }

  @Handle(routes.getCurrentSession)
  current(@Input() call: Call<typeof routes.getCurrentSession>) {
    return this.auth.current(signedInOf(call))
  }

  @Handle(routes.changePassword)
  async changePassword(
    @Input() call: Call<typeof routes.changePassword>,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { author, body } = call
    reply.header('set-cookie', await this.auth.changePassword(author, signedInOf(call), body, callerOf(request)))
  }

  @Handle(routes.listSessions)
  async sessions(@Input() call: Call<typeof routes.listSessions>) {
    return { items: await this.auth.sessions(signedInOf(call)) }
  }

  @Handle(routes.revokeSession)
  revoke(@Input() call: Call<typeof routes.revokeSession>) {
    return this.auth.revoke(call.author, signedInOf(call), param(call, 'sessionId'))
  }
}

const callerOf = (request: FastifyRequest): Caller => ({
  address: request.ip ?? 'unknown',
  userAgent: request.headers['user-agent'] ?? '',
  secure: isSecureCookie(request),
})
