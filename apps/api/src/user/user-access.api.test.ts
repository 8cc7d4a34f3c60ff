import { roleRoutes, userRoutes as routes, workspaceRoutes } from '@vm-x/contract'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { environmentOfItsOwn } from '../testing/environment-of-its-own.ts'
import { type Person, startWorld, type World, worldKinds } from '../testing/world.ts'

describe.each(worldKinds)('what a user may do, on %s', (kind) => {
  let world: World
  let here: Awaited<ReturnType<typeof environmentOfItsOwn>>

  beforeAll(async () => {
    world = await startWorld(kind)
    here = await environmentOfItsOwn(world)
  })
  afterAll(() => world?.close())

  type Query = Readonly<Record<string, string>>
  const ask = ({ id: userId }: Person, query: Query = {}, asker = world.admin) =>
    world.call(asker, routes.getUserAccess, { params: { userId }, query })
  const access = async (person: Person, query: Query = {}, asker = world.admin) => {
    const { status, body, text } = await ask(person, query, asker)
    if (status !== 200) throw new Error(text)
    const of = (action: string) => body.permissions.find((one: { action: string }) => one.action === action)
    return { ...body, of }
  }
  const role = (name: string, ...statements: object[]) =>
    world.done(world.admin, roleRoutes.createRole, { body: { name, policy: { statements } } })
  const join = ({ email }: Person, membership = 'member') =>
    here.done(workspaceRoutes.addWorkspaceMember, { body: { email, membership } })

  it('is told with the statement that decides, and what else it needs', async () => {
    const { workspaceId, environmentId } = here.context
    const environment = `workspace:${workspaceId}/environment:${environmentId}`
    const connection = `${environment}/ai-connection:${here.connectionId}`
    const statements = [
      { effect: 'allow', actions: ['workspace:*'], resources: ['workspace:*'] },
      { effect: 'allow', actions: ['ai-connection:*'], resources: [`${environment}/*`] },
      { effect: 'deny', actions: ['ai-connection:delete'], resources: ['*'] },
      { effect: 'deny', actions: ['ai-connection:update'], resources: [connection] },
    ]
    const { id: roleId } = await role('editor', ...statements)
    const person = await world.person('editor')
    const by = (statementIndex: number) => ({
      roleId,
      roleName: 'editor',
      statementIndex,
      statement: statements[statementIndex],
    })
    const outside = await access(person, here.context)
    expect(outside).toMatchObject({ state: 'active', membership: null })
    await join(person)
    const { membership, of } = await access(person, here.context)
    expect(membership).toBe('member')
    const all = { resource: `${environment}/ai-connection:*`, needs: 'member' }
    expect(of('ai-connection:create')).toMatchObject({ ...all, decision: 'allowed', by: by(1), exceptions: [] })
    expect(of('ai-connection:update')).toMatchObject({ ...all, decision: 'allowed', by: by(1), exceptions: [by(3)] })
    expect(of('ai-connection:delete')).toMatchObject({ ...all, decision: 'denied', by: by(2), exceptions: [] })
    expect(of('ai-resource:list')).toMatchObject({ decision: 'not-allowed', by: null, exceptions: [] })
    expect(of('workspace:update')).toMatchObject({
      resource: `workspace:${workspaceId}`,
      decision: 'allowed',
      by: by(0),
      needs: 'owner',
    })
    expect(of('workspace:create')).toMatchObject({ resource: 'workspace:*', decision: 'allowed', needs: null })
  })

  it('is what can be named here: in an environment, a workspace, or neither', async () => {
    const { workspaceId } = here.context
    const actions = async (query: Query) =>
      (await access(world.admin, query)).permissions.map(({ action }: { action: string }) => action)
    const nowhere = await actions({})
    expect(nowhere).toEqual(expect.arrayContaining(['user:get', 'role-member:create', 'audit-event:list']))
    expect(nowhere).not.toContain('workspace:get')
    const inWorkspace = await actions({ workspaceId })
    expect(inWorkspace).toEqual(expect.arrayContaining([...nowhere, 'workspace:get', 'environment:get']))
    expect(inWorkspace).not.toContain('ai-connection:list')
    const inEnvironment = await actions(here.context)
    expect(inEnvironment).toEqual(expect.arrayContaining([...inWorkspace, 'ai-connection:list', 'usage:query']))
    const { items } = await world.done(world.admin, roleRoutes.listPermissions)
    expect(inEnvironment.toSorted()).toEqual(items.map(({ action }: { action: string }) => action).toSorted())
  })

  it('can be asked by everyone of themselves, of others by who may get them', async () => {
    const person = await world.person()
    const other = await world.person('read-only')
    expect((await access(person, {}, person)).of('user:list')).toMatchObject({ decision: 'not-allowed', by: null })
    expect(await ask(other, {}, person)).toMatchObject({ status: 403, body: { code: 'permission_missing' } })
    expect(await ask(person, {}, other)).toMatchObject({ status: 200 })
    expect(await ask({ ...person, id: crypto.randomUUID() }, {}, other)).toMatchObject({ status: 404 })
  })

  it('has the statements themselves for who may get the role', async () => {
    await role('helper', { effect: 'allow', actions: ['user:get'], resources: ['*'] })
    const helper = await world.person('helper')
    const { by } = (await access(world.admin, {}, helper)).of('user:list')
    expect(by).toEqual({ roleId: expect.any(String), roleName: 'admin', statementIndex: 0 })
    const reader = await world.person('read-only')
    expect((await access(world.admin, {}, reader)).of('user:list').by).toEqual({
      ...by,
      statement: { effect: 'allow', actions: ['*'], resources: ['*'] },
    })
  })

  it('is a 404 in a workspace that whoever asks is no member of, themselves or not', async () => {
    const outsider = await world.person('admin')
    const { workspaceId, environmentId } = here.context
    for (const person of [outsider, world.admin])
      for (const query of [{ workspaceId }, { workspaceId, environmentId }])
        expect(await ask(person, query, outsider)).toMatchObject({ status: 404, body: { code: 'not_found' } })
    const elsewhere = await environmentOfItsOwn(world)
    const mixed = { workspaceId, environmentId: elsewhere.context.environmentId }
    expect(await ask(world.admin, mixed)).toMatchObject({ status: 404 })
    expect(await ask(world.admin, { environmentId })).toMatchObject({
      status: 422,
      body: { errors: [{ path: 'environmentId' }] },
    })
  })

  it('says who is disabled', async () => {
    const { id: userId, ...person } = await world.person('admin')
    const { version } = await world.done(world.admin, routes.getUser, { params: { userId } })
    const body = { disabled: true }
    await world.done(world.admin, routes.updateUser, { params: { userId }, version, body })
    const disabled = await access({ id: userId, ...person })
    expect(disabled.state).toBe('disabled')
    expect(disabled.of('user:list').decision).toBe('allowed')
  })
})
