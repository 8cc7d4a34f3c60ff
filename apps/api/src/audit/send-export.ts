import type { ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import type { AuditExchange, AuditExportFormat } from '@vm-x/contract'
import { stringify } from 'csv-stringify'
import { type SendOptions, send } from './send.ts'

export const EXPORT_MEDIA = {
  ndjson: 'application/x-ndjson',
  csv: 'text/csv; charset=utf-8; header=present',
} as const satisfies Record<AuditExportFormat, string>

/** Sends exchanges, see {@link send}. */
export async function sendExport(
  response: ServerResponse,
  exchanges: AsyncIterable<AuditExchange>,
  format: AuditExportFormat,
  options?: SendOptions,
): Promise<void> {
  const streams = format === 'csv' ? [Readable.from(exchanges), csvLines()] : [Readable.from(jsonLines(exchanges))]
  await send(streams, response, options)
}

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
