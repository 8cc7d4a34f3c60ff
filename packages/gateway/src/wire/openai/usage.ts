import type { Usage } from '../../ledger/exchange-record.ts'

/** Reads a provider's `usage` object; undefined when it holds no counts. Absent counts are zero. */
export function readUsage(value: unknown): Usage | undefined {
  if (!isRecord(value)) return undefined
  const input = count(value['prompt_tokens'])
  const total = count(value['total_tokens'])
  const completion =
    count(value['completion_tokens']) ??
    (input !== undefined && total !== undefined ? Math.max(0, total - input) : undefined)
  if (input === undefined && completion === undefined) return undefined
  const promptDetails = value['prompt_tokens_details']
  const completionDetails = value['completion_tokens_details']
  const reasoning = (isRecord(completionDetails) ? count(completionDetails['reasoning_tokens']) : undefined) ?? 0
  // Some providers leave reasoning out of the completion tokens; their total tells.
  const apart = total !== undefined && total === (input ?? 0) + (completion ?? 0) + reasoning
  return {
    input: input ?? 0,
    cachedInput:
      (isRecord(promptDetails) ? count(promptDetails['cached_tokens']) : undefined) ??
      count(value['prompt_cache_hit_tokens']) ??
      0,
    output: (completion ?? 0) + (apart ? reasoning : 0),
    reasoning,
    source: 'reported',
  }
}

/**
 * Finds the usage in a JSON answer without parsing the rest of it: the last key `usage` whose value is an object.
 * A quoted "usage" inside a string is escaped there, so it can't be taken for the key.
 */
export function scanUsage(body: Buffer): Usage | undefined {
  let tried = 0
  for (let at = body.lastIndexOf(USAGE_KEY); at >= 0; at = at === 0 ? -1 : body.lastIndexOf(USAGE_KEY, at - 1)) {
    const start = valueAfterKey(body, at + USAGE_KEY.length)
    if (body[start] !== OPEN_BRACE) continue
    if (++tried > MOST_TRIED) return undefined
    const usage = readUsage(parseFlatObject(body, start))
    if (usage) return usage
  }
  return undefined
}

/** The position of the value after a key that ends at `from`; -1 when what follows is no colon. */
export function valueAfterKey(bytes: Buffer, from: number): number {
  let at = from
  while (isSpace(bytes[at])) at++
  if (bytes[at] !== COLON) return -1
  at++
  while (isSpace(bytes[at])) at++
  return at
}

/** The object that starts at `start`: `usage` holds numbers, details and an occasional short string without braces. */
function parseFlatObject(bytes: Buffer, start: number): unknown {
  let depth = 0
  const end = Math.min(bytes.length, start + LARGEST_USAGE)
  for (let at = start; at < end; at++) {
    if (bytes[at] === OPEN_BRACE) depth++
    else if (bytes[at] === CLOSE_BRACE && --depth === 0) {
      try {
        return JSON.parse(bytes.toString('utf8', start, at + 1))
      } catch {
        return undefined
      }
    }
  }
  return undefined
}

/** Bytes, and objects without counts that may follow it: an answer made of nothing else costs no more than another. */
const LARGEST_USAGE = 16 * 1024
const MOST_TRIED = 100

/** What is more is no count: it would spoil estimates and sums. */
const MOST_TOKENS = 1e9

const USAGE_KEY = Buffer.from('"usage"')
export const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
const COLON = 0x3a

export const isSpace = (byte: number | undefined) => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
const count = (value: unknown): number | undefined =>
  typeof value === 'number' && value >= 0 && value <= MOST_TOKENS ? Math.trunc(value) : undefined
