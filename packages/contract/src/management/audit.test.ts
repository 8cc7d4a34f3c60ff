import { expect, test } from 'vitest'
import { auditFilter, auditQuery } from './audit.ts'

const wrong = (query: object) => auditQuery.safeParse(query).error?.issues.map(({ path }) => path.join('.')) ?? []

test('numbers come as the text of a query string, and a page has a size without being told', () => {
  expect(auditQuery.parse({ status: '429', limit: '5' })).toEqual({ status: 429, limit: 5 })
  expect(auditQuery.parse({})).toEqual({ limit: 50 })
})

test('a time has a zone, is in this era, and a span begins before it ends', () => {
  const [from, to] = ['2026-01-01T00:00:00+02:00', '2026-01-01T00:00:00Z']
  expect(wrong({ from, to })).toEqual([])
  expect(wrong({ from: to, to: from })).toEqual(['to'])
  expect(wrong({ from, to: from })).toEqual(['to'])
  expect(auditFilter.safeParse({ from: to, to: from }).success).toBe(false)
  for (const time of ['2026-01-01', '2026-01-01T00:00:00', '0001-01-01T00:00:00Z', '2026-02-30T00:00:00Z', 'now'])
    expect(wrong({ from: time }), time).toEqual(['from'])
})

test.each([
  ['apiKeyId', 'x'],
  ['outcome', 'no_such_code'],
  ['operation', 'chats'],
  ['statusClass', '3xx'],
  ['status', 'many'],
  ['status', '1000'],
  ['errorText', ''],
  ['errorText', 'a\0b'],
  ['model', 'm'.repeat(257)],
  ['limit', '1000'],
])('%s can not be %j', (field, value) => {
  expect(wrong({ [field]: value })).toEqual([field])
})

test('an unknown filter is refused, not left out', () => {
  expect(auditQuery.safeParse({ environmentId: '01900000-0000-7000-8000-000000000001' }).success).toBe(false)
  expect(auditFilter.safeParse({ limit: 1 }).success).toBe(false)
})
