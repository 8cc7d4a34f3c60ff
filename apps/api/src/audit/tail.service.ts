import { Readable } from 'node:stream'
import { setTimeout } from 'node:timers/promises'
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common'
import type { auditRoutes, Policy } from '@vm-x/contract'
import type { EnvironmentContext } from '@vm-x/storage'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Call, environmentOf, userOf } from '../http/call.ts'
import { MANAGEMENT, type Management } from '../http/management.ts'
import { invalidFields } from '../http/problem.ts'
import { accessNow } from './access-now.ts'
import { begun } from './begun.ts'
import { exchangeResource } from './exchange-resource.ts'
import { liveTail, type Visible } from './live-tail.ts'
import { send } from './send.ts'
import { Streams } from './streams.ts'
import { parseMark, type TailMark } from './tail-mark.ts'
import { takeOver } from './take-over.ts'

type TailCall = Call<typeof auditRoutes.tailAudit>

/** Each asks the database every second. */
const LIMITS = { what: 'live tails', most: 50, mostOfAUser: 5 }

/** Proxies must not wait for more of it. */
const HEADERS = { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' }

/** The live tails that this process serves. */
@Injectable()
export class TailService implements OnModuleDestroy {
  readonly #streams: Streams

  constructor(@Inject(MANAGEMENT) private readonly management: Management) {
    this.#streams = new Streams({ ...LIMITS, draining: () => management.gateway.draining() })
  }

  /** Whoever listens comes back to another server. */
  onModuleDestroy(): Promise<void> {
    return this.#streams.close()
  }

  /** Resolves when the tail has ended. Throws `invalid_fields`, and `unavailable` when there are too many. */
  async serve(call: TailCall, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const from = markOfHeader(request.headers['last-event-id'])
    if (request.method === 'HEAD') return void takeOver(request, reply, HEADERS).end()
    await this.#streams.run(userOf(call).id, (shutdown) => this.#send({ call, from, request, reply, shutdown }))
  }

  async #send({ call, from, request, reply, shutdown }: Tail): Promise<void> {
    const { audit, clock } = this.management
    const context = environmentOf(call)
    const gone = new AbortController()
    const ending = AbortSignal.any([gone.signal, shutdown])
    reply.raw.on('close', () => gone.abort())
    const events = liveTail({
      read: (limit, after) => audit.tail(context, { ...call.query, limit }, after),
      visible: visibleTo(call.policy, context),
      recheck: async () => {
        const policy = await accessNow(this.management, call, request.headers.cookie)
        return policy && visibleTo(policy, context)
      },
      from,
      clock,
      pause: (ms) => setTimeout(ms, undefined, { signal: ending }).catch(() => {}),
      ending: () => ending.aborted,
    })
    const first = await begun(events)
    const response = takeOver(request, reply, HEADERS)
    // Nobody takes the end of it.
    shutdown.addEventListener('abort', () => response.writableNeedDrain && response.destroy(), { signal: gone.signal })
    await send([Readable.from(first, { highWaterMark: 1 })], response)
  }
}

type Tail = {
  readonly call: TailCall
  readonly from: TailMark | undefined
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly shutdown: AbortSignal
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
