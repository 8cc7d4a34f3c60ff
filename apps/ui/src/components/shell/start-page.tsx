'use client'

import WorkspacesIcon from '@mui/icons-material/WorkspacesOutlined'
import Button from '@mui/material/Button'
import Skeleton from '@mui/material/Skeleton'
import { useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { useEffect } from 'react'
import { isProblem } from '@/client/problem'
import { environmentsQuery, workspacesQuery } from '@/client/queries'
import { useMay } from '@/session/use-permission'
import { useInterface } from '@/stores/interface-store'
import { EmptyState, ErrorState } from '../states'

/** Goes to where the person was last, else to the first environment of the workspace, or of the first one that has any. */
export function StartPage({ workspaceId }: { workspaceId?: string }) {
  const router = useRouter()
  const may = useMay()
  const lastPlace = useInterface((state) => state.lastPlace)
  const workspaces = useQuery(workspacesQuery)
  const wanted = workspaceId ?? lastPlace?.workspaceId
  const workspace = workspaces.data?.find(({ id }) => id === wanted) ?? (workspaceId ? undefined : workspaces.data?.[0])
  const environments = useQuery({ ...environmentsQuery(workspace?.id ?? ''), enabled: workspace !== undefined })
  const environment = environments.data?.find(({ id }) => id === lastPlace?.environmentId) ?? environments.data?.[0]
  // Who may not list them knows one by its address.
  const alone =
    isProblem(workspaces.error ?? environments.error, 'permission_missing') &&
    lastPlace &&
    may('getEnvironment', lastPlace) &&
    (workspaceId ?? lastPlace.workspaceId) === lastPlace.workspaceId
  const place = alone
    ? lastPlace
    : workspace && environment && { workspaceId: workspace.id, environmentId: environment.id }
  const target = place && `/${place.workspaceId}/${place.environmentId}/getting-started`
  const withoutEnvironment = workspace && environments.data?.length === 0
  useEffect(() => {
    if (target) router.replace(target)
    else if (withoutEnvironment) router.replace(`/${workspace.id}/settings`)
  }, [target, withoutEnvironment, workspace, router])
  const error = workspaces.error ?? environments.error
  if (error && !alone)
    return <ErrorState error={error} onRetry={() => (workspaces.error ? workspaces : environments).refetch()} />
  if (workspaces.data?.length === 0)
    return (
      <EmptyState
        icon={<WorkspacesIcon />}
        title="You are in no workspace yet"
        action={
          may('createWorkspace') && (
            <Button component={Link} href="/workspaces" variant="contained">
              Create a workspace
            </Button>
          )
        }
      >
        Everything here belongs to a workspace. Ask an owner of one to add you
        {may('createWorkspace') ? ', or create your own' : ''}.
      </EmptyState>
    )
  if (workspaceId && workspaces.data && !workspace)
    return (
      <EmptyState icon={<WorkspacesIcon />} title="There is no such workspace">
        It was deleted, or you are no member of it.
      </EmptyState>
    )
  return <Skeleton variant="rounded" height={320} aria-label="Loading" />
}
