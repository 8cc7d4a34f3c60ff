'use client'

import WorkspacesIcon from '@mui/icons-material/WorkspacesOutlined'
import Button from '@mui/material/Button'
import Chip from '@mui/material/Chip'
import MuiLink from '@mui/material/Link'
import { useQuery } from '@tanstack/react-query'
import dynamic from 'next/dynamic'
import Link from 'next/link'
import { useState } from 'react'
import { type Workspace, workspacesQuery } from '@/client/queries'
import { type Column, ListTable } from '@/components/list-table'
import { Moment } from '@/components/moment'
import { PageHeader } from '@/components/page-header'
import { EmptyState } from '@/components/states'
import { useMay } from '@/session/use-permission'

const NewWorkspace = dynamic(() => import('./new-workspace').then((module) => module.NewWorkspace), { ssr: false })

/** The workspaces that who is signed in is a member of. */
export function WorkspacesPage() {
  const may = useMay()
  const [creating, setCreating] = useState(false)
  const { data, error, refetch } = useQuery(workspacesQuery)
  const create = may('createWorkspace') && (
    <Button variant="contained" onClick={() => setCreating(true)}>
      Create a workspace
    </Button>
  )
  return (
    <>
      <PageHeader
        title="Workspaces"
        description="Each is closed to all but its members: connections, resources, keys and figures of one are in no other."
        actions={create}
      />
      <ListTable
        label="workspaces"
        rows={data}
        error={error}
        onRetry={refetch}
        columns={COLUMNS}
        rowKey={({ id }) => id}
        {...((data?.length ?? 0) > 5 && { searchText: ({ name }: Workspace) => name })}
        empty={
          <EmptyState icon={<WorkspacesIcon />} title="You are in no workspace yet" action={create}>
            Ask an owner of one to add you by your e-mail address{may('createWorkspace') && ', or create your own'}.
          </EmptyState>
        }
      />
      {creating && <NewWorkspace onClose={() => setCreating(false)} />}
    </>
  )
}

const COLUMNS: Column<Workspace>[] = [
  {
    id: 'name',
    label: 'Name',
    sort: ({ name }) => name,
    cell: ({ id, name }) => (
      <MuiLink component={Link} href={`/${id}`} sx={{ fontWeight: 600 }}>
        {name}
      </MuiLink>
    ),
  },
  {
    id: 'membership',
    label: 'You are',
    sort: ({ membership }) => membership,
    cell: ({ membership }) => (
      <Chip variant="outlined" color={membership === 'owner' ? 'primary' : 'default'} label={membership} />
    ),
  },
  {
    id: 'timeZone',
    label: 'Time zone',
    hideBelow: 'sm',
    sort: ({ timeZone }) => timeZone,
    cell: (row) => row.timeZone,
  },
  {
    id: 'created',
    label: 'Created',
    hideBelow: 'md',
    sort: ({ createdAt }) => createdAt,
    cell: ({ createdAt }) => <Moment at={createdAt} />,
  },
  {
    id: 'settings',
    label: 'Settings',
    align: 'right',
    cell: ({ id, name }) => (
      <MuiLink component={Link} href={`/${id}/settings`} aria-label={`Settings of ${name}`}>
        Settings
      </MuiLink>
    ),
  },
]
