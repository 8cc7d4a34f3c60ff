import { expect, it } from 'vitest'
import { differences } from './differences.ts'

it('names only the fields that a change touched, by where they are', () => {
  const before = { name: 'a', timeouts: { totalMs: 1, idleMs: 2 }, labels: ['x'], version: 1, updatedAt: 'then' }
  const after = { name: 'a', timeouts: { totalMs: 5, idleMs: 2 }, labels: ['x', 'y'], version: 2, updatedAt: 'now' }
  expect(differences(before, after)).toEqual([
    { path: 'timeouts.totalMs', before: 1, after: 5 },
    { path: 'labels', before: ['x'], after: ['x', 'y'] },
  ])
  expect(differences({ timeouts: {} }, { timeouts: { idleMs: 1 } })).toEqual([
    { path: 'timeouts.idleMs', before: undefined, after: 1 },
  ])
})

it('shows all fields of what was created or deleted, and tells null from absent', () => {
  expect(differences(null, { name: 'a', limit: null, version: 1 })).toEqual([
    { path: 'name', before: undefined, after: 'a' },
  ])
  expect(differences({ name: 'a' }, null)).toEqual([{ path: 'name', before: 'a', after: undefined }])
  expect(differences({ limit: null }, { limit: 0 })).toEqual([{ path: 'limit', before: null, after: 0 }])
  expect(differences(null, null)).toEqual([])
})
