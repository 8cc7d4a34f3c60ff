import { describe, expect, it } from 'vitest'
import { type AccessRow, byKind, outcomeOf } from './access-rows.ts'

const row = (given: Partial<AccessRow>): AccessRow => ({
  action: 'ai-resource:get',
  resource: '*',
  decision: 'allowed',
  by: null,
  exceptions: [],
  needs: null,
  ...given,
})

describe('what comes of what roles allow', () => {
  it('is refused to who is disabled, no member, or no owner where one is needed', () => {
    const active = (membership: 'owner' | 'member' | null) => ({ state: 'active' as const, membership })
    expect(outcomeOf(row({}), active(null))).toBe('allowed')
    expect(outcomeOf(row({ needs: 'member' }), active(null))).toBe('no-member')
    expect(outcomeOf(row({ needs: 'owner' }), active('member'))).toBe('no-owner')
    expect(outcomeOf(row({ needs: 'owner' }), active('owner'))).toBe('allowed')
    expect(outcomeOf(row({}), { state: 'disabled', membership: 'owner' })).toBe('disabled')
  })

  it('is what roles decide where nobody is asked about, or where they refuse', () => {
    expect(outcomeOf(row({ needs: 'owner' }))).toBe('allowed')
    expect(outcomeOf(row({ decision: 'denied' }), { state: 'disabled', membership: null })).toBe('denied')
  })

  it('is grouped by kind in the order of the rows', () => {
    const rows = ['user:get', 'role:get', 'user:list'].map((action) => row({ action }))
    expect(byKind(rows).map(([kind, { length }]) => [kind, length])).toEqual([
      ['user', 2],
      ['role', 1],
    ])
  })
})
