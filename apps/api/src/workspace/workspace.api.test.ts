import { environmentRoutes, roleRoutes, workspaceRoutes as routes, type Workspace } from '@vm-x/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Change } from '../change/changes.ts'
import { atOnce } from '../testing/at-once.ts'
import { environmentOfItsOwn } from '../testing/environment-of-its-own.ts'
import { type Answer, type Person, startWorld, type World, worldKinds } from '../testing/world.ts'
import { lockAsOwner } from './workspace.service.ts'

const outcome = ({ status, body }: Answer) => [status, body?.code]

describe.each(worldKinds)('the API of workspaces, on %s', (kind) => {
  let world: World
  /** In no workspace but those that a test gives them; they may do anything with workspaces. */
  let owner: Person
  let member: Person
  let outsider: Person
  let made = 0

  beforeAll(async () => {
    world = await startWorld(kind)
    owner = await world.person('power-user')
    member = await world.person('power-user')
    outsider = await world.person('admin')
  })
  afterAll(() => world?.close())

  const create = (fields: object = {}, person = owner): Promise<Workspace> =>
    world.done(person, routes.createWorkspace, { body: { name: `workspace-${++made}`, ...fields } })
  const at = ({ id }: { id: string }) => ({ workspaceId: id })
  const get = (workspace: { id: string }, person = owner) =>
    world.call(person, routes.getWorkspace, { params: at(workspace) })
  const update = (workspace: { id: string; version: number }, body: object, person = owner) =>
    world.call(person, routes.updateWorkspace, { params: at(workspace), version: workspace.version, body })
  const remove = (workspace: { id: string; version: number }, { person = owner, cascade = false } = {}) =>
    world.call(person, routes.deleteWorkspace, {
      params: at(workspace),
      version: workspace.version,
      query: cascade ? { cascade } : {},
    })
  const add = (workspace: { id: string }, who: Person, membership = 'member', person = owner) =>
    world.call(person, routes.addWorkspaceMember, { params: at(workspace), body: { email: who.email, membership } })
  const setMembership = (workspace: { id: string }, who: Person, membership: string, person = owner, version = 1) =>
    world.call(person, routes.updateWorkspaceMember, {
      params: { ...at(workspace), userId: who.id },
      version,
      body: { membership },
    })
  const removeMember = (workspace: { id: string }, who: Person, person = owner, version = 1) =>
    world.call(person, routes.removeWorkspaceMember, { params: { ...at(workspace), userId: who.id }, version })
  const leave = (workspace: { id: string }, person: Person) =>
    world.call(person, routes.leaveWorkspace, { params: at(workspace) })
  const membershipsOf = async (workspace: { id: string }): Promise<Record<string, string>> => {
    const rows = await world.product.storage.database.db
      .selectFrom('workspace_member')
      .where('workspace_id', '=', workspace.id)
      .selectAll()
      .execute()
    return Object.fromEntries(rows.map(({ user_id, role }) => [user_id, role]))
  }
  const eventsIn = (workspace: { id: string }) =>
    world.product.storage.database.db
      .selectFrom('management_event')
      .where((eb) => eb.or([eb('workspace_id', '=', workspace.id), eb('object_id', '=', workspace.id)]))
      .selectAll()
      .orderBy('id')
      .execute()

  test('201: who makes a workspace owns it', async () => {
    const answer = await world.call(owner, routes.createWorkspace, { body: { name: 'Acme' } })
    expect(answer).toMatchObject({
      status: 201,
      body: {
        name: 'Acme',
        timeZone: 'UTC',
        capacity: [],
        maxConcurrent: null,
        membership: 'owner',
        createdBy: owner.id,
        version: 1,
      },
    })
    expect(answer.headers.get('etag')).toBe('"1"')
    expect((await get(answer.body)).body).toEqual(answer.body)
    expect(await membershipsOf(answer.body)).toEqual({ [owner.id]: 'owner' })
  })

  test.each([
    [{ name: 'a/b' }, 'name'],
    [{ name: 'n', timeZone: 'Mars/Olympus' }, 'timeZone'],
    [{ name: 'n', maxConcurrent: -1 }, 'maxConcurrent'],
    [{ name: 'n', capacity: [{ period: 'fortnight', requests: 1 }] }, 'capacity[0].period'],
    [{ name: 'n', id: '019ab000-0000-7000-8000-00000000dead' }, 'id'],
  ])('422 for %j', async (body, path) => {
    const answer = await world.call(owner, routes.createWorkspace, { body })
    expect(outcome(answer)).toEqual([422, 'invalid_fields'])
    expect(answer.body.errors).toMatchObject([{ path }])
  })

  test('409 name_taken whatever the case, also when several ask at once', async () => {
    await create({ name: 'Globex' })
    const other = await create()
    const body = { name: 'gLOBEX' }
    expect(outcome(await world.call(owner, routes.createWorkspace, { body }))).toEqual([409, 'name_taken'])
    expect(outcome(await update(other, body))).toEqual([409, 'name_taken'])
    expect((await update(other, { name: other.name.toUpperCase() })).status).toBe(200)

    const twin = { body: { name: 'at-once' } }
    const answers = await Promise.all([1, 2, 3].map(() => world.call(owner, routes.createWorkspace, twin)))
    expect(answers.map(({ status, body }) => body.code ?? status).sort()).toEqual([201, 'name_taken', 'name_taken'])
  })

  test('only members see a workspace: to others, administrators too, it does not exist', async () => {
    const workspace = await create()
    await add(workspace, member)
    const listed = async (person: Person) =>
      (await world.done(person, routes.listWorkspaces, { query: { limit: 200 } })).items.map(
        ({ id, membership }: Workspace) => `${id} ${membership}`,
      )
    expect(await listed(owner)).toContain(`${workspace.id} owner`)
    expect(await listed(member)).toContain(`${workspace.id} member`)
    expect(await listed(outsider)).toEqual([])
    expect((await get(workspace, member)).body.membership).toBe('member')

    const refusals = [
      await get(workspace, outsider),
      await update(workspace, { name: 'taken' }, outsider),
      await remove(workspace, { person: outsider, cascade: true }),
      await leave(workspace, outsider),
      await add(workspace, outsider, 'owner', outsider),
      await removeMember(workspace, member, outsider),
      await world.call(outsider, routes.listWorkspaceMembers, { params: at(workspace) }),
      await world.call(outsider, environmentRoutes.listEnvironments, { params: at(workspace) }),
    ]
    const nowhere = await get({ id: '019ab000-0000-7000-8000-00000000dead' }, outsider)
    for (const answer of refusals) {
      expect(outcome(answer)).toEqual([404, 'not_found'])
      expect(answer.body.detail).toBe(nowhere.body.detail)
    }
  })

  test('403 owner_required for members who want to change it or who is in it', async () => {
    const workspace = await create()
    await add(workspace, member)
    for (const answer of [
      await update(workspace, { name: 'mine' }, member),
      await remove(workspace, { person: member }),
      await add(workspace, outsider, 'member', member),
      await setMembership(workspace, member, 'owner', member),
      await removeMember(workspace, owner, member),
    ])
      expect(outcome(answer)).toEqual([403, 'owner_required'])
  })

  test('403 permission_missing for an owner whose roles do not allow it', async () => {
    const reader = await world.person('read-only')
    const workspace = await create()
    await add(workspace, reader, 'owner')
    expect((await get(workspace, reader)).status).toBe(200)
    expect(outcome(await update(workspace, { name: 'mine' }, reader))).toEqual([403, 'permission_missing'])
    expect(outcome(await world.call(reader, routes.createWorkspace, { body: { name: 'x' } }))).toEqual([
      403,
      'permission_missing',
    ])
    expect((await leave(workspace, reader)).status).toBe(204)
  })

  test('a patch changes what it names, null clears, and a change of nothing is none', async () => {
    const limits = { capacity: [{ period: 'minute', requests: 5 }], maxConcurrent: 3 }
    const workspace = await create({ ...limits, timeZone: 'Europe/Berlin' })
    const cleared = (await update(workspace, { maxConcurrent: null })).body
    expect(cleared).toMatchObject({ maxConcurrent: null, timeZone: 'Europe/Berlin', name: workspace.name, version: 2 })
    expect(cleared.capacity).toEqual(workspace.capacity)
    const same = await update(cleared, { maxConcurrent: null, name: cleared.name, capacity: cleared.capacity })
    expect(same.body).toEqual(cleared)
    expect(same.headers.get('etag')).toBe('"2"')
    expect((await update(cleared, {})).body).toEqual(cleared)
    expect((await eventsIn(workspace)).map(({ action, before, after }) => [action, before, after])).toEqual([
      ['workspace:create', null, workspace],
      ['workspace:update', workspace, cleared],
    ])
  })

  test('412 for a version that is not the one that is there', async () => {
    const workspace = await create()
    expect((await update(workspace, { timeZone: 'Asia/Tokyo' })).status).toBe(200)
    expect(outcome(await update(workspace, { name: 'late' }))).toEqual([412, 'version_mismatch'])
    expect(outcome(await remove(workspace))).toEqual([412, 'version_mismatch'])
  })

  test('of two changes of the same version that come at once one is made', async () => {
    const workspace = await create()
    const answers = await Promise.all(['Asia/Tokyo', 'Europe/Paris'].map((timeZone) => update(workspace, { timeZone })))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412])
  })

  test('members are added by their address, whatever its case, once', async () => {
    const workspace = await create()
    const upper = { ...member, email: member.email.toUpperCase() }
    const answer = await add(workspace, upper)
    expect(answer).toMatchObject({
      status: 201,
      body: { userId: member.id, email: member.email, membership: 'member', createdBy: owner.id, version: 1 },
    })
    expect(outcome(await add(workspace, member, 'owner'))).toEqual([409, 'conflict'])
    const nobody = await add(workspace, { ...member, email: 'nobody@example.com' })
    expect(outcome(nobody)).toEqual([422, 'invalid_fields'])
    expect(nobody.body.errors).toMatchObject([{ path: 'email' }])
    const { items } = await world.done(member, routes.listWorkspaceMembers, { params: at(workspace) })
    expect(items.map(({ userId, membership }: { userId: string; membership: string }) => [userId, membership])).toEqual(
      [
        [owner.id, 'owner'],
        [member.id, 'member'],
      ],
    )
    expect((await eventsIn(workspace)).map(({ action, after }) => [action, after])).toContainEqual([
      'workspace-member:create',
      answer.body,
    ])
  })

  test('a member becomes an owner with the next request, and nobody any more when removed', async () => {
    const workspace = await create()
    await add(workspace, member)
    expect((await setMembership(workspace, member, 'member')).body.version).toBe(1)
    expect((await setMembership(workspace, member, 'owner')).body).toMatchObject({ membership: 'owner', version: 2 })
    expect((await update(workspace, { timeZone: 'Asia/Tokyo' }, member)).status).toBe(200)
    expect(outcome(await removeMember(workspace, member, owner, 1))).toEqual([412, 'version_mismatch'])
    expect((await removeMember(workspace, member, owner, 2)).status).toBe(204)
    expect(outcome(await get(workspace, member))).toEqual([404, 'not_found'])
    expect(outcome(await removeMember(workspace, member, owner, 2))).toEqual([404, 'not_found'])
  })

  test('409 last_owner: the last owner can not leave, become a member, or be removed', async () => {
    const workspace = await create()
    await add(workspace, member)
    for (const answer of [
      await leave(workspace, owner),
      await setMembership(workspace, owner, 'member'),
      await removeMember(workspace, owner),
    ])
      expect(outcome(answer)).toEqual([409, 'last_owner'])
    expect(await membershipsOf(workspace)).toEqual({ [owner.id]: 'owner', [member.id]: 'member' })
    expect((await leave(workspace, member)).status).toBe(204)
  })

  test.each<[string, (workspace: Workspace, who: Person, other: Person) => Promise<Answer>]>([
    ['leave', (workspace, who) => leave(workspace, who)],
    ['demote themselves', (workspace, who) => setMembership(workspace, who, 'member', who)],
    ['remove each other', (workspace, who, other) => removeMember(workspace, other, who)],
  ])('two owners who %s at once do not both succeed', async (_what, go) => {
    const workspace = await create()
    await add(workspace, member, 'owner')
    const answers = await atOnce(world, kind, 'workspace_member', [
      () => go(workspace, owner, member),
      () => go(workspace, member, owner),
    ])
    expect(answers.filter(({ status }) => status < 300)).toHaveLength(1)
    expect(Object.values(await membershipsOf(workspace)).filter((role) => role === 'owner')).toHaveLength(1)
  })

  test('an owner who was removed or demoted while their change waited makes it no more', async () => {
    const workspace = await create()
    await add(workspace, member, 'owner')
    const author = { kind: 'user', name: '', sourceAddress: null, userAgent: null, requestId: null } as const
    const waiting = () =>
      world.product.storage.database.db
        .transaction()
        .execute((trx) => lockAsOwner(new Change(trx, { ...author, id: member.id }), at(workspace)))
    await waiting()
    await setMembership(workspace, member, 'member')
    await expect(waiting()).rejects.toMatchObject({ code: 'owner_required' })
    await removeMember(workspace, member, owner, 2)
    await expect(waiting()).rejects.toMatchObject({ code: 'not_found' })
  })

  test('409 in_use while it has environments; cascade deletes all that is in it', async () => {
    const { context, call } = await environmentOfItsOwn(world)
    const workspace: Workspace = (await get({ id: context.workspaceId }, world.admin)).body
    const refused = await remove(workspace, { person: world.admin })
    expect(outcome(refused)).toEqual([409, 'in_use'])
    expect(refused.body.usedBy).toMatchObject([{ kind: 'environment', id: context.environmentId }])

    expect((await remove(workspace, { person: world.admin, cascade: true })).status).toBe(204)
    expect(outcome(await call(environmentRoutes.getEnvironment))).toEqual([404, 'not_found'])
    const { db } = world.product.storage.database
    for (const table of ['environment', 'ai_connection', 'workspace_member'] as const)
      expect(await db.selectFrom(table).where('workspace_id', '=', workspace.id).selectAll().execute()).toEqual([])
    const events = (await eventsIn(workspace)).slice(-3)
    expect(events.map(({ action, workspace_id }) => [action, workspace_id])).toEqual([
      ['ai-connection:delete', workspace.id],
      ['environment:delete', workspace.id],
      // Nobody is a member any more: it is for whoever may see the events of the installation.
      ['workspace:delete', null],
    ])
    expect(events[0]?.before).toMatchObject({ name: 'demo', version: 1 })
    expect(events[2]?.before).toEqual({ id: workspace.id, name: workspace.name })
    const again = await create({ name: workspace.name })
    expect((await remove(again)).status).toBe(204)
  })

  test('403: a workspace does not take an environment with it that its owner may not delete, nor name one that they may not get', async () => {
    const workspace = await create()
    const environment = await world.done(owner, environmentRoutes.createEnvironment, {
      params: at(workspace),
      body: { name: 'kept' },
    })
    const kept = [`workspace:${workspace.id}/environment:${environment.id}`]
    const policy = {
      statements: [
        { effect: 'allow', actions: ['*'], resources: ['*'] },
        { effect: 'deny', actions: ['environment:delete', 'environment:get'], resources: kept },
      ],
    }
    await world.done(world.admin, roleRoutes.createRole, { body: { name: 'keeps-one', policy } })
    const person = await world.person('keeps-one')
    await add(workspace, person, 'owner')
    expect(outcome(await remove(workspace, { person, cascade: true }))).toEqual([403, 'permission_missing'])
    const refused = await remove(workspace, { person })
    expect(outcome(refused)).toEqual([409, 'in_use'])
    expect(refused.text).not.toContain('"kept"')
    expect((await remove(workspace, { cascade: true })).status).toBe(204)
  })

  test('an environment that is made while its workspace is deleted is deleted too, or never made', async () => {
    for (let round = 0; round < 3; round++) {
      const workspace = await create()
      const body = { name: 'late' }
      const [made, removed] = await Promise.all([
        world.call(owner, environmentRoutes.createEnvironment, { params: at(workspace), body }),
        remove(workspace, { cascade: true }),
      ])
      expect(removed.status).toBe(204)
      expect([201, 404, 409]).toContain(made.status)
      expect(outcome(await get(workspace))).toEqual([404, 'not_found'])
    }
  })

  test('a list leaves out what a role of the caller denies, and pages go through the rest once', async () => {
    const workspaces = [await create(), await create(), await create(), await create()]
    const hidden = workspaces[1] ?? expect.fail()
    const policy = {
      statements: [
        { effect: 'allow', actions: ['workspace:*'], resources: ['*'] },
        { effect: 'deny', actions: ['workspace:get'], resources: [`workspace:${hidden.id}`] },
      ],
    }
    await world.done(world.admin, roleRoutes.createRole, { body: { name: 'all-but-one', policy } })
    const person = await world.person('all-but-one')
    for (const workspace of workspaces) await add(workspace, person)
    const first = await world.done(person, routes.listWorkspaces, { query: { limit: 2 } })
    const second = await world.done(person, routes.listWorkspaces, { query: { limit: 2, cursor: first.next } })
    expect(second.next).toBeUndefined()
    expect([...first.items, ...second.items].map(({ id }: Workspace) => id)).toEqual(
      workspaces.filter(({ id }) => id !== hidden.id).map(({ id }) => id),
    )
    expect(outcome(await get(hidden, person))).toEqual([403, 'permission_missing'])
  })
})
