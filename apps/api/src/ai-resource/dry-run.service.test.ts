import { compilePolicy } from '@vm-x/contract'
import { v7 as uuidv7 } from 'uuid'
import { expect, it } from 'vitest'
import type { ApiKeyService } from '../api-key/api-key.service.ts'
import type { Management } from '../http/management.ts'
import { silentDatabase } from '../testing/silent-database.ts'
import { DryRunService } from './dry-run.service.ts'

it('eight dry runs are under way at once in all, and more are refused until one has ended', async () => {
  const { db, lost } = silentDatabase()
  const dryRuns = new DryRunService({ db } as Management, {} as ApiKeyService)
  const asker = { policy: compilePolicy([]), sourceAddress: null }
  const question = { request: { messages: [] }, headers: {}, draws: [] }
  const explain = () =>
    dryRuns.explain({ workspaceId: uuidv7(), environmentId: uuidv7() }, uuidv7(), question, asker).catch(String)
  const begun = Array.from({ length: 8 }, explain)
  expect(await explain()).toContain('8 dry runs are under way: try again')
  lost(new Error('gone'))
  expect(await Promise.all(begun)).toEqual(Array.from({ length: 8 }, () => 'Error: gone'))
  expect(await explain()).toBe('Error: gone')
})
