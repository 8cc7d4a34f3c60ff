import type { GatewayError } from '../errors.ts'
import type { Attempt, Usage } from '../ledger/exchange-record.ts'
import type { EventSink, EventStream } from '../providers/provider.ts'
import { clientClosed } from './client-closed.ts'

export type StreamAccount = {
  /** Resolves when the record is kept. Only the first call counts. */
  readonly finish: (outcome: 'ok' | GatewayError, usage: Usage) => Promise<void>
  /** The stream has used this so far. */
  readonly progress: (usage: Usage) => void
  /** The usage of a provider that reports none, given the tokens of output that were seen. */
  readonly estimated: (output: number) => Usage
}

/** A stream on its way to the client: its record is written before its last event leaves. */
export class AccountedStream implements EventStream, EventSink {
  readonly #source: EventStream
  readonly #attempt: Attempt
  readonly #account: StreamAccount
  #sink: EventSink | undefined
  #untilProgress = PROGRESS_EVERY

  constructor(source: EventStream, attempt: Attempt, account: StreamAccount) {
    this.#source = source
    this.#attempt = attempt
    this.#account = account
  }

  start(sink: EventSink): void {
    this.#sink = sink
    this.#source.start(this)
  }

  resume(): void {
    this.#source.resume()
  }

  usage(): Usage {
    const usage = this.#source.usage()
    return usage.source === 'reported' ? usage : this.#account.estimated(usage.output)
  }

  events(bytes: Buffer): boolean {
    if (--this.#untilProgress === 0) {
      this.#untilProgress = PROGRESS_EVERY
      this.#account.progress(this.usage())
    }
    return this.#sink?.events(bytes) ?? true
  }

  done(last: Buffer): void {
    void this.#account.finish('ok', this.usage()).then(() => this.#sink?.done(last))
  }

  failed(error: GatewayError): void {
    this.#attempt.outcome = error.code
    void this.#account.finish(error, this.usage()).then(() => this.#sink?.failed(error))
  }

  readonly abandoned = (): void => {
    void this.#account.finish(clientClosed(), this.usage())
  }
}

/** Pieces between two looks at what a stream has used: often enough that no answer is unknown for long. */
const PROGRESS_EVERY = 64
