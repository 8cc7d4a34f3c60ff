import { randomUUID } from 'node:crypto'
import { managementRoutes, type Route } from '@vm-x/contract'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { FieldError } from './http/problem.ts'
import { currentVersion } from './testing/current-version.ts'
import { dumpOf } from './testing/database-dump.ts'
import { leaksIn } from './testing/leaks.ts'
import { PROMPT } from './testing/prompt.ts'
import { named, paramsOf, samples, sentTo, takesIds, tenantParams } from './testing/samples.ts'
import { foundTenant, type Tenant } from './testing/tenant.ts'
import { undocumentedIn } from './testing/undocumented.ts'
import { type Answer, PASSWORD, startWorld, type World, worldKinds } from './testing/world.ts'

const takingIds = managementRoutes.filter(takesIds)
const filtersBy = ({ id }: Route) => samples[id]?.idsFilter === true

describe('the samples', () => {
  it('are there for every route that takes a body, and for no other that does not exist', () => {
    const ids = managementRoutes.map(({ id }) => id)
    expect(Object.keys(samples).filter((id) => !ids.includes(id))).toEqual([])
    const missing = managementRoutes.filter(({ id, body }) => body && !samples[id]?.body).map(({ id }) => id)
    expect(missing).toEqual([])
  })
})

describe.each(worldKinds)('two tenants of one installation, on %s', (kind) => {
  let world: World
  let [own, other]: Tenant[] = []
  let before: Awaited<ReturnType<typeof dump>>

  const dump = () => dumpOf(world.product.storage.database.db)
  const tenants = (): [Tenant, Tenant] => {
    if (!own || !other) throw new Error('The tenants are not there')
    return [own, other]
  }

  beforeAll(async () => {
    world = await startWorld(kind)
    own = await foundTenant(world, 'ferrous')
    other = await foundTenant(world, 'cobalt')
    before = await dump()
  })
  afterAll(() => world?.close())

  /** All that a tenant can be known by, but for what was sent. */
  function expectNoTrace({ text }: Answer, { name, ids }: Tenant, sent: readonly unknown[] = []): void {
    for (const trace of [name, ...Object.values(ids)]) if (!sent.includes(trace)) expect(text).not.toContain(trace)
  }

  it('have a name for each parameter of a path', () => {
    const [{ ids }] = tenants()
    expect(managementRoutes.flatMap(paramsOf).filter((name) => ids[name] === undefined)).toEqual([])
  })

  it.each(named(managementRoutes.filter((route) => tenantParams(route).length > 0)))(
    '%s answers 404 for an id of the other tenant, as for one that nobody has',
    async (_id, route) => {
      const [own, other] = tenants()
      const foreign = tenantParams(route)
      const version = route.ifMatch ? await currentVersion(world, other.owner, route, other.ids) : undefined
      const ask = async (ids: Tenant['ids']) => {
        const params = { ...own.ids, ...ids }
        const versioned = version === undefined ? {} : { version }
        const answer = await world.call(own.owner, route, { params, ...sentTo(route, own), ...versioned })
        return { answer, comparable: { ...answer.body, requestId: '' } }
      }
      for (const names of [...foreign.map((name) => [name]), foreign]) {
        const { answer, comparable } = await ask(pick(other.ids, names))
        expect([answer.status, answer.body?.code], names.join()).toEqual([404, 'not_found'])
        expectNoTrace(answer, other)
        const nobodys = await ask(Object.fromEntries(names.map((name) => [name, randomUUID()])))
        expect(comparable).toEqual(nobodys.comparable)
      }
    },
  )

  it.each(named(takingIds.filter((route) => !filtersBy(route))))(
    '%s answers 422, with the path, for ids of the other tenant in what it is sent',
    async (_id, route) => {
      const [own, other] = tenants()
      const versioned = route.ifMatch ? { version: await currentVersion(world, own.owner, route, own.ids) } : {}
      for (const { changed, id } of exchanged(sentTo(route, own), own, other)) {
        const answer = await world.call(own.owner, route, { params: own.ids, ...changed, ...versioned })
        expect(answer, answer.text).toMatchObject({ status: 422 })
        const blamed = answer.body.errors.map(({ path }: FieldError) => at(changed.body, path))
        expect(blamed).toContain(id)
        expectNoTrace(answer, other, [id])
      }
    },
  )

  it('have what they had before', async () => expect(await dump()).toEqual(before))

  it.each(named(managementRoutes.filter(({ method, path }) => method === 'GET' && !/^.(users|roles)/.test(path))))(
    '%s shows nothing of the other tenant',
    async (_id, route) => {
      const [own, other] = tenants()
      const answer = await world.call(own.owner, route, { params: own.ids, ...sentTo(route, own) })
      expect(answer).toMatchObject({ status: 200 })
      expectNoTrace(answer, other, Object.values(pick(other.ids, ['userId', 'roleId'])))
    },
  )

  it.each(named(takingIds.filter(filtersBy)))('%s finds nothing by ids of the other tenant', async (_id, route) => {
    const [own, other] = tenants()
    for (const { changed, id } of exchanged(sentTo(route, own), own, other)) {
      const answer = await world.call(own.owner, route, { params: own.ids, ...changed })
      expect([200, 404]).toContain(answer.status)
      expectNoTrace(answer, other, [id])
    }
  })

  it('are answered what the OpenAPI document says', async () => expect(await undocumentedIn(world)).toEqual([]))

  it('leave no secret in answers, logs and records, nor one in clear in the database', async () => {
    const { secrets, prompts } = world.trail
    expect([...prompts]).toContain(PROMPT)
    expect([...secrets]).toEqual(
      expect.arrayContaining([PASSWORD, ...tenants().flatMap((one) => [one.apiKey, one.credential])]),
    )
    expect(await leaksIn(world)).toEqual([])
  })
})

const pick = (ids: Tenant['ids'], names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, ids[name] ?? '']))

type Sent = ReturnType<typeof sentTo>

/** What is sent, once for each id of the tenant in it: with the other tenant's instead. */
function exchanged(sent: Sent, own: Tenant, other: Tenant): { changed: Sent; id: string }[] {
  const text = JSON.stringify(sent)
  return Object.entries(own.ids).flatMap(([name, ownId]) =>
    [...text.matchAll(new RegExp(ownId, 'g'))].map(({ index }) => {
      const id = other.ids[name] ?? ''
      const changed: Sent = JSON.parse(text.slice(0, index) + id + text.slice(index + ownId.length))
      return { changed, id }
    }),
  )
}

/** What a path such as `routing[0].then.target` leads to. */
const at = (value: unknown, path: string): unknown =>
  path
    .split(/[.[\]]+/)
    .filter((key) => key !== '')
    .reduce((inner, key) => (inner as Record<string, unknown> | undefined)?.[key], value)
