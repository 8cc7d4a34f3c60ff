import { queryOptions } from '@tanstack/react-query'
import { answerOf, api, ifMatch } from '@/client/api'
import { type EnvironmentPath, environmentKey } from '@/client/queries'
import type { components } from '@/client/schema'

type Schemas = components['schemas']
export type ConnectionInput = Schemas['AiConnectionInput']
export type ConnectionPatch = Schemas['AiConnectionPatch']
export type ConnectionTrial = Schemas['ConnectionTrial']
export type ConnectionTest = Schemas['ConnectionTest']

/** What a connection has answered lately; `p95Ms` is null where nothing has a duration. */
export type RecentUse = { readonly requests: number; readonly errorShare: number; readonly p95Ms: number | null }

const LIST = '/workspaces/{workspaceId}/environments/{environmentId}/ai-connections'
export const ONE_CONNECTION = `${LIST}/{aiConnectionId}` as const
const HOUR_MS = 3_600_000

/** The use of the last hour, by the id of the connection; one without traffic is absent. */
export const recentUseQuery = (path: EnvironmentPath) =>
  queryOptions({
    queryKey: [...environmentKey(path), 'usage', 'last-hour-by-connection'],
    queryFn: () => recentUse(path),
    refetchInterval: 30_000,
  })

async function recentUse(path: EnvironmentPath): Promise<ReadonlyMap<string, RecentUse>> {
  const nowMs = Date.now()
  const { rows } = await answerOf(
    api.POST('/workspaces/{workspaceId}/environments/{environmentId}/usage/query', {
      params: { path },
      body: {
        from: new Date(nowMs - HOUR_MS).toISOString(),
        to: new Date(nowMs + 1000).toISOString(),
        metrics: ['requests.sum', 'errors.avg', 'durationMs.p95'],
        groupBy: ['connectionId'],
      },
    }),
  )
  return new Map(
    rows.flatMap(({ group, values }) =>
      typeof group.connectionId === 'string'
        ? [
            [
              group.connectionId,
              {
                requests: values['requests.sum'] ?? 0,
                errorShare: values['errors.avg'] ?? 0,
                p95Ms: values['durationMs.p95'] ?? null,
              },
            ],
          ]
        : [],
    ),
  )
}

export const usesQuery = (path: EnvironmentPath, aiConnectionId: string) =>
  queryOptions({
    queryKey: [...environmentKey(path), 'ai-connection', aiConnectionId, 'used-by'],
    queryFn: async () =>
      (await answerOf(api.GET(`${ONE_CONNECTION}/used-by`, { params: { path: { ...path, aiConnectionId } } }))).items,
  })

export const createConnection = (path: EnvironmentPath, body: ConnectionInput) =>
  answerOf(api.POST(LIST, { params: { path }, body }))

export const updateConnection = (
  path: EnvironmentPath,
  aiConnectionId: string,
  body: ConnectionPatch,
  version: number,
) =>
  answerOf(api.PATCH(ONE_CONNECTION, { params: { path: { ...path, aiConnectionId }, header: ifMatch(version) }, body }))

type Deletion = { readonly id: string; readonly version: number; readonly cascade: boolean }

export const deleteConnection = (path: EnvironmentPath, { id, version, cascade }: Deletion) =>
  answerOf(
    api.DELETE(ONE_CONNECTION, {
      params: {
        path: { ...path, aiConnectionId: id },
        query: { cascade: cascade ? 'true' : 'false' },
        header: ifMatch(version),
      },
    }),
  )

/** Asks the provider with what is typed, before anything is saved. */
export const testNewConnection = (path: EnvironmentPath, body: ConnectionTrial) =>
  answerOf(api.POST(`${LIST}/test`, { params: { path }, body }))

/** Asks the provider with what is saved. */
export const testConnection = (path: EnvironmentPath, aiConnectionId: string, model?: string) =>
  answerOf(
    api.POST(`${ONE_CONNECTION}/test`, {
      params: { path: { ...path, aiConnectionId } },
      body: model === undefined ? {} : { model },
    }),
  )
