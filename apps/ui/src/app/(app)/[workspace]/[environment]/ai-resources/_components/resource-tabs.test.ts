import { expect, it } from 'vitest'
import { tabsWithChanges, tabsWithErrors } from './resource-tabs.ts'

it('marks the tab that shows the field which is wrong, however deep', () => {
  expect([...tabsWithErrors({ 'routing.0.then.target.model': 'x', 'retries.max': 'y', root: 'z' })]).toEqual([
    'routing',
    'times',
  ])
})

it('marks a tab as changed only while a value of it differs from what is saved', () => {
  const base = { name: 'a', fallback: { enabled: false, models: [] }, timeouts: { totalMs: 1 } }
  expect([...tabsWithChanges(base, { ...base, timeouts: { totalMs: 1, idleMs: undefined } })]).toEqual([])
  expect([...tabsWithChanges(base, { ...base, name: 'b', timeouts: {} })]).toEqual(['general', 'times'])
})
