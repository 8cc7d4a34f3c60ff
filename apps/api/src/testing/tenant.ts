import {
  aiConnectionRoutes,
  aiResourceRoutes,
  apiKeyRoutes,
  auditEventRoutes,
  authRoutes,
  environmentRoutes,
  prioritizationRoutes,
  roleRoutes,
  workspaceRoutes,
} from '@vm-x/contract'
import { vi } from 'vitest'
import { chatWith } from './environment-of-its-own.ts'
import { PASSWORD, type Person, type World } from './world.ts'

/** A customer who has one of everything, made through the API, each with the name of the tenant in its own. */
export type Tenant = {
  readonly name: string
  /** Owns the workspace, and has every permission: only tenancy is between them and another's. */
  readonly owner: Person
  /** Another owner. */
  readonly partner: Person
  readonly member: Person
  /** In no workspace. */
  readonly guest: Person
  /** For every parameter that paths have, the id of the tenant's own. */
  readonly ids: Readonly<Record<string, string>>
  /** Of its connection. */
  readonly credential: string
  /** Of its API key. */
  readonly apiKey: string
}

export async function foundTenant(world: World, name: string): Promise<Tenant> {
  const people = {
    owner: await world.person('admin'),
    partner: await world.person('power-user'),
    member: await world.person('power-user'),
    guest: await world.person(),
  }
  const { owner, partner, member } = people
  const make: World['done'] = (person, route, { params, ...rest } = {}) =>
    world.done(person, route, { ...rest, params: { ...ids, ...params } })
  const ids: Record<string, string> = {}
  const idOf = async (...args: Parameters<World['done']>): Promise<string> => (await make(...args)).id

  ids.workspaceId = await idOf(owner, workspaceRoutes.createWorkspace, { body: { name: `${name}-workspace` } })
  for (const [person, membership] of [
    [partner, 'owner'],
    [member, 'member'],
  ] as const)
    await make(owner, workspaceRoutes.addWorkspaceMember, { body: { email: person.email, membership } })
  ids.userId = member.id
  ids.environmentId = await idOf(owner, environmentRoutes.createEnvironment, { body: { name: `${name}-environment` } })
  const credential = `sk-upstream-${name}-5d1c7b90`
  ids.aiConnectionId = await idOf(owner, aiConnectionRoutes.createAiConnection, {
    body: { name: `${name}-connection`, provider: 'demo', credentials: { apiKey: credential } },
  })
  const model = { connectionId: ids.aiConnectionId, model: 'demo' }
  ids.aiResourceId = await idOf(owner, aiResourceRoutes.createAiResource, { body: { name: `${name}-resource`, model } })
  ids.revisionId = (await make(owner, aiResourceRoutes.listAiResourceRevisions)).items[0].id
  const key = await make(owner, apiKeyRoutes.createApiKey, { body: { name: `${name}-key` } })
  ids.apiKeyId = key.id
  ids.poolId = await definedPool(make, owner, { name: `${name}-pool`, resources: [ids.aiResourceId] })
  ids.roleId = await idOf(owner, roleRoutes.createRole, {
    body: {
      name: `role-${owner.email.slice(0, 8)}`,
      policy: { statements: [{ effect: 'allow', actions: ['*'], resources: ['*'] }] },
    },
  })
  ids.sessionId = await anotherSession(make, owner)
  const query = { workspaceId: ids.workspaceId }
  ids.auditEventId = (await make(owner, auditEventRoutes.listAuditEvents, { query })).items[0].id
  ids.exchangeId = await exchange(world, key.value, `${name}-resource`)
  return { name, ...people, ids, credential, apiKey: key.value }
}

async function definedPool(make: World['done'], owner: Person, pool: object): Promise<string> {
  const { version } = await make(owner, prioritizationRoutes.getPoolDefinition)
  const body = { pools: [{ ...pool, minReservation: 10, maxReservation: 90 }] }
  return (await make(owner, prioritizationRoutes.replacePoolDefinition, { version, body })).pools[0].id
}

async function anotherSession(make: World['done'], person: Person): Promise<string> {
  await make(person, authRoutes.signIn, { body: { email: person.email, password: PASSWORD } })
  const { items } = await make(person, authRoutes.listSessions)
  return items.find(({ current }: { current: boolean }) => !current).id
}

/** Records reach the stores a moment later. */
const SHIPPED = { timeout: 10_000 }

/** One request to the data plane, once its record is in the audit and counts as usage. */
async function exchange(world: World, key: string, model: string): Promise<string> {
  const { status, headers, text } = await chatWith(world, key, model)
  const id = headers.get('x-request-id')
  if (status !== 200 || id === null) throw new Error(`The chat was answered ${status}: ${text}`)
  const { db } = world.product.storage.database
  for (const table of ['audit_exchange', 'usage_event'] as const)
    await vi.waitFor(() => db.selectFrom(table).where('id', '=', id).select('id').executeTakeFirstOrThrow(), SHIPPED)
  return id
}
