import { expect, it } from 'vitest'
import { fallbackStates, moved } from './fallback-order.ts'

it('says of each fallback whether it would be tried, and why not', () => {
  const connections = [
    { id: 'on', enabled: true, allowedModels: ['a', 'b'] },
    { id: 'off', enabled: false, allowedModels: null },
  ]
  const chain = [
    { connectionId: 'on', model: 'a' },
    { connectionId: 'on', model: 'b' },
    { connectionId: 'on', model: 'c' },
    { connectionId: 'off', model: 'a' },
    { connectionId: 'gone', model: 'a' },
    { connectionId: '', model: '' },
  ]
  expect(fallbackStates({ connectionId: 'on', model: 'a' }, chain, connections)).toEqual([
    'first-already',
    'tried',
    'not-allowed',
    'disabled',
    'unknown',
    'unchosen',
  ])
})

it('moves one element and keeps the order of the others', () => {
  expect(moved(['a', 'b', 'c'], 0, 1)).toEqual(['b', 'a', 'c'])
  expect(moved(['a', 'b', 'c'], 2, 0)).toEqual(['c', 'a', 'b'])
})
