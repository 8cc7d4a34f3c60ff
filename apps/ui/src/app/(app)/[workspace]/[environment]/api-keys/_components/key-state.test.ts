import { expect, it } from 'vitest'
import { keyState, previousWorksUntil } from './key-state.ts'

const NOW = Date.parse('2026-05-01T00:00:00Z')
const KEY = { enabled: true, expiresAt: null, previousUntil: null }

it('tells a key that works from one that does not, and from one that soon will not', () => {
  expect(keyState(KEY, NOW)).toBe('active')
  expect(keyState({ ...KEY, expiresAt: '2026-06-01T00:00:00Z' }, NOW)).toBe('active')
  expect(keyState({ ...KEY, expiresAt: '2026-05-08T00:00:00Z' }, NOW)).toBe('expiring')
  expect(keyState({ ...KEY, expiresAt: '2026-05-01T00:00:00Z' }, NOW)).toBe('expired')
  expect(keyState({ ...KEY, enabled: false }, NOW)).toBe('disabled')
})

it('tells until when the secret of before works, as long as it does', () => {
  expect(previousWorksUntil({ ...KEY, previousUntil: '2026-05-01T00:00:01Z' }, NOW)).toBe('2026-05-01T00:00:01Z')
  expect(previousWorksUntil({ ...KEY, previousUntil: '2026-05-01T00:00:00Z' }, NOW)).toBeUndefined()
  expect(previousWorksUntil(KEY, NOW)).toBeUndefined()
})
