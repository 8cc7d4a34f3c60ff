import type { ExchangeRecord } from '@vm-x/gateway'

/** One line a record: when, outcome, status, asked for, answered by, tokens in and out, duration, id. */
export function auditLines(records: readonly ExchangeRecord[]): string {
  const rows = records.map(cells)
  const widths = HEADINGS.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => row[column]?.length ?? 0)),
  )
  return [HEADINGS, ...rows]
    .map((row) => `${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd())
    .map((line) => `${line}\n`)
    .join('')
}

const HEADINGS = ['time', 'outcome', 'status', 'asked for', 'answered by', 'tokens', 'ms', 'id']

function cells(record: ExchangeRecord): string[] {
  const { connectionId, model, usage } = record
  const connection = record.decision.attempts.findLast((attempt) => attempt.connectionId === connectionId)?.connection
  return [
    new Date(record.startedAt).toISOString(),
    record.outcome,
    String(record.status),
    shown(record.requestedModel),
    model === undefined ? '-' : shown(`${connection ?? record.provider}/${model}`),
    usage ? `${usage.input}+${usage.output}${usage.source === 'estimated' ? ' ~' : ''}` : '-',
    record.durationMs.toFixed(0),
    record.id,
  ]
}

const LONGEST = 60

/** Clients choose names: none of them may steer the terminal, or fill it. */
function shown(name: string | undefined): string {
  if (!name) return '-'
  const visible = name.replace(/[\p{C}\p{Z}]/gu, '\ufffd')
  return visible.length > LONGEST ? `${visible.slice(0, LONGEST - 1)}…` : visible
}
