import type { Usage } from '../../ledger/exchange-record.ts'
import { CONTENT, ERROR, FINISH, lookAt, MALFORMED, NO_CHOICES, USAGE } from './event-data.ts'
import { isSpace, scanUsage } from './usage.ts'

/** What one push of bytes amounts to. `bytes` may be empty; nothing follows `done` or `error`. */
export type Scanned =
  | { kind: 'events'; bytes: Buffer }
  | { kind: 'done'; bytes: Buffer; last: Buffer }
  | { kind: 'error'; bytes: Buffer; error: unknown }

/**
 * Follows an OpenAI event stream as it passes: cuts it at event ends, leaves out events that are no JSON (as far as
 * {@link lookAt} tells), finds `[DONE]`, usage, finish reasons and error events, and parses nothing but the few events
 * that hold them.
 */
export class SseScanner {
  /** The provider's counts, once they have passed. */
  usage: Usage | undefined
  /** Events with data so far. Comments are none, nor are `[DONE]` and errors. */
  dataEvents = 0
  /** Those of them that carried text: a rough count of output tokens where the provider reports none. */
  contentEvents = 0
  /** Events that were left out because their data was no JSON. */
  malformedEvents = 0
  #usageEnded = false
  #finished = 0
  readonly #finishedChoices = new Set<unknown>()
  /** Pieces of the event that has not ended. */
  #pending: Buffer[] = []
  #pendingBytes = 0
  /** Their last bytes. */
  #edge: Buffer = EMPTY
  /** Of the event that was read last. */
  #dataStart = 0
  #dataEnd = 0
  #dataLines = 0
  readonly #hideUsage: boolean
  readonly #choices: number

  /**
   * @param hideUsage drop the event that only carries usage: the gateway asked for it, the client did not
   * @param choices how many answers were asked for: each of them must have a finish reason before the stream is complete
   */
  constructor(hideUsage: boolean, choices = 1) {
    this.#hideUsage = hideUsage
    this.#choices = choices
  }

  /** Bytes kept back because their event has not ended. */
  get pendingBytes(): number {
    return this.#pendingBytes
  }

  /** Every choice has had its finish reason. */
  get complete(): boolean {
    return this.#finished >= this.#choices
  }

  /** Nothing but `[DONE]` can follow: the answer is complete and the event that only carries usage has passed. */
  get exhausted(): boolean {
    return this.#usageEnded && this.complete
  }

  push(chunk: Buffer): Scanned {
    if (this.#pending.length > 0) return this.#pushMore(chunk)
    const end = lastEventEnd(chunk)
    if (end === chunk.length) return this.#scan(chunk)
    this.#keep(chunk.subarray(end), chunk)
    return end === 0 ? NOTHING : this.#scan(chunk.subarray(0, end))
  }

  /** Only what is new can hold the end of an event, with the few bytes before it that a blank line may begin in. */
  #pushMore(chunk: Buffer): Scanned {
    const fresh = Buffer.concat([this.#edge, chunk])
    const freshEnd = lastEventEnd(fresh)
    if (freshEnd === 0) {
      this.#keep(chunk, fresh)
      return NOTHING
    }
    const data = Buffer.concat([...this.#pending, chunk])
    const rest = fresh.subarray(freshEnd)
    this.#forget()
    if (rest.length > 0) this.#keep(rest, rest)
    return this.#scan(data.subarray(0, data.length - rest.length))
  }

  #keep(bytes: Buffer, seen: Buffer): void {
    this.#pending.push(bytes)
    this.#pendingBytes += bytes.length
    this.#edge = seen.subarray(-EDGE)
  }

  #forget(): void {
    this.#pending = []
    this.#pendingBytes = 0
    this.#edge = EMPTY
  }

  /**
   * The provider closed the stream. A last event without its blank line counts; without `[DONE]` the answer is
   * complete only if every choice has had its finish reason. What was cut in its middle is left out. Undefined: cut
   * short.
   */
  end(): Scanned | undefined {
    const tail = Buffer.concat(this.#pending)
    this.#forget()
    const rest = isWhole(eventData(tail)) ? this.#scan(Buffer.concat([tail, BLANK_LINE])) : NOTHING
    if (rest.kind !== 'events') return rest
    return this.complete ? { kind: 'done', bytes: rest.bytes, last: DONE_EVENT } : undefined
  }

  /** `events`: whole events. The usual piece goes on as it is. */
  #scan(events: Buffer): Scanned {
    let kept: Buffer[] | undefined
    /** Where what is to pass, and not yet in `kept`, begins. */
    let from = 0
    for (let start = 0; start < events.length; ) {
      const end = this.#readEvent(events, start)
      const verdict = this.#dataLines === 0 ? PASS : this.#judge(events, start, end)
      if (verdict !== PASS) {
        const before = events.subarray(from, start)
        if (verdict === END) return { kind: 'done', bytes: joined(kept, before), last: events.subarray(start, end) }
        if (verdict !== LEAVE_OUT) return { kind: 'error', bytes: joined(kept, before), error: verdict.error }
        // Joined only once: a piece may hold many that are left out.
        kept ??= []
        kept.push(before)
        from = end
      }
      start = end
    }
    return { kind: 'events', bytes: from === 0 ? events : joined(kept, events.subarray(from)) }
  }

  /** The position after the event that starts at `start`; notes where its data is. */
  #readEvent(bytes: Buffer, start: number): number {
    this.#dataLines = 0
    for (let at = start; ; ) {
      const lineFeed = bytes.indexOf(LF, at)
      const end = lineFeed < 0 ? bytes.length : lineFeed
      if (end === at || (end === at + 1 && bytes[at] === CR)) return Math.min(end + 1, bytes.length)
      if (bytes[at] === 0x64 && isDataLine(bytes, at, end)) {
        this.#dataLines++
        this.#dataStart = at + DATA_FIELD.length
        this.#dataEnd = end
      }
      at = end + 1
      if (at >= bytes.length) return bytes.length
    }
  }

  #judge(events: Buffer, start: number, end: number): Verdict {
    if (this.#dataLines > 1) {
      const data = Buffer.from(eventData(events.subarray(start, end)))
      return this.#judgeData(data, 0, data.length)
    }
    let dataStart = this.#dataStart
    let dataEnd = this.#dataEnd
    while (dataStart < dataEnd && isSpace(events[dataStart])) dataStart++
    while (dataStart < dataEnd && isSpace(events[dataEnd - 1])) dataEnd--
    return this.#judgeData(events, dataStart, dataEnd)
  }

