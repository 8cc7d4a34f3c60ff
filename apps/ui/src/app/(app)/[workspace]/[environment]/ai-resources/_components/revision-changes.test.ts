import { expect, it } from 'vitest'
import { revisionChanges } from './revision-changes.ts'

it('shows only fields that differ, with the names of connections, whatever the order of what is in them', () => {
  const document = { name: 'a', model: { model: 'm', connectionId: 'id-1' }, retries: { max: 1, baseMs: 2 }, gone: 1 }
  const values = { name: 'a', model: { connectionId: 'id-2', model: 'm' }, retries: { baseMs: 2, max: 1 } }
  expect(revisionChanges(document, values, new Map([['id-1', 'openai']]))).toEqual([
    {
      field: 'model',
      then: '{\n  "connectionId": "openai",\n  "model": "m"\n}',
      now: '{\n  "connectionId": "id-2",\n  "model": "m"\n}',
    },
  ])
})
