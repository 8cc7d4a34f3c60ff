import { authRoutes, roleRoutes, userRoutes as routes, type User, workspaceRoutes } from '@vm-x/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { atOnce } from '../testing/at-once.ts'
import { type Answer, PASSWORD, type Person, startWorld, type World, worldKinds } from '../testing/world.ts'

const outcome = ({ status, body }: Answer) => [status, body?.code]

describe.each(worldKinds)('the API of users, on %s', (kind) => {
  let world: World
  /** May do anything with users, and nothing else. */
  let helper: Person
  let made = 0

  beforeAll(async () => {
    world = await startWorld(kind)
    const policy = { statements: [{ effect: 'allow', actions: ['user:*', 'user-session:*'], resources: ['*'] }] }
    await world.done(world.admin, roleRoutes.createRole, { body: { name: 'helper', policy } })
    helper = await world.person('helper')
  })
  afterAll(() => world?.close())

  const create = (fields: object = {}): Promise<User & { oneTimePassword: string }> =>
    world.done(world.admin, routes.createUser, {
      body: { email: `user-${++made}@example.com`, name: 'Somebody', ...fields },
    })
  const get = ({ id }: { id: string }): Promise<User> =>
    world.done(world.admin, routes.getUser, { params: { userId: id } })
  const update = async (who: { id: string }, body: object, { as = world.admin, version = 0 } = {}) =>
    world.call(as, routes.updateUser, {
      params: { userId: who.id },
      version: version || (await get(who)).version,
      body,
    })
  const remove = async (who: { id: string }, as = world.admin) =>
    world.call(as, routes.deleteUser, { params: { userId: who.id }, version: (await get(who)).version })
  const endSessions = ({ id }: { id: string }, as = world.admin) =>
    world.call(as, routes.endUserSessions, { params: { userId: id } })
  const reset = async (who: { id: string }, as = world.admin) =>
    world.call(as, routes.resetPassword, { params: { userId: who.id }, version: (await get(who)).version })
  const signIn = (email: string, password: string) =>
    world.call(undefined, authRoutes.signIn, { body: { email, password } })
  /** A new user who has signed in, and has the password to change. */
  const newcomer = async () => {
    const { id, email, oneTimePassword } = await create()
    const { headers } = await signIn(email, oneTimePassword)
    const cookie = headers.getSetCookie().map((line) => line.split(';')[0])
    return { person: { id, email, cookie: cookie.join('; ') }, email, oneTimePassword }
  }
  const isSignedIn = async (person: Person) => (await world.call(person, authRoutes.getCurrentSession)).status === 200
  const eventsOf = ({ id }: { id: string }) =>
    world.product.storage.database.db
      .selectFrom('management_event')
      .where('object_id', '=', id)
      .selectAll()
      .orderBy('id')
      .execute()

  test('201: a new user has the version 1 and no roles, and signs in once with the password that is shown once', async () => {
    const answer = await world.call(world.admin, routes.createUser, {
      body: { email: 'New.Person@Example.com', name: '  New Person ' },
    })
    const { oneTimePassword, ...user } = answer.body
    expect(answer.status).toBe(201)
    expect(answer.headers.get('etag')).toBe('"1"')
    expect(user).toMatchObject({
      email: 'new.person@example.com',
      name: 'New Person',
      state: 'must_change_password',
      roles: [],
      createdBy: world.admin.id,
      version: 1,
    })
    expect(await get(user)).toEqual(user)
    expect(await signIn('NEW.person@example.com', oneTimePassword)).toMatchObject({
      status: 200,
      body: { user: { state: 'must_change_password' } },
    })
  })

  test('403: who has a one-time password can do nothing before it is changed', async () => {
    const { person, email, oneTimePassword } = await newcomer()
    expect(outcome(await world.call(person, routes.listUsers))).toEqual([403, 'password_change_required'])
    expect(outcome(await world.call(person, roleRoutes.listPermissions))).toEqual([403, 'password_change_required'])
    const body = { currentPassword: oneTimePassword, newPassword: PASSWORD }
    expect((await world.call(person, authRoutes.changePassword, { body })).status).toBe(204)
    expect(outcome(await signIn(email, oneTimePassword))).toEqual([401, 'wrong_credentials'])
    expect((await signIn(email, PASSWORD)).body.user.state).toBe('active')
  })

  test('409 name_taken for an address that is taken, in whatever case', async () => {
    const { email } = await create()
    const other = await create()
    const body = { email: email.toUpperCase(), name: 'Twin' }
    expect(outcome(await world.call(world.admin, routes.createUser, { body }))).toEqual([409, 'name_taken'])
    expect(outcome(await update(other, { email: email.toUpperCase() }))).toEqual([409, 'name_taken'])
  })

  test('only one of several users that are made at once with the same address is made', async () => {
    const body = { email: 'at-once@example.com', name: 'Twin' }
    const answers = await Promise.all([1, 2, 3].map(() => world.call(world.admin, routes.createUser, { body })))
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409])
  })

  test.each([
    [{ email: 'nobody', name: 'N' }, 'email'],
    [{ email: 'n@example.com', name: ' ' }, 'name'],
    [{ email: 'n@example.com', name: 'a\0b' }, 'name'],
    [{ email: 'n@example.com', name: 'N', state: 'active' }, 'state'],
  ])('422 for %j', async (body, path) => {
    const answer = await world.call(world.admin, routes.createUser, { body })
    expect(outcome(answer)).toEqual([422, 'invalid_fields'])
    expect(answer.body.errors).toMatchObject([{ path }])
  })

  test('disabling ends every session at once and lets nobody sign in; enabling asks for another password', async () => {
    const person = await world.person()
    expect(await isSignedIn(person)).toBe(true)
    expect((await update(person, { disabled: true })).body.state).toBe('disabled')
    expect(await isSignedIn(person)).toBe(false)
    expect(outcome(await signIn(person.email, PASSWORD))).toEqual([401, 'wrong_credentials'])
    expect(outcome(await reset(person))).toEqual([409, 'conflict'])

    expect((await update(person, { disabled: false })).body.state).toBe('must_change_password')
    expect(await isSignedIn(person)).toBe(false)
    expect((await signIn(person.email, PASSWORD)).body.user.state).toBe('must_change_password')
  })

  test('a change that changes nothing keeps the version and is no event', async () => {
    const user = await create()
    const answer = await update(user, { name: user.name, email: user.email.toUpperCase(), disabled: false })
    expect(answer).toMatchObject({ status: 200, body: { version: 1, state: 'must_change_password' } })
    expect(await eventsOf(user)).toHaveLength(1)
  })

  test('412 for a version that is not the one that is there', async () => {
    const user = await create()
    expect((await update(user, { name: 'First' }, { version: 1 })).headers.get('etag')).toBe('"2"')
    expect(outcome(await update(user, { name: 'Second' }, { version: 1 }))).toEqual([412, 'version_mismatch'])
    const stale = { params: { userId: user.id }, version: 1 }
    expect(outcome(await world.call(world.admin, routes.deleteUser, stale))).toEqual([412, 'version_mismatch'])
    expect(outcome(await world.call(world.admin, routes.resetPassword, stale))).toEqual([412, 'version_mismatch'])
  })

  test('a password that is changed while the user is renamed stays changed', async () => {
    const { person, email, oneTimePassword } = await newcomer()
    const body = { currentPassword: oneTimePassword, newPassword: PASSWORD }
    const [changed] = await atOnce(world, kind, 'user', [
      () => world.call(person, authRoutes.changePassword, { body }),
      () => update(person, { name: 'Renamed' }, { version: 1 }),
    ])
    expect(changed?.status).toBe(204)
    expect((await signIn(email, PASSWORD)).body.user.state).toBe('active')
  })

  test('a new one-time password ends every session and replaces the password', async () => {
    const person = await world.person('read-only')
    const answer = await reset(person, world.admin)
    expect(answer).toMatchObject({ status: 200, body: { state: 'must_change_password' } })
    expect(await isSignedIn(person)).toBe(false)
    expect(outcome(await signIn(person.email, PASSWORD))).toEqual([401, 'wrong_credentials'])
    expect((await signIn(person.email, answer.body.oneTimePassword)).status).toBe(200)
  })

  test('403 grant_exceeds_own for a password of, or another address for, who may do more', async () => {
    const powerful = await world.person('power-user')
    expect(outcome(await reset(powerful, helper))).toEqual([403, 'grant_exceeds_own'])
    expect(outcome(await reset(world.admin, helper))).toEqual([403, 'grant_exceeds_own'])
    const address = { email: 'taken-over@example.com' }
    expect(outcome(await update(powerful, address, { as: helper }))).toEqual([403, 'grant_exceeds_own'])
    expect((await update(powerful, { name: 'Renamed' }, { as: helper })).status).toBe(200)
    expect(await isSignedIn(powerful)).toBe(true)
  })

  test('403 grant_exceeds_own for disabling, enabling, deleting or signing out who may do more', async () => {
    const powerful = await world.person('power-user')
    for (const person of [powerful, world.admin]) {
      expect(outcome(await update(person, { disabled: true }, { as: helper }))).toEqual([403, 'grant_exceeds_own'])
      expect(outcome(await remove(person, helper))).toEqual([403, 'grant_exceeds_own'])
      expect(outcome(await endSessions(person, helper))).toEqual([403, 'grant_exceeds_own'])
      expect(await isSignedIn(person)).toBe(true)
    }
    await update(powerful, { disabled: true })
    expect(outcome(await update(powerful, { disabled: false }, { as: helper }))).toEqual([403, 'grant_exceeds_own'])
    expect((await get(powerful)).state).toBe('disabled')
  })

  test('who may do no more than oneself can be given a password and an address, be signed out, disabled, enabled and deleted', async () => {
    const equal = await world.person('helper')
    expect((await endSessions(equal, helper)).status).toBe(204)
    expect((await reset(equal, helper)).status).toBe(200)
    expect((await update(equal, { disabled: true }, { as: helper })).status).toBe(200)
    const body = { disabled: false, email: 'equal@example.com' }
    expect((await update(equal, body, { as: helper })).body).toMatchObject({ email: 'equal@example.com' })
    expect((await remove(equal, helper)).status).toBe(204)
    expect((await update(helper, { name: 'Myself', email: 'myself@example.com' }, { as: helper })).status).toBe(200)
    expect(await isSignedIn(helper)).toBe(true)
  })

  test('409 conflict for a one-time password for oneself: a session is not enough for that', async () => {
    const answer = await reset(world.admin)
    expect(outcome(answer)).toEqual([409, 'conflict'])
    expect(answer.body.detail).toContain('/auth/password')
    expect(await isSignedIn(world.admin)).toBe(true)
  })

  test('what a role of a user denies is no part of what they may do more than others', async () => {
    const policy = {
      statements: [{ effect: 'deny', actions: ['workspace:*', 'environment:*', 'completion:*'], resources: ['*'] }],
    }
    const all = { statements: [{ effect: 'allow', actions: ['workspace:*', 'user:*'], resources: ['*'] }] }
    await world.done(world.admin, roleRoutes.createRole, { body: { name: 'no-workspaces', policy } })
    await world.done(world.admin, roleRoutes.createRole, { body: { name: 'workspaces', policy: all } })
    expect(outcome(await reset(await world.person('workspaces'), helper))).toEqual([403, 'grant_exceeds_own'])
    expect((await reset(await world.person('workspaces', 'no-workspaces'), helper)).status).toBe(200)
  })

  test('204: a deleted user is signed out, leaves every workspace and can not sign in', async () => {
    const person = await world.person('power-user')
    const { id: workspaceId } = await world.done(person, workspaceRoutes.createWorkspace, { body: { name: 'shared' } })
    expect(outcome(await remove(person))).toEqual([409, 'last_owner'])
    expect(await isSignedIn(person)).toBe(true)

    const body = { email: world.admin.email, membership: 'owner' }
    await world.done(person, workspaceRoutes.addWorkspaceMember, { params: { workspaceId }, body })
    expect((await remove(person)).status).toBe(204)
    expect(await isSignedIn(person)).toBe(false)
    expect(outcome(await signIn(person.email, PASSWORD))).toEqual([401, 'wrong_credentials'])
    expect(outcome(await world.call(world.admin, routes.getUser, { params: { userId: person.id } }))).toEqual([
      404,
      'not_found',
    ])
    const members = await world.done(world.admin, workspaceRoutes.listWorkspaceMembers, { params: { workspaceId } })
    expect(members.items.map(({ userId }: { userId: string }) => userId)).toEqual([world.admin.id])
    expect((await eventsOf(person)).map(({ action, workspace_id }) => [action, workspace_id])).toEqual(
      expect.arrayContaining([
        ['workspace-member:delete', workspaceId],
        ['user:delete', null],
      ]),
    )
  })

  test('the last administrator can neither be disabled nor deleted', async () => {
    expect(outcome(await update(world.admin, { disabled: true }))).toEqual([409, 'last_administrator'])
    expect(outcome(await remove(world.admin))).toEqual([409, 'last_administrator'])
    expect(await isSignedIn(world.admin)).toBe(true)

    const second = await world.person('admin')
    expect((await update(second, { disabled: true })).status).toBe(200)
    expect(outcome(await update(world.admin, { disabled: true }))).toEqual([409, 'last_administrator'])
    expect((await update(second, { disabled: false })).status).toBe(200)
    // Has a password to choose first: may never come.
    expect((await get(second)).state).toBe('must_change_password')
    expect(outcome(await remove(world.admin))).toEqual([409, 'last_administrator'])
    expect((await remove(second)).status).toBe(204)
  })

  test('the sessions of a user are shown without their secret, and ended together', async () => {
    const person = await world.person()
    await signIn(person.email, PASSWORD)
    const params = { userId: person.id }
    const { items } = await world.done(world.admin, routes.listUserSessions, { params })
    expect(items).toHaveLength(2)
    expect(Object.keys(items[0]).sort()).toEqual(
      ['createdAt', 'current', 'expiresAt', 'id', 'lastSeenAt', 'sourceAddress', 'userAgent'].sort(),
    )
    expect((await endSessions(person)).status).toBe(204)
    expect(await isSignedIn(person)).toBe(false)
    expect((await world.done(world.admin, routes.listUserSessions, { params })).items).toEqual([])
  })

  test('pages go through all users once, in the order in which they were made', async () => {
    const all = (await world.done(world.admin, routes.listUsers, { query: { limit: 200 } })).items as User[]
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const query = { limit: 3, ...(cursor !== undefined && { cursor }) }
      const page = await world.done(world.admin, routes.listUsers, { query })
      expect(page.items.length).toBeLessThanOrEqual(3)
      seen.push(...page.items.map(({ id }: User) => id))
      cursor = page.next
    } while (cursor !== undefined)
    expect(seen).toEqual(all.map(({ id }) => id))
    expect(seen).toEqual([...seen].sort())
  })

  test('a list leaves out whom a role of the caller denies', async () => {
    const hidden = await create()
    const policy = {
      statements: [
        { effect: 'allow', actions: ['user:*'], resources: ['*'] },
        { effect: 'deny', actions: ['user:get'], resources: [`user:${hidden.id}`] },
      ],
    }
    await world.done(world.admin, roleRoutes.createRole, { body: { name: 'all-but-one', policy } })
    const person = await world.person('all-but-one')
    const { items } = await world.done(person, routes.listUsers, { query: { limit: 200 } })
    const ids = items.map(({ id }: User) => id)
    expect(ids).toContain(person.id)
    expect(ids).not.toContain(hidden.id)
    expect(outcome(await world.call(person, routes.getUser, { params: { userId: hidden.id } }))).toEqual([
      403,
      'permission_missing',
    ])
  })

  test('every change is an event with what was before and after, and no password is in any', async () => {
    const { oneTimePassword, ...created } = await create()
    const renamed = (await update(created, { name: 'Renamed' })).body
    const { oneTimePassword: second, ...again } = (await reset(created)).body
    await remove(created)
    const events = await eventsOf(created)
    expect(events.map(({ action, before, after }) => [action, before, after])).toEqual([
      ['user:create', null, created],
      ['user:update', created, renamed],
      ['user:reset-password', renamed, again],
      ['user:delete', again, null],
    ])
    for (const event of events) expect(event).toMatchObject({ actor_id: world.admin.id, source_address: '127.0.0.1' })
    const rows = await world.product.storage.database.db.selectFrom('management_event').selectAll().execute()
    const text = JSON.stringify(rows)
    for (const secret of [oneTimePassword, second, PASSWORD, 'scrypt']) expect(text).not.toContain(secret)
  })

  // The last one: who is an administrator after it is open.
  test('two administrators of whom one deletes and one disables themself at once do not both succeed', async () => {
    const second = await world.person('admin')
    const [version, secondVersion] = [(await get(world.admin)).version, (await get(second)).version]
    const answers = await atOnce(world, kind, 'user', [
      () => world.call(second, routes.deleteUser, { params: { userId: second.id }, version: secondVersion }),
      () => update(world.admin, { disabled: true }, { version }),
    ])
    const refused = answers.filter(({ body }) => body?.code === 'last_administrator')
    expect(refused).toHaveLength(1)
    expect(answers.filter(({ status }) => status < 300)).toHaveLength(1)
  })
})
