'use client'

import Alert from '@mui/material/Alert'
import Chip from '@mui/material/Chip'
import Skeleton from '@mui/material/Skeleton'
import { useQuery } from '@tanstack/react-query'
import dynamic from 'next/dynamic'
import { useParams } from 'next/navigation'
import { workspaceQuery } from '@/client/people-queries'
import { PageHeader } from '@/components/page-header'
import { PageTabs } from '@/components/page-tabs'
import { ErrorState } from '@/components/states'

const loading = () => <Skeleton variant="rounded" height={320} aria-label="Loading" />
const General = dynamic(() => import('./general').then((module) => module.General), { ssr: false, loading })
const Environments = dynamic(() => import('./environments').then((module) => module.Environments), {
  ssr: false,
  loading,
})
const Members = dynamic(() => import('./members').then((module) => module.Members), { ssr: false, loading })
const DeleteWorkspace = dynamic(() => import('./delete-workspace').then((module) => module.DeleteWorkspace), {
  ssr: false,
  loading,
})

const TABS = [
  { id: 'general', label: 'General' },
  { id: 'environments', label: 'Environments' },
  { id: 'members', label: 'Members' },
  { id: 'delete', label: 'Delete' },
] as const

const TRAIL = [{ label: 'Workspaces', href: '/workspaces' }]

/** What a workspace is, what is in it, and who. */
export function SettingsPage() {
  const { workspace: workspaceId = '' } = useParams<Partial<Record<string, string>>>()
  const { data: workspace, error, refetch } = useQuery(workspaceQuery(workspaceId))
  if (error && !workspace)
    return (
      <>
        <PageHeader title="Workspace settings" trail={TRAIL} />
        <ErrorState error={error} onRetry={refetch} />
      </>
    )
  const owner = workspace?.membership === 'owner'
  return (
    <>
      <PageHeader
        title="Workspace settings"
        trail={TRAIL}
        badges={
          workspace && (
            <>
              <Chip label={workspace.name} />
              <Chip
                variant="outlined"
                color={owner ? 'primary' : 'default'}
                label={`you are ${owner ? 'an owner' : 'a member'}`}
              />
            </>
          )
        }
      />
      <PageTabs label="Workspace settings" tabs={TABS}>
        {(tab) => {
          if (!workspace) return loading()
          return (
            <>
              {!owner && tab !== 'environments' && (
                <Alert severity="info" variant="outlined" sx={{ mb: 2 }}>
                  You are a member. Only owners change the workspace and who is in it; ask one of them, they are listed
                  under Members.
                </Alert>
              )}
              {tab === 'general' && <General key={workspace.id} workspace={workspace} />}
              {tab === 'environments' && <Environments workspaceId={workspace.id} />}
              {tab === 'members' && <Members workspace={workspace} />}
              {tab === 'delete' && <DeleteWorkspace workspace={workspace} />}
            </>
          )
        }}
      </PageTabs>
    </>
  )
}
