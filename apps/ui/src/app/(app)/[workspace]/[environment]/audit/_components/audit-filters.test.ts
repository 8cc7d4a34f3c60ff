import { expect, it } from 'vitest'
import { filtersOf, isNarrowed } from './audit-filters.ts'

it('takes from the address what narrows the list, and leaves out what it does not know and what is empty', () => {
  const filters = filtersOf(new URLSearchParams('model=gpt-5&statusClass=4xx&user=&span=24h&nonsense=1'))
  expect(filters).toEqual({ model: 'gpt-5', statusClass: '4xx' })
  expect(isNarrowed(filters)).toBe(true)
  expect(isNarrowed(filtersOf(new URLSearchParams('span=1h')))).toBe(false)
})
