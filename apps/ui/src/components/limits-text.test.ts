import { expect, it } from 'vitest'
import { limitsText } from './limits-text.ts'

it('says limits as people would, and leaves out what does not count', () => {
  expect(limitsText([], null)).toBeUndefined()
  expect(limitsText([{ period: 'day', requests: 5, enabled: false }], undefined)).toBeUndefined()
  expect(limitsText([{ period: 'day', enabled: true }], undefined)).toBeUndefined()
  expect(limitsText([{ period: 'minute', requests: 300, tokens: 100_000, enabled: true }], 50)).toBe(
    '300 requests and 100K tokens a minute, 50 at a time',
  )
  expect(
    limitsText(
      [
        { period: 'lifetime', requests: 1, enabled: true },
        { period: 'hour', tokens: 5000, dimension: 'user', enabled: true },
      ],
      0,
    ),
  ).toBe('1 request in all, 5,000 tokens an hour for each user, none at a time')
})
