import {
  aiConnectionRoutes,
  apiKeyRoutes,
  type Environment,
  prioritizationRoutes,
  roleRoutes,
  environmentRoutes as routes,
  workspaceRoutes,
} from '@vm-x/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { environmentOfItsOwn } from '../testing/environment-of-its-own.ts'
import { type Answer, type Person, startWorld, type World, worldKinds } from '../testing/world.ts'

const outcome = ({ status, body }: Answer) => [status, body?.code]

describe.each(worldKinds)('the API of environments, on %s', (kind) => {
  let world: World
  let workspaceId: string
  let owner: Person
  let member: Person
  let made = 0

  beforeAll(async () => {
    world = await startWorld(kind)
    owner = await world.person('power-user')
    member = await world.person('power-user')
    workspaceId = (await world.done(owner, workspaceRoutes.createWorkspace, { body: { name: 'acme' } })).id
    await world.done(owner, workspaceRoutes.addWorkspaceMember, {
      params: { workspaceId },
      body: { email: member.email },
    })
  })
  afterAll(() => world?.close())

  const at = ({ id }: { id: string }, inside = workspaceId) => ({ workspaceId: inside, environmentId: id })
  const tryCreate = (body: object, person = owner) =>
    world.call(person, routes.createEnvironment, { params: { workspaceId }, body })
  const create = async (fields: object = {}): Promise<Environment> => {
    const answer = await tryCreate({ name: `environment-${++made}`, ...fields })
    expect(answer.status).toBe(201)
    return answer.body
  }
  const get = (environment: { id: string }, person = owner, inside = workspaceId) =>
    world.call(person, routes.getEnvironment, { params: at(environment, inside) })
  const update = (environment: { id: string; version: number }, body: object, person = owner) =>
    world.call(person, routes.updateEnvironment, { params: at(environment), version: environment.version, body })
  const remove = (environment: { id: string; version: number }, query: { cascade?: boolean } = {}) =>
    world.call(owner, routes.deleteEnvironment, { params: at(environment), version: environment.version, query })
  const eventsOf = ({ id }: { id: string }) =>
    world.product.storage.database.db
      .selectFrom('management_event')
      .where('object_id', '=', id)
      .selectAll()
      .orderBy('id')
      .execute()

  test('201: every member may make one, where their roles allow it', async () => {
    const answer = await tryCreate({ name: 'production' }, member)
    expect(answer).toMatchObject({
      status: 201,
      body: { workspaceId, name: 'production', capacity: [], maxConcurrent: null, createdBy: member.id, version: 1 },
    })
    expect(answer.headers.get('etag')).toBe('"1"')
    expect((await get(answer.body, member)).body).toEqual(answer.body)
    expect((await update(answer.body, { maxConcurrent: 5 }, member)).body.maxConcurrent).toBe(5)
    const reader = await world.person('read-only')
    await world.done(owner, workspaceRoutes.addWorkspaceMember, {
      params: { workspaceId },
      body: { email: reader.email },
    })
    expect((await get(answer.body, reader)).status).toBe(200)
    expect(outcome(await tryCreate({ name: 'x' }, reader))).toEqual([403, 'permission_missing'])
  })

  test('404 for outsiders, and for who asks in another workspace of theirs', async () => {
    const environment = await create()
    const outsider = await world.person('admin')
    expect(outcome(await get(environment, outsider))).toEqual([404, 'not_found'])
    expect(outcome(await update(environment, { name: 'mine' }, outsider))).toEqual([404, 'not_found'])
    const { id } = await world.done(outsider, workspaceRoutes.createWorkspace, { body: { name: 'globex' } })
    expect(outcome(await get(environment, outsider, id))).toEqual([404, 'not_found'])
    const { items } = await world.done(outsider, routes.listEnvironments, { params: { workspaceId: id } })
    expect(items).toEqual([])
  })

  test('409 name_taken in the workspace, whatever the case; in another one the name is free', async () => {
    await create({ name: 'Staging' })
    const other = await create()
    expect(outcome(await tryCreate({ name: 'sTAGING' }))).toEqual([409, 'name_taken'])
    expect(outcome(await update(other, { name: 'staging' }))).toEqual([409, 'name_taken'])
    expect((await update(other, { name: other.name.toUpperCase() })).status).toBe(200)
    const { id } = await world.done(owner, workspaceRoutes.createWorkspace, { body: { name: 'initech' } })
    const options = { params: { workspaceId: id }, body: { name: 'staging' } }
    expect((await world.call(owner, routes.createEnvironment, options)).status).toBe(201)

    const answers = await Promise.all([1, 2, 3].map(() => tryCreate({ name: 'at-once' })))
    expect(answers.map(({ status, body }) => body.code ?? status).sort()).toEqual([201, 'name_taken', 'name_taken'])
  })

  test('422 with the path for a parent in the body, and for what is no field', async () => {
    const answer = await tryCreate({ name: 'moved', workspaceId: '019ab000-0000-7000-8000-00000000dead', color: 'red' })
    expect(outcome(answer)).toEqual([422, 'invalid_fields'])
    expect(answer.body.errors).toMatchObject([{ path: 'workspaceId' }, { path: 'color' }])
  })

  test('a patch changes what it names, null clears, and a change of nothing is none', async () => {
    const environment = await create({ capacity: [{ period: 'day', tokens: 10 }], maxConcurrent: 2 })
    const cleared = (await update(environment, { maxConcurrent: null })).body
    expect(cleared).toMatchObject({ maxConcurrent: null, capacity: environment.capacity, version: 2 })
    expect((await update(cleared, { name: cleared.name, maxConcurrent: null })).body).toEqual(cleared)
    expect(outcome(await update(environment, { name: 'late' }))).toEqual([412, 'version_mismatch'])
    expect((await eventsOf(environment)).map(({ action, before, after }) => [action, before, after])).toEqual([
      ['environment:create', null, environment],
      ['environment:update', environment, cleared],
    ])
  })

  test('409 in_use with all that is in it; cascade deletes that as well, and the audit tells of each', async () => {
    const here = await environmentOfItsOwn(world)
    const resourceId = await here.resource('fast')
    const body = { name: 'app', resources: [resourceId], connections: [here.connectionId] }
    const { id: keyId } = await here.done(apiKeyRoutes.createApiKey, { body })
    const pool = { name: 'first', minReservation: 0, maxReservation: 100, resources: [resourceId] }
    await here.done(prioritizationRoutes.replacePoolDefinition, { version: 1, body: { pools: [pool] } })
    const connection = await here.done(aiConnectionRoutes.getAiConnection, {
      params: { aiConnectionId: here.connectionId },
    })
    const { version } = await here.done(routes.getEnvironment)
    const refused = await here.call(routes.deleteEnvironment, { version })
    expect(outcome(refused)).toEqual([409, 'in_use'])
    expect(refused.body.usedBy).toEqual([
      { kind: 'ai-connection', id: here.connectionId, name: 'demo' },
      { kind: 'ai-resource', id: resourceId, name: 'fast' },
      { kind: 'api-key', id: keyId, name: 'app' },
    ])
    const environment = await here.done(routes.getEnvironment)
    expect((await here.call(routes.deleteEnvironment, { version, query: { cascade: true } })).status).toBe(204)
    expect(outcome(await here.call(aiConnectionRoutes.listAiConnections))).toEqual([404, 'not_found'])
    const events = await world.product.storage.database.db
      .selectFrom('management_event')
      .where('environment_id', '=', environment.id)
      .where('after', 'is', null)
      .selectAll()
      .orderBy('id')
      .execute()
    expect(events.map(({ action, object_id, before }) => [action, object_id, before])).toEqual([
      ['prioritization:delete', environment.id, expect.objectContaining({ pools: [expect.objectContaining(pool)] })],
      ['api-key:delete', keyId, expect.objectContaining(body)],
      ['ai-resource:delete', resourceId, expect.objectContaining({ name: 'fast' })],
      ['ai-connection:delete', here.connectionId, connection],
      ['environment:delete', environment.id, environment],
    ])
  })

  describe('for who may delete an environment but not what is in it', () => {
    let here: Awaited<ReturnType<typeof environmentOfItsOwn>>
    let person: Person

    beforeAll(async () => {
      here = await environmentOfItsOwn(world)
      const { workspaceId, environmentId } = here.context
      const inside = [`workspace:${workspaceId}/environment:${environmentId}/*`]
      const policy = {
        statements: [
          { effect: 'allow', actions: ['*'], resources: ['*'] },
          { effect: 'deny', actions: ['*'], resources: inside },
        ],
      }
      await world.done(world.admin, roleRoutes.createRole, { body: { name: 'outside-only', policy } })
      person = await world.person('outside-only')
      const body = { email: person.email, membership: 'owner' }
      await world.done(world.admin, workspaceRoutes.addWorkspaceMember, { params: { workspaceId }, body })
    })

    test('403: neither it nor its workspace takes anything with it', async () => {
      const query = { cascade: true }
      const { version } = await here.done(routes.getEnvironment)
      const refused = await here.call(routes.deleteEnvironment, { version, query }, person)
      expect(outcome(refused)).toEqual([403, 'permission_missing'])
      const workspace = await here.done(workspaceRoutes.getWorkspace)
      const answer = await here.call(workspaceRoutes.deleteWorkspace, { version: workspace.version, query }, person)
      expect(outcome(answer)).toEqual([403, 'permission_missing'])
      expect(refused.body.detail).toContain('ai-connection:delete')
      expect((await here.done(aiConnectionRoutes.listAiConnections)).items).toHaveLength(1)
    })

    test('409 in_use counts what they may not see, and names none of it', async () => {
      const { version } = await here.done(routes.getEnvironment)
      const answer = await here.call(routes.deleteEnvironment, { version }, person)
      expect(outcome(answer)).toEqual([409, 'in_use'])
      expect(answer.body.usedBy).toBeUndefined()
      expect(answer.body.detail).toContain('and 1 more that you may not see')
    })
  })

  test('204: an empty one goes without cascade, and its name is free again', async () => {
    const environment = await create({ name: 'shortlived' })
    expect((await remove(environment)).status).toBe(204)
    expect(outcome(await remove(environment))).toEqual([404, 'not_found'])
    expect((await tryCreate({ name: 'shortlived' })).status).toBe(201)
  })

  test('422 for a cascade that is neither true nor false', async () => {
    const environment = await create()
    const answer = await world.call(owner, routes.deleteEnvironment, {
      params: at(environment),
      version: 1,
      query: { cascade: 'yes' },
    })
    expect(outcome(answer)).toEqual([422, 'invalid_fields'])
    expect(answer.body.errors).toMatchObject([{ path: 'cascade' }])
  })

  test('a list leaves out what a role of the caller denies, and pages go through the rest once', async () => {
    const hidden = await create()
    const policy = {
      statements: [
        { effect: 'allow', actions: ['environment:*'], resources: ['*'] },
        { effect: 'deny', actions: ['environment:get'], resources: [`workspace:*/environment:${hidden.id}`] },
      ],
    }
    await world.done(world.admin, roleRoutes.createRole, { body: { name: 'all-but-one', policy } })
    const person = await world.person('all-but-one')
    await world.done(owner, workspaceRoutes.addWorkspaceMember, {
      params: { workspaceId },
      body: { email: person.email },
    })
    const params = { workspaceId }
    const all: Environment[] = (await world.done(owner, routes.listEnvironments, { params, query: { limit: 200 } }))
      .items
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const query = { limit: 2, ...(cursor !== undefined && { cursor }) }
      const page = await world.done(person, routes.listEnvironments, { params, query })
      seen.push(...page.items.map(({ id }: Environment) => id))
      cursor = page.next
    } while (cursor !== undefined)
    expect(seen).toEqual(all.map(({ id }) => id).filter((id) => id !== hidden.id))
    expect(outcome(await get(hidden, person))).toEqual([403, 'permission_missing'])
  })
})
