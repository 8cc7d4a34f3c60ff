import type { IncomingMessage } from 'node:http'
import { GatewayError } from './errors.ts'

/**
 * Collects a request's body and hands it over once, or why there is none: larger than `maxBytes`, or its client left.
 * Nothing is read that is known to be too large.
 */
export function readBody(
  request: IncomingMessage,
  maxBytes: number,
  done: (body: Buffer | GatewayError) => void,
): void {
  if (Number(request.headers['content-length']) > maxBytes) return done(tooLarge(maxBytes))
  // Then no event will tell.
  if (request.destroyed) return done(left())
  const reading = new Reading(request, maxBytes, done)
  request.on('data', reading.data).on('end', reading.end).on('error', reading.failed).on('close', reading.closed)
}

/** `end`, an error and `close` may follow each other: only the first of them counts. */
class Reading {
  readonly #request: IncomingMessage
  readonly #maxBytes: number
  readonly #done: (body: Buffer | GatewayError) => void
  #first: Buffer | undefined
  /** There are more pieces than one. */
  #more: Buffer[] | undefined
  #bytes = 0
  #over = false

  constructor(request: IncomingMessage, maxBytes: number, done: (body: Buffer | GatewayError) => void) {
    this.#request = request
    this.#maxBytes = maxBytes
    this.#done = done
  }

  readonly data = (piece: Buffer): void => {
    if (this.#over) return
    this.#bytes += piece.length
    if (this.#bytes > this.#maxBytes) {
      this.#finish(tooLarge(this.#maxBytes))
      this.#request.pause()
    } else if (!this.#first) this.#first = piece
    else if (this.#more) this.#more.push(piece)
    else this.#more = [this.#first, piece]
  }

  readonly end = (): void => {
    this.#finish(this.#more ? Buffer.concat(this.#more, this.#bytes) : (this.#first ?? EMPTY))
  }

  readonly failed = (cause: Error): void => {
    this.#finish(left(cause))
  }

  readonly closed = (): void => {
    if (!this.#over) this.#finish(left())
  }

  #finish(result: Buffer | GatewayError): void {
    if (this.#over) return
    this.#over = true
    this.#first = undefined
    this.#more = undefined
    this.#done(result)
  }
}

const EMPTY = Buffer.alloc(0)

const tooLarge = (maxBytes: number) =>
  new GatewayError('invalid_request', `The request body is larger than ${maxBytes} bytes`, { status: 413 })

const left = (cause?: Error) => new GatewayError('client_closed', 'The client closed the request', { cause })
