import { queryOptions } from '@tanstack/react-query'
import { allPages, answerOf, api, ifMatch } from '@/client/api'
import { type AiResource, type EnvironmentPath, environmentKey } from '@/client/queries'
import type { components } from '@/client/schema'

type Schemas = components['schemas']
export type ResourcePatch = Schemas['AiResourcePatch']
export type ResourceInput = Schemas['AiResourceInput']
export type Revision = Schemas['AiResourceRevision']

const LIST = '/workspaces/{workspaceId}/environments/{environmentId}/ai-resources'
const ONE = `${LIST}/{aiResourceId}` as const
const HOUR_MS = 3_600_000

export const createResource = (path: EnvironmentPath, body: ResourceInput) =>
  answerOf(api.POST(LIST, { params: { path }, body }))

export const updateResource = (path: EnvironmentPath, { id, version }: Versioned, body: ResourcePatch) =>
  answerOf(api.PATCH(ONE, { params: { path: { ...path, aiResourceId: id }, header: ifMatch(version) }, body }))

export const deleteResource = (path: EnvironmentPath, { id, version }: Versioned) =>
  answerOf(api.DELETE(ONE, { params: { path: { ...path, aiResourceId: id }, header: ifMatch(version) } }))

export const restoreRevision = (path: EnvironmentPath, { id, version }: Versioned, revisionId: string) =>
  answerOf(
    api.POST(`${ONE}/revisions/{revisionId}/restore`, {
      params: { path: { ...path, aiResourceId: id, revisionId }, header: ifMatch(version) },
    }),
  )

type Versioned = Pick<AiResource, 'id' | 'version'>

/** Newest first. */
export const revisionsQuery = (path: EnvironmentPath, aiResourceId: string) =>
  queryOptions({
    queryKey: [...environmentKey(path), 'ai-resource', aiResourceId, 'revisions'],
    queryFn: async () => {
      const revisions = await allPages((query) =>
        answerOf(api.GET(`${ONE}/revisions`, { params: { path: { ...path, aiResourceId }, query } })),
      )
      return revisions.toReversed()
    },
  })

export const revisionQuery = (path: EnvironmentPath, aiResourceId: string, revisionId: string) =>
  queryOptions({
    queryKey: [...environmentKey(path), 'ai-resource', aiResourceId, 'revision', revisionId],
    queryFn: () =>
      answerOf(api.GET(`${ONE}/revisions/{revisionId}`, { params: { path: { ...path, aiResourceId, revisionId } } })),
    staleTime: Number.POSITIVE_INFINITY,
  })

export type HourOfUse = { readonly requests: number; readonly errorShare: number }

/** What was asked of each resource in the last sixty minutes, by its id. */
export const lastHourQuery = (path: EnvironmentPath) =>
  queryOptions({
    queryKey: [...environmentKey(path), 'ai-resources', 'last-hour'],
    queryFn: () => lastHour(path),
    refetchInterval: 30_000,
  })

async function lastHour(path: EnvironmentPath): Promise<ReadonlyMap<string, HourOfUse>> {
  const now = Date.now()
  const answer = await answerOf(
    api.POST('/workspaces/{workspaceId}/environments/{environmentId}/usage/query', {
      params: { path },
      body: {
        from: new Date(now - HOUR_MS).toISOString(),
        to: new Date(now).toISOString(),
        metrics: ['requests.sum', 'errors.avg'],
        groupBy: ['resourceId'],
      },
    }),
  )
  return new Map(
    answer.rows.map(({ group, values }) => [
      String(group.resourceId),
      { requests: values['requests.sum'] ?? 0, errorShare: values['errors.avg'] ?? 0 },
    ]),
  )
}

export const poolsQuery = (path: EnvironmentPath) =>
  queryOptions({
    queryKey: [...environmentKey(path), 'prioritization'],
    queryFn: () =>
      answerOf(api.GET('/workspaces/{workspaceId}/environments/{environmentId}/prioritization', { params: { path } })),
  })
