import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { OpenedDatabase } from './open.ts'
import { type EnvironmentContext, inEnvironment, inWorkspace } from './scope.ts'
import { testDatabases } from './test-databases.ts'

const by = { created_by: 'test', updated_by: 'test' }
const connection = () => ({
  id: uuidv7(),
  name: 'same-name',
  provider: 'demo',
  enabled: true,
  origin: 'config' as const,
  ...by,
})

describe.each(testDatabases)('on $kind', ({ open }) => {
  let database: OpenedDatabase
  let mine: EnvironmentContext
  let sibling: EnvironmentContext
  let foreign: EnvironmentContext
  beforeAll(async () => {
    database = await open()
    const workspace = async (...environments: EnvironmentContext[]) => {
      for (const [index, { workspaceId, environmentId }] of environments.entries()) {
        if (index === 0) {
          const row = { id: workspaceId, name: workspaceId, time_zone: 'UTC', ...by }
          await database.db.insertInto('workspace').values(row).execute()
        }
        await inWorkspace(database.db, { workspaceId })
          .insertInto('environment', { id: environmentId, name: environmentId, ...by })
          .execute()
        await inEnvironment(database.db, { workspaceId, environmentId })
          .insertInto('ai_connection', connection())
          .execute()
      }
    }
    const [one, other] = [uuidv7(), uuidv7()]
    mine = { workspaceId: one, environmentId: uuidv7() }
    sibling = { workspaceId: one, environmentId: uuidv7() }
    foreign = { workspaceId: other, environmentId: uuidv7() }
    await workspace(mine, sibling)
    await workspace(foreign)
  })
  afterAll(() => database?.close())

  const providers = async () =>
    Object.fromEntries(
      (await database.db.selectFrom('ai_connection').select(['environment_id', 'provider']).execute()).map((row) => [
        row.environment_id,
        row.provider,
      ]),
    )

  test('an environment sees, changes and deletes its own rows only', async () => {
    const scope = inEnvironment(database.db, mine)
    const seen = await scope.selectFrom('ai_connection').select('environment_id').execute()
    expect(seen).toEqual([{ environment_id: mine.environmentId }])
    await scope.updateTable('ai_connection').set({ provider: 'changed' }).execute()
    expect(await providers()).toEqual({
      [mine.environmentId]: 'changed',
      [sibling.environmentId]: 'demo',
      [foreign.environmentId]: 'demo',
    })
    await scope.deleteFrom('ai_connection').execute()
    expect(Object.keys(await providers()).sort()).toEqual([sibling.environmentId, foreign.environmentId].sort())
    await scope.insertInto('ai_connection', connection()).execute()
  })

  test('a workspace sees the rows of all its environments and of no other workspace', async () => {
    const seen = await inWorkspace(database.db, mine).selectFrom('environment').select('id').execute()
    expect(seen.map(({ id }) => id).sort()).toEqual([mine.environmentId, sibling.environmentId].sort())
  })

  test("the ids of a pair that does not belong together reach nothing and can't be written", async () => {
    const mixed = inEnvironment(database.db, { workspaceId: foreign.workspaceId, environmentId: mine.environmentId })
    expect(await mixed.selectFrom('ai_connection').select('id').execute()).toEqual([])
    await expect(mixed.insertInto('ai_connection', { ...connection(), name: 'other' }).execute()).rejects.toMatchObject(
      { code: '23503' },
    )
  })

  test('a condition of the caller only ever narrows the scope', async () => {
    const query = inEnvironment(database.db, mine).selectFrom('ai_connection').select('environment_id')
    const rows = await query
      .where((eb) => eb.or([eb('name', '=', 'same-name'), eb('name', '!=', 'same-name')]))
      .execute()
    expect(rows).toEqual([{ environment_id: mine.environmentId }])
  })
})
