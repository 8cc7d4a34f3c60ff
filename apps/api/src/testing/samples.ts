import { managementRoutes, type Route } from '@vm-x/contract'
import { PROMPT } from './prompt.ts'
import type { Tenant } from './tenant.ts'
import { type CallOptions, PASSWORD, type Person } from './world.ts'

export type Sample = {
  /** A body, or a query, that the route takes from this tenant; with the tenant's ids wherever ids can stand. */
  readonly body?: (tenant: Tenant) => Json
  readonly query?: (tenant: Tenant) => Readonly<Record<string, string>>
  /** Who may send it without harm to those who go on; the owner where it is nobody else. */
  readonly as?: (tenant: Tenant) => Person
  /** The ids in it choose among what is the tenant's own: another's choose nothing. Else they are refused. */
  readonly idsFilter?: true
  /** What it holds is a request to the data plane, which has fields of its own. */
  readonly foreignBody?: true
}

export type Json = Readonly<Record<string, unknown>>

const everything = [{ effect: 'allow', actions: ['*'], resources: ['*'] }]
const chat = { messages: [{ role: 'user', content: PROMPT }] }
const to = ({ ids }: Tenant, model = 'demo') => ({ connectionId: ids.aiConnectionId, model })
const below = (value: number) => ({ field: 'tokens.input', op: 'lt', value })

const resource = (name: string) => (tenant: Tenant) => ({
  name: `${tenant.name}-${name}`,
  model: to(tenant),
  routing: [
    // biome-ignore lint/suspicious/noThenProperty: the name that people write
    { when: below(10), then: { target: to(tenant) } },
    {
      when: { all: [below(20), { not: { any: [below(15)] } }] },
      // biome-ignore lint/suspicious/noThenProperty: as above
      then: {
        split: [
          { target: to(tenant), weight: 50 },
          { target: to(tenant, 'other'), weight: 50 },
        ],
      },
    },
    // biome-ignore lint/suspicious/noThenProperty: as above
    { when: below(30), then: { balance: 'round-robin', targets: [to(tenant), to(tenant, 'other')] } },
  ],
  secondaryModels: [{ name: 'second', ...to(tenant, 'other') }],
  fallback: { enabled: true, models: [to(tenant, 'other')] },
  capacity: [{ period: 'minute', requests: 1000 }],
})

const asked = (tenant: Tenant) => ({
  request: chat,
  apiKeyId: tenant.ids.apiKeyId,
  draft: resource('draft')(tenant),
})

const key = (name: string) => (tenant: Tenant) => ({
  name: `${tenant.name}-${name}`,
  resources: [tenant.ids.aiResourceId],
  connections: [tenant.ids.aiConnectionId],
})

const pools = ({ name, ids }: Tenant) => ({
  pools: [
    { id: ids.poolId, name: `${name}-pool`, minReservation: 20, maxReservation: 80, resources: [ids.aiResourceId] },
  ],
})

const exchanges: Sample = {
  query: ({ ids }) => ({
    apiKeyId: ids.apiKeyId ?? '',
    resourceId: ids.aiResourceId ?? '',
    connectionId: ids.aiConnectionId ?? '',
  }),
  idsFilter: true,
}

const cascade = { query: () => ({ cascade: 'true' }) }

