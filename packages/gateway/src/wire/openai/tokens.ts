import type { Operation } from '../../ledger/exchange-record.ts'

/** Mean bytes of a token of English text and JSON, for requests whose tokens nobody has counted yet. */
const BYTES_PER_TOKEN = 4
/** What an answer is taken to need when the request states no bound of its own. */
const USUAL_OUTPUT_TOKENS = 512

/**
 * Tokens a request is expected to use, in O(1): a hostile body costs no more than a friendly one. The answer is
 * bounded by the request's own output limit.
 */
export function estimateTokens(
  operation: Operation,
  byteLength: number,
  fields: Readonly<Record<string, unknown>>,
): { input: number; output: number } {
  const input = Math.ceil(byteLength / BYTES_PER_TOKEN)
  if (operation === 'embedding') return { input, output: 0 }
  const limit = fields['max_completion_tokens'] ?? fields['max_tokens']
  const choices = typeof fields['n'] === 'number' && fields['n'] >= 1 ? Math.min(Math.trunc(fields['n']), 128) : 1
  const output =
    typeof limit === 'number' && limit > 0 ? Math.min(Math.trunc(limit), USUAL_OUTPUT_TOKENS) : USUAL_OUTPUT_TOKENS
  return { input, output: output * choices }
}

/** Output tokens of an answer for which the provider reported none. */
export const estimateOutputTokens = (bytes: number): number => Math.ceil(bytes / BYTES_PER_TOKEN)
