import { randomUUID } from 'node:crypto'
import { environmentRoutes, managementRoutes, type Route, workspaceRoutes } from '@vm-x/contract'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type MatrixMembership,
  type MatrixRole,
  matrixMemberships,
  matrixRoles,
  type Verdict,
  verdictOf,
} from './docs/permission-matrix.ts'
import { dumpOf } from './testing/database-dump.ts'
import { named, paramsOf, samples } from './testing/samples.ts'
import { undocumentedIn } from './testing/undocumented.ts'
import { type Answer, type Person, startWorld, type World, worldKinds } from './testing/world.ts'

/** Do something to whoever may call them, whatever they are sent: asked last, in this order. */
const UNHARMLESS = ['leaveWorkspace', 'signOut']

const harmless = managementRoutes.filter(({ id }) => !UNHARMLESS.includes(id))
const unharmless = UNHARMLESS.flatMap((id) => managementRoutes.filter((route) => route.id === id))

type Somebody = { readonly role: MatrixRole; readonly membership: MatrixMembership; readonly person: Person }

describe.each(worldKinds)('who may call a route of the management API, on %s', (kind) => {
  let world: World
  let ids: Readonly<Record<string, string>>
  const everyone: Somebody[] = []
  let before: Awaited<ReturnType<typeof dump>>

  const dump = () => dumpOf(world.product.storage.database.db)

  beforeAll(async () => {
    world = await startWorld(kind)
    const { admin, done } = world
    const { id: workspaceId } = await done(admin, workspaceRoutes.createWorkspace, { body: { name: 'matrix' } })
    const params = { workspaceId }
    const { id } = await done(admin, environmentRoutes.createEnvironment, { params, body: { name: 'matrix' } })
    ids = { workspaceId, environmentId: id }
    for (const role of matrixRoles)
      for (const membership of matrixMemberships) {
        const person = await world.person(...(role === 'none' ? [] : [role]))
        everyone.push({ role, membership, person })
        if (membership === 'outsider') continue
        await done(admin, workspaceRoutes.addWorkspaceMember, { params, body: { email: person.email, membership } })
      }
    before = await dump()
  })
  afterAll(() => world?.close())

  /** A request that says of itself that it is let through, and does nothing then. */
  const ask = (person: Person | undefined, route: Route) =>
    world.call(person, route, {
      params: Object.fromEntries(paramsOf(route).map((name) => [name, ids[name] ?? randomUUID()])),
      ...(route.body ? { body: { noSuchField: true } } : {}),
    })

  const asksAll = async (route: Route) => {
    const nobody = await ask(undefined, route)
    if (route.access.kind === 'public') expect(nobody.status).not.toBe(401)
    else expect([nobody.status, nobody.body.code]).toEqual([401, 'not_signed_in'])
    for (const { role, membership, person } of everyone) {
      const answer = await ask(person, route)
      const verdict = verdictOf(route, role, membership)
      expect({ role, membership, verdict: saidBy(answer) }, answer.text).toEqual({ role, membership, verdict })
    }
  }

  it.each(named(harmless))('%s is for whom the table says', async (_id, route) => {
    expect(doesNothing(route, ids)).toBe(true)
    await asksAll(route)
  })

  it('nothing has changed by asking', async () => {
    const { management_event: events = [], ...rest } = await dump()
    const { management_event: known = [], ...others } = before
    expect(rest).toEqual(others)
    const added = events.filter((row) => !known.includes(row)).map((row) => JSON.parse(row).action)
    // That audits were exported is on record.
    expect(added.filter((action) => action !== 'audit:export')).toEqual([])
  })

  it.each(named(unharmless))('%s is for whom the table says', (_id, route) => asksAll(route))

  it('nobody is answered but as the OpenAPI document says', async () => expect(await undocumentedIn(world)).toEqual([]))
})

/** Whether what a guard lets through is stopped by what it lacks: the version, a right body, or something that exists. */
const doesNothing = (route: Route, ids: object): boolean =>
  route.method === 'GET' ||
  route.ifMatch === true ||
  (route.body !== undefined && !samples[route.id]?.foreignBody) ||
  paramsOf(route).some((name) => !(name in ids))

const DENIED: readonly unknown[] = ['permission_missing', 'owner_required'] satisfies Verdict[]

/** What the guard decided, as the answer shows it. Behind it, what isn't there is called by what it would be. */
function saidBy({ status, body, text }: Answer): Verdict | string {
  if (status === 403 && DENIED.includes(body.code)) return body.code
  if (status === 404 && body.detail === 'There is no such workspace') return 'not_found'
  return [200, 204, 404, 422, 428].includes(status) ? 'allowed' : `${status}: ${text}`
}
