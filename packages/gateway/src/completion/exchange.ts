import type { Principal } from '../api-key/authenticator.ts'
import type { CancelSignal } from '../cancel.ts'
import type { Resource, Target } from '../catalog/snapshot.ts'
import type { Clock } from '../clock.ts'
import type { ErrorCode } from '../errors.ts'
import type { Loan } from '../gate/gate.ts'
import type { Attempt, DecisionRecord, ExchangeRecord, Operation, Usage } from '../ledger/exchange-record.ts'
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

/** Fields that `JSON.stringify` leaves out while they are not known. */
type Known<T> = { [K in keyof T]: undefined extends T[K] ? T[K] | undefined : T[K] }
type EndingField =
  | 'durationMs'
  | 'outcome'
  | 'status'
  | 'connectionId'
  | 'provider'
  | 'model'
  | 'usage'
  | 'estimate'
  | 'timeToFirstTokenMs'
type Ending = Known<Pick<ExchangeRecord, EndingField>>
type Beginning = Known<Omit<ExchangeRecord, EndingField | 'decision'>> & {
  decision: Known<Omit<DecisionRecord, 'attempts'>>
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
    return this.#ledger.opened(this.id, this.#text('interrupted', 0, undefined))
  }

  /** Writes the record: a promise the first time only. It never rejects. */
  close(outcome: 'ok' | ErrorCode, status: number, usage?: Usage): Promise<void> | undefined {
    if (this.#closed) return undefined
    this.#closed = true
    this.loan?.close(this.sent, usage)
    return this.#ledger.record(this.id, this.#text(outcome, status, usage))
  }

  #elapsedMs(): number {
    return this.#clock.monotonicMs() - this.#startedMonotonicMs
  }

  /** The record as JSON. What is known since before the first attempt is written out once. */
  #text(outcome: ExchangeRecord['outcome'], status: number, usage: Usage | undefined): string {
    this.#beginning ??= JSON.stringify(this.#begun())
    const attempts = JSON.stringify(this.attempts)
    const ended = JSON.stringify(this.#ended(outcome, status, usage))
    // The attempts go into the decision, which comes last.
    return `${this.#beginning.slice(0, -2)},"attempts":${attempts}},${ended.slice(1)}`
  }

  #begun(): Beginning {
    const { principal, resource, extension, routed, secondaryModel, user } = this
    const begun: Beginning = {
      id: this.id,
      operation: this.#call.operation,
      stream: this.stream,
      startedAt: this.#startedAt,
      sourceAddress: this.#call.sourceAddress,
      workspaceId: principal?.workspaceId,
      environmentId: principal?.environmentId,
      apiKeyId: principal?.id,
      resourceId: resource?.id,
      requestedModel: this.requestedModel?.slice(0, 256),
      user,
      correlationId: extension.correlationId,
      clientRequestId: undefined,
      metadata: extension.metadata,
      decision: {
        rules: routed && routed.rules.length > 0 ? routed.rules : undefined,
        secondaryModel,
        targets: this.targets.map(nameTarget),
      },
    }
    const clientRequestId = this.#call.headers['x-request-id']
    if (typeof clientRequestId === 'string') begun.clientRequestId = printable(clientRequestId)
    return begun
  }

  #ended(outcome: ExchangeRecord['outcome'], status: number, usage: Usage | undefined): Ending {
    const answered = this.target ?? this.#calling(outcome)
    return {
      durationMs: round(this.#elapsedMs()),
      outcome,
      status,
      connectionId: answered?.connection.id,
      provider: answered?.connection.provider,
      model: answered?.model,
      usage,
      estimate: this.estimate,
      timeToFirstTokenMs: this.#timeToFirstTokenMs,
    }
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
