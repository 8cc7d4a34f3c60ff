import { compilePolicy } from '@vm-x/contract'
import { v7 as uuidv7 } from 'uuid'
import { expect, it } from 'vitest'
import type { Changes } from '../change/changes.ts'
import { silentDatabase } from '../testing/silent-database.ts'
import { AiConnectionController } from './ai-connection.controller.ts'
import type { AiConnectionService } from './ai-connection.service.ts'
import type { ConnectionTrials } from './connection-trials.ts'

it('what uses a connection is looked for eight times at once in all, and more are refused until one has ended', async () => {
  const { db, lost } = silentDatabase()
  const connections = { get: async () => ({ id: uuidv7(), name: 'main' }) } as unknown as AiConnectionService
  const controller = new AiConnectionController({ db }, {} as Changes, connections, {} as ConnectionTrials)
  const params = { workspaceId: uuidv7(), environmentId: uuidv7(), aiConnectionId: uuidv7() }
  const call = { params, policy: compilePolicy([]) } as unknown as Parameters<AiConnectionController['uses']>[0]
  const uses = () => controller.uses(call).catch(String)
  const begun = Array.from({ length: 8 }, uses)
  expect(await uses()).toContain('8 questions of what uses a connection are being answered: try again')
  lost(new Error('gone'))
  expect(await Promise.all(begun)).toEqual(Array.from({ length: 8 }, () => 'Error: gone'))
  expect(await uses()).toBe('Error: gone')
})
