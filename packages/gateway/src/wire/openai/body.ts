import { isUtf8 } from 'node:buffer'
import { GatewayError } from '../../errors.ts'

/**
 * A request body, parsed once. What the gateway decides on (`fields`) and what the provider reads (`toProvider`) are
 * the same: keys that occur twice, bytes that are not UTF-8 and bodies that are not objects are refused.
 */
export class RequestBody {
  readonly fields: Readonly<Record<string, unknown>>
  readonly #bytes: Buffer
  readonly #members: Members

  /** Throws `invalid_request` when the body can't be understood in one way only. */
  constructor(bytes: Buffer) {
    if (!isUtf8(bytes)) throw new GatewayError('invalid_request', 'The request body is not valid UTF-8')
    this.fields = parseObject(bytes)
    this.#bytes = bytes
    this.#members = scanMembers(bytes, this.fields)
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
   * The original bytes with only what must change changed: `model` replaced, `vmx` removed and, when `includeUsage`,
   * `stream_options.include_usage` set. Everything else goes on as it came.
   */
  toProvider(model: string, includeUsage: boolean): Buffer {
    const { model: modelMember, vmx, streamOptions, objectStart } = this.#members
    const edits: Edit[] = []
    if (modelMember) edits.push({ start: modelMember.valueStart, end: modelMember.end, text: JSON.stringify(model) })
    if (vmx) edits.push({ ...vmx.removal(), text: '' })
    if (includeUsage) edits.push(this.#usageEdit(streamOptions, objectStart))
    return applyEdits(this.#bytes, edits)
  }

  #usageEdit(member: Member | undefined, objectStart: number): Edit {
    if (!member)
      return { start: objectStart + 1, end: objectStart + 1, text: '"stream_options":{"include_usage":true},' }
    const options = this.fields['stream_options']
    const merged = isObject(options) ? { ...options, include_usage: true } : ASK_FOR_USAGE
    return { start: member.valueStart, end: member.end, text: stringify(merged) }
  }
}

function stringify(options: object): string {
  try {
    return JSON.stringify(options)
  } catch (cause) {
    throw new GatewayError('invalid_request', "The field 'stream_options' is nested too deep", {
      param: 'stream_options',
      cause,
    })
  }
}

const ASK_FOR_USAGE = { include_usage: true }

type Edit = { start: number; end: number; text: string }

function applyEdits(bytes: Buffer, edits: Edit[]): Buffer {
  // Of two at the same place the one that only inserts comes first.
  edits.sort((a, b) => a.start - b.start || a.end - b.end)
  const parts: Buffer[] = []
  let from = 0
  for (const edit of edits) {
    parts.push(bytes.subarray(from, edit.start), Buffer.from(edit.text))
    from = edit.end
  }
  parts.push(bytes.subarray(from))
  return Buffer.concat(parts)
}

function parseObject(bytes: Buffer): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(bytes.toString())
  } catch (cause) {
    throw new GatewayError('invalid_request', 'The request body is not valid JSON', { cause })
  }
  if (!isObject(value)) throw new GatewayError('invalid_request', 'The request body must be a JSON object')
  return value
}

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

type Members = { objectStart: number; model?: Member; vmx?: Member; streamOptions?: Member }

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d

/** Finds the top-level members. The bytes have been parsed as a JSON object before, so only its structure is looked at. */
function scanMembers(bytes: Buffer, fields: Readonly<Record<string, unknown>>): Members {
  const objectStart = skipSpace(bytes, 0)
  const members: Members = { objectStart }
  const seen = new Set<string>()
  let previous: Member | undefined
  let previousEnd = -1
  let at = skipSpace(bytes, objectStart + 1)
  while (bytes[at] === QUOTE) {
    const keyEnd = stringEnd(bytes, at)
    const key = decodeKey(bytes, at, keyEnd)
    if (seen.has(key))
      throw new GatewayError('invalid_request', `The field '${printable(key)}' occurs twice`, { param: printable(key) })
    // V8's parser can take an escaped key for another one it has met before: https://github.com/nodejs/node/issues/63785
    if (!Object.hasOwn(fields, key))
      throw new GatewayError('invalid_request', `The field '${printable(key)}' can't be read in one way only`)
    seen.add(key)
    const valueStart = skipSpace(bytes, skipSpace(bytes, keyEnd) + 1)
    const member = new Member(at, valueStart, valueEnd(bytes, valueStart), previousEnd)
    if (previous) previous.nextStart = at
    if (key === 'model') members.model = member
    else if (key === 'vmx') members.vmx = member
    else if (key === 'stream_options') members.streamOptions = member
    previous = member
    previousEnd = member.end
    at = skipSpace(bytes, member.end)
    if (bytes[at] !== COMMA) break
    at = skipSpace(bytes, at + 1)
  }
  return members
}

const printable = (key: string) => key.slice(0, 64)

function decodeKey(bytes: Buffer, start: number, end: number): string {
  const raw = bytes.toString('utf8', start + 1, end - 1)
  return raw.includes('\\') ? String(JSON.parse(`"${raw}"`)) : raw
}

function skipSpace(bytes: Buffer, from: number): number {
  let at = from
  for (let byte = bytes[at]; byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09; byte = bytes[at]) at++
  return at
}

/** The position after the closing quote of the string that starts at `start`. */
function stringEnd(bytes: Buffer, start: number): number {
  let at = start
  for (;;) {
    at = bytes.indexOf(QUOTE, at + 1)
    let escapes = 0
    while (bytes[at - 1 - escapes] === BACKSLASH) escapes++
    if (escapes % 2 === 0) return at + 1
  }
}

function valueEnd(bytes: Buffer, start: number): number {
  const first = bytes[start]
  if (first === QUOTE) return stringEnd(bytes, start)
  if (first === OPEN_BRACE || first === OPEN_BRACKET) return nestedEnd(bytes, start)
  let at = start
  for (
    let byte = bytes[at];
    byte !== COMMA && byte !== CLOSE_BRACE && byte !== undefined && byte > 0x20;
    byte = bytes[at]
  )
    at++
  return at
}

function nestedEnd(bytes: Buffer, start: number): number {
  let depth = 0
  let at = start
  for (;;) {
    const byte = bytes[at]
    if (byte === QUOTE) {
      at = stringEnd(bytes, at)
      continue
    }
    if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth++
    else if ((byte === CLOSE_BRACE || byte === CLOSE_BRACKET) && --depth === 0) return at + 1
    at++
  }
}
