'use client'

import GroupIcon from '@mui/icons-material/GroupOutlined'
import Alert from '@mui/material/Alert'
import Box from '@mui/material/Box'
import MuiLink from '@mui/material/Link'
import { useQuery } from '@tanstack/react-query'
import dynamic from 'next/dynamic'
import Link from 'next/link'
import { useState } from 'react'
import { type Role, roleMembersQuery } from '@/client/people-queries'
import type { components } from '@/client/schema'
import { ListTable } from '@/components/list-table'
import { Moment } from '@/components/moment'
import { PermittedButton } from '@/components/permitted-button'
import { EmptyState } from '@/components/states'
import { permissionOf, useMay } from '@/session/use-permission'
import { useGrantReason } from './use-grant-reason'

const GiveRole = dynamic(() => import('./give-role').then((module) => module.GiveRole), { ssr: false })
const TakeRole = dynamic(() => import('./take-role').then((module) => module.TakeRole), { ssr: false })

type Member = components['schemas']['RoleMember']

/** Who has a role, since when. */
export function RoleMembers({ role }: { role: Role }) {
  const may = useMay()
  const grantReason = useGrantReason()
  const [giving, setGiving] = useState(false)
  const [taking, setTaking] = useState<Member>()
  const { data, error, refetch } = useQuery(roleMembersQuery(role.id))
  const exceeds = grantReason(role.policy)
  const reason = may('addRoleMember', { roleId: role.id })
    ? exceeds
    : `Your roles do not allow ${permissionOf('addRoleMember')} on this role`
  const give = (
    <PermittedButton variant="contained" reason={reason} onClick={() => setGiving(true)}>
      Give it to a user
    </PermittedButton>
  )
  return (
    <>
      <Box sx={{ display: 'flex', gap: 2, flexWrap: 'wrap', alignItems: 'center', mb: 2 }}>
        <Box sx={{ flex: '1 1 260px', fontSize: 14, color: 'text.secondary' }}>
          A role counts from the next request on. In a workspace its user must be a member as well.
        </Box>
        {give}
      </Box>
      {exceeds && may('addRoleMember', { roleId: role.id }) && (
        <Alert severity="info" variant="outlined" sx={{ mb: 2 }}>
          {exceeds}.
        </Alert>
      )}
      <ListTable
        label="users with the role"
        rows={data}
        error={error}
        onRetry={refetch}
        rowKey={({ userId }) => userId}
        {...((data?.length ?? 0) > 5 && { searchText: ({ name, email }: Member) => `${name} ${email}` })}
        empty={
          <EmptyState icon={<GroupIcon />} title="Nobody has this role" action={give}>
            It allows nothing to anybody before it is given to a user.
          </EmptyState>
        }
        columns={[
          {
            id: 'name',
            label: 'Name',
            sort: ({ name }) => name,
            cell: ({ userId, name, email }) => (
              <>
                <MuiLink component={Link} href={`/users/${userId}`} sx={{ fontWeight: 600 }}>
                  {name}
                </MuiLink>
                <Box sx={{ color: 'text.secondary', fontSize: 13 }}>{email}</Box>
              </>
            ),
          },
          {
            id: 'since',
            label: 'Since',
            hideBelow: 'sm',
            sort: ({ createdAt }) => createdAt,
            cell: ({ createdAt }) => <Moment at={createdAt} />,
          },
          {
            id: 'actions',
            label: 'Actions',
            align: 'right',
            cell: (member) => (
              <PermittedButton
                color="error"
                aria-label={`Take away from ${member.name}`}
                onClick={() => setTaking(member)}
                reason={
                  may('removeRoleMember', { roleId: role.id, userId: member.userId })
                    ? undefined
                    : `Your roles do not allow ${permissionOf('removeRoleMember')}`
                }
              >
                Take away
              </PermittedButton>
            ),
          },
        ]}
      />
      {giving && <GiveRole role={role} having={data ?? []} onClose={() => setGiving(false)} />}
      {taking && (
        <TakeRole role={role} user={{ id: taking.userId, name: taking.name }} onClose={() => setTaking(undefined)} />
      )}
    </>
  )
}
