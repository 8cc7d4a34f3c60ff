'use client'

import PolicyIcon from '@mui/icons-material/PolicyOutlined'
import Button from '@mui/material/Button'
import Chip from '@mui/material/Chip'
import MuiLink from '@mui/material/Link'
import { useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { type Role, rolesQuery, usersQuery } from '@/client/people-queries'
import { type Column, ListTable } from '@/components/list-table'
import { Moment } from '@/components/moment'
import { PageHeader } from '@/components/page-header'
import { EmptyState } from '@/components/states'
import { useMay } from '@/session/use-permission'

/** The roles of the installation, with how many users have each. */
export function RolesPage() {
  const may = useMay()
  const { data, error, refetch } = useQuery(rolesQuery)
  const users = useQuery({ ...usersQuery, enabled: may('listUsers') })
  const create = may('createRole') && (
    <Button component={Link} href="/roles/new" variant="contained">
      Create a role
    </Button>
  )
  const countOf = (roleId: string) => users.data?.filter(({ roles }) => roles.some(({ id }) => id === roleId)).length
  return (
    <>
      <PageHeader
        title="Roles"
        description="What users may do. All roles of a user count together, and a deny of any overrides every allow."
        actions={create}
      />
      <ListTable
        label="roles"
        rows={data}
        error={error}
        onRetry={refetch}
        rowKey={({ id }) => id}
        {...((data?.length ?? 0) > 5 && { searchText: ({ name, description }: Role) => `${name} ${description}` })}
        empty={
          <EmptyState icon={<PolicyIcon />} title="There is no role that you may see" action={create}>
            Roles say what users may do.
          </EmptyState>
        }
        columns={[
          ...COLUMNS,
          ...(users.data
            ? [
                {
                  id: 'users',
                  label: 'Users',
                  align: 'right',
                  sort: ({ id }) => countOf(id) ?? 0,
                  cell: ({ id }) => countOf(id),
                } satisfies Column<Role>,
              ]
            : []),
        ]}
      />
    </>
  )
}

const COLUMNS: readonly Column<Role>[] = [
  {
    id: 'name',
    label: 'Name',
    sort: ({ name }) => name,
    cell: ({ id, name, builtIn }) => (
      <>
        <MuiLink component={Link} href={`/roles/${id}`} sx={{ fontWeight: 600, mr: 1 }}>
          {name}
        </MuiLink>
        {builtIn && <Chip variant="outlined" label="built in" />}
      </>
    ),
  },
  {
    id: 'description',
    label: 'Description',
    hideBelow: 'sm',
    cell: ({ description }) => description,
  },
  {
    id: 'changed',
    label: 'Changed',
    hideBelow: 'md',
    sort: ({ updatedAt }) => updatedAt,
    cell: ({ builtIn, updatedAt }) => (builtIn ? null : <Moment at={updatedAt} />),
  },
]
