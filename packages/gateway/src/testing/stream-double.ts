import type { GatewayError } from '../errors.ts'
import type { Usage } from '../ledger/exchange-record.ts'
import type { EventSink, EventStream } from '../providers/provider.ts'

export const USAGE: Usage = { input: 7, cachedInput: 0, output: 3, reasoning: 0, source: 'reported' }

/** A provider's stream whose events the test sends by hand. */
export class StreamDouble implements EventStream {
  sink: EventSink | undefined
  resumed = 0
  counts: Usage = USAGE

  start(sink: EventSink): void {
    this.sink = sink
  }

  resume(): void {
    this.resumed++
  }

  usage(): Usage {
    return this.counts
  }

  events(text: string): boolean | undefined {
    return this.sink?.events(Buffer.from(text))
  }

  done(): void {
    this.sink?.done(Buffer.from('data: [DONE]\n\n'))
  }

  failed(error: GatewayError): void {
    this.sink?.failed(error)
  }
}

/** A client that notes what it is sent. */
export class SinkDouble implements EventSink {
  text = ''
  ended: 'done' | GatewayError | undefined

  events(bytes: Buffer): boolean {
    this.text += bytes.toString()
    return true
  }

  done(last: Buffer): void {
    this.text += last.toString()
    this.ended = 'done'
  }

  failed(error: GatewayError): void {
    this.ended = error
  }
}