/** By the id of the route: of every one that takes a body, or that does not speak for itself. */
export const samples: Readonly<Record<string, Sample>> = {
  signIn: { body: ({ guest }) => ({ email: guest.email, password: PASSWORD }) },
  changePassword: {
    body: () => ({ currentPassword: PASSWORD, newPassword: `${PASSWORD}-anew` }),
    as: ({ partner }) => partner,
  },
  createUser: { body: ({ name }) => ({ email: `${name}@example.com`, name: 'Somebody' }) },
  updateUser: { body: () => ({ name: 'Somebody else' }) },
  getUserAccess: {
    query: ({ ids }) => ({ workspaceId: ids.workspaceId ?? '', environmentId: ids.environmentId ?? '' }),
    idsFilter: true,
  },
  createRole: {
    body: ({ owner }) => ({ name: `new-role-${owner.email.slice(0, 8)}`, policy: { statements: everything } }),
  },
  updateRole: { body: () => ({ description: 'Another', policy: { statements: everything } }) },
  createWorkspace: { body: ({ name }) => ({ name: `${name}-new-workspace` }) },
  updateWorkspace: { body: () => ({ timeZone: 'Europe/Paris', capacity: [{ period: 'day', requests: 1000 }] }) },
  deleteWorkspace: cascade,
  leaveWorkspace: { as: ({ partner }) => partner },
  addWorkspaceMember: { body: ({ guest }) => ({ email: guest.email, membership: 'member' }) },
  updateWorkspaceMember: { body: () => ({ membership: 'owner' }) },
  createEnvironment: { body: ({ name }) => ({ name: `${name}-new-environment` }) },
  updateEnvironment: { body: () => ({ maxConcurrent: 100 }) },
  deleteEnvironment: cascade,
  createAiConnection: {
    body: ({ name, credential }) => ({
      name: `${name}-new-connection`,
      provider: 'demo',
      config: {},
      credentials: { apiKey: credential },
      models: { demo: { contextTokens: 1000 } },
      timeouts: { totalMs: 60_000 },
      capacity: [{ period: 'minute', requests: 1000 }],
    }),
  },
  testNewAiConnection: { body: ({ credential }) => ({ provider: 'demo', credentials: { apiKey: credential } }) },
  updateAiConnection: { body: ({ credential }) => ({ credentials: { apiKey: `${credential}-anew` } }) },
  deleteAiConnection: cascade,
  testAiConnection: { body: () => ({ model: 'demo' }) },
  createAiResource: { body: resource('new-resource') },
  updateAiResource: { body: resource('resource') },
  routeNewAiResource: { body: asked },
  routeAiResource: { body: asked },
  chatWithAiResource: { body: () => chat, foreignBody: true },
  createApiKey: { body: key('new-key') },
  updateApiKey: { body: key('key') },
  rotateApiKey: { body: () => ({ graceSeconds: 60 }) },
  replacePoolDefinition: { body: pools },
  listAudit: exchanges,
  exportAudit: exchanges,
  tailAudit: exchanges,
  queryUsage: {
    body: ({ ids }) => ({
      from: '2026-01-01T00:00:00Z',
      to: '2026-12-31T00:00:00Z',
      metrics: ['requests.sum'],
      groupBy: ['resourceId', 'connectionId', 'apiKeyId'],
      filter: { apiKeyId: [ids.apiKeyId], resourceId: [ids.aiResourceId], connectionId: [ids.aiConnectionId, null] },
      orderBy: [{ by: 'requests.sum', direction: 'desc' }],
    }),
    idsFilter: true,
  },
  listAuditEvents: {
    query: ({ ids, owner }) => ({
      workspaceId: ids.workspaceId ?? '',
      environmentId: ids.environmentId ?? '',
      actorId: owner.id,
    }),
    idsFilter: true,
  },
}

export const paramsOf = ({ path }: Pick<Route, 'path'>): string[] =>
  [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '')

/** Users and roles are the installation's, not a tenant's. */
const SHARED = new Set(['userId', 'roleId'])

/** The parameters of a route that name what is a tenant's. */
export const tenantParams = (route: Route): string[] =>
  paramsOf(route).filter((name) => route.path.includes('{workspaceId}') || !SHARED.has(name))

/** What a tenant sends to a route, but for its path. */
export function sentTo({ id }: Route, tenant: Tenant): Pick<CallOptions, 'body' | 'query'> {
  const { body, query } = samples[id] ?? {}
  return { ...(body ? { body: body(tenant) } : {}), ...(query ? { query: query(tenant) } : {}) }
}

const nobody: Person = { id: '', email: '', cookie: '' }
const placeholders = Object.fromEntries(managementRoutes.flatMap(paramsOf).map((name) => [name, `<${name}>`]))
const anyone: Tenant = {
  name: '',
  owner: nobody,
  partner: nobody,
  member: nobody,
  guest: nobody,
  ids: { ...placeholders, poolId: '<poolId>' },
  credential: '',
  apiKey: '',
}

/** Whether ids of a tenant stand in what the route is sent. */
export const takesIds = (route: Route): boolean => /<\w+>/.test(JSON.stringify(sentTo(route, anyone)))

/** For `it.each`. */
export const named = (routes: readonly Route[]) => routes.map((route) => [route.id, route] as const)
