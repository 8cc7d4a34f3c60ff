import { describe, expect, it } from 'vitest'
import { seeded } from './routing.fixture.ts'
import { pickAtRandom, pickSticky } from './split.ts'

const parts = (...weights: number[]) => weights.map((weight, index) => ({ target: `t${index}/model`, weight }))
const CALLERS = Array.from({ length: 20_000 }, (_, index) => `user-${index}`)

function shares(picks: (string | undefined)[]) {
  const counts = new Map<string | undefined, number>()
  for (const pick of picks) counts.set(pick, (counts.get(pick) ?? 0) + 1)
  return (index: number) => ((counts.get(`t${index}/model`) ?? 0) / picks.length) * 100
}

const sticky = (weights: number[]) => CALLERS.map((who) => pickSticky(parts(...weights), who, (name) => name))

describe.each([
  ['random', (weights: number[], random: () => number) => CALLERS.map(() => pickAtRandom(parts(...weights), random))],
  ['sticky', (weights: number[]) => sticky(weights)],
])('a %s split', (_name, pick) => {
  it.each([[[50, 50]], [[90, 10]], [[10, 20, 70]], [[99, 1]]])(
    'gives each target the share of its weight: %j',
    (weights) => {
      const share = shares(pick(weights, seeded()))
      for (const [index, weight] of weights.entries()) expect(Math.abs(share(index) - weight)).toBeLessThan(1.2)
    },
  )

  it('never picks what weighs nothing', () => {
    expect(shares(pick([0, 100, 0], seeded()))(1)).toBe(100)
    expect(pick([0, 0], seeded())[0]).toBeUndefined()
    expect(pick([], seeded())[0]).toBeUndefined()
  })
})

describe('a sticky split', () => {
  it('keeps each caller on one side', () => {
    expect(sticky([30, 70])).toEqual(sticky([30, 70]))
  })

  it('moves no more callers than must when weights change, and none between targets that keep their share', () => {
    const before = sticky([50, 50])
    const after = sticky([60, 40])
    const moved = before.filter((pick, index) => pick !== after[index]).length / CALLERS.length
    expect(moved).toBeGreaterThan(0.09)
    expect(moved).toBeLessThan(0.11)
    expect(before.every((pick, index) => pick === 't1/model' || after[index] === 't0/model')).toBe(true)
  })

  it('moves only the callers of a target that goes', () => {
    const before = sticky([40, 30, 30])
    const after = sticky([40, 30])
    expect(before.every((pick, index) => pick === 't2/model' || pick === after[index])).toBe(true)
  })
})
