import { expect, test } from 'vitest'
import { LastSeen } from './last-seen.ts'
import { limited } from './replicas.fixture.ts'

const value = (name: number) => limited({ key: `minute/user =${name}`, forgettable: true })
const configured = (name: number) => limited({ key: `minute ${name}` })

test('what clients invent pushes out nothing that is configured', () => {
  const seen = new LastSeen()
  seen.note(configured(1), 7, 70, 1)
  for (let name = 0; name < 60_000; name++) seen.note(value(name), 1, 1, 1)
  expect(seen.get(configured(1).key, 2)).toMatchObject({ requests: 7, tokens: 70 })
  expect([...seen.entries(2)]).toHaveLength(20_001)
})

test.each([['configured', configured] as const, ['invented', value] as const])(
  'of too many counters that are %s those that are used go on being known, and the last that came',
  (_kind, of) => {
    const seen = new LastSeen()
    const isKnown = (name: number) => seen.get(of(name).key, 2) !== undefined
    for (let name = 0; name < 50_000; name++) {
      seen.note(of(name), 1, 1, 1)
      if (name % 1000 === 0) seen.note(of(0), 2, 2, 1)
    }
    expect([...seen.entries(2)]).toHaveLength(20_000)
    expect([0, 1, 1000, 49_999].map(isKnown)).toEqual([true, false, false, true])
  },
)
