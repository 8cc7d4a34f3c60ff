import type { CancelSignal } from '../cancel.ts'
import type { Resource, Target } from '../catalog/snapshot.ts'
import type { Clock } from '../clock.ts'
import type { ErrorCode } from '../errors.ts'
import type { Loan } from '../gate/gate.ts'
import type { Attempt, ExchangeRecord, Operation, Usage } from '../ledger/exchange-record.ts'
import type { Ledger, Noted } from '../ledger/ledger.ts'
import type { Routed } from '../routing/routing.ts'
import type { Extension } from './extension.ts'
import { isUser, type Principal } from './principal.ts'

/** A request as the HTTP layer hands it over. */
export type Call = {
  /** UUIDv7 of the exchange. */
  readonly id: string
  readonly operation: Operation
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** Empty where the method has none. */
  readonly body: Buffer
  readonly sourceAddress: string
  /** Aborts when the client has gone. */
  readonly signal: CancelSignal
}

/** The record of one request while it is being written. It is closed exactly once; whoever closes it also settles its capacity. */
export class Exchange implements Noted {
  /** The ledger's. */
  noted = false
  principal: Principal | undefined
  resource: Resource | undefined
  requestedModel: string | undefined
  stream = false
  user: string | undefined
  extension: Extension = {}
  routed: Routed | undefined
  /** The place of the secondary model that was asked for. */
  secondaryModel: number | undefined
  /** What was borrowed; closed with the exchange. */
  loan: Loan | undefined
  targets: readonly Target[] = []
  readonly attempts: Attempt[] = []
  /** The target that answered. */
  target: Target | undefined
  readonly #call: Call
  readonly #ledger: Pick<Ledger, 'opened' | 'record'>
  readonly #clock: Clock
  readonly #startedAt: number
  readonly #startedMonotonicMs: number
  #timeToFirstTokenMs: number | undefined
  #attemptStartedMs = 0
  #deadlineMs = Infinity
  #providerMs = 0
  #closed = false
  #beginning: string | undefined

  constructor(call: Call, ledger: Pick<Ledger, 'opened' | 'record'>, clock: Clock) {
    this.#call = call
    this.#ledger = ledger
    this.#clock = clock
    this.#startedAt = clock.now()
    this.#startedMonotonicMs = clock.monotonicMs()
  }

  get id(): string {
    return this.#call.id
  }

  /** What the request is expected to use; undefined before it was admitted. */
  get estimate(): { readonly input: number; readonly output: number } | undefined {
    return this.loan?.estimate
  }

  /** Whether a byte has reached a provider. */
  get sent(): boolean {
    return this.attempts.some(({ sent }) => sent)
  }

  /** How many targets were left behind before the one that is tried now. */
  get fallbacks(): number {
    let count = 0
    for (let at = 1; at < this.attempts.length; at++) {
      const before = this.attempts[at - 1]
      const attempt = this.attempts[at]
      if (before?.connectionId !== attempt?.connectionId || before?.model !== attempt?.model) count++
    }
    return count
  }

  /** All of the request may take this long, from its beginning. */
  limitTo(totalMs: number): void {
    this.#deadlineMs = totalMs
  }

  remainingMs(): number {
    return this.#deadlineMs - this.#elapsedMs()
  }

  /** @param waitedMs since the attempt before, on purpose */
  begin({ connection, model }: Target, waitedMs?: number): Attempt {
    const attempt: Attempt = {
      connectionId: connection.id,
      connection: connection.name,
      provider: connection.provider,
      model,
      outcome: 'pending',
      sent: false,
    }
    if (waitedMs !== undefined) {
      attempt.waitedMs = round(waitedMs)
      this.#providerMs += waitedMs
    }
    this.attempts.push(attempt)
    this.#attemptStartedMs = this.#clock.monotonicMs()
    return attempt
  }

  /** The target is not asked, since its circuit is open, or its provider has asked to be left alone. */
  passOver(target: Target, outcome: 'circuit_open' | 'held', waitedMs?: number): void {
    this.begin(target, waitedMs).outcome = outcome
  }

  /** Milliseconds since the last attempt began. */
  attemptMs(): number {
    return this.#clock.monotonicMs() - this.#attemptStartedMs
  }

