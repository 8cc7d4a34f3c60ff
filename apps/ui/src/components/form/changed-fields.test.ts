import { expect, it } from 'vitest'
import { changedFields } from './changed-fields.ts'

it('sends a field only where its value differs, whatever the order of what is in it', () => {
  const base = { name: 'a', capacity: [{ period: 'minute', requests: 1 }], timeouts: { a: 1, b: 2 }, version: 3 }
  expect(
    changedFields(base, {
      name: 'a',
      capacity: [{ requests: 1, period: 'minute' }],
      timeouts: { b: 2, a: 1, c: undefined },
    }),
  ).toEqual({})
  expect(changedFields(base, { name: 'b', capacity: [], timeouts: base.timeouts })).toEqual({ name: 'b', capacity: [] })
  expect(changedFields({ limit: 0 }, { limit: null })).toEqual({ limit: null })
})
