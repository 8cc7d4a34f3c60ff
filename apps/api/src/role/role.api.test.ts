import { BUILT_IN_ROLES, type PolicyStatement, type Role, roleRoutes as routes, userRoutes } from '@vm-x/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { atOnce } from '../testing/at-once.ts'
import { type Answer, type Person, startWorld, type World, worldKinds } from '../testing/world.ts'

const outcome = ({ status, body }: Answer) => [status, body?.code]

const allow = (actions: string[], resources = ['*']): PolicyStatement => ({ effect: 'allow', actions, resources })
const deny = (actions: string[], resources = ['*']): PolicyStatement => ({ effect: 'deny', actions, resources })
const { admin: ADMIN, powerUser: POWER_USER } = BUILT_IN_ROLES

describe.each(worldKinds)('the API of roles, on %s', (kind) => {
  let world: World
  /** May do anything with users and roles, and nothing else. */
  let manager: Person
  let made = 0

  beforeAll(async () => {
    world = await startWorld(kind)
    await create([allow(['user:*', 'role:*', 'role-member:*'])], { name: 'manager' })
    manager = await world.person('manager')
  })
  afterAll(() => world?.close())

  const bodyOf = (statements: object[], fields: object = {}) => ({
    name: `role-${++made}`,
    policy: { statements },
    ...fields,
  })
  const tryCreate = (statements: object[], fields: object = {}, person = world.admin) =>
    world.call(person, routes.createRole, { body: bodyOf(statements, fields) })
  const create = (statements: object[], fields: object = {}, person = world.admin): Promise<Role> =>
    world.done(person, routes.createRole, { body: bodyOf(statements, fields) })
  const get = ({ id }: { id: string }): Promise<Role> =>
    world.done(world.admin, routes.getRole, { params: { roleId: id } })
  const update = async (role: { id: string }, body: object, person = world.admin) =>
    world.call(person, routes.updateRole, { params: { roleId: role.id }, version: (await get(role)).version, body })
  const remove = async (role: { id: string }, person = world.admin) =>
    world.call(person, routes.deleteRole, { params: { roleId: role.id }, version: (await get(role)).version })
  const give = (role: { id: string }, user: { id: string }, person = world.admin) =>
    world.call(person, routes.addRoleMember, { params: { roleId: role.id, userId: user.id } })
  const take = (role: { id: string }, user: { id: string }, person = world.admin) =>
    world.call(person, routes.removeRoleMember, { params: { roleId: role.id, userId: user.id } })
  const rolesOf = async ({ id }: { id: string }): Promise<string[]> =>
    (await world.done(world.admin, userRoutes.getUser, { params: { userId: id } })).roles.map(({ name }: Role) => name)
  const eventsOf = ({ id }: { id: string }) =>
    world.product.storage.database.db
      .selectFrom('management_event')
      .where('object_id', '=', id)
      .selectAll()
      .orderBy('id')
      .execute()

  test('201: a role that permits at once what it says, to whoever has it', async () => {
    const answer = await tryCreate([{ ...allow(['user:list']), effect: 'Allow' }], { description: 'Sees users' })
    expect(answer).toMatchObject({
      status: 201,
      body: { description: 'Sees users', builtIn: false, policy: { statements: [{ effect: 'allow' }] }, version: 1 },
    })
    expect(answer.headers.get('etag')).toBe('"1"')
    const person = await world.person()
    expect(outcome(await world.call(person, userRoutes.listUsers))).toEqual([403, 'permission_missing'])
    expect((await give(answer.body, person)).status).toBe(200)
    expect((await world.call(person, userRoutes.listUsers)).status).toBe(200)
    expect((await update(answer.body, { policy: { statements: [allow(['role:list'])] } })).status).toBe(200)
    expect(outcome(await world.call(person, userRoutes.listUsers))).toEqual([403, 'permission_missing'])
    expect((await take(answer.body, person)).status).toBe(204)
    expect(outcome(await world.call(person, routes.listRoles))).toEqual([403, 'permission_missing'])
  })

  test('409 built_in for changing or deleting a role that comes with the product', async () => {
    for (const role of Object.values(BUILT_IN_ROLES)) {
      expect(outcome(await update(role, { description: 'Mine' }))).toEqual([409, 'built_in'])
      expect(outcome(await remove(role))).toEqual([409, 'built_in'])
      expect((await get(role)).policy).toEqual(role.policy)
    }
  })

  test('422 with the path of each pattern that can not take effect', async () => {
    const statements = [allow(['user:get']), allow(['user:fly', 'user:list'], ['user:*', 'planet:*'])]
    const answer = await tryCreate(statements)
    expect(outcome(answer)).toEqual([422, 'invalid_fields'])
    expect(answer.body.errors.map(({ path }: { path: string }) => path)).toEqual([
      'policy.statements[1].actions[0]',
      'policy.statements[1].resources[1]',
    ])
    const role = await create([allow(['user:get'])])
    const changed = await update(role, { policy: { statements } })
    expect(changed.body.errors).toEqual(answer.body.errors)
  })

  test.each([
    [
      'an effect that there is not',
      { statements: [{ ...allow(['user:get']), effect: 'maybe' }] },
      'policy.statements[0].effect',
    ],
    ['no statement', { statements: [] }, 'policy.statements'],
    ['an unknown field', { statements: [{ ...allow(['user:get']), condition: {} }] }, 'policy.statements[0].condition'],
  ])('422 for %s', async (_what, policy, path) => {
    const answer = await tryCreate([], { policy })
    expect(outcome(answer)).toEqual([422, 'invalid_fields'])
    expect(answer.body.errors).toMatchObject([{ path }])
  })

  test('409 name_taken whatever the case, of built-in roles too', async () => {
    await create([allow(['user:get'])], { name: 'Support' })
    const other = await create([allow(['user:get'])])
    expect(outcome(await tryCreate([allow(['user:get'])], { name: 'sUPPORT' }))).toEqual([409, 'name_taken'])
    expect(outcome(await tryCreate([allow(['user:get'])], { name: 'ADMIN' }))).toEqual([409, 'name_taken'])
    expect(outcome(await update(other, { name: 'support' }))).toEqual([409, 'name_taken'])
    expect((await update(other, { name: other.name.toUpperCase() })).status).toBe(200)
  })

  describe('nobody grants what they do not have: 403 grant_exceeds_own', () => {
    test('in a new role, with the path of what is too much', async () => {
      const answer = await tryCreate([allow(['user:get']), allow(['role:get', 'workspace:create'])], {}, manager)
      expect(outcome(answer)).toEqual([403, 'grant_exceeds_own'])
      expect(answer.body.errors).toMatchObject([{ path: 'policy.statements[1].actions[1]' }])
      expect((await tryCreate([allow(['user:get', 'role:*'])], {}, manager)).status).toBe(201)
    })

    test('in a change of what a role permits', async () => {
      const role = await create([allow(['user:get'])], {}, manager)
      const policy = { statements: [allow(['*'])] }
      expect(outcome(await update(role, { policy }, manager))).toEqual([403, 'grant_exceeds_own'])
      expect((await get(role)).policy).toEqual(role.policy)
    })

    test('but whoever changes no more than the name of a role grants nothing', async () => {
      const role = await create([allow(['workspace:create'])])
      const answer = await update(role, { description: 'Makes workspaces', policy: role.policy }, manager)
      expect(answer).toMatchObject({ status: 200, body: { description: 'Makes workspaces', version: 2 } })
    })

    test('by giving a role, to oneself or anybody', async () => {
      const person = await world.person()
      for (const role of [ADMIN, POWER_USER])
        for (const user of [manager, person])
          expect(outcome(await give(role, user, manager))).toEqual([403, 'grant_exceeds_own'])
      expect(await rolesOf(manager)).toEqual(['manager'])
      expect((await give(await create([allow(['user:get'])]), person, manager)).status).toBe(200)
    })

    test('by taking a role whose deny held back what another role allows', async () => {
      const denying = await create([allow(['user:get']), deny(['workspace:create', 'user:delete'])])
      const held = await world.person('power-user', denying.name)
      const answer = await take(denying, held, manager)
      expect(outcome(answer)).toEqual([403, 'grant_exceeds_own'])
      expect(answer.body.detail).toContain('workspace:create')
      expect(answer.body.detail).not.toContain('user:delete')
      expect(await rolesOf(held)).toEqual(['power-user', denying.name])
      expect((await take(denying, held)).status).toBe(204)
    })

    test('by taking from oneself a role that denies', async () => {
      const denying = await create([deny(['user:delete'])])
      const person = await world.person('manager', denying.name)
      expect(outcome(await take(denying, person, person))).toEqual([403, 'grant_exceeds_own'])
      expect((await take(denying, person, manager)).status).toBe(204)
    })

    test('but a deny that another role repeats, or that held nothing back, can be taken', async () => {
      const denying = await create([deny(['workspace:create'])])
      const wider = await create([deny(['workspace:*'])])
      const held = await world.person('power-user', denying.name, wider.name)
      expect((await take(denying, held, manager)).status).toBe(204)
      expect(outcome(await take(wider, held, manager))).toEqual([403, 'grant_exceeds_own'])
      expect((await take(wider, await world.person(wider.name), manager)).status).toBe(204)
    })

    test('by editing a deny out of a role', async () => {
      const denied = deny(['workspace:update', 'environment:create'])
      const role = await create([allow(['user:get']), denied])
      const edits = [
        [allow(['user:get'])],
        [allow(['user:get']), deny(['environment:create'])],
        [
          allow(['user:get']),
          deny(['workspace:update', 'environment:create'], ['workspace:*/environment:*', 'workspace:0*']),
        ],
      ]
      for (const statements of edits)
        expect(outcome(await update(role, { policy: { statements } }, manager))).toEqual([403, 'grant_exceeds_own'])
      expect((await get(role)).policy).toEqual(role.policy)

      const kept = [denied, allow(['user:get', 'user:list'])]
      expect((await update(role, { policy: { statements: kept } }, manager)).status).toBe(200)
      const wider = [allow(['user:get']), deny(['workspace:*', 'environment:*'])]
      expect((await update(role, { policy: { statements: wider } }, manager)).status).toBe(200)
      expect((await update(role, { policy: { statements: [allow(['user:get'])] } })).status).toBe(200)
    })

    test('nor a deny of what one has oneself', async () => {
      const role = await create([allow(['role:get']), deny(['user:delete'])])
      expect((await update(role, { policy: { statements: [allow(['role:get'])] } }, manager)).status).toBe(200)
    })
  })

  test('409 in_use, with who has it, for deleting a role that somebody has', async () => {
    const role = await create([allow(['user:get'])])
    const person = await world.person(role.name)
    const answer = await remove(role)
    expect(outcome(answer)).toEqual([409, 'in_use'])
    expect(answer.body.usedBy).toEqual([{ kind: 'user', id: person.id, name: person.email }])
    await take(role, person)
    expect((await remove(role)).status).toBe(204)
    expect(outcome(await world.call(world.admin, routes.getRole, { params: { roleId: role.id } }))).toEqual([
      404,
      'not_found',
    ])
  })

  test('of who has a role, only those are told whom the caller may get', async () => {
    const role = await create([allow(['user:get'])])
    const [shown, hidden] = [await world.person(role.name), await world.person(role.name)]
    await create([allow(['*']), deny(['user:get'], [`user:${hidden.id}`])], { name: 'all-but-one-user' })
    const person = await world.person('all-but-one-user')
    const answer = await remove(role, person)
    expect(outcome(answer)).toEqual([409, 'in_use'])
    expect(answer.body).toMatchObject({
      detail: 'Somebody has the role; and 1 more that you may not see',
      usedBy: [{ kind: 'user', id: shown.id, name: shown.email }],
    })
    const { items } = await world.done(person, routes.listRoleMembers, { params: { roleId: role.id } })
    expect(items.map(({ userId }: { userId: string }) => userId)).toEqual([shown.id])
  })

  test('412 for a version that is not the one that is there; a change of nothing keeps it and is no event', async () => {
    const role = await create([allow(['user:get'])])
    expect((await update(role, { name: role.name, policy: role.policy })).body.version).toBe(1)
    expect(await eventsOf(role)).toHaveLength(1)
    expect((await update(role, { description: 'Other' })).body.version).toBe(2)
    const stale = { params: { roleId: role.id }, version: 1 }
    expect(outcome(await world.call(world.admin, routes.updateRole, { ...stale, body: { name: 'x' } }))).toEqual([
      412,
      'version_mismatch',
    ])
    expect(outcome(await world.call(world.admin, routes.deleteRole, stale))).toEqual([412, 'version_mismatch'])
  })

  test('giving a role again changes nothing; members are listed in pages', async () => {
    const role = await create([allow(['user:get'])])
    const people = [await world.person(role.name), await world.person(role.name), await world.person(role.name)]
    const first = await give(role, { id: people[0]?.id ?? '' })
    expect(first).toMatchObject({ status: 200, body: { email: people[0]?.email, createdBy: world.admin.id } })
    expect((await eventsOf(role)).map(({ action }) => action)).toEqual([
      'role:create',
      ...people.map(() => 'role-member:create'),
    ])
    const params = { roleId: role.id }
    const page = await world.done(world.admin, routes.listRoleMembers, { params, query: { limit: 2 } })
    const rest = await world.done(world.admin, routes.listRoleMembers, { params, query: { cursor: page.next } })
    expect([...page.items, ...rest.items].map(({ userId }) => userId)).toEqual(people.map(({ id }) => id))
    expect(rest.next).toBeUndefined()
  })

  test('409 conflict for roles of a user that are too large together to be compared with those of others', async () => {
    // 8200 characters: two of them are too much.
    const statement = allow(
      ['user:get'],
      Array.from({ length: 100 }, () => `user:${'?'.repeat(36)}`),
    )
    const large = { statements: [statement, statement] }
    const [one, two] = [await create(large.statements), await create(large.statements)]
    const person = await world.person(one.name)
    expect(outcome(await give(two, person))).toEqual([409, 'conflict'])
    const small = await create([allow(['user:get'])])
    expect((await give(small, person)).status).toBe(200)
    expect(outcome(await update(small, { policy: two.policy }))).toEqual([409, 'conflict'])
    expect((await update(one, { policy: small.policy })).status).toBe(200)
    expect((await give(two, person)).status).toBe(200)
  })

  test('404 for a role, a user or a membership that there is not', async () => {
    const nobody = { id: '019ab000-0000-7000-8000-00000000dead' }
    const person = await world.person()
    const role = await create([allow(['user:get'])])
    for (const answer of [await give(role, nobody), await give(nobody, person), await take(role, person)])
      expect(outcome(answer)).toEqual([404, 'not_found'])
  })

  test('a list leaves out the roles that a role of the caller denies', async () => {
    const hidden = await create([allow(['user:get'])])
    await create([allow(['role:*']), deny(['role:get'], [`role:${hidden.id}`])], { name: 'all-but-one' })
    const person = await world.person('all-but-one')
    const { items } = await world.done(person, routes.listRoles, { query: { limit: 200 } })
    const names = items.map(({ name }: Role) => name)
    expect(names).toContain('admin')
    expect(names).not.toContain(hidden.name)
  })

  describe('the last administrator stays: 409 last_administrator', () => {
    test('when the role is taken', async () => {
      expect(outcome(await take(ADMIN, world.admin))).toEqual([409, 'last_administrator'])
      expect(await rolesOf(world.admin)).toEqual(['admin'])
    })

    test('also when another who has the role is disabled', async () => {
      const second = await world.person('admin')
      const { version } = await world.done(world.admin, userRoutes.getUser, { params: { userId: second.id } })
      const body = { disabled: true }
      await world.done(world.admin, userRoutes.updateUser, { params: { userId: second.id }, version, body })
      expect(outcome(await take(ADMIN, world.admin))).toEqual([409, 'last_administrator'])
      expect((await take(ADMIN, second)).status).toBe(204)
    })

    test('when they would get, or have, a role that denies them something', async () => {
      expect(outcome(await give(POWER_USER, world.admin))).toEqual([409, 'last_administrator'])
      const harmless = await create([allow(['user:get'])])
      expect((await give(harmless, world.admin)).status).toBe(200)
      const denying = { policy: { statements: [deny(['*'])] } }
      expect(outcome(await update(harmless, denying, manager))).toEqual([409, 'last_administrator'])
      expect((await take(harmless, world.admin)).status).toBe(204)

      const denied = await world.person('admin', POWER_USER.name)
      expect(outcome(await take(ADMIN, world.admin))).toEqual([409, 'last_administrator'])
      expect((await take(ADMIN, denied)).status).toBe(204)
    })

    test('when two give the role up at once', async () => {
      const second = await world.person('admin')
      for (let round = 0; round < 2; round++) {
        const both = [world.admin, second]
        const calls = both.map((person) => () => take(ADMIN, person, person))
        const answers = await atOnce(world, kind, 'user_role', calls)
        expect(answers.map(({ status }) => status).sort()).toEqual([204, 409])
        const [left, gone] = answers[0]?.status === 409 ? both : both.toReversed()
        if (left && gone) expect((await give(ADMIN, gone, left)).status).toBe(200)
      }
      expect((await take(ADMIN, second)).status).toBe(204)
    })
  })

  test('what can be permitted is told to whoever is signed in', async () => {
    const { items } = await world.done(await world.person(), routes.listPermissions)
    expect(items).toContainEqual({ action: 'role:get', resources: ['role:*'] })
    expect(items).toContainEqual({
      action: 'ai-connection:get',
      resources: ['workspace:*/environment:*/ai-connection:*'],
    })
  })

  test('every change is an event with what was before and after', async () => {
    const role = await create([allow(['user:get'])])
    const person = await world.person()
    const member = (await give(role, person)).body
    await take(role, person)
    const renamed = (await update(role, { name: `${role.name}-2` })).body
    await remove(role)
    expect((await eventsOf(role)).map(({ action, before, after }) => [action, before, after])).toEqual([
      ['role:create', null, role],
      ['role-member:create', null, member],
      ['role-member:delete', member, null],
      ['role:update', role, renamed],
      ['role:delete', renamed, null],
    ])
  })
})
