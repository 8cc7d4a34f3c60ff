import { expect, it } from 'vitest'
import { actionInWords, pageOfObject } from './change-words.ts'

it('says what was done in words, and leaves an action that it does not know as it is', () => {
  expect(actionInWords('ai-connection:update')).toBe('Changed AI connection')
  expect(actionInWords('workspace:create')).toBe('Created workspace')
  expect(actionInWords('session:create')).toBe('Signed in')
  expect(actionInWords('batch:cancel')).toBe('batch:cancel')
})

it('leads to the page of what was changed, but not to what is gone', () => {
  const event = {
    id: '1',
    at: '2026-11-26T00:00:00.000Z',
    workspaceId: 'w',
    environmentId: 'e',
    actor: { kind: 'user' as const, id: 'u', name: 'a@example.com' },
    action: 'api-key:update',
    object: { kind: 'api-key', id: 'k', name: 'backend' },
    before: null,
    after: null,
    sourceAddress: null,
    userAgent: null,
    requestId: null,
  }
  expect(pageOfObject(event)).toBe('/w/e/api-keys/k')
  expect(pageOfObject({ ...event, action: 'api-key:delete' })).toBeUndefined()
  expect(pageOfObject({ ...event, object: { ...event.object, kind: 'prioritization' } })).toBeUndefined()
  expect(pageOfObject({ ...event, object: { kind: 'role', id: 'r', name: 'reader' } })).toBe('/roles/r')
})
