import { queryOptions } from '@tanstack/react-query'
import { answerOf, api } from '@/client/api'
import { isProblem } from '@/client/problem'
import { type EnvironmentPath, environmentKey } from '@/client/queries'

const PATH = '/workspaces/{workspaceId}/environments/{environmentId}/audit/{exchangeId}'

/** The record of a request that has just ended: it is there within about a second. */
export const recordedExchangeQuery = ({ workspaceId, environmentId }: EnvironmentPath, exchangeId: string) =>
  queryOptions({
    queryKey: [...environmentKey({ workspaceId, environmentId }), 'recorded-exchange', exchangeId],
    queryFn: () => answerOf(api.GET(PATH, { params: { path: { workspaceId, environmentId, exchangeId } } })),
    // What has been recorded never changes.
    staleTime: Number.POSITIVE_INFINITY,
    retry: (failures, error) => failures < 8 && isProblem(error, 'not_found'),
    retryDelay: 500,
  })
