import {
  aiConnectionRoutes,
  aiResourceRoutes,
  environmentRoutes,
  roleRoutes,
  userRoutes,
  workspaceRoutes,
} from '@vm-x/contract'
import type { Database } from '@vm-x/storage'
import type { Transaction } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Change } from '../change/changes.ts'
import { lockPeople } from '../role/granting.ts'
import { overtaken } from '../testing/at-once.ts'
import { environmentOfItsOwn } from '../testing/environment-of-its-own.ts'
import { type Answer, type Person, startWorld, type World, worldKinds } from '../testing/world.ts'
import { systemAuthor } from './author.ts'

type Trx = Transaction<Database>

/** What ends what somebody may do, and how they are refused then. */
const ENDS = {
  'a role was taken away': {
    meanwhile: (trx: Trx, { id }: Person) => trx.deleteFrom('user_role').where('user_id', '=', id).execute(),
    refused: [403, 'permission_missing'],
  },
  'the user was disabled': {
    meanwhile: (trx: Trx, { id }: Person) =>
      trx.updateTable('user').set({ state: 'disabled' }).where('id', '=', id).execute(),
    refused: [401, 'not_signed_in'],
  },
  'the session was ended': {
    meanwhile: (trx: Trx, { id }: Person) => trx.deleteFrom('user_session').where('user_id', '=', id).execute(),
    refused: [401, 'not_signed_in'],
  },
  'the membership was ended': {
    meanwhile: (trx: Trx, { id }: Person) => trx.deleteFrom('workspace_member').where('user_id', '=', id).execute(),
    refused: [404, 'not_found'],
  },
  'an owner became a member': {
    meanwhile: (trx: Trx, { id }: Person) =>
      trx.updateTable('workspace_member').set({ role: 'member' }).where('user_id', '=', id).execute(),
    refused: [403, 'owner_required'],
  },
} as const

type End = keyof typeof ENDS

const OF_ANYBODY = ['a role was taken away', 'the user was disabled', 'the session was ended'] as const
const OF_MEMBERS = [...OF_ANYBODY, 'the membership was ended'] as const
const OF_OWNERS = [...OF_MEMBERS, 'an owner became a member'] as const

describe.each(worldKinds)('a change that had to wait is refused by what has happened meanwhile, on %s', (kind) => {
  let world: World
  let params: { readonly workspaceId: string; readonly environmentId: string }

  beforeAll(async () => {
    world = await startWorld(kind)
    const { id: workspaceId } = await world.done(world.admin, workspaceRoutes.createWorkspace, {
      body: { name: 'shared' },
    })
    const environment = await world.done(world.admin, environmentRoutes.createEnvironment, {
      params: { workspaceId },
      body: { name: 'shared' },
    })
    params = { workspaceId, environmentId: environment.id }
  })
  afterAll(() => world?.close())

  /** Somebody who may do anything. */
  const owner = async (): Promise<Person> => {
    const person = await world.person('admin')
    const body = { email: person.email, membership: 'owner' }
    await world.done(world.admin, workspaceRoutes.addWorkspaceMember, { params, body })
    return person
  }
  const lockRow = (table: 'workspace' | 'environment', id: string) => (trx: Trx) =>
    trx.selectFrom(table).where('id', '=', id).select('id').forUpdate().execute()
  const refuses = async (end: End, lock: (trx: Trx) => Promise<unknown>, call: (person: Person) => Promise<Answer>) => {
    const person = await owner()
    const { meanwhile, refused } = ENDS[end]
    const answer = await overtaken(world, kind, {
      lock,
      meanwhile: (trx) => meanwhile(trx, person),
      call: () => call(person),
    })
    expect([answer.status, answer.body?.code]).toEqual(refused)
    const { db } = world.product.storage.database
    const events = await db.selectFrom('management_event').where('actor_id', '=', person.id).select('action').execute()
    expect(events.filter(({ action }) => !/^session:|:change-password$/.test(action))).toEqual([])
  }

  test.each(OF_ANYBODY)('for what people may do: %s', (end) =>
    refuses(
      end,
      (trx) => lockPeople(new Change(trx, systemAuthor('test'))),
      (person) => world.call(person, userRoutes.createUser, { body: { email: 'late@example.com', name: 'Late' } }),
    ),
  )

  test.each(OF_OWNERS)('for a workspace: %s', (end) =>
    refuses(end, lockRow('workspace', params.workspaceId), (person) =>
      world.call(person, workspaceRoutes.updateWorkspace, { params, version: 1, body: { maxConcurrent: 3 } }),
    ),
  )

  test.each(OF_MEMBERS)('for an environment: %s', (end) =>
    refuses(end, lockRow('environment', params.environmentId), (person) =>
      world.call(person, environmentRoutes.updateEnvironment, { params, version: 1, body: { maxConcurrent: 3 } }),
    ),
  )

  test.each(OF_MEMBERS)('for a new environment: %s', (end) =>
    refuses(end, lockRow('workspace', params.workspaceId), (person) =>
      world.call(person, environmentRoutes.createEnvironment, { params, body: { name: 'late' } }),
    ),
  )

  test('for what goes with something else: a role that allowed that was taken away', async () => {
    const { connectionId: aiConnectionId, ...here } = await environmentOfItsOwn(world)
    await here.resource('fast')
    for (const [name, actions] of [
      ['connections', ['ai-connection:*']],
      ['resources', ['ai-resource:*']],
    ] as const) {
      const policy = { statements: [{ effect: 'allow', actions, resources: ['*'] }] }
      await world.done(world.admin, roleRoutes.createRole, { body: { name, policy } })
    }
    const person = await world.person('connections', 'resources')
    await here.done(workspaceRoutes.addWorkspaceMember, { body: { email: person.email } })
    const { db } = world.product.storage.database
    const { id: roleId } = await db
      .selectFrom('role')
      .where('name', '=', 'resources')
      .select('id')
      .executeTakeFirstOrThrow()
    const options = { params: { aiConnectionId }, version: 1, query: { cascade: true } }
    const answer = await overtaken(world, kind, {
      lock: lockRow('environment', here.context.environmentId),
      meanwhile: (trx) =>
        trx.deleteFrom('user_role').where('user_id', '=', person.id).where('role_id', '=', roleId).execute(),
      call: () => here.call(aiConnectionRoutes.deleteAiConnection, options, person),
    })
    expect([answer.status, answer.body?.code]).toEqual([403, 'permission_missing'])
    expect(answer.body.detail).toContain('ai-resource:delete')
    expect((await here.done(aiConnectionRoutes.listAiConnections)).items).toHaveLength(1)
    expect((await here.done(aiResourceRoutes.listAiResources)).items).toHaveLength(1)
  })
})
