import { expect, test } from 'vitest'
import { capacity } from './limits.ts'

const problemsOf = (value: unknown) =>
  capacity.safeParse(value).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)

test('a limit that limits nothing, reserves what it does not count, or shares a counter is refused in its place', () => {
  expect(
    problemsOf([{ period: 'hour' }, { period: 'day', requests: 1, reserve: 'ceiling' }, { period: 'week', tokens: 0 }]),
  ).toEqual(['0: needs requests, tokens or both', '1.reserve: is about tokens, which this limit does not count'])
  const minute = { period: 'minute', requests: 1 }
  expect(problemsOf([minute, { ...minute, dimension: 'user' }])).toBeUndefined()
  expect(problemsOf([minute, { period: 'minute', tokens: 1 }])).toEqual([
    '1: is a second limit of this period and dimension',
  ])
})
