import { vi } from 'vitest'
import type { Seeded, Session } from './seed.ts'

export type Ids = {
  /** Where the pages of the workspace, and of its environment, begin. */
  readonly workspace: string
  readonly environment: string
  readonly connection: string
  readonly resource: string
  readonly key: string
  readonly exchange: string
  readonly user: string
  readonly role: string
}

export type ConsolePage = {
  /** Of its picture, e.g. `ai-resources`. */
  readonly name: string
  readonly path: (ids: Ids) => string
  /** What stands above the page, by which one sees that it is there. */
  readonly heading: string | RegExp
}

const page = (name: string, heading: string | RegExp, path: (ids: Ids) => string): ConsolePage => ({
  name,
  heading,
  path,
})

const inEnvironment = (name: string, heading: string | RegExp, path: (ids: Ids) => string = () => name) =>
  page(name, heading, (ids) => `${ids.environment}/${path(ids)}`)

/** Every page of the console for who is signed in. */
export const PAGES: readonly ConsolePage[] = [
  inEnvironment('getting-started', 'Getting started'),
  inEnvironment('playground', 'Playground'),
  inEnvironment('ai-resources', 'AI resources'),
  inEnvironment('ai-resource-new', /./, () => 'ai-resources/new'),
  inEnvironment('ai-resource', 'support-chat', ({ resource }) => `ai-resources/${resource}`),
  ...['routing', 'fallback', 'limits', 'times', 'dry-run', 'revisions', 'use'].map((tab) =>
    inEnvironment(`ai-resource-${tab}`, 'support-chat', ({ resource }) => `ai-resources/${resource}?tab=${tab}`),
  ),
  inEnvironment('ai-connections', 'AI connections'),
  inEnvironment('ai-connection-new', /./, () => 'ai-connections/new'),
  inEnvironment('ai-connection', 'openai-eu', ({ connection }) => `ai-connections/${connection}`),
  inEnvironment('api-keys', 'API keys'),
  inEnvironment('api-key-new', /./, () => 'api-keys/new'),
  inEnvironment('api-key', 'support-backend', ({ key }) => `api-keys/${key}`),
  inEnvironment('usage', 'Usage'),
  inEnvironment('audit', 'Audit'),
  inEnvironment('audit-exchange', /./, ({ exchange }) => `audit/${exchange}`),
  inEnvironment('sdk', 'SDKs'),
  ...['general', 'environments', 'members'].map((tab) =>
    page(`workspace-${tab}`, /./, ({ workspace }) => `${workspace}/settings?tab=${tab}`),
  ),
  page('workspaces', 'Workspaces', () => '/workspaces'),
  page('users', 'Users', () => '/users'),
  page('user', 'Rea Reader', ({ user }) => `/users/${user}`),
  page('roles', 'Roles', () => '/roles'),
  page('role-new', /./, () => '/roles/new'),
  page('role', 'power-user', ({ role }) => `/roles/${role}`),
  page('changes', 'Changes', () => '/changes'),
  page('account', /./, () => '/account'),
]

type Item = { readonly id: string; readonly name: string }

/** What the pages of a seeded installation are about. */
export async function idsOf({ workspaceId, environmentId }: Seeded, { call }: Session): Promise<Ids> {
  const api = `/workspaces/${workspaceId}/environments/${environmentId}`
  // A request is in the audit within about a second.
  const idOf = async (path: string, name?: string): Promise<string> =>
    vi.waitFor(
      async () => {
        const { items } = await call<{ items: Item[] }>('GET', path)
        const found = items.find((item) => name === undefined || item.name === name)
        if (!found) throw new Error(`${path} has no ${name}`)
        return found.id
      },
      { timeout: 15_000, interval: 100 },
    )
  const [connection, resource, key, exchange, user, role] = await Promise.all([
    idOf(`${api}/ai-connections`, 'openai-eu'),
    idOf(`${api}/ai-resources`, 'support-chat'),
    idOf(`${api}/api-keys`, 'support-backend'),
    idOf(`${api}/audit?requestedModel=demo-fallback`),
    idOf('/users', 'Rea Reader'),
    idOf('/roles', 'power-user'),
  ])
  const environment = `/${workspaceId}/${environmentId}`
  return { workspace: `/${workspaceId}`, environment, connection, resource, key, exchange, user, role }
}