  #judgeData(bytes: Buffer, start: number, end: number): Verdict {
    const look = lookAt(bytes, start, end)
    if (look === MALFORMED) {
      if (bytes.toString('latin1', start, Math.min(end, start + 7)) === DONE) return END
      this.malformedEvents++
      return LEAVE_OUT
    }
    const verdict = look <= CONTENT ? PASS : this.#judgeSpecial(look, bytes.subarray(start, end))
    if (typeof verdict === 'number') {
      this.dataEvents++
      this.contentEvents += look & CONTENT
    }
    return verdict
  }

  #judgeSpecial(look: number, data: Buffer): Verdict {
    if (look & ERROR) {
      const error = parse(data.toString())?.['error']
      if (error) return { error }
    }
    if (look & FINISH) this.#noteFinish(data)
    const usage = look & USAGE ? scanUsage(data) : undefined
    if (!usage) return PASS
    this.usage = usage
    if ((look & NO_CHOICES) === 0) return PASS
    this.#usageEnded = true
    return this.#hideUsage ? LEAVE_OUT : PASS
  }

  #noteFinish(data: Buffer): void {
    if (this.#choices === 1) {
      this.#finished = 1
      return
    }
    const choices = parse(data.toString())?.['choices']
    for (const choice of Array.isArray(choices) ? choices : []) {
      if (choice?.finish_reason) this.#finishedChoices.add(choice.index)
    }
    this.#finished = this.#finishedChoices.size
  }
}

type Verdict = typeof PASS | typeof LEAVE_OUT | typeof END | { error: unknown }

const PASS = 0
const LEAVE_OUT = 1
const END = 2

const EMPTY = Buffer.alloc(0)
const NOTHING: Scanned = { kind: 'events', bytes: EMPTY }
/** One less than the longest end of an event, `\n\r\n`. */
const EDGE = 2
const DONE = '[DONE]'
const DONE_EVENT = Buffer.from('data: [DONE]\n\n')
const BLANK_LINE = Buffer.from('\n\n')
const DATA_FIELD = Buffer.from('data:')
const LF = 0x0a
const CR = 0x0d

const joined = (kept: Buffer[] | undefined, more: Buffer): Buffer => (kept ? Buffer.concat([...kept, more]) : more)

/** The position after the last blank line; 0 when there is none. */
function lastEventEnd(bytes: Buffer): number {
  // The usual piece ends with an event.
  if (bytes[bytes.length - 1] === LF && bytes[bytes.length - 2] === LF) return bytes.length
  for (let at = bytes.lastIndexOf(LF); at > 0; at = bytes.lastIndexOf(LF, at - 1)) {
    const before = bytes[at - 1]
    if (before === LF || (before === CR && bytes[at - 2] === LF)) return at + 1
  }
  return 0
}

function isDataLine(bytes: Buffer, start: number, end: number): boolean {
  if (end - start < DATA_FIELD.length) return false
  for (let i = 1; i < DATA_FIELD.length; i++) if (bytes[start + i] !== DATA_FIELD[i]) return false
  return true
}

/** The `data` lines of one event, joined as the event stream format says. */
function eventData(event: Buffer): string {
  const lines: string[] = []
  for (const line of event.toString().split(/\r\n|\n/)) {
    if (line.startsWith('data:')) lines.push(line.startsWith('data: ') ? line.slice(6) : line.slice(5))
  }
  return lines.join('\n').trim()
}

const isWhole = (data: string) => data === DONE || parse(data) !== undefined

function parse(data: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(data)
  } catch {
    return undefined
  }
}
