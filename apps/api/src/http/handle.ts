import {
  applyDecorators,
  createParamDecorator,
  type ExecutionContext,
  HttpCode,
  RequestMapping,
  RequestMethod,
  SetMetadata,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common'
import { MANAGEMENT_PREFIX, type Route } from '@vm-x/contract'
import type { FastifyRequest } from 'fastify'
import { AnswerInterceptor } from './answer.interceptor.ts'
import type { Call } from './call.ts'
import { ManagementGuard } from './management.guard.ts'

export const ROUTE = Symbol('route')

/** Makes a method of a controller answer `route`: who may call it and what it takes is checked before. */
export const Handle = (route: Route) =>
  applyDecorators(
    RequestMapping({
      path: MANAGEMENT_PREFIX + route.path.replace(/\{(\w+)\}/g, ':$1'),
      method: RequestMethod[route.method],
    }),
    HttpCode(route.status),
    SetMetadata(ROUTE, route),
    UseGuards(ManagementGuard),
    UseInterceptors(AnswerInterceptor),
  )

/** The request as the guard has understood it: a parameter of type {@link Call}. */
export const Input = createParamDecorator((_data: unknown, context: ExecutionContext): Call => {
  const call = context.switchToHttp().getRequest<FastifyRequest & { managementCall?: Call }>().managementCall
  if (!call) throw new Error('The route has no guard')
  return call
})
