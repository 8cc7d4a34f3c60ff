import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { answerOf, api } from '@/client/api'
import { type EnvironmentPath, environmentKey } from '@/client/queries'
import type { paths } from '@/client/schema'

const BASE = '/workspaces/{workspaceId}/environments/{environmentId}/audit'

export const exchangeQuery = ({ workspaceId, environmentId }: EnvironmentPath, exchangeId: string) =>
  queryOptions({
    queryKey: [...environmentKey({ workspaceId, environmentId }), 'exchange', exchangeId],
    queryFn: () =>
      answerOf(api.GET(`${BASE}/{exchangeId}`, { params: { path: { workspaceId, environmentId, exchangeId } } })),
    // A record never changes.
    staleTime: Number.POSITIVE_INFINITY,
  })

type Query = NonNullable<paths[typeof BASE]['get']['parameters']['query']>

/** As many as one page of the grid shows. */
export const PAGE_SIZE = 100

/** Exchanges, newest first, page by page. Only asked for again when somebody wants it: the list must not jump. */
export const exchangesQuery = ({ workspaceId, environmentId }: EnvironmentPath, query: Query) =>
  infiniteQueryOptions({
    queryKey: [...environmentKey({ workspaceId, environmentId }), 'audit', query],
    queryFn: ({ pageParam: cursor }) =>
      answerOf(
        api.GET(BASE, {
          params: {
            path: { workspaceId, environmentId },
            query: { ...query, limit: PAGE_SIZE, ...(cursor !== undefined && { cursor }) },
          },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  })

/** Where the API sends new exchanges as they end, or all of them as a file. */
export function streamAddress(
  { workspaceId, environmentId }: EnvironmentPath,
  what: 'tail' | 'export',
  query: Readonly<Record<string, unknown>>,
): string {
  const entries = Object.entries(query).map(([name, value]) => [name, String(value)])
  const search = new URLSearchParams(entries).toString()
  return `/management/v1/workspaces/${workspaceId}/environments/${environmentId}/audit/${what}${search ? `?${search}` : ''}`
}
