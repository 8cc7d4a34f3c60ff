'use client'

import { useQuery } from '@tanstack/react-query'
import { workspaceMembersQuery } from '@/client/people-queries'
import { connectionsQuery, keysQuery, resourcesQuery } from '@/client/queries'
import { useEnvironmentPath } from '@/session/use-environment-path'
import { useMay } from '@/session/use-permission'

export type Named = { readonly id: string; readonly name: string }

export type NamedKind = 'resource' | 'connection' | 'key' | 'member'

export type Names = {
  /** All that there are now; undefined while they are asked for, and where they may not be listed. */
  readonly all: Readonly<Record<NamedKind, readonly Named[] | undefined>>
  /** `deleted`: it was asked for, and is not there any more. `unknown`: it can not be told, as it may not be listed. */
  readonly find: (kind: NamedKind, id: string) => { readonly name: string } | 'loading' | 'deleted' | 'unknown'
}

/** What people call the things that records name by their ids. Nothing waits for it. */
export function useNames(): Names {
  const path = useEnvironmentPath()
  const may = useMay()
  const resources = useQuery({ ...resourcesQuery(path), enabled: may('listAiResources') })
  const connections = useQuery({ ...connectionsQuery(path), enabled: may('listAiConnections') })
  const keys = useQuery({ ...keysQuery(path), enabled: may('listApiKeys') })
  const members = useQuery({ ...workspaceMembersQuery(path.workspaceId), enabled: may('listWorkspaceMembers') })
  const queries = { resource: resources, connection: connections, key: keys, member: members }
  const all = {
    resource: resources.data,
    connection: connections.data,
    key: keys.data,
    member: members.data?.map(({ userId, email }) => ({ id: userId, name: email })),
  }
  return {
    all,
    find: (kind, id) => {
      const found = all[kind]?.find((item) => item.id === id)
      if (found) return found
      if (queries[kind].isLoading) return 'loading'
      // Who was a member once may still be a user.
      return all[kind] && kind !== 'member' ? 'deleted' : 'unknown'
    },
  }
}
