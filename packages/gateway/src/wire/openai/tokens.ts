import type { Operation } from '../../ledger/exchange-record.ts'

/** Mean bytes of a token of English text and JSON, for requests whose tokens nobody has counted yet. */
const BYTES_PER_TOKEN = 4
/** What an answer is taken to need when the request states no bound of its own. */
const USUAL_OUTPUT_TOKENS = 512

/** What an estimate is made from, in O(parts of the messages): a hostile body costs no more than a friendly one. */
export type RequestSize = {
  /** Bytes of the body without the data of images, audio and files. */
  readonly textBytes: number
  /** Tokens that the parts which are not text are taken to need. */
  readonly otherTokens: number
  /** The request's own bound of one answer; undefined when it states none. 0 where an operation has no output. */
  readonly outputLimit: number | undefined
  /** How many answers it asks for, at least 1. */
  readonly choices: number
}

export function measureRequest(
  operation: Operation,
  byteLength: number,
  fields: Readonly<Record<string, unknown>>,
): RequestSize {
  const limit = fields['max_completion_tokens'] ?? fields['max_tokens']
  const choices = typeof fields['n'] === 'number' && fields['n'] >= 1 ? Math.min(Math.trunc(fields['n']), 128) : 1
  const outputLimit =
    operation === 'embedding' ? 0 : typeof limit === 'number' && limit > 0 ? Math.trunc(limit) : undefined
  return { textBytes: byteLength, otherTokens: 0, outputLimit, choices }
}

/** Output tokens of an answer for which the provider reported none. */
export const estimateOutputTokens = (bytes: number): number => Math.ceil(bytes / BYTES_PER_TOKEN)
