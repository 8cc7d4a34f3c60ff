import { expect, test } from 'vitest'
import { type Arrival, advanceTail, tailSince } from './audit-tail.ts'

const at = (id: string, ms: number): Arrival => ({ id, recorded_at: new Date(ms) })
const NOW = 1_000_000
const start = { arrived: NOW, seen: new Map([['a', NOW]]) }

test('what is looked at again begins 30 seconds before what has been reached', () => {
  expect(tailSince(start)).toEqual(new Date(NOW - 30_000))
})

test('a row that became visible after later ones is new, once', () => {
  const found = [at('late', NOW - 29_000), at('a', NOW), at('b', NOW + 1)]
  const { fresh, position } = advanceTail(start, found, new Date(NOW + 1), 10)
  expect(fresh).toEqual(['late', 'b'])
  expect(advanceTail(position, found, new Date(NOW + 1), 10)).toEqual({ fresh: [], position })
})

test('a full page reaches no further than its last row', () => {
  const found = [at('a', NOW), at('b', NOW + 1), at('c', NOW + 50_000), at('d', NOW + 90_000)]
  const first = advanceTail(start, found, new Date(NOW + 90_000), 2)
  expect(first.fresh).toEqual(['b', 'c'])
  expect(first.position.arrived).toBe(NOW + 50_000)
  expect(advanceTail(first.position, found.slice(2), new Date(NOW + 90_000), 2).fresh).toEqual(['d'])
})

test('where nothing matches, a tail goes on with what arrives all the same, and remembers what can come again only', () => {
  const { position } = advanceTail(start, [], new Date(NOW + 30_001), 2)
  expect(position).toEqual({ arrived: NOW + 30_001, seen: new Map() })
})

test('a replica that has seen less takes nothing back', () => {
  expect(advanceTail(start, [], new Date(NOW - 5000), 2)).toEqual({ fresh: [], position: start })
  expect(advanceTail(start, [], null, 2).position).toEqual(start)
})
