import type { ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { AuditExchange, AuditExportFormat } from '@vm-x/contract'
import { stringify } from 'csv-stringify'

export const EXPORT_MEDIA = {
  ndjson: 'application/x-ndjson',
  csv: 'text/csv; charset=utf-8; header=present',
} as const satisfies Record<AuditExportFormat, string>

/**
 * Writes exchanges as fast as they are taken, and ends the response. What fails under way breaks the response off and
 * rejects; nothing is read any more then, nor once the client has left, which resolves.
 */
export async function sendExport(
  response: ServerResponse,
  exchanges: AsyncIterable<AuditExchange>,
  format: AuditExportFormat,
): Promise<void> {
  const sent =
    format === 'csv'
      ? pipeline(Readable.from(exchanges), csvLines(), response)
      : pipeline(Readable.from(jsonLines(exchanges)), response)
  await sent.catch((error: unknown) => {
    if (!hasLeft(error)) throw error
  })
}

/** Whether a pipeline failed for nothing but that its client is gone. */
export const hasLeft = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && /^ERR_STREAM_(PREMATURE_CLOSE|UNABLE_TO_PIPE)$/.test(String(error.code))

async function* jsonLines(exchanges: AsyncIterable<AuditExchange>): AsyncGenerator<string> {
  for await (const exchange of exchanges) yield `${JSON.stringify(exchange)}\n`
}

/** https://www.rfc-editor.org/rfc/rfc4180; formulas: https://owasp.org/www-community/attacks/CSV_Injection */
const csvLines = () =>
  stringify({
    header: true,
    columns: [...COLUMNS],
    escape_formulas: true,
    record_delimiter: 'windows',
    // A line break that is not the delimiter would go out bare.
    quoted_match: /[\r\n]/,
    cast: { boolean: String, object: (value) => JSON.stringify(value) },
  })

/** Names, and where they are in an exchange. */
const COLUMNS = [
  ...own('id', 'startedAt', 'durationMs', 'outcome', 'status', 'operation', 'stream', 'requestedModel', 'resourceId'),
  ...own('connectionId', 'provider', 'model', 'apiKeyId', 'userId', 'user', 'correlationId', 'clientRequestId'),
  { header: 'inputTokens', key: 'usage.input' },
  { header: 'cachedInputTokens', key: 'usage.cachedInput' },
  { header: 'outputTokens', key: 'usage.output' },
  { header: 'reasoningTokens', key: 'usage.reasoning' },
  { header: 'usageSource', key: 'usage.source' },
  { header: 'estimatedInputTokens', key: 'estimate.input' },
  { header: 'estimatedOutputTokens', key: 'estimate.output' },
  ...own('timeToFirstTokenMs'),
  { header: 'attempts', key: 'decision.attempts.length' },
  ...own('sourceAddress', 'metadata'),
]

function own(...fields: (keyof AuditExchange)[]) {
  return fields.map((field) => ({ header: field, key: field }))
}
