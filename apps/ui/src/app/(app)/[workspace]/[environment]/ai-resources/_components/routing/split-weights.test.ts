import { expect, it } from 'vitest'
import { addsUp, distributedEvenly, sumOfWeights } from './split-weights.ts'

const weights = (...of: number[]) => of.map((weight) => ({ weight }))

it('sums fractions to what people see', () => {
  expect(sumOfWeights(weights(33.3, 33.3, 33.4))).toBe(100)
  expect(addsUp(weights(33.3, 33.3, 33.4))).toBe(true)
  expect(addsUp(weights(33.3, 33.3, 33.3))).toBe(false)
})

it('distributes evenly to a sum of 100', () => {
  for (const count of [1, 2, 3, 7, 20]) {
    const parts = distributedEvenly(weights(...Array.from({ length: count }, () => 0)))
    expect(addsUp(parts)).toBe(true)
    expect(
      Math.max(...parts.map(({ weight }) => weight)) - Math.min(...parts.map(({ weight }) => weight)),
    ).toBeLessThan(2)
  }
})
