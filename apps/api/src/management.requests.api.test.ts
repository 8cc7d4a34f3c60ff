import { managementRoutes, type Route } from '@vm-x/contract'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { FieldError } from './http/problem.ts'
import { currentVersion } from './testing/current-version.ts'
import { dumpOf } from './testing/database-dump.ts'
import { leaksIn } from './testing/leaks.ts'
import { named, samples, sentTo } from './testing/samples.ts'
import { foundTenant, type Tenant } from './testing/tenant.ts'
import { undocumentedIn } from './testing/undocumented.ts'
import { type CallOptions, startWorld, type World, worldKinds } from './testing/world.ts'

/** A field that no request has. */
const UNKNOWN = 'noSuchField'
/** What a body can't say: where its object is, and which. */
const PLACES = ['workspaceId', 'environmentId', 'id']

const withBody = managementRoutes.filter(({ id, body }) => body && !samples[id]?.foreignBody)
const bodiless = managementRoutes.filter(({ method, body }) => method !== 'GET' && !body)
const versioned = managementRoutes.filter(({ ifMatch }) => ifMatch)

describe.each(worldKinds)('every route of the management API, on %s', (kind) => {
  let world: World
  let tenant: Tenant
  let before: Awaited<ReturnType<typeof dump>>

  const dump = () => dumpOf(world.product.storage.database.db)

  beforeAll(async () => {
    world = await startWorld(kind)
    tenant = await foundTenant(world, 'ferrous')
    before = await dump()
  })
  afterAll(() => world?.close())

  const person = (route: Route) => samples[route.id]?.as?.(tenant) ?? tenant.owner
  const ask = (route: Route, options: CallOptions = {}) =>
    world.call(person(route), route, { params: tenant.ids, ...sentTo(route, tenant), ...options })

  /** What makes a request to the route one that is let through. */
  const version = async (route: Route): Promise<CallOptions> =>
    route.ifMatch ? { version: await currentVersion(world, tenant.owner, route, tenant.ids) } : {}

  it.each(named(withBody))('%s answers 422 for a field that does not exist, with its path', async (_id, route) => {
    const { body = {} } = sentTo(route, tenant)
    const rightly = await version(route)
    for (const { path, changed } of withUnknownFields(body)) {
      const answer = await ask(route, { ...rightly, body: changed })
      expect(answer, path).toMatchObject({ status: 422, body: { code: 'invalid_fields' } })
      const told = ({ path: at, message }: FieldError) =>
        at === path || (path.startsWith(at) && message.includes(UNKNOWN))
      expect(answer.body.errors.some(told), `${path}: ${answer.text}`).toBe(true)
    }
  })

  it.each(named(withBody))('%s answers 422 for ids that would move what it is about', async (_id, route) => {
    const { body = {} } = sentTo(route, tenant)
    const moved = Object.fromEntries(PLACES.map((name) => [name, tenant.ids[name] ?? tenant.ids.roleId]))
    const answer = await ask(route, { ...(await version(route)), body: { ...(body as object), ...moved } })
    expect(answer).toMatchObject({ status: 422 })
    const paths = answer.body.errors.map((error: FieldError) => error.path)
    expect(paths).toEqual(expect.arrayContaining(PLACES))
  })

  it.each(named(withBody.filter(({ body }) => !body?.safeParse(undefined).success)))(
    '%s answers 422 for a body that is not there, or that is no object',
    async (_id, route) => {
      for (const body of [undefined, 'null', '[]', '"text"', '1']) {
        const answer = await ask(route, { ...(await version(route)), body })
        expect([answer.status, answer.body?.code], String(body)).toEqual([422, 'invalid_fields'])
      }
    },
  )

  it.each(named(managementRoutes))('%s answers 422 for a parameter that does not exist', async (_id, route) => {
    const query = { ...sentTo(route, tenant).query, [UNKNOWN]: 1 }
    const answer = await ask(route, { ...(await version(route)), query })
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ path: UNKNOWN }] } })
  })

  it.each(named(bodiless))('%s answers 422 for a body, of which it takes none', async (_id, route) => {
    const answer = await ask(route, { ...(await version(route)), body: { [UNKNOWN]: 1 } })
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ path: UNKNOWN }] } })
  })

  it.each(named(versioned))('%s answers 428 without If-Match', async (_id, route) => {
    expect(await ask(route)).toMatchObject({ status: 428, body: { code: 'version_required' } })
  })

  it.each(named(versioned))(
    '%s answers 412 for a version that is not, or no longer, the current one',
    async (_id, route) => {
      const { version: current = 0 } = await version(route)
      for (const wrong of [
        `"${current + 1}"`,
        `"${current - 1}"`,
        `${current}`,
        `W/"${current}"`,
        '*',
        '"x"',
        '"1", "2"',
      ]) {
        const answer = await ask(route, { headers: { 'if-match': wrong } })
        expect([answer.status, answer.body?.code], wrong).toEqual([412, 'version_mismatch'])
      }
    },
  )

  it('changes nothing when it refuses', async () => expect(await dump()).toEqual(before))

  it.each(named(inOrder(managementRoutes)))('%s does what it is for when asked rightly', async (_id, route) => {
    const answer = await ask(route, await version(route))
    expect(answer, answer.text).toMatchObject({ status: route.status })
    const etag = answer.body?.version === undefined ? null : `"${answer.body.version}"`
    expect(answer.headers.get('etag')).toBe(etag)
  })

  it('answers what the OpenAPI document says', async () => expect(await undocumentedIn(world)).toEqual([]))

  it('leaves no secret in answers, logs and records', async () => expect(await leaksIn(world)).toEqual([]))
})

/** Each object within a body, once, with a field that does not exist. A request to the data plane is not ours to judge. */
function withUnknownFields(body: unknown, path = ''): { path: string; changed: unknown }[] {
  if (Array.isArray(body))
    return body.flatMap((item, index) =>
      withUnknownFields(item, `${path}[${index}]`).map(({ path, changed }) => ({
        path,
        changed: body.with(index, changed),
      })),
    )
  if (typeof body !== 'object' || body === null) return []
  const below = (name: string) => (path === '' ? name : `${path}.${name}`)
  const inner = Object.entries(body).filter(([name]) => name !== 'request')
  return [
    { path: below(UNKNOWN), changed: { ...body, [UNKNOWN]: 1 } },
    ...inner.flatMap(([name, value]) =>
      withUnknownFields(value, below(name)).map(({ path, changed }) => ({
        path,
        changed: { ...body, [name]: changed },
      })),
    ),
  ]
}

/** What ends something comes after what is done with it, what is deeper or later first; sessions end last. */
function inOrder(routes: readonly Route[]): Route[] {
  const rank = ({ id, method }: Route) =>
    id === 'signOut' ? 3 : id === 'changePassword' ? 2 : method === 'DELETE' ? 1 : 0
  const depth = ({ path, method }: Route) => (method === 'DELETE' ? path.split('/').length : 0)
  return routes.toReversed().toSorted((one, other) => rank(one) - rank(other) || depth(other) - depth(one))
}
