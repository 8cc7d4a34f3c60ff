import { expect, it } from 'vitest'
import { exchangeId } from './exchange-id.ts'

it('is a UUIDv7 of now, and never the same twice', () => {
  const before = Date.now()
  const ids = Array.from({ length: 2_000 }, exchangeId)
  const after = Date.now()
  for (const id of ids) {
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    const at = Number.parseInt(id.replace('-', '').slice(0, 12), 16)
    expect(at).toBeGreaterThanOrEqual(before)
    expect(at).toBeLessThanOrEqual(after)
  }
  expect(new Set(ids).size).toBe(ids.length)
})
