import type { Usage } from '../../ledger/exchange-record.ts'
import { readUsage } from './usage.ts'

/** What one push of bytes amounts to. `bytes` may be empty; nothing follows `done` or `error`. */
export type Scanned =
  | { kind: 'events'; bytes: Buffer }
  | { kind: 'done'; bytes: Buffer; last: Buffer }
  | { kind: 'error'; bytes: Buffer; error: unknown }

/**
 * Follows an OpenAI event stream as it passes: cuts it at event ends, finds `[DONE]`, usage, finish reasons and error
 * events, leaves out what is malformed, and parses nothing but the few events that hold usage or errors. So an event
 * counts as malformed when its data doesn't start and end as an object does, which a cut one never does; one that is
 * broken only inside is passed on.
 */
export class SseScanner {
  /** The provider's counts, once they have passed. */
  usage: Usage | undefined
  /** Events with data so far: about one for each token of output, where the provider reports none. */
  events = 0
  /** Events that were left out, since they could not be read. */
  malformed = 0
  #finished = 0
  /** Pieces of the event that has not ended. */
  #pending: Buffer[] = []
  #pendingBytes = 0
  /** Their last bytes. */
  #edge: Buffer = EMPTY
  readonly #hideUsage: boolean
  readonly #choices: number

  /**
   * @param hideUsage drop the event that only carries usage: the gateway asked for it, the client did not
   * @param choices how many answers were asked for, each of which ends with a finish reason
   */
  constructor(hideUsage: boolean, choices = 1) {
    this.#hideUsage = hideUsage
    this.#choices = choices
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
    return this.#scan(rest.length > 0 ? data.subarray(0, data.length - rest.length) : data)
  }

  #keep(bytes: Buffer, seen: Buffer): void {
    this.#pending.push(bytes)
    this.#pendingBytes += bytes.length
    this.#edge = seen.subarray(-EDGE)
  }

  /**
   * The provider closed the stream. A last event without its blank line counts; without `[DONE]` the answer is
   * complete only if every choice has had its finish reason. What was cut in its middle is left out. Undefined: cut short.
   */
  end(): Scanned | undefined {
    const tail = this.#pending.length > 0 ? Buffer.concat(this.#pending) : undefined
    this.#pending = []
    this.#pendingBytes = 0
    this.#edge = EMPTY
    const rest = tail && isWhole(eventData(tail)) ? this.#scan(Buffer.concat([tail, BLANK_LINE])) : NOTHING
    if (rest.kind !== 'events') return rest
    return this.#finished >= this.#choices ? { kind: 'done', bytes: rest.bytes, last: DONE_EVENT } : undefined
  }

  /** `bytes`: whole events. The usual piece holds nothing of interest and goes on as it is. */
  #scan(bytes: Buffer): Scanned {
    const text = bytes.toString('latin1')
    this.#finished += countFinished(text)
    const plain = plainEvents(text)
    if (plain === 0 || hasValue(text, USAGE_KEY, '{') || hasValue(text, ERROR_KEY, undefined)) {
      return this.#scanEach(bytes)
    }
    this.events += plain
    return { kind: 'events', bytes }
  }

  #scanEach(events: Buffer): Scanned {
    const kept: Buffer[] = []
    for (let start = 0; start < events.length; ) {
      const end = firstEventEnd(events, start)
      const event = events.subarray(start, end)
      start = end
      const data = eventData(event)
      if (data === '[DONE]') return { kind: 'done', bytes: Buffer.concat(kept), last: event }
      if (data === '') {
        kept.push(event)
        continue
      }
      const read = readEvent(data)
      if (read === undefined) {
        this.malformed++
        continue
      }
      this.events++
      if (read.error) return { kind: 'error', bytes: Buffer.concat(kept), error: read.error }
      if (read.usage) this.usage = read.usage
      if (!(read.onlyUsage && this.#hideUsage)) kept.push(event)
    }
    return { kind: 'events', bytes: Buffer.concat(kept) }
  }
}

type Read = { error?: unknown; usage?: Usage; onlyUsage?: boolean }

/** What is of interest in the data of an event; undefined when it is malformed. */
function readEvent(data: string): Read | undefined {
  if (!data.startsWith('{') || !data.endsWith('}')) return undefined
  if (!data.includes(USAGE_KEY) && !data.includes(ERROR_KEY)) return {}
  const parsed = parse(data)
  if (!parsed) return undefined
  if (parsed['error']) return { error: parsed['error'] }
  const usage = readUsage(parsed['usage'])
  if (!usage) return {}
  return { usage, onlyUsage: Array.isArray(parsed['choices']) && parsed['choices'].length === 0 }
}

/** How many events these are, if each is one line of data that starts and ends as an object does; else 0. */
function plainEvents(text: string): number {
  let events = 0
  for (let start = 0; start < text.length; events++) {
    const end = text.indexOf('\n\n', start)
    const plain = text.startsWith('data: {', start) && text.charCodeAt(end - 1) === CLOSE_BRACE
    // A line end inside: other fields, data in several lines, or CRLF.
    if (!plain || text.indexOf('\n', start) !== end) return 0
    start = end + 2
  }
  return events
}

const EMPTY = Buffer.alloc(0)
const NOTHING: Scanned = { kind: 'events', bytes: EMPTY }
/** One less than the longest blank line, `\r\n\r\n`. */
const EDGE = 3
const DONE_EVENT = Buffer.from('data: [DONE]\n\n')
const BLANK_LINE = Buffer.from('\n\n')
const CRLF_BLANK_LINE = Buffer.from('\r\n\r\n')
const FINISH_KEY = '"finish_reason"'
const USAGE_KEY = '"usage"'
const ERROR_KEY = '"error"'
const CLOSE_BRACE = 0x7d

/** Whether `key` occurs with a value that starts with `first`, or with any but null when `first` is not given. */
function hasValue(text: string, key: string, first: string | undefined): boolean {
  for (let at = text.indexOf(key); at >= 0; at = text.indexOf(key, at + key.length)) {
    const start = valueAfterKey(text, at + key.length)
    const value = start < 0 ? '' : text.charAt(start)
    if (first === undefined ? value !== '' && value !== 'n' : value === first) return true
  }
  return false
}

/** Finish reasons that are a text. An empty one is none. */
function countFinished(text: string): number {
  let count = 0
  for (let at = text.indexOf(FINISH_KEY); at >= 0; at = text.indexOf(FINISH_KEY, at + FINISH_KEY.length)) {
    const start = valueAfterKey(text, at + FINISH_KEY.length)
    if (start >= 0 && text.charAt(start) === '"' && text.charAt(start + 1) !== '"') count++
  }
  return count
}

/** The position of the value after a key that ends at `from`; -1 when what follows is no colon. */
function valueAfterKey(text: string, from: number): number {
  let at = from
  while (isSpace(text.charCodeAt(at))) at++
  if (text.charAt(at) !== ':') return -1
  at++
  while (isSpace(text.charCodeAt(at))) at++
  return at
}

const isSpace = (code: number) => code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09

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
