import {
  type AuditEvent,
  aiConnectionRoutes,
  environmentRoutes,
  roleRoutes,
  auditEventRoutes as routes,
  userRoutes,
  workspaceRoutes,
} from '@vm-x/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { environmentOfItsOwn } from '../testing/environment-of-its-own.ts'
import { type Answer, PASSWORD, type Person, startWorld, type World, worldKinds } from '../testing/world.ts'

const outcome = ({ status, body }: Answer) => [status, body?.code]
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
  const refusedList = (person: Person, query: Record<string, string | number>) =>
    world.call(person, routes.listAuditEvents, { query })
  const actionsOf = (events: readonly AuditEvent[]) => events.map(({ action }) => action)

  test('of a workspace only its members see anything, of users and roles whoever may list events', async () => {
    const { workspaceId } = here.context
    expect(actionsOf(await list(world.admin, { workspaceId }))).toEqual(
      expect.arrayContaining(['workspace:create', 'environment:create', 'ai-connection:create']),
    )
    const seen = await list(auditor)
    expect(actionsOf(seen)).toEqual(expect.arrayContaining(['user:create', 'role-member:create', 'session:create']))
    expect(seen.filter((event) => event.workspaceId !== null)).toEqual([])

    await world.done(world.admin, workspaceRoutes.addWorkspaceMember, {
      params: { workspaceId },
      body: { email: auditor.email },
    })
    const [own] = await list(auditor, { workspaceId })
    expect(own).toMatchObject({ action: 'workspace-member:create', object: { id: auditor.id } })
    await world.done(auditor, workspaceRoutes.leaveWorkspace, { params: { workspaceId } })
    expect(outcome(await refusedList(auditor, { workspaceId }))).toEqual([404, 'not_found'])
    const one = { params: { auditEventId: own?.id ?? '' } }
    expect(outcome(await world.call(auditor, routes.getAuditEvent, one))).toEqual([404, 'not_found'])
    expect((await world.call(world.admin, routes.getAuditEvent, one)).body).toEqual(own)
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
    const policy = {
      statements: [
        { effect: 'allow', actions: ['audit-event:*'], resources: ['*'] },
        { effect: 'deny', actions: ['audit-event:get'], resources: [`audit-event:${hidden?.id}`] },
      ],
    }
    await world.done(world.admin, roleRoutes.createRole, { body: { name: 'all-but-one', policy } })
    const person = await world.person('all-but-one')
    const ids = (await list(person, { action: 'role-member:create' })).map(({ id }) => id)
    expect(ids.length).toBeGreaterThan(0)
    expect(ids).not.toContain(hidden?.id)
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
    await world.done(world.admin, workspaceRoutes.addWorkspaceMember, {
      params: { workspaceId },
      body: { email: person.email },
    })
    const made = await world.done(person, environmentRoutes.createEnvironment, {
      params: { workspaceId },
      body: { name: 'by-somebody' },
    })
    const all = await list(world.admin, { workspaceId })
    const by = async (query: Record<string, string>) => list(world.admin, { workspaceId, ...query })
    expect(await by({ actorId: person.id })).toEqual(all.filter(({ actor }) => actor.id === person.id))
    expect(actionsOf(await by({ actorId: person.id }))).toEqual(['environment:create'])
    expect(await by({ action: 'environment:create' })).toHaveLength(2)
    expect(await by({ objectKind: 'environment' })).toEqual(all.filter(({ object }) => object.kind === 'environment'))
    expect(await by({ environmentId })).toEqual(all.filter((event) => event.environmentId === environmentId))
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
    const all = await list(auditor)
    const seen: AuditEvent[] = []
    let cursor: string | undefined
    do {
      const query = { limit: 4, ...(cursor !== undefined && { cursor }) }
      const page = await world.done(auditor, routes.listAuditEvents, { query })
      seen.push(...page.items)
      cursor = page.next
    } while (cursor !== undefined)
    expect(seen).toEqual(all)
    const times = seen.map(({ at }) => at)
    expect(times).toEqual(times.toSorted().reverse())
  })

  test('that a workspace was deleted is seen by whoever may see events of the installation, what was in it by nobody', async () => {
    const doomed = await environmentOfItsOwn(world)
    const params = { workspaceId: doomed.context.workspaceId }
    const { version, name } = await world.done(world.admin, workspaceRoutes.getWorkspace, { params })
    const query = { cascade: true }
    await world.done(world.admin, workspaceRoutes.deleteWorkspace, { params, version, query })
    const [event, ...others] = await list(auditor, { objectId: params.workspaceId })
    expect(event).toMatchObject({ action: 'workspace:delete', object: { name }, after: null })
    expect(others).toEqual([])
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
