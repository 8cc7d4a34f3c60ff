import { expect, it } from 'vitest'
import { closedSpan, comparedTo, overTime, spanBefore } from './usage-questions.ts'

const NOW = Date.parse('2026-11-26T12:00:00.000Z')

it('asks for a span with both ends, whatever was left open or is the wrong way round', () => {
  expect(closedSpan({}, NOW).from).toBe('2026-11-25T12:00:00.000Z')
  expect(closedSpan({ span: '1h' }, NOW)).toEqual({ from: '2026-11-26T11:00:00.000Z', to: '2026-11-26T12:00:00.000Z' })
  expect(closedSpan({ to: '2026-11-01T00:00:00.000Z' }, NOW).from).toBe('2026-10-02T00:00:00.000Z')
  const turned = closedSpan({ from: '2026-11-02T00:00:00.000Z', to: '2026-11-01T00:00:00.000Z' }, NOW)
  expect(Date.parse(turned.from)).toBeLessThan(Date.parse(turned.to))
  const long = closedSpan({ from: '1990-01-01T00:00:00.000Z' }, NOW)
  expect(Date.parse(long.to) - Date.parse(long.from)).toBe(400 * 86_400_000)
})

it('compares with the span of the same length right before', () => {
  expect(spanBefore(closedSpan({ span: '1h' }, NOW))).toEqual({
    from: '2026-11-26T10:00:00.000Z',
    to: '2026-11-26T11:00:00.000Z',
  })
  expect(comparedTo(150, 100)).toBe('+50% to before')
  expect(comparedTo(50, 100)).toBe('−50% to before')
  expect(comparedTo(1000, 10)).toBe('100 times as before')
  expect(comparedTo(3, 0)).toBe('none before')
  expect([comparedTo(0, 0), comparedTo(null, 3), comparedTo(3, undefined)]).toEqual([undefined, undefined, undefined])
  expect(comparedTo(100, 100)).toBe('as before')
})

it('draws times without an exchange as 0 where something is counted, and as a gap where something is measured', () => {
  const answer = {
    times: ['a', 'b'],
    rows: [{ time: 'b', group: {}, values: { 'requests.sum': 2, 'durationMs.p50': 7 } }],
    truncated: false,
  }
  expect(overTime(answer, 'requests.sum')).toEqual([0, 2])
  expect(overTime(answer, 'durationMs.p50')).toEqual([null, 7])
})
