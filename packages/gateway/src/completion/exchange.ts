import type { Principal } from '../api-key/authenticator.ts'
import type { CancelSignal } from '../cancel.ts'
import type { Resource, Target } from '../catalog/snapshot.ts'
import type { Clock } from '../clock.ts'
import type { ErrorCode } from '../errors.ts'
import type { Loan } from '../gate/gate.ts'
import type { Attempt, ExchangeRecord, Operation, Usage } from '../ledger/exchange-record.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Routed } from '../routing/routing.ts'
import type { Extension } from './extension.ts'

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
export class Exchange {
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

  /** The target is not asked, since its circuit is open. */
  passOver(target: Target): void {
    this.begin(target).outcome = 'circuit_open'
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
    return this.#ledger.opened(this.#record('interrupted', 0, undefined))
  }

  /** Writes the record: a promise the first time only. It never rejects. */
  close(outcome: 'ok' | ErrorCode, status: number, usage?: Usage): Promise<void> | undefined {
    if (this.#closed) return undefined
    this.#closed = true
    this.loan?.close(this.sent, usage)
    return this.#ledger.record(this.#record(outcome, status, usage))
  }

  #elapsedMs(): number {
    return this.#clock.monotonicMs() - this.#startedMonotonicMs
  }

  #record(outcome: ExchangeRecord['outcome'], status: number, usage: Usage | undefined): ExchangeRecord {
    const { principal, resource, target, extension } = this
    const record: ExchangeRecord = {
      id: this.id,
      operation: this.#call.operation,
      stream: this.stream,
      startedAt: this.#startedAt,
      durationMs: round(this.#elapsedMs()),
      outcome,
      status,
      sourceAddress: this.#call.sourceAddress,
      decision: { targets: this.targets.map(nameTarget), attempts: this.attempts },
    }
    const { routed, secondaryModel, user } = this
    if (routed && routed.rules.length > 0) record.decision.rules = routed.rules
    if (secondaryModel !== undefined) record.decision.secondaryModel = secondaryModel
    if (user !== undefined) record.user = user
    const clientRequestId = this.#call.headers['x-request-id']
    if (typeof clientRequestId === 'string') record.clientRequestId = printable(clientRequestId)
    if (extension.correlationId !== undefined) record.correlationId = extension.correlationId
    if (extension.metadata !== undefined) record.metadata = extension.metadata
    if (this.requestedModel !== undefined) record.requestedModel = this.requestedModel.slice(0, 256)
    if (principal) {
      record.workspaceId = principal.workspaceId
      record.environmentId = principal.environmentId
      record.apiKeyId = principal.id
    }
    if (resource) record.resourceId = resource.id
    if (this.estimate) record.estimate = this.estimate
    if (usage) record.usage = usage
    if (this.#timeToFirstTokenMs !== undefined) record.timeToFirstTokenMs = this.#timeToFirstTokenMs
    const answered = target ?? this.#calling(outcome)
    if (answered) {
      record.connectionId = answered.connection.id
      record.provider = answered.connection.provider
      record.model = answered.model
    }
    return record
  }

  /** While nobody has answered yet, an interrupted exchange belongs to the target it was being sent to. */
  #calling(outcome: ExchangeRecord['outcome']): Target | undefined {
    if (outcome !== 'interrupted') return undefined
    const attempt = this.attempts.at(-1)
    return this.targets.find(
      ({ connection, model }) => connection.id === attempt?.connectionId && model === attempt.model,
    )
  }
}

const nameTarget = ({ connection, model }: Target) => ({
  connectionId: connection.id,
  connection: connection.name,
  model,
})

const round = (ms: number) => Math.round(ms * 1000) / 1000

const printable = (text: string) => text.replace(/[^\x20-\x7e]/g, '?').slice(0, 128)
