import { expect, test } from 'vitest'
import { HourlyBound } from './hourly-bound.ts'

test('what is bounded happens so often in an hour, and again in the next', () => {
  const bound = new HourlyBound(2)
  const hourMs = 60 * 60_000
  const at = [0, 1, 2, hourMs - 1, hourMs, hourMs + 1, hourMs + 2]
  expect(at.map((nowMs) => bound.take(nowMs))).toEqual([true, true, false, false, true, true, false])
})
