import { silentLog } from '@vm-x/gateway'
import { type EnvironmentContext, inEnvironment, inWorkspace } from '@vm-x/storage'
import { testDatabases } from '@vm-x/storage/testing'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemAuthor } from '../change/author.ts'
import { Changes } from '../change/changes.ts'
import { requireRoom } from './require-room.ts'

const by = { created_by: 'test', updated_by: 'test' }

describe.each(testDatabases)('the room of an environment on $kind', ({ open }) => {
  let database: Awaited<ReturnType<typeof open>>
  const workspaceId = uuidv7()

  beforeAll(async () => {
    database = await open()
    await database.db
      .insertInto('workspace')
      .values({ id: workspaceId, name: 'w', time_zone: 'UTC', ...by })
      .execute()
  })
  afterAll(() => database?.close())

  async function environment(connections: number): Promise<EnvironmentContext> {
    const environmentId = uuidv7()
    const context = { workspaceId, environmentId }
    await inWorkspace(database.db, context)
      .insertInto('environment', { id: environmentId, name: environmentId, ...by })
      .execute()
    for (let made = 0; made < connections; made++) {
      const row = { id: uuidv7(), name: `c${made}`, provider: 'demo', allowed_models: null, enabled: true, ...by }
      await inEnvironment(database.db, context)
        .insertInto('ai_connection', { ...row, origin: 'api' })
        .execute()
    }
    return context
  }

  const asked = (context: EnvironmentContext, most: number) =>
    new Changes({ db: database.db, refresh: async () => {}, log: silentLog }).run(systemAuthor('test'), (change) =>
      requireRoom(change, context, { table: 'ai_connection', kinds: 'AI connections', most }),
    )

  it('ends with the most that there can be, which the refusal names', async () => {
    const context = await environment(3)
    await asked(context, 4)
    for (const most of [3, 2])
      await expect(asked(context, most)).rejects.toMatchObject({
        code: 'conflict',
        message: expect.stringContaining(`${most} AI connections`),
      })
  })

  it('is not taken by what others have', async () => {
    await environment(3)
    await asked(await environment(0), 1)
  })
})
