import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout } from 'node:timers/promises'
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common'
import type { auditRoutes, Policy } from '@vm-x/contract'
import type { EnvironmentContext } from '@vm-x/storage'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Call, environmentOf, userOf } from '../http/call.ts'
import { MANAGEMENT, type Management } from '../http/management.ts'
import { invalidFields, Problem } from '../http/problem.ts'
import { membershipOf, policyOf, requireAccess } from '../http/tenancy.ts'
import { begun } from './begun.ts'
import { exchangeResource } from './exchange-resource.ts'
import { liveTail, type Visible } from './live-tail.ts'
import { hasLeft } from './send-export.ts'
import { parseMark, type TailMark } from './tail-mark.ts'
import { takeOver } from './take-over.ts'

type TailCall = Call<typeof auditRoutes.tailAudit>

/** Each asks the database every second. */
const MOST_TAILS = 50
const MOST_TAILS_OF_A_USER = 5

/** Proxies must not wait for more of it. */
const HEADERS = { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' }

/** The live tails that this process serves. */
@Injectable()
export class TailService implements OnModuleDestroy {
  readonly #shutdown = new AbortController()
  readonly #open = new Set<{ readonly userId: string; readonly ended: Promise<void> }>()

  constructor(@Inject(MANAGEMENT) private readonly management: Management) {}

  /** Whoever listens comes back to another server. What is being read is waited for, clients are not. */
  async onModuleDestroy(): Promise<void> {
    this.#shutdown.abort()
    await Promise.allSettled([...this.#open].map(({ ended }) => ended))
  }

  /** Resolves when the tail has ended. Throws `invalid_fields`, and `unavailable` when there are too many. */
  async serve(call: TailCall, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const from = markOfHeader(request.headers['last-event-id'])
    if (request.method === 'HEAD') return void takeOver(request, reply, HEADERS).end()
    const userId = userOf(call).id
    this.#requireRoom(userId)
    const tail = { userId, ended: this.#serve(call, from, request, reply) }
    this.#open.add(tail)
    await tail.ended.finally(() => this.#open.delete(tail))
  }

  #requireRoom(userId: string): void {
    const refused = (detail: string) => new Problem('unavailable', detail, { retryAfterMs: 5000 })
    if (this.management.gateway.draining()) throw refused('The server is about to stop')
    if ([...this.#open].filter((tail) => tail.userId === userId).length >= MOST_TAILS_OF_A_USER)
      throw refused(`You follow ${MOST_TAILS_OF_A_USER} live tails already, which is all that one user may: end one`)
    if (this.#open.size >= MOST_TAILS)
      throw refused(`This server serves ${MOST_TAILS} live tails already, which is all that it does`)
  }

  async #serve(call: TailCall, from: TailMark | undefined, request: FastifyRequest, reply: FastifyReply) {
    const { audit, clock } = this.management
    const context = environmentOf(call)
    const gone = new AbortController()
    const ending = AbortSignal.any([gone.signal, this.#shutdown.signal])
    reply.raw.on('close', () => gone.abort())
    const events = liveTail({
      read: (limit, after) => audit.tail(context, { ...call.query, limit }, after),
      visible: visibleTo(call.policy, context),
      recheck: async () => {
        const policy = await this.#policyNow(call, request.headers.cookie)
        return policy && visibleTo(policy, context)
      },
      from,
      clock,
      pause: (ms) => setTimeout(ms, undefined, { signal: ending }).catch(() => {}),
      ending: () => ending.aborted,
    })
    const first = await begun(events)
    const response = takeOver(request, reply, HEADERS)
    this.#shutdown.signal.addEventListener('abort', () => response.writableNeedDrain && response.destroy(), {
      signal: gone.signal,
    })
    await pipeline(Readable.from(first, { highWaterMark: 1 }), response).catch((error: unknown) => {
      if (!hasLeft(error)) throw error
    })
  }

  /** What the guard has checked when the tail began, as it is now. */
  async #policyNow({ route, params, signedIn }: TailCall, cookie: string | undefined): Promise<Policy | undefined> {
    const { db, signIn } = this.management
    const now = await signIn.whoIs(cookie)
    if (now?.user.state !== 'active' || now.sessionId !== signedIn?.sessionId) return undefined
    try {
      const membership = await membershipOf(db, now.user.id, environmentOf({ params }))
      const policy = await policyOf(db, now.user.id)
      requireAccess(route, params, policy, membership)
      return policy
    } catch (error) {
      if (error instanceof Problem) return undefined
      throw error
    }
  }
}

const visibleTo =
  (policy: Policy, context: EnvironmentContext): Visible =>
  ({ id }) =>
    policy.allows('audit:get', exchangeResource(context, id))

function markOfHeader(header: string | string[] | undefined): TailMark | undefined {
  if (header === undefined || header === '') return undefined
  const mark = parseMark(String(header))
  if (!mark) throw invalidFields([{ path: 'Last-Event-ID', message: 'is not the id of an event of a tail' }])
  return mark
}
