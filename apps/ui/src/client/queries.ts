import { queryOptions } from '@tanstack/react-query'
import { allPages, answerOf, api } from './api'
import type { components } from './schema'

/** The parameters of every path below an environment. */
export type EnvironmentPath = { readonly workspaceId: string; readonly environmentId: string }

type Schemas = components['schemas']
export type Workspace = Schemas['Workspace']
export type Environment = Schemas['Environment']
export type AiConnection = Schemas['AiConnection']
export type AiResource = Schemas['AiResource']
export type ApiKey = Schemas['ApiKey']
export type Provider = Schemas['Provider']
export type UsageQuestion = Schemas['UsageQuery']

const currentSession = () => answerOf(api.GET('/auth/session'))
const allWorkspaces = () => allPages((query) => answerOf(api.GET('/workspaces', { params: { query } })))
const allEnvironments = (workspaceId: string) =>
  allPages((query) =>
    answerOf(api.GET('/workspaces/{workspaceId}/environments', { params: { path: { workspaceId }, query } })),
  )

const BASE = '/workspaces/{workspaceId}/environments/{environmentId}'
const allConnections = (path: EnvironmentPath) =>
  allPages((query) => answerOf(api.GET(`${BASE}/ai-connections`, { params: { path, query } })))
const allResources = (path: EnvironmentPath) =>
  allPages((query) => answerOf(api.GET(`${BASE}/ai-resources`, { params: { path, query } })))
const allKeys = (path: EnvironmentPath) =>
  allPages((query) => answerOf(api.GET(`${BASE}/api-keys`, { params: { path, query } })))
const allProviders = async (path: EnvironmentPath) =>
  (await answerOf(api.GET(`${BASE}/providers`, { params: { path } }))).items

/** Who is signed in; the shell watches it. */
export const sessionQuery = queryOptions({ queryKey: ['session'], queryFn: currentSession, staleTime: 60_000 })

export const workspacesQuery = queryOptions({ queryKey: ['workspaces'], queryFn: allWorkspaces, staleTime: 60_000 })

export const environmentsQuery = (workspaceId: string) =>
  queryOptions({
    queryKey: ['workspace', workspaceId, 'environments'],
    queryFn: () => allEnvironments(workspaceId),
    staleTime: 60_000,
  })

/** The beginning of the keys of all that is in an environment: what is invalidated with it is asked for again. */
export const environmentKey = ({ workspaceId, environmentId }: EnvironmentPath) =>
  ['workspace', workspaceId, 'environment', environmentId] as const

export const connectionsQuery = (path: EnvironmentPath) =>
  queryOptions({ queryKey: [...environmentKey(path), 'ai-connections'], queryFn: () => allConnections(path) })

export const connectionQuery = (path: EnvironmentPath, aiConnectionId: string) =>
  queryOptions({
    queryKey: [...environmentKey(path), 'ai-connection', aiConnectionId],
    queryFn: () =>
      answerOf(api.GET(`${BASE}/ai-connections/{aiConnectionId}`, { params: { path: { ...path, aiConnectionId } } })),
  })

export const resourcesQuery = (path: EnvironmentPath) =>
  queryOptions({ queryKey: [...environmentKey(path), 'ai-resources'], queryFn: () => allResources(path) })

export const resourceQuery = (path: EnvironmentPath, aiResourceId: string) =>
  queryOptions({
    queryKey: [...environmentKey(path), 'ai-resource', aiResourceId],
    queryFn: () =>
      answerOf(api.GET(`${BASE}/ai-resources/{aiResourceId}`, { params: { path: { ...path, aiResourceId } } })),
  })

export const keysQuery = (path: EnvironmentPath) =>
  queryOptions({ queryKey: [...environmentKey(path), 'api-keys'], queryFn: () => allKeys(path) })

export const providersQuery = (path: EnvironmentPath) =>
  queryOptions({
    queryKey: [...environmentKey(path), 'providers'],
    queryFn: () => allProviders(path),
    staleTime: 5 * 60_000,
  })

export const capacityQuery = (path: EnvironmentPath) =>
  queryOptions({
    queryKey: [...environmentKey(path), 'capacity'],
    queryFn: () => answerOf(api.GET(`${BASE}/capacity`, { params: { path } })),
  })

/** Figures of the past; `refetchMs`: how often they are asked for again while they are looked at. */
export const usageQuery = (path: EnvironmentPath, question: UsageQuestion, refetchMs?: number) =>
  queryOptions({
    queryKey: [...environmentKey(path), 'usage', question],
    queryFn: () => answerOf(api.POST(`${BASE}/usage/query`, { params: { path }, body: question })),
    ...(refetchMs !== undefined && { refetchInterval: refetchMs }),
  })
