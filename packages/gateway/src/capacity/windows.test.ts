import { describe, expect, it } from 'vitest'
import { Calendar, type CalendarPeriod } from './windows.ts'

const iso = (ms: number) => new Date(ms).toISOString().replace(':00.000Z', '')
const shown = (zone: string, period: CalendarPeriod, at: string) => {
  const { startMs, endMs, nextEndMs } = new Calendar(zone).window(period, Date.parse(at))
  return [iso(startMs), iso(endMs), iso(nextEndMs)]
}

describe('Calendar', () => {
  it('knows hours, days, weeks from Monday and months of UTC', () => {
    const at = '2026-02-26T10:20:30Z'
    expect(shown('UTC', 'hour', at)).toEqual(['2026-02-26T10:00', '2026-02-26T11:00', '2026-02-26T12:00'])
    expect(shown('UTC', 'day', at)).toEqual(['2026-02-26T00:00', '2026-02-27T00:00', '2026-02-28T00:00'])
    expect(shown('UTC', 'week', at)).toEqual(['2026-02-23T00:00', '2026-03-02T00:00', '2026-03-09T00:00'])
    expect(shown('UTC', 'month', at)).toEqual(['2026-02-01T00:00', '2026-03-01T00:00', '2026-04-01T00:00'])
  })

  it('begins weeks on Monday, also seen from Sunday and Monday, and before the epoch', () => {
    expect(shown('UTC', 'week', '2026-03-01T23:59:59Z')[0]).toBe('2026-02-23T00:00')
    expect(shown('UTC', 'week', '2026-03-02T00:00:00Z')[0]).toBe('2026-03-02T00:00')
    expect(shown('UTC', 'week', '1969-12-31T12:00:00Z')[0]).toBe('1969-12-29T00:00')
  })

  it("goes by the zone's own days and months", () => {
    expect(shown('America/New_York', 'month', '2026-01-01T04:59:59Z')[0]).toBe('2025-12-01T05:00')
    expect(shown('Asia/Kathmandu', 'day', '2026-01-15T18:20:00Z').slice(0, 2)).toEqual([
      '2026-01-15T18:15',
      '2026-01-16T18:15',
    ])
    expect(shown('Asia/Kathmandu', 'hour', '2026-01-15T18:20:00Z')[0]).toBe('2026-01-15T18:15')
  })

  it('makes the days on which clocks change 23 and 25 hours long', () => {
    expect(shown('Europe/Berlin', 'day', '2026-03-29T10:00:00Z')).toEqual([
      '2026-03-28T23:00',
      '2026-03-29T22:00',
      '2026-03-30T22:00',
    ])
    expect(shown('Europe/Berlin', 'day', '2026-10-25T10:00:00Z')).toEqual([
      '2026-10-24T22:00',
      '2026-10-25T23:00',
      '2026-10-26T23:00',
    ])
    expect(shown('Europe/Berlin', 'month', '2026-03-29T10:00:00Z').slice(0, 2)).toEqual([
      '2026-02-28T23:00',
      '2026-03-31T22:00',
    ])
  })

  it('begins a day at the change where clocks skip midnight, and at the first midnight where they show two', () => {
    // Beirut goes from 00:00 to 01:00, Havana from 01:00 back to 00:00.
    expect(shown('Asia/Beirut', 'day', '2026-03-29T10:00:00Z')[0]).toBe('2026-03-28T22:00')
    expect(shown('America/Havana', 'day', '2026-11-01T12:00:00Z').slice(0, 2)).toEqual([
      '2026-11-01T04:00',
      '2026-11-02T05:00',
    ])
  })

  it('makes the repeated hour of a change two windows', () => {
    expect(shown('Europe/Berlin', 'hour', '2026-10-25T00:30:00Z').slice(0, 2)).toEqual([
      '2026-10-25T00:00',
      '2026-10-25T01:00',
    ])
    expect(shown('Europe/Berlin', 'hour', '2026-10-25T01:30:00Z')[0]).toBe('2026-10-25T01:00')
  })

  it('leaves no gap and no overlap between windows over two years of every kind of zone', () => {
    for (const zone of [
      'UTC',
      'Europe/Berlin',
      'America/St_Johns',
      'Asia/Beirut',
      'Pacific/Auckland',
      'Africa/Cairo',
    ]) {
      const calendar = new Calendar(zone)
      for (const period of ['day', 'week', 'month'] as const) {
        let window = calendar.window(period, Date.UTC(2025, 0, 1))
        while (window.endMs < Date.UTC(2027, 0, 1)) {
          const next = calendar.window(period, window.endMs)
          expect([next.startMs, next.endMs], `${zone} ${period} ${iso(window.startMs)}`).toEqual([
            window.endMs,
            window.nextEndMs,
          ])
          expect(next.endMs).toBeGreaterThan(next.startMs)
          window = next
        }
      }
    }
  })

  it('answers the same window for all of its moments, and another one when the clock goes back', () => {
    const calendar = new Calendar('UTC')
    const window = calendar.window('day', Date.UTC(2026, 0, 15, 3))
    expect(calendar.window('day', Date.UTC(2026, 0, 15, 23, 59))).toBe(window)
    expect(calendar.window('day', Date.UTC(2026, 0, 14, 23)).startMs).toBe(Date.UTC(2026, 0, 14))
  })
})
