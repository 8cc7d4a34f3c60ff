import {
  type AuditEvent,
  aiConnectionRoutes,
  auditRoutes,
  authRoutes,
  environmentRoutes,
  roleRoutes,
  auditEventRoutes as routes,
  userRoutes,
  workspaceRoutes,
} from '@vm-x/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { environmentOfItsOwn } from '../testing/environment-of-its-own.ts'
import { foundTenant } from '../testing/tenant.ts'
import { type Answer, PASSWORD, type Person, startWorld, type World, worldKinds } from '../testing/world.ts'

const outcome = ({ status, body }: Answer) => [status, body?.code]
const EVERYTHING = { effect: 'allow', actions: ['*'], resources: ['*'] }
const KINDS = [
  'address',
  'ai-connection',
  'ai-resource',
  'api-key',
  'audit',
  'environment',
  'prioritization',
  'role',
  'session',
  'user',
  'workspace',
  'workspace-member',
]
const CREDENTIAL = 'sk-secret-of-a-provider-4711'

describe.each(worldKinds)('the API of audit events, on %s', (kind) => {
  let world: World
  let here: Awaited<ReturnType<typeof environmentOfItsOwn>>
  /** Sees what may be seen of the installation, and is in no workspace. */
  let auditor: Person

  beforeAll(async () => {
    world = await startWorld(kind)
    here = await environmentOfItsOwn(world)
    auditor = await world.person('read-only')
  })
  afterAll(() => world?.close())

  const list = async (person: Person, query: Record<string, string | number> = {}): Promise<AuditEvent[]> =>
    (await world.done(person, routes.listAuditEvents, { query: { limit: 200, ...query } })).items
  /** Page by page. */
  const all = async (person: Person, limit: number): Promise<AuditEvent[]> => {
    const seen: AuditEvent[] = []
    let cursor: string | undefined
    do {
      const query = { limit, ...(cursor !== undefined && { cursor }) }
      const page = await world.done(person, routes.listAuditEvents, { query })
      seen.push(...page.items)
      cursor = page.next
    } while (cursor !== undefined)
    return seen
  }
  const get = (person: Person, event: AuditEvent | undefined) =>
    world.call(person, routes.getAuditEvent, { params: { auditEventId: event?.id ?? '' } })
  /** Somebody with the role `name`, made of these statements. */
  const personWith = async (name: string, ...statements: object[]) => {
    await world.done(world.admin, roleRoutes.createRole, { body: { name, policy: { statements } } })
    return world.person(name)
  }
  const join = (person: Person) => here.done(workspaceRoutes.addWorkspaceMember, { body: { email: person.email } })
  const refusedList = (person: Person, query: Record<string, string | number>) =>
    world.call(person, routes.listAuditEvents, { query })
  const actionsOf = (events: readonly AuditEvent[]) => events.map(({ action }) => action)

  test('of a workspace only its members see anything, of users and roles whoever may get them', async () => {
    const { workspaceId } = here.context
    expect(actionsOf(await list(world.admin, { workspaceId }))).toEqual(
      expect.arrayContaining(['workspace:create', 'environment:create', 'ai-connection:create']),
    )
    const seen = await list(auditor)
    expect(actionsOf(seen)).toEqual(expect.arrayContaining(['user:create', 'role-member:create', 'session:create']))
    expect(seen.filter((event) => event.workspaceId !== null)).toEqual([])

    await join(auditor)
    const [own] = await list(auditor, { workspaceId })
    expect(own).toMatchObject({ action: 'workspace-member:create', object: { id: auditor.id } })
    await world.done(auditor, workspaceRoutes.leaveWorkspace, { params: { workspaceId } })
    expect(outcome(await refusedList(auditor, { workspaceId }))).toEqual([404, 'not_found'])
    expect(outcome(await get(auditor, own))).toEqual([404, 'not_found'])
    expect((await get(world.admin, own)).body).toEqual(own)
  })

  test('another workspace is not found, whether it exists or not', async () => {
    const existing = await refusedList(auditor, { workspaceId: here.context.workspaceId })
    const missing = await refusedList(auditor, { workspaceId: '019ab000-0000-7000-8000-00000000dead' })
    expect(outcome(existing)).toEqual([404, 'not_found'])
    expect(existing.body.detail).toBe(missing.body.detail)
    expect(await list(auditor, { environmentId: here.context.environmentId })).toEqual([])
    expect(await list(auditor, { objectId: here.connectionId })).toEqual([])
  })

  test('403 for who may not list events, and a list leaves out what a role denies', async () => {
    expect(outcome(await refusedList(await world.person(), {}))).toEqual([403, 'permission_missing'])
    const [hidden] = await list(auditor, { action: 'role-member:create' })
    const person = await personWith('all-but-one', EVERYTHING, {
      effect: 'deny',
      actions: ['audit-event:get'],
      resources: [`audit-event:${hidden?.id}`],
    })
    const ids = (await list(person, { action: 'role-member:create' })).map(({ id }) => id)
    expect(ids.length).toBeGreaterThan(0)
    expect(ids).not.toContain(hidden?.id)
  })

  describe('what happened to something is not told to who may not get it', () => {
    const deny = (action: string, resource: string) => ({ effect: 'deny', actions: [action], resources: [resource] })

    test('of users, roles and sign-ins nobody sees anything who is denied users and roles, but what they did', async () => {
      const person = await world.person('power-user')
      const seen = await list(person)
      expect(actionsOf(seen)).toEqual(expect.arrayContaining(['session:create', 'user:change-password']))
      expect(seen.filter(({ actor }) => actor.id !== person.id)).toEqual([])
      for (const action of ['user:create', 'role-member:create', 'session:create']) {
        const [hidden] = await list(world.admin, { action, actorId: world.admin.id })
        expect(outcome(await get(person, hidden))).toEqual([404, 'not_found'])
      }
    })

    test('of a role its members are only told with the users', async () => {
      const [shown, hidden] = [await world.person('read-only'), await world.person('read-only')]
      const person = await personWith('all-but-a-user', EVERYTHING, deny('user:get', `user:${hidden.id}`))
      const text = JSON.stringify(await list(person, { objectKind: 'role' }))
      expect(text).toContain(shown.email)
      expect(text).not.toContain(hidden.email)
      expect(JSON.stringify(await list(person))).not.toContain(hidden.email)
      const roles = await personWith('all-but-roles', EVERYTHING, deny('role:get', '*'))
      expect(await list(roles, { objectKind: 'role' })).toEqual([])
    })

    test('nor in a workspace, whose other events its members see', async () => {
      const { workspaceId, environmentId } = here.context
      const secret = await here.connection('secret')
      const resource = `workspace:${workspaceId}/environment:${environmentId}/ai-connection:${secret}`
      const person = await personWith('all-but-a-connection', EVERYTHING, deny('ai-connection:get', resource))
      await join(person)
      const ids = (await list(person, { workspaceId })).map(({ object }) => object.id)
      expect(ids).toEqual(expect.arrayContaining([here.connectionId, environmentId, workspaceId, person.id]))
      expect(ids).not.toContain(secret)
      const [event] = await list(world.admin, { objectId: secret })
      expect(outcome(await get(person, event))).toEqual([404, 'not_found'])

      const members = await personWith('all-but-members', EVERYTHING, deny('workspace-member:list', '*'))
      await join(members)
      expect(await list(members, { workspaceId, objectKind: 'workspace-member' })).toEqual([])
    })

    test('who may get everything sees every kind of event there is', async () => {
      const { owner, ids } = await foundTenant(world, 'whole')
      await world.done(owner, auditRoutes.exportAudit, { params: ids, query: { format: 'csv' } })
      for (let guess = 0; guess < 5; guess++)
        await world.call(undefined, authRoutes.signIn, { body: { email: 'nobody@example.com', password: PASSWORD } })
      const rows = await world.product.storage.database.db
        .selectFrom('management_event')
        .where((eb) => eb.or([eb('workspace_id', 'is', null), eb('workspace_id', '=', ids['workspaceId'] ?? '')]))
        .select(['id', 'object_kind'])
        .orderBy('id', 'desc')
        .execute()
      expect((await all(owner, 200)).map(({ id }) => id)).toEqual(rows.map(({ id }) => id))
      expect(new Set(rows.map((row) => row.object_kind))).toEqual(new Set(KINDS))
    })
  })

  test('an event says who did what to which object, from where, and how the object was before and after', async () => {
    const before = await here.done(environmentRoutes.getEnvironment)
    const answer = await here.call(environmentRoutes.updateEnvironment, {
      version: before.version,
      body: { maxConcurrent: 7 },
      headers: { 'user-agent': 'test/1' },
    })
    const [event] = await list(world.admin, { objectId: before.id, action: 'environment:update' })
    expect(event).toMatchObject({
      ...here.context,
      actor: { kind: 'user', id: world.admin.id, name: world.admin.email },
      action: 'environment:update',
      object: { kind: 'environment', id: before.id, name: before.name },
      before,
      after: answer.body,
      sourceAddress: '127.0.0.1',
      userAgent: 'test/1',
      requestId: answer.headers.get('x-request-id'),
    })
  })

  test('what was refused, or changed nothing, is no event', async () => {
    const { workspaceId } = here.context
    const count = async () => (await list(world.admin, { workspaceId })).length
    const [start, { version, name }] = [await count(), await here.done(environmentRoutes.getEnvironment)]
    const change = (version: number, body: object) => here.call(environmentRoutes.updateEnvironment, { version, body })
    expect((await change(version + 1, { name: 'late' })).status).toBe(412)
    expect((await change(version, { name: '' })).status).toBe(422)
    expect((await change(version, { name })).status).toBe(200)
    expect(await count()).toBe(start)
  })

  test('filters by actor, action, kind and id of the object, environment and time, all at once', async () => {
    const person = await world.person('power-user')
    const { workspaceId, environmentId } = here.context
    await join(person)
    const made = await world.done(person, environmentRoutes.createEnvironment, {
      params: { workspaceId },
      body: { name: 'by-somebody' },
    })
    const events = await list(world.admin, { workspaceId })
    const by = async (query: Record<string, string>) => list(world.admin, { workspaceId, ...query })
    expect(await by({ actorId: person.id })).toEqual(events.filter(({ actor }) => actor.id === person.id))
    expect(actionsOf(await by({ actorId: person.id }))).toEqual(['environment:create'])
    expect(await by({ action: 'environment:create' })).toHaveLength(2)
    expect(await by({ objectKind: 'environment' })).toEqual(
      events.filter(({ object }) => object.kind === 'environment'),
    )
    expect(await by({ environmentId })).toEqual(events.filter((event) => event.environmentId === environmentId))
    const [event] = await by({ objectId: made.id, objectKind: 'environment', actorId: person.id })
    expect(event).toMatchObject({ action: 'environment:create', after: made })

    const at = event?.at ?? ''
    const later = new Date(Date.parse(at) + 1).toISOString()
    expect((await by({ from: at })).map(({ id }) => id)).toContain(event?.id)
    expect((await by({ from: at, to: later })).map(({ id }) => id)).toContain(event?.id)
    expect((await by({ to: at })).map(({ id }) => id)).not.toContain(event?.id)
    expect((await by({ from: later })).map(({ id }) => id)).not.toContain(event?.id)
  })

  test.each([
    [{ from: 'yesterday' }, 'from'],
    [{ from: '2030-01-02T00:00:00Z', to: '2030-01-01T00:00:00Z' }, 'to'],
    [{ limit: 0 }, 'limit'],
    [{ limit: 201 }, 'limit'],
    [{ action: 'a\0b' }, 'action'],
    [{ workspaceId: 'mine' }, 'workspaceId'],
    [{ cursor: 'somewhere' }, 'cursor'],
    [{ color: 'red' }, 'color'],
  ])('422 for %j', async (query, path) => {
    const answer = await refusedList(world.admin, query)
    expect(outcome(answer)).toEqual([422, 'invalid_fields'])
    expect(answer.body.errors).toMatchObject([{ path }])
  })

  test('pages go back in time through everything once', async () => {
    const seen = await all(auditor, 4)
    expect(seen).toEqual(await list(auditor))
    const times = seen.map(({ at }) => at)
    expect(times).toEqual(times.toSorted().reverse())
  })

  test('a list waits for its turn among what may take long, and is refused where too many wait; one event is not', async () => {
    const [event] = await list(auditor)
    const { heavyReads } = world.product.storage.database
    const released = Promise.withResolvers<void>()
    const turns = Promise.allSettled(Array.from({ length: 10 }, () => heavyReads.run(() => released.promise)))
    const refused = await refusedList(auditor, {})
    expect(outcome(refused)).toEqual([503, 'unavailable'])
    expect(refused.headers.get('retry-after')).toBe('2')
    expect((await get(auditor, event)).body).toEqual(event)
    released.resolve()
    await turns
    expect(await list(auditor)).toContainEqual(event)
  })

  test('that a workspace was deleted is seen by who may get it and whoever did it, what it was like by nobody', async () => {
    const doomed = await environmentOfItsOwn(world)
    const params = { workspaceId: doomed.context.workspaceId }
    const { version, name } = await world.done(world.admin, workspaceRoutes.getWorkspace, { params })
    const query = { cascade: true }
    await world.done(world.admin, workspaceRoutes.deleteWorkspace, { params, version, query })
    const [event, ...others] = await list(auditor, { objectId: params.workspaceId })
    expect(event).toMatchObject({ action: 'workspace:delete', object: { name }, after: null })
    expect(event?.before).toEqual({ id: params.workspaceId, name })
    expect(others).toEqual([])
    expect(outcome(await get(await world.person('power-user'), event))).toEqual([404, 'not_found'])
    expect(await list(world.admin, { objectId: doomed.connectionId })).toEqual([])
  })

  test('nothing secret is in any event', async () => {
    const connection = await here.connection('with-a-secret', {
      provider: 'openai-compatible',
      config: { baseUrl: 'https://api.example.com/v1' },
      credentials: { apiKey: CREDENTIAL },
    })
    const { oneTimePassword } = await world.done(world.admin, userRoutes.createUser, {
      body: { email: 'secretive@example.com', name: 'S' },
    })
    const [event] = await list(world.admin, { objectId: connection })
    expect(event?.action).toBe('ai-connection:create')
    expect(event?.after).toEqual(
      await here.done(aiConnectionRoutes.getAiConnection, { params: { aiConnectionId: connection } }),
    )
    const { db } = world.product.storage.database
    const text = JSON.stringify(await db.selectFrom('management_event').selectAll().execute())
    for (const secret of [CREDENTIAL, oneTimePassword, PASSWORD, '$scrypt$', ...cookiesOf(world.admin)])
      expect(text).not.toContain(secret)
  })
})

const cookiesOf = ({ cookie }: Person) => cookie.split('; ').map((one) => one.slice(one.indexOf('=') + 1))
