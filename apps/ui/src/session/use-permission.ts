'use client'

import { useQuery } from '@tanstack/react-query'
import { compilePolicy } from '@vm-x/contract'
import { useParams } from 'next/navigation'
import { useCallback, useMemo } from 'react'
import { type Operation, PERMISSIONS } from '@/client/permissions'
import { workspacesQuery } from '@/client/queries'
import { useSession } from './use-session'

/**
 * Whether who is signed in may call an operation here. The workspace and the environment are those of the page; other ids
 * are named, and stand for the collection where they are not.
 *
 * @example const may = useMay(); may('updateAiResource', { aiResourceId })
 */
export function useMay() {
  const session = useSession()
  const { workspace: workspaceId = '*', environment: environmentId = '*' } =
    useParams<Partial<Record<string, string>>>()
  const { data: workspaces } = useQuery({ ...workspacesQuery, enabled: session?.user.state === 'active' })
  const owned = workspaces?.find(({ id }) => id === workspaceId)?.membership === 'owner'
  const policy = useMemo(() => compilePolicy(session?.roles.map((role) => role.policy) ?? []), [session])
  return useCallback(
    (operation: Operation, ids: Readonly<Record<string, string>> = {}): boolean => {
      const { action, on, owner } = PERMISSIONS[operation]
      const named: Readonly<Record<string, string>> = { workspaceId, environmentId, ...ids }
      const resource = on.replace(/\{(\w+)\}/g, (_, name: string) => named[name] ?? '*')
      return policy.allows(action, resource) && (!owner || owned)
    },
    [policy, owned, workspaceId, environmentId],
  )
}

/** What a permission is called where it is missing, e.g. in a tooltip. */
export const permissionOf = (operation: Operation) => PERMISSIONS[operation].action
