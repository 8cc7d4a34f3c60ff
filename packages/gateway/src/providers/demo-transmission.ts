import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { setImmediate as turn, setTimeout as wait } from 'node:timers/promises'
import { isContinuation } from './demo-answers.ts'
import type { DemoModel } from './demo-model.ts'

/** What goes over the wire after the headers, and how it ends. */
export type Transmission = {
  /** Each in a write of its own. */
  readonly pieces: readonly (string | Buffer)[]
  /** `stall`: nothing more comes, the connection stays. `cut`: the connection is destroyed. */
  readonly ending: 'end' | 'stall' | 'cut'
  /** As promised in the headers, which a faulty answer does not keep; undefined for a stream. */
  readonly contentLength: number | undefined
  readonly firstPieceMs: number
  readonly intervalMs: number
}

/** A JSON body as the model wants it sent. */
export function bodyTransmission(body: string, model: DemoModel): Transmission {
  const faulty = model.stall !== undefined || model.cut !== undefined
  const bytes = Buffer.from(body)
  const sent = faulty ? bytes.subarray(0, bytes.length >> 1) : bytes
  return paced(model, model.split ? awkwardPieces(sent) : [sent], bytes.length)
}

/** The events of an answer, given by their `data`, as the model wants them sent. */
export function streamTransmission(data: readonly string[], model: DemoModel): Transmission {
  const events = withFaults(data, model).map((value) => `data: ${value}\n\n`)
  const kept = events.slice(0, Math.min(model.stall ?? Infinity, model.cut ?? Infinity))
  const commented = model.comments ? kept.flatMap((event) => [COMMENT, event]) : kept
  const lines = model.crlf ? commented.map((event) => event.replaceAll('\n', '\r\n')) : commented
  if (model.split) return paced(model, awkwardPieces(Buffer.from(lines.join(''))))
  return paced(model, model.interval === undefined ? [lines.join('')] : lines)
}

/** An event stream that makes no sense. */
export const junkTransmission = (model: DemoModel): Transmission =>
  paced(model, ['<html>\n\ndata: junk\n\n\u0000event\n\ndata: {"choices":\n\ndata\n\n'])

/** Whether everything can be written at once. */
export const isPlain = (plan: Transmission): boolean =>
  plan.pieces.length <= 1 && plan.ending === 'end' && plan.firstPieceMs === 0

/**
 * Sends the body of an answer whose headers are set; stops when the client has gone. Resolves when the last piece is
 * written; what is left to do after a cut is up to the caller.
 */
export async function transmit(response: ServerResponse, plan: Transmission): Promise<void> {
  response.flushHeaders()
  if (plan.firstPieceMs > 0) await pause(plan.firstPieceMs)
  for (const [index, piece] of plan.pieces.entries()) {
    if (index > 0) await pause(plan.intervalMs)
    if (response.destroyed) return
    if (piece.length > 0 && !response.write(piece)) await drained(response)
  }
  if (plan.ending === 'end') response.end()
}

const COMMENT = ': demo comment\n\n'

function paced(model: DemoModel, pieces: Transmission['pieces'], contentLength?: number): Transmission {
  const ending = model.cut !== undefined ? 'cut' : model.stall !== undefined ? 'stall' : 'end'
  return { pieces, ending, contentLength, firstPieceMs: model['first-token'] ?? 0, intervalMs: model.interval ?? 0 }
}

function withFaults(data: readonly string[], model: DemoModel): string[] {
  const events = [...data]
  const broken = model['error-event']
  if (broken === undefined && !model['no-done']) events.push('[DONE]')
  if (broken !== undefined) events.splice(broken - 1, Infinity, errorEvent(model))
  if (model.malformed !== undefined) events.splice(model.malformed - 1, 0, '{"id":"chatcmpl-demo","choices":[{"ind')
  return events
}

const errorEvent = (model: DemoModel): string =>
  JSON.stringify({
    error: {
      message: 'The demo provider failed while it answered, as its model name asked',
      type: 'server_error',
      param: null,
      code: model.code ?? 'server_error',
    },
  })

/** Cut inside every character of several bytes, between the line ends of a blank line, and else every few bytes. */
function awkwardPieces(bytes: Buffer): Buffer[] {
  const pieces: Buffer[] = []
  let start = 0
  for (let at = 1; at <= bytes.length; at++) {
    const awkward = isContinuation(bytes[at]) || (isLineEnd(bytes[at - 1]) && isLineEnd(bytes[at]))
    if (!awkward && at - start < USUAL_PIECE && at < bytes.length) continue
    pieces.push(bytes.subarray(start, at))
    start = at
  }
  return pieces
}

const USUAL_PIECE = 11
const isLineEnd = (byte: number | undefined) => byte === 0x0a || byte === 0x0d

/** Timers don't keep the process alive: the server does. */
const pause = (ms: number): Promise<unknown> => (ms > 0 ? wait(ms, undefined, { ref: false }) : turn())

async function drained(response: ServerResponse): Promise<void> {
  const stop = new AbortController()
  const options = { signal: stop.signal }
  await Promise.race([once(response, 'drain', options), once(response, 'close', options)]).finally(() => stop.abort())
}
