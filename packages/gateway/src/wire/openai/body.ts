import { isAscii, isUtf8 } from 'node:buffer'
import { GatewayError } from '../../errors.ts'

/**
 * A request body, parsed once. What the gateway decides on (`fields`) and what the provider reads (`toProvider`) are
 * the same: keys that occur twice, keys that differ from one we decide on by upper and lower case only, bytes that are
 * not UTF-8 and bodies that are not objects are refused. So is what would take a parser far more than its size says.
 */
export class RequestBody {
  readonly fields: Readonly<Record<string, unknown>>
  readonly #bytes: Buffer
  readonly #members: Members

  /** Throws `invalid_request` when the body can't be understood in one way only. */
  constructor(bytes: Buffer) {
    const ascii = isAscii(bytes)
    if (!ascii && !isUtf8(bytes)) throw new GatewayError('invalid_request', 'The request body is not valid UTF-8')
    // A character for each byte: strings are scanned faster than buffers, and JSON's own signs are ASCII.
    const text = bytes.toString('latin1')
    // Before the parser, which takes seconds and twenty times the body's size for a hostile one.
    this.#members = scanMembers(text)
    this.fields = parseObject(ascii ? text : bytes.toString())
    this.#bytes = bytes
    for (const key of this.#members.keys) {
      // V8's parser can take an escaped key for another one it has met before: https://github.com/nodejs/node/issues/63785
      if (!Object.hasOwn(this.fields, key))
        throw refused(`The field '${printable(key)}' can't be read in one way only`, printable(key))
    }
  }

  get byteLength(): number {
    return this.#bytes.length
  }

  /** The client asked for the event that carries usage. */
  get wantsStreamUsage(): boolean {
    const options = this.fields['stream_options']
    return isObject(options) && options['include_usage'] === true
  }

  /**
   * The original bytes with only what must change changed: `model` replaced or added, `vmx` removed and, when `includeUsage`,
   * `stream_options.include_usage` set. Everything else goes on as it came.
   */
  toProvider(model: string, includeUsage: boolean): Buffer {
    const { model: modelMember, vmx, streamOptions, objectStart } = this.#members
    const edits: Edit[] = []
    edits.push(
      modelMember
        ? { start: modelMember.valueStart, end: modelMember.end, text: JSON.stringify(model) }
        : this.#modelEdit(model),
    )
    if (vmx) edits.push({ ...vmx.removal(), text: '' })
    if (includeUsage) edits.push(this.#usageEdit(streamOptions, objectStart))
    return applyEdits(this.#bytes, edits)
  }

  /** Where the body names none. */
  #modelEdit(model: string): Edit {
    const { keys, vmx, objectStart } = this.#members
    const only = keys.size === (vmx ? 1 : 0)
    const text = `"model":${JSON.stringify(model)}${only ? '' : ','}`
    return { start: objectStart + 1, end: objectStart + 1, text }
  }

  #usageEdit(member: Member | undefined, objectStart: number): Edit {
    if (!member)
      return { start: objectStart + 1, end: objectStart + 1, text: '"stream_options":{"include_usage":true},' }
    const options = this.fields['stream_options']
    const merged = isObject(options) ? { ...options, include_usage: true } : ASK_FOR_USAGE
    return { start: member.valueStart, end: member.end, text: JSON.stringify(merged) }
  }
}

const ASK_FOR_USAGE = { include_usage: true }

type Edit = { start: number; end: number; text: string }

function applyEdits(bytes: Buffer, edits: Edit[]): Buffer {
  // Of two at the same place the one that only inserts comes first.
  if (edits.length > 1) edits.sort((a, b) => a.start - b.start || a.end - b.end)
  let length = bytes.length
  for (const { start, end, text } of edits) length += Buffer.byteLength(text) - (end - start)
  const edited = Buffer.allocUnsafe(length)
  let from = 0
  let at = 0
  for (const { start, end, text } of edits) {
    at += bytes.copy(edited, at, from, start)
    at += edited.write(text, at)
    from = end
  }
  bytes.copy(edited, at, from)
  return edited
}

function parseObject(text: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw notJson(cause)
  }
  if (!isObject(value)) throw new GatewayError('invalid_request', 'The request body must be a JSON object')
  return value
}

const notJson = (cause: unknown) => new GatewayError('invalid_request', 'The request body is not valid JSON', { cause })
const refused = (message: string, param: string) => new GatewayError('invalid_request', message, { param })

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

class Member {
  readonly start: number
  readonly valueStart: number
  readonly end: number
  /** Where the member before this one ends; -1 for the first. */
  readonly previousEnd: number
  /** Where the next member starts; -1 for the last. */
  nextStart = -1

  constructor(start: number, valueStart: number, end: number, previousEnd: number) {
    this.start = start
    this.valueStart = valueStart
    this.end = end
    this.previousEnd = previousEnd
  }

  /** The member with the one comma that goes with it. */
  removal(): { start: number; end: number } {
    if (this.previousEnd >= 0) return { start: this.previousEnd, end: this.end }
    return { start: this.start, end: this.nextStart >= 0 ? this.nextStart : this.end }
  }
}

