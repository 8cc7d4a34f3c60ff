'use client'

import GroupIcon from '@mui/icons-material/GroupOutlined'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import MuiLink from '@mui/material/Link'
import { useQuery } from '@tanstack/react-query'
import dynamic from 'next/dynamic'
import Link from 'next/link'
import { useState } from 'react'
import { type User, usersQuery } from '@/client/people-queries'
import { type Column, ListTable } from '@/components/list-table'
import { Moment } from '@/components/moment'
import { PageHeader } from '@/components/page-header'
import { EmptyState } from '@/components/states'
import { useMay } from '@/session/use-permission'
import { UserState } from './user-state'

const NewUser = dynamic(() => import('./new-user').then((module) => module.NewUser), { ssr: false })

/** Who can sign in to the installation. */
export function UsersPage() {
  const may = useMay()
  const [creating, setCreating] = useState(false)
  const { data, error, refetch } = useQuery(usersQuery)
  const create = may('createUser') && (
    <Button variant="contained" onClick={() => setCreating(true)}>
      Create a user
    </Button>
  )
  return (
    <>
      <PageHeader
        title="Users"
        description="Who can sign in. Roles say what they may do, and the workspaces that they are members of, where."
        actions={create}
      />
      <ListTable
        label="users"
        rows={data}
        error={error}
        onRetry={refetch}
        columns={COLUMNS}
        rowKey={({ id }) => id}
        searchText={searchText}
        empty={
          <EmptyState icon={<GroupIcon />} title="There is no user that you may see" action={create}>
            Everybody who works with this installation has a user of their own.
          </EmptyState>
        }
      />
      {creating && <NewUser onClose={() => setCreating(false)} />}
    </>
  )
}

const searchText = ({ name, email, roles }: User) => [name, email, ...roles.map((role) => role.name)].join(' ')

const COLUMNS: Column<User>[] = [
  {
    id: 'name',
    label: 'Name',
    sort: ({ name }) => name,
    cell: ({ id, name, email }) => (
      <>
        <MuiLink component={Link} href={`/users/${id}`} sx={{ fontWeight: 600 }}>
          {name}
        </MuiLink>
        <Box sx={{ color: 'text.secondary', fontSize: 13 }}>{email}</Box>
      </>
    ),
  },
  { id: 'state', label: 'State', sort: ({ state }) => state, cell: ({ state }) => <UserState state={state} /> },
  {
    id: 'roles',
    label: 'Roles',
    hideBelow: 'sm',
    sort: ({ roles }) => roles.map(({ name }) => name).join(', '),
    cell: ({ roles }) =>
      roles.length === 0 ? (
        <Box component="span" sx={{ color: 'text.secondary' }}>
          none: everything is refused
        </Box>
      ) : (
        roles.map(({ name }) => name).join(', ')
      ),
  },
  {
    id: 'created',
    label: 'Created',
    hideBelow: 'md',
    sort: ({ createdAt }) => createdAt,
    cell: ({ createdAt }) => <Moment at={createdAt} />,
  },
]
