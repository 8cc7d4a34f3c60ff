'use client'

import { useQuery } from '@tanstack/react-query'
import { connectionsQuery, environmentKey, keysQuery, resourcesQuery } from '@/client/queries'
import { useEnvironmentPath } from '@/session/use-environment-path'
import { useMay } from '@/session/use-permission'
import { hasAnswered } from './setup'

/** What is there already. What this person may not see counts as missing, but for what something else proves. */
export function useProgress() {
  const path = useEnvironmentPath()
  const may = useMay()
  const connections = useQuery({ ...connectionsQuery(path), enabled: may('listAiConnections') })
  const resources = useQuery({ ...resourcesQuery(path), enabled: may('listAiResources') })
  const keys = useQuery({ ...keysQuery(path), enabled: may('listApiKeys') })
  const answered = useQuery({
    queryKey: [...environmentKey(path), 'has-answered'],
    queryFn: () => hasAnswered(path),
    enabled: may('listAudit'),
    // Once true it stays so.
    staleTime: ({ state }) => (state.data === true ? Number.POSITIVE_INFINITY : 5_000),
  })
  const queries = [connections, resources, keys, answered]
  const existing = { connections: connections.data ?? [], resources: resources.data ?? [] }
  return {
    loading: queries.some(({ isLoading }) => isLoading),
    error: queries.find(({ data, error }) => error && data === undefined)?.error,
    retry: () => Promise.all(queries.filter(({ error }) => error).map(({ refetch }) => refetch())),
    existing,
    keys: keys.data ?? [],
    connected: existing.connections.length > 0 || existing.resources.length > 0,
    hasResource: existing.resources.length > 0,
    hasKey: (keys.data?.length ?? 0) > 0,
    answered: answered.data === true,
    /** What this person can't see, so that its step can not tell whether it is done. */
    hidden: {
      connections: !may('listAiConnections'),
      resources: !may('listAiResources'),
      keys: !may('listApiKeys'),
      requests: !may('listAudit'),
    },
  }
}
