import { expect, it } from 'vitest'
import { bucketFor, hasLabel, timeLabels } from './time-labels.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

it('draws a span in pieces that are few enough to be told apart', () => {
  expect([HOUR_MS, DAY_MS, 7 * DAY_MS, 30 * DAY_MS, 400 * DAY_MS].map(bucketFor)).toEqual([
    'minute',
    'hour',
    'hour',
    'day',
    'week',
  ])
})

it('names a piece of time by the clocks of the time zone', () => {
  const at = '2026-11-25T23:30:00.000Z'
  expect(timeLabels('minute', 'UTC', HOUR_MS).tick(at)).toBe('23:30')
  expect(timeLabels('minute', 'Europe/Berlin', HOUR_MS).tick(at)).toBe('00:30')
  expect(timeLabels('day', 'Europe/Berlin', 30 * DAY_MS).tick(at)).toBe('26 Nov')
  expect(timeLabels('hour', 'UTC', 7 * DAY_MS).tick(at)).toBe('25 Nov')
  expect(timeLabels('week', 'UTC', 400 * DAY_MS).full(at)).toMatch(/^Week from Wed/)
})

it('labels at most as many places as have room', () => {
  const labelled = (places: number) => Array.from({ length: places }, (_, index) => hasLabel(index, places, 8))
  expect(labelled(5).filter(Boolean)).toHaveLength(5)
  expect(labelled(60).filter(Boolean)).toHaveLength(8)
  expect(labelled(9).filter(Boolean).length).toBeLessThanOrEqual(8)
})
