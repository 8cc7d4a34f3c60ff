import { isSpace, OPEN_BRACE, valueAfterKey } from './usage.ts'

/** What {@link lookAt} can tell of an event's data; any of them together, but for `MALFORMED`, which is alone. */
export const MALFORMED = -1
/** It carries text, reasoning or arguments of a tool call. */
export const CONTENT = 1
/** A finish reason that is not null. */
export const FINISH = 2
/** `usage` is an object. */
export const USAGE = 4
/** An `error` that is not null. */
export const ERROR = 8
/** `choices` is empty. */
export const NO_CHOICES = 16

/**
 * Looks at the bytes of one JSON object once, without parsing it, and tells what is in it.
 *
 * An object that was cut anywhere, bytes before or after it, brackets that don't pair up, and letters or signs outside of
 * strings that JSON never has are `MALFORMED`. What only a parser sees goes unnoticed: a comma or colon too many or too
 * few, a misspelt `true`, a bad escape, bytes that are not UTF-8. Keys are found at any depth,
 * and only as they are usually written, without escapes.
 *
 * @param end where the data ends; spaces around it are trimmed already
 */
export function lookAt(bytes: Buffer, start: number, end: number): number {
  if (bytes[start] !== OPEN_BRACE) return MALFORMED
  let seen = 0
  let depth = 0
  let at = start
  while (at < end) {
    const byte = bytes[at++] ?? 0
    const kind = KINDS[byte]
    if (kind === PLAIN) continue
    if (kind === QUOTES) {
      const from = at
      for (let char = bytes[at++]; char !== QUOTE; char = bytes[at++]) {
        if (char === BACKSLASH) at++
        if (at >= end) return MALFORMED
      }
      seen |= keyAt(bytes, from, at)
    } else if (kind === OPENS) {
      depth++
      if (byte === OPEN_BRACE && !canFollowBrace(bytes[at])) return MALFORMED
    } else if (kind === CLOSES) {
      if (--depth === 0) return at === end ? seen : MALFORMED
    } else return MALFORMED
  }
  return MALFORMED
}

/** What the string from `from` to the quote before `after` tells, if it is a key. */
function keyAt(bytes: Buffer, from: number, after: number): number {
  switch (after - 1 - from) {
    case 4:
      return isText(bytes, from, after, TEXT_NAME) ? CONTENT : 0
    case 5: {
      if (spells(bytes, from, USAGE_NAME)) return bytes[valueAfterKey(bytes, after)] === OPEN_BRACE ? USAGE : 0
      if (!spells(bytes, from, ERROR_NAME)) return 0
      const value = bytes[valueAfterKey(bytes, after)]
      return value === undefined || value === NULL_START ? 0 : ERROR
    }
    case 7:
      if (spells(bytes, from, CHOICES_NAME)) return isEmptyList(bytes, valueAfterKey(bytes, after)) ? NO_CHOICES : 0
      return isText(bytes, from, after, CONTENT_NAME) ? CONTENT : 0
    case 9:
      return isText(bytes, from, after, ARGUMENTS_NAME) || isText(bytes, from, after, REASONING_NAME) ? CONTENT : 0
    case 13:
      return isText(bytes, from, after, FINISH_NAME) ? FINISH : 0
    case 17:
      return isText(bytes, from, after, REASONING_CONTENT_NAME) ? CONTENT : 0
    default:
      return 0
  }
}

/** Whether it is this key, with a string that is not empty. */
function isText(bytes: Buffer, from: number, after: number, name: Buffer): boolean {
  if (!spells(bytes, from, name)) return false
  const value = valueAfterKey(bytes, after)
  return bytes[value] === QUOTE && bytes[value + 1] !== QUOTE
}

function spells(bytes: Buffer, from: number, name: Buffer): boolean {
  for (let i = 0; i < name.length; i++) if (bytes[from + i] !== name[i]) return false
  return true
}

function isEmptyList(bytes: Buffer, value: number): boolean {
  if (bytes[value] !== OPEN_BRACKET) return false
  let at = value + 1
  while (isSpace(bytes[at])) at++
  return bytes[at] === CLOSE_BRACKET
}

const canFollowBrace = (byte: number | undefined) => byte === QUOTE || byte === CLOSE_BRACE || isSpace(byte)

const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d
const CLOSE_BRACE = 0x7d
const NULL_START = 0x6e

const TEXT_NAME = Buffer.from('text')
const USAGE_NAME = Buffer.from('usage')
const ERROR_NAME = Buffer.from('error')
const CHOICES_NAME = Buffer.from('choices')
const CONTENT_NAME = Buffer.from('content')
const ARGUMENTS_NAME = Buffer.from('arguments')
const REASONING_NAME = Buffer.from('reasoning')
const FINISH_NAME = Buffer.from('finish_reason')
const REASONING_CONTENT_NAME = Buffer.from('reasoning_content')

/** What a byte is outside of strings; 0: never there. */
const PLAIN = 1
const QUOTES = 2
const OPENS = 3
const CLOSES = 4
const KINDS = new Uint8Array(256)
for (const char of ' \t\r\n,:+-.0123456789eEtrufalsn') KINDS[char.charCodeAt(0)] = PLAIN
KINDS[QUOTE] = QUOTES
KINDS[OPEN_BRACE] = KINDS[OPEN_BRACKET] = OPENS
KINDS[CLOSE_BRACE] = KINDS[CLOSE_BRACKET] = CLOSES