  end(attempt: Attempt, outcome: Attempt['outcome']): void {
    attempt.outcome = outcome
    attempt.durationMs = round(this.#clock.monotonicMs() - this.#attemptStartedMs)
    this.#providerMs += attempt.durationMs
  }

  /** The first event of a stream is in hand. */
  firstToken(): void {
    this.#timeToFirstTokenMs = round(this.#elapsedMs())
  }

  /** Milliseconds since the request came that were not spent in attempts. */
  overheadMs(): number {
    return round(Math.max(0, this.#elapsedMs() - this.#providerMs))
  }

  /** Journals that a provider is about to be called. Once it resolves, the request has a record even if this process dies. */
  note(): Promise<void> {
    return this.#ledger.opened(this, this.#text('interrupted', 0, undefined))
  }

  /** Writes the record: a promise the first time only. It never rejects. */
  close(outcome: 'ok' | ErrorCode, status: number, usage?: Usage): Promise<void> | undefined {
    if (this.#closed) return undefined
    this.#closed = true
    this.loan?.close(this.sent, usage)
    return this.#ledger.record(this, this.#text(outcome, status, usage))
  }

  #elapsedMs(): number {
    return this.#clock.monotonicMs() - this.#startedMonotonicMs
  }

  /** The record as JSON. What is known before the first attempt is written out once. */
  #text(outcome: ExchangeRecord['outcome'], status: number, usage: Usage | undefined): string {
    this.#beginning ??= this.#begun()
    const attempts = JSON.stringify(this.attempts)
    return `${this.#beginning},"attempts":${attempts}}${this.#ended(outcome, status, usage)}}`
  }

  /** Written by hand, which takes a third of the time: ids and names of ours need no escapes. Ends within the decision. */
  #begun(): string {
    const { principal, resource, extension, routed, secondaryModel } = this
    const { operation, sourceAddress, headers } = this.#call
    const clientRequestId = headers['x-request-id']
    let text = `{"id":"${this.id}","operation":"${operation}","stream":${this.stream},"startedAt":${this.#startedAt}`
    text += textMember('sourceAddress', sourceAddress)
    if (principal)
      text += `,"workspaceId":"${principal.workspaceId}","environmentId":"${principal.environmentId}","${isUser(principal) ? 'userId' : 'apiKeyId'}":"${principal.id}"`
    if (resource) text += `,"resourceId":"${resource.id}"`
    text += textMember('requestedModel', this.requestedModel?.slice(0, 256))
    text += textMember('user', this.user)
    text += textMember('correlationId', extension.correlationId)
    if (typeof clientRequestId === 'string') text += textMember('clientRequestId', printable(clientRequestId))
    if (extension.metadata) text += `,"metadata":${JSON.stringify(extension.metadata)}`
    text += ',"decision":{'
    if (routed && routed.rules.length > 0) text += `"rules":${JSON.stringify(routed.rules)},`
    if (secondaryModel !== undefined) text += `"secondaryModel":${secondaryModel},`
    return `${text}"targets":${JSON.stringify(this.targets.map(nameTarget))}`
  }

  #ended(outcome: ExchangeRecord['outcome'], status: number, usage: Usage | undefined): string {
    const { estimate } = this
    const answered = this.target ?? this.#calling(outcome)
    let text = `,"durationMs":${round(this.#elapsedMs())},"outcome":"${outcome}","status":${status}`
    if (answered) {
      const { connection, model } = answered
      text += `,"connectionId":"${connection.id}"${textMember('provider', connection.provider)}${textMember('model', model)}`
    }
    if (usage) text += `,"usage":${JSON.stringify(usage)}`
    if (estimate) text += `,"estimate":{"input":${estimate.input},"output":${estimate.output}}`
    if (this.#timeToFirstTokenMs !== undefined) text += `,"timeToFirstTokenMs":${this.#timeToFirstTokenMs}`
    return text
  }

  /** While nobody has answered yet, an exchange that breaks off belongs to the target it was being sent to. */
  #calling(outcome: ExchangeRecord['outcome']): Target | undefined {
    const attempt = this.attempts.at(-1)
    // Its limits are charged for a client that has left, too, if it may have done the work.
    if (outcome !== 'interrupted' && !(attempt?.outcome === 'client_closed' && attempt.sent)) return undefined
    return this.targets.find(
      ({ connection, model }) => connection.id === attempt?.connectionId && model === attempt.model,
    )
  }
}

const textMember = (name: string, value: string | undefined): string =>
  value === undefined ? '' : `,"${name}":${JSON.stringify(value)}`

export const nameTarget = ({ connection, model }: Target) => ({
  connectionId: connection.id,
  connection: connection.name,
  model,
})

const round = (ms: number) => Math.round(ms * 1000) / 1000

const printable = (text: string) => text.replace(/[^\x20-\x7e]/g, '?').slice(0, 128)
