import { describe, expect, it } from 'vitest'
import { systemClock } from '../clock.ts'
import { KnowledgeDouble } from '../testing/knowledge-double.ts'
import { sharedKnowledgeContract } from './shared-knowledge.contract.ts'
import { addSums, MOST_RECENT } from './shared-knowledge.ts'

describe('in one process', () => {
  sharedKnowledgeContract(async () => {
    const place = new KnowledgeDouble(systemClock)
    return { replica: () => place.replica(), close: async () => {} }
  })
})

describe('addSums', () => {
  it('is the plain mean of the first answers, then loses a twentieth with each', () => {
    const sums = [0, 0]
    for (let each = 1; each <= MOST_RECENT; each++) addSums(sums, [1, each], true)
    expect(sums).toEqual([MOST_RECENT, (MOST_RECENT * (MOST_RECENT + 1)) / 2])
    const mean = (sums[1] ?? 0) / (sums[0] ?? 1)
    addSums(sums, [1, 100], true)
    expect((sums[1] ?? 0) / (sums[0] ?? 1)).toBeCloseTo(mean + (100 - mean) / 20, 10)
    expect(sums[0]).toBeCloseTo(MOST_RECENT, 10)
  })

  it('weighs no more than the last answers, however many come at once', () => {
    const sums = [5, 5000]
    addSums(sums, [400, 4000], true)
    expect(sums).toEqual([MOST_RECENT, MOST_RECENT * 10])
  })

  it('adds up all answers where they do not move', () => {
    const sums = [30, 1]
    addSums(sums, [400, 2], false)
    expect(sums).toEqual([430, 3])
  })
})