type Members = {
  objectStart: number
  readonly keys: Set<string>
  /** Objects and lists within the values. */
  nested: number
  model?: Member
  vmx?: Member
  streamOptions?: Member
}

/** Many more than any API has; stated in the reference of settings. */
const MOST_FIELDS = 1_000
const MOST_NESTED = 1_000_000
/** Providers' own parsers give up at 1,000 and more, some with a 500 that would count against them. */
const DEEPEST = 256

/** Keys that the gateway decides on. */
const READ: ReadonlySet<string> = new Set([
  'model',
  'vmx',
  'stream',
  'stream_options',
  'messages',
  'prompt',
  'input',
  'max_tokens',
  'max_completion_tokens',
  'n',
  'best_of',
  'user',
  'tools',
  'functions',
  'response_format',
  'reasoning_effort',
])
const USUAL_KEY = /^[a-z0-9_]*$/

/** As parsers that ignore case take it, e.g. Go's, by which Ollama and others read: the last of both spellings wins there. */
const folded = (key: string) => key.toUpperCase().toLowerCase()

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d

/**
 * Finds the top-level members, by structure alone: of what is no JSON object it finds anything, and ends. Throws where
 * there is more than a body may have.
 * @param text a character for each byte
 */
function scanMembers(text: string): Members {
  const objectStart = skipSpace(text, 0)
  const keys = new Set<string>()
  const members: Members = { objectStart, keys, nested: 0 }
  if (text.charCodeAt(objectStart) !== OPEN_BRACE)
    throw new GatewayError('invalid_request', 'The request body must be a JSON object')
  let previous: Member | undefined
  let previousEnd = -1
  let at = skipSpace(text, objectStart + 1)
  while (text.charCodeAt(at) === QUOTE) {
    const keyEnd = stringEnd(text, at)
    const key = decodeKey(text, at, keyEnd)
    if (keys.has(key)) throw refused(`The field '${printable(key)}' occurs twice`, printable(key))
    if (keys.size === MOST_FIELDS)
      throw new GatewayError('invalid_request', `The request body has more than ${MOST_FIELDS} fields`)
    if (!READ.has(key) && !USUAL_KEY.test(key) && READ.has(folded(key)))
      throw refused(`The field '${printable(key)}' must be written '${folded(key)}'`, printable(key))
    keys.add(key)
    const valueStart = skipSpace(text, skipSpace(text, keyEnd) + 1)
    const member = new Member(at, valueStart, valueEnd(text, valueStart, members), previousEnd)
    if (previous) previous.nextStart = at
    if (key === 'model') members.model = member
    else if (key === 'vmx') members.vmx = member
    else if (key === 'stream_options') members.streamOptions = member
    previous = member
    previousEnd = member.end
    at = skipSpace(text, member.end)
    if (text.charCodeAt(at) !== COMMA) break
    at = skipSpace(text, at + 1)
  }
  return members
}

const NON_ASCII = /[\x80-\xff]/

const printable = (key: string) => key.slice(0, 64)

function decodeKey(text: string, start: number, end: number): string {
  const bytes = text.slice(start + 1, end - 1)
  const raw = NON_ASCII.test(bytes) ? Buffer.from(bytes, 'latin1').toString() : bytes
  if (!raw.includes('\\')) return raw
  try {
    return String(JSON.parse(`"${raw}"`))
  } catch (cause) {
    throw notJson(cause)
  }
}

function skipSpace(text: string, from: number): number {
  let at = from
  for (
    let byte = text.charCodeAt(at);
    byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
    byte = text.charCodeAt(at)
  )
    at++
  return at
}

/** The position after the closing quote of the string that starts at `start`; the end of the bytes where there is none. */
function stringEnd(text: string, start: number): number {
  let at = start
  for (;;) {
    at = text.indexOf('"', at + 1)
    if (at < 0) return text.length
    let escapes = 0
    while (text.charCodeAt(at - 1 - escapes) === BACKSLASH) escapes++
    if (escapes % 2 === 0) return at + 1
  }
}

function valueEnd(text: string, start: number, members: Members): number {
  const first = text.charCodeAt(start)
  if (first === QUOTE) return stringEnd(text, start)
  if (first === OPEN_BRACE || first === OPEN_BRACKET) return nestedEnd(text, start, members)
  let at = start
  for (
    let byte = text.charCodeAt(at);
    byte !== COMMA && byte !== CLOSE_BRACE && byte > 0x20;
    byte = text.charCodeAt(at)
  )
    at++
  return at
}

function nestedEnd(text: string, start: number, members: Members): number {
  let depth = 0
  let at = start
  while (at < text.length) {
    const byte = text.charCodeAt(at)
    if (byte === QUOTE) {
      at = stringEnd(text, at)
      continue
    }
    if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      if (++depth === DEEPEST)
        throw new GatewayError('invalid_request', `The request body is nested more than ${DEEPEST} deep`)
      if (++members.nested > MOST_NESTED)
        throw new GatewayError('invalid_request', `The request body has more than ${MOST_NESTED} objects and lists`)
    } else if ((byte === CLOSE_BRACE || byte === CLOSE_BRACKET) && --depth === 0) return at + 1
    at++
  }
  return at
}
