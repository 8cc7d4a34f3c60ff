import type { Usage } from '../../ledger/exchange-record.ts'
import { OPEN_BRACE, readUsage, USAGE_KEY, valueAfterKey } from './usage.ts'

/** What one push of bytes amounts to. `bytes` may be empty; nothing follows `done` or `error`. */
export type Scanned =
  | { kind: 'events'; bytes: Buffer }
  | { kind: 'done'; bytes: Buffer; last: Buffer }
  | { kind: 'error'; bytes: Buffer; error: unknown }

/**
 * Follows an OpenAI event stream as it passes: cuts it at event ends, finds `[DONE]`, usage, the finish reason and
 * error events, and parses nothing but the few events that hold them.
 */
export class SseScanner {
  /** The provider's counts, once they have passed. */
  usage: Usage | undefined
  /** Pieces pushed so far that held an event: a rough count of output tokens where the provider reports none. */
  pieces = 0
  #finished = false
  /** Pieces of the event that has not ended. */
  #pending: Buffer[] = []
  #pendingBytes = 0
  /** Their last bytes. */
  #edge: Buffer = EMPTY
  readonly #hideUsage: boolean

  /** @param hideUsage drop the event that only carries usage: the gateway asked for it, the client did not */
  constructor(hideUsage: boolean) {
    this.#hideUsage = hideUsage
  }

  /** Bytes kept back because their event has not ended. */
  get pendingBytes(): number {
    return this.#pendingBytes
  }

  push(chunk: Buffer): Scanned {
    // Only what is new can hold the end of an event, with the few bytes before it that a blank line may begin in.
    const fresh = this.#edge.length > 0 ? Buffer.concat([this.#edge, chunk]) : chunk
    const freshEnd = lastEventEnd(fresh)
    if (freshEnd === 0) {
      this.#keep(chunk, fresh)
      return NOTHING
    }
    const data = this.#pending.length > 0 ? Buffer.concat([...this.#pending, chunk]) : chunk
    const rest = fresh.subarray(freshEnd)
    this.#pending = []
    this.#pendingBytes = 0
    this.#edge = EMPTY
    if (rest.length > 0) this.#keep(rest, rest)
    this.pieces++
    return this.#scan(rest.length > 0 ? data.subarray(0, data.length - rest.length) : data)
  }

  #keep(bytes: Buffer, seen: Buffer): void {
    this.#pending.push(bytes)
    this.#pendingBytes += bytes.length
    this.#edge = seen.subarray(-EDGE)
  }

  /**
   * The provider closed the stream. A last event without its blank line counts; without `[DONE]` the answer is
   * complete only if a finish reason has passed. What was cut in its middle is left out. Undefined: cut short.
   */
  end(): Scanned | undefined {
    const tail = this.#pending.length > 0 ? Buffer.concat(this.#pending) : undefined
    this.#pending = []
    this.#pendingBytes = 0
    this.#edge = EMPTY
    const rest = tail && isWhole(eventData(tail)) ? this.#scan(Buffer.concat([tail, BLANK_LINE])) : NOTHING
    if (rest.kind !== 'events') return rest
    return this.#finished ? { kind: 'done', bytes: rest.bytes, last: DONE_EVENT } : undefined
  }

  /** `events`: whole events. The usual piece holds nothing of interest and goes on as it is. */
  #scan(events: Buffer): Scanned {
    if (!this.#finished) this.#finished = hasValue(events, FINISH_KEY, QUOTE)
    if (
      !hasValue(events, USAGE_KEY, OPEN_BRACE) &&
      !events.includes(DONE_MARK) &&
      !hasValue(events, ERROR_KEY, undefined)
    ) {
      return { kind: 'events', bytes: events }
    }
    return this.#scanEach(events)
  }

  #scanEach(events: Buffer): Scanned {
    const kept: Buffer[] = []
    for (let start = 0; start < events.length; ) {
      const end = firstEventEnd(events, start)
      const event = events.subarray(start, end)
      start = end
      const data = eventData(event)
      if (data === '[DONE]') return { kind: 'done', bytes: Buffer.concat(kept), last: event }
      const parsed = data.startsWith('{') ? parse(data) : undefined
      if (parsed?.['error']) return { kind: 'error', bytes: Buffer.concat(kept), error: parsed['error'] }
      const usage = parsed && readUsage(parsed['usage'])
      if (usage) this.usage = usage
      const onlyUsage = usage && Array.isArray(parsed['choices']) && parsed['choices'].length === 0
      if (!(onlyUsage && this.#hideUsage)) kept.push(event)
    }
    return { kind: 'events', bytes: Buffer.concat(kept) }
  }
}

const EMPTY = Buffer.alloc(0)
const NOTHING: Scanned = { kind: 'events', bytes: EMPTY }
/** One less than the longest blank line, `\r\n\r\n`. */
const EDGE = 3
const DONE_EVENT = Buffer.from('data: [DONE]\n\n')
const BLANK_LINE = Buffer.from('\n\n')
const CRLF_BLANK_LINE = Buffer.from('\r\n\r\n')
const DONE_MARK = Buffer.from('[DONE]')
const FINISH_KEY = Buffer.from('"finish_reason"')
const ERROR_KEY = Buffer.from('"error"')
const QUOTE = 0x22
const NULL_START = 0x6e

/** Whether `key` occurs with a value that starts with `first`, or with any but null when `first` is not given. An empty string is none. */
function hasValue(bytes: Buffer, key: Buffer, first: number | undefined): boolean {
  for (let at = bytes.indexOf(key); at >= 0; at = bytes.indexOf(key, at + key.length)) {
    const start = valueAfterKey(bytes, at + key.length)
    const value = bytes[start]
    const empty = value === QUOTE && bytes[start + 1] === QUOTE
    if (!empty && (first === undefined ? value !== undefined && value !== NULL_START : value === first)) return true
  }
  return false
}

/** The position after the last blank line; 0 when there is none. */
function lastEventEnd(bytes: Buffer): number {
  const lf = bytes.lastIndexOf(BLANK_LINE)
  const crlf = bytes.lastIndexOf(CRLF_BLANK_LINE)
  return Math.max(lf < 0 ? 0 : lf + 2, crlf < 0 ? 0 : crlf + 4)
}

function firstEventEnd(bytes: Buffer, from: number): number {
  const lf = bytes.indexOf(BLANK_LINE, from)
  const crlf = bytes.indexOf(CRLF_BLANK_LINE, from)
  const ends = [lf < 0 ? bytes.length : lf + 2, crlf < 0 ? bytes.length : crlf + 4]
  return Math.min(...ends)
}

/** The `data` lines of one event, joined as the event stream format says. */
function eventData(event: Buffer): string {
  const lines: string[] = []
  for (const line of event.toString().split(/\r\n|\n/)) {
    if (line.startsWith('data:')) lines.push(line.startsWith('data: ') ? line.slice(6) : line.slice(5))
  }
  return lines.join('\n').trim()
}

const isWhole = (data: string) => data === '[DONE]' || parse(data) !== undefined

function parse(data: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(data)
  } catch {
    return undefined
  }
}
