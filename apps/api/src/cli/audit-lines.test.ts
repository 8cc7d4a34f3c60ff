import { exchangeRecord, refusedRecord } from '@vm-x/gateway/testing'
import { describe, expect, it } from 'vitest'
import { auditLines } from './audit-lines.ts'

const attempt = { provider: 'openai', model: 'gpt-test', outcome: 'ok', sent: true } as const

describe('auditLines', () => {
  it('says in one line what happened, with the connection that answered', () => {
    const connectionId = exchangeRecord().connectionId ?? ''
    const attempts = [
      { ...attempt, connectionId: 'other', connection: 'spare', outcome: 'provider_timeout' as const },
      { ...attempt, connectionId, connection: 'main' },
    ]
    const record = exchangeRecord({ decision: { targets: [], attempts } })
    const [headings, line, ...rest] = auditLines([record]).split('\n')
    expect(headings?.split(/ {2,}/)).toHaveLength(8)
    expect(line?.trim().split(/ {2,}/)).toEqual([
      '2026-01-15T12:00:00.123Z',
      'ok',
      '200',
      'assistant',
      'main/gpt-test',
      '120+40',
      '812',
      record.id,
    ])
    expect(rest).toEqual([''])
  })

  it('has a dash for what is not known', () => {
    expect(auditLines([refusedRecord()])).toMatch(/ invalid_api_key +401 +- +- +- +1 /)
  })

  it('shows no control character and no end of a name that a client chose', () => {
    const lines = auditLines([exchangeRecord({ requestedModel: `\u001b[2Jx\n\u202e${'y'.repeat(5000)}` })])
    for (const hidden of ['\u001b', '\u202e']) expect(lines).not.toContain(hidden)
    expect(lines.split('\n')).toHaveLength(3)
    expect(lines.length).toBeLessThan(1000)
  })
})
