'use client'

import { useQueries, useQuery } from '@tanstack/react-query'
import { rolesQuery, usersQuery } from '@/client/people-queries'
import { connectionsQuery, environmentsQuery, keysQuery, resourcesQuery, workspacesQuery } from '@/client/queries'
import { useMay } from '@/session/use-permission'

const ID = '[0-9a-f]{8}-[0-9a-f-]{27}'
const LISTS = { 'ai-connection': connectionsQuery, 'ai-resource': resourcesQuery, 'api-key': keysQuery } as const

/** Says patterns of resources with the names of what they name by id, as far as who is signed in may see them. */
export function useResourceNames(patterns: readonly string[]): (pattern: string) => string | undefined {
  const may = useMay()
  const found = (expression: string) => [
    ...new Set(patterns.flatMap((pattern) => new RegExp(expression).exec(pattern)?.slice(1).join(' ') ?? [])),
  ]
  const workspaces = useQuery({ ...workspacesQuery, enabled: found(`workspace:(${ID})`).length > 0 })
  const users = useQuery({ ...usersQuery, enabled: found(`user:(${ID})`).length > 0 && may('listUsers') })
  const roles = useQuery({ ...rolesQuery, enabled: found(`role:(${ID})`).length > 0 && may('listRoles') })
  const environments = useQueries({
    queries: found(`workspace:(${ID})/environment:${ID}`).map((workspaceId) => environmentsQuery(workspaceId)),
  })
  const objects = useQueries({
    queries: found(`workspace:(${ID})/environment:(${ID})/(ai-connection|ai-resource|api-key):${ID}`).map((words) => {
      const [workspaceId = '', environmentId = '', kind] = words.split(' ')
      const path = { workspaceId, environmentId }
      const list = kind === 'ai-connection' || kind === 'ai-resource' ? LISTS[kind] : LISTS['api-key']
      // Of three lists of things with a name: nothing else is looked at here.
      return list(path) as ReturnType<typeof connectionsQuery>
    }),
  })
  const named = [
    ...(workspaces.data ?? []),
    ...(roles.data ?? []),
    ...(users.data ?? []).map(({ id, email }) => ({ id, name: email })),
    ...environments.flatMap(({ data = [] }) => data),
    ...objects.flatMap(({ data = [] }) => data),
  ]
  const names = new Map(named.map(({ id, name }) => [id, name]))
  return (pattern) => {
    if (!new RegExp(ID).test(pattern)) return undefined
    return pattern.split('/').map(segmentText(names)).join(' › ')
  }
}

const segmentText = (names: ReadonlyMap<string, string>) => (segment: string) => {
  if (segment === '*') return 'all in it'
  const [kind = '', id] = segment.split(':')
  if (id === undefined) return kind
  if (id === '*') return `every ${kind}`
  return `${kind} ${names.get(id) ?? '(unknown)'}`
}
