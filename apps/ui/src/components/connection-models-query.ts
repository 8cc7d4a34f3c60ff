import { queryOptions } from '@tanstack/react-query'
import { answerOf, api } from '@/client/api'
import { type EnvironmentPath, environmentKey } from '@/client/queries'

const PATH = '/workspaces/{workspaceId}/environments/{environmentId}/ai-connections/{aiConnectionId}/models'

/** What the provider offers through a connection: a call to the provider, so ask only when it is looked at. */
export const connectionModelsQuery = (path: EnvironmentPath, aiConnectionId: string) =>
  queryOptions({
    queryKey: [...environmentKey(path), 'ai-connection-models', aiConnectionId],
    queryFn: () => answerOf(api.GET(PATH, { params: { path: { ...path, aiConnectionId } } })),
    staleTime: 5 * 60_000,
  })
