import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common'
import { Reflector } from '@nestjs/core'
import { compilePolicy, type Policy, type Route } from '@vm-x/contract'
import type { Database } from '@vm-x/storage'
import type { FastifyRequest } from 'fastify'
import type { Kysely } from 'kysely'
import { validate as isUuid } from 'uuid'
import { z } from 'zod'
import type { Author } from '../change/author.ts'
import type { Call, SignedIn } from './call.ts'
import { versionOf } from './etag.ts'
import { parsed } from './field-errors.ts'
import { ROUTE } from './handle.ts'
import { MANAGEMENT, type Management } from './management.ts'
import { requireOrigin } from './origin.ts'
import { notFound, Problem } from './problem.ts'
import { requestIdOf } from './request-id.ts'
import { membershipOf, policyOf, requireAccess } from './tenancy.ts'

/**
 * Turns a request to the management API into a {@link Call}, or refuses it: who it is (401), what the path names and
 * whose it is (404), whether they may (403), which version they mean (428), and what they send (422), in this order, so
 * that nobody learns from a refusal what they could not have read.
 */
@Injectable()
export class ManagementGuard implements CanActivate {
  constructor(
    @Inject(Reflector) private readonly reflector: Reflector,
    @Inject(MANAGEMENT) private readonly management: Management,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const route = this.reflector.get<Route>(ROUTE, context.getHandler())
    const request = context.switchToHttp().getRequest<FastifyRequest & { managementCall?: Call }>()
    const signedIn = await this.#signedIn(route, request)
    requireOrigin(request, this.management.allowedOrigins)
    const params = paramsOf(request)
    const policy = await this.#allowed(route, params, signedIn)
    const version = route.ifMatch ? versionOf(request.headers['if-match']) : 0
    request.managementCall = {
      route,
      params,
      query: parsed(route.query ?? NOTHING, request.query) as never,
      body: parsed(route.body ?? NOTHING.optional(), request.body) as never,
      version,
      signedIn,
      policy,
      author: { ...authorOf(request, signedIn), ...recheck(route, params, signedIn) },
    }
    return true
  }

  async #signedIn({ access }: Route, request: FastifyRequest): Promise<SignedIn | undefined> {
    if (access.kind === 'public') return undefined
    const signedIn = await this.management.signIn.whoIs(request.headers.cookie)
    if (!signedIn) throw new Problem('not_signed_in', 'Sign in at POST /management/v1/auth/sign-in')
    const mayChangeOnly = signedIn.user.state === 'must_change_password'
    if (mayChangeOnly && !(access.kind === 'signed-in' && access.whilePasswordExpired))
      throw new Problem('password_change_required', 'Change the password at POST /management/v1/auth/password')
    return signedIn
  }

  async #allowed(route: Route, params: Call['params'], signedIn: SignedIn | undefined): Promise<Policy> {
    return signedIn ? allowed(this.management.db, route, params, signedIn.user.id) : compilePolicy([])
  }
}

/** What the roles permit of who may take this route with these ids; throws what refuses them. */
async function allowed(db: Kysely<Database>, route: Route, params: Call['params'], userId: string): Promise<Policy> {
  const { workspaceId, environmentId } = params
  const membership =
    workspaceId === undefined ? undefined : await membershipOf(db, userId, { workspaceId, environmentId })
  const policy = await policyOf(db, userId)
  requireAccess(route, params, { userId, policy, membership })
  return policy
}

function recheck(route: Route, params: Call['params'], signedIn: SignedIn | undefined): Pick<Author, 'requireAllowed'> {
  if (!signedIn) return {}
  const { id } = signedIn.user
  return {
    requireAllowed: async (db) => {
      const session = await db
        .selectFrom('user_session')
        .innerJoin('user', 'user.id', 'user_session.user_id')
        .where('user_session.id', '=', signedIn.sessionId)
        .select('user.state')
        .executeTakeFirst()
      if (session?.state !== signedIn.user.state) throw new Problem('not_signed_in', 'The session has ended meanwhile')
      await allowed(db, route, params, id)
    },
  }
}

/** Where a route takes none: what can't take effect is refused. */
const NOTHING = z.strictObject({})

/** Ids, in one spelling. What is none can't be the id of anything. */
function paramsOf(request: FastifyRequest): Record<string, string> {
  const params = Object.entries((request.params ?? {}) as Record<string, string>)
  return Object.fromEntries(
    params.map(([name, value]) => {
      if (!isUuid(value)) throw notFound(kindOf(name))
      return [name, value.toLowerCase()]
    }),
  )
}

/** What a parameter is the id of, in words: `aiConnectionId` of an AI connection. */
const kindOf = (parameter: string) =>
  parameter
    .replace(/Id$/, '')
    .replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
    .replace(/^(ai|api)(?= )/, (word) => word.toUpperCase())

function authorOf(request: FastifyRequest, signedIn: SignedIn | undefined): Author {
  return {
    kind: 'user',
    id: signedIn?.user.id ?? null,
    name: signedIn?.user.email ?? 'nobody',
    sourceAddress: request.ip ?? null,
    userAgent: request.headers['user-agent'] ?? null,
    requestId: requestIdOf(request),
  }
}
