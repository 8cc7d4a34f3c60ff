'use client'

import Alert from '@mui/material/Alert'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import MuiLink from '@mui/material/Link'
import List from '@mui/material/List'
import ListItem from '@mui/material/ListItem'
import { useQuery } from '@tanstack/react-query'
import dynamic from 'next/dynamic'
import Link from 'next/link'
import { useState } from 'react'
import { rolesQuery, type User } from '@/client/people-queries'
import { PermittedButton } from '@/components/permitted-button'
import { Section } from '@/components/section'
import { permissionOf, useMay } from '@/session/use-permission'
import { LastAdministrator } from './last-administrator'

const AssignRole = dynamic(() => import('./assign-role').then((module) => module.AssignRole), { ssr: false })
const TakeRole = dynamic(() => import('../../roles/_components/take-role').then((module) => module.TakeRole), {
  ssr: false,
})

/** Which roles a user has. */
export function UserRoles({ user }: { user: User }) {
  const may = useMay()
  const [assigning, setAssigning] = useState(false)
  const [taking, setTaking] = useState<User['roles'][number]>()
  const roles = useQuery({ ...rolesQuery, enabled: may('listRoles') })
  const mayGive = roles.data?.some(({ id }) => may('addRoleMember', { roleId: id, userId: user.id })) ?? false
  const descriptionOf = (roleId: string) => roles.data?.find(({ id }) => id === roleId)?.description
  return (
    <Section
      title="Roles"
      description="All count together: what none allows is not allowed, and a deny of one overrides every allow."
      actions={
        (mayGive || roles.isLoading) && (
          <Button variant="outlined" disabled={!mayGive} onClick={() => setAssigning(true)}>
            Give a role
          </Button>
        )
      }
    >
      <LastAdministrator user={user} />
      {user.roles.length === 0 && (
        <Alert severity="info" variant="outlined">
          Without a role everything is refused to them.
        </Alert>
      )}
      <List disablePadding>
        {user.roles.map((role) => (
          <ListItem
            key={role.id}
            disableGutters
            divider
            sx={{ display: 'flex', gap: 2, flexWrap: 'wrap', '&:last-of-type': { borderBottom: 0 } }}
          >
            <Box sx={{ flexGrow: 1, minWidth: 0, overflowWrap: 'anywhere' }}>
              <MuiLink component={Link} href={`/roles/${role.id}`} sx={{ fontWeight: 600 }}>
                {role.name}
              </MuiLink>
              <Box sx={{ color: 'text.secondary', fontSize: 13, minHeight: '1.5em' }}>{descriptionOf(role.id)}</Box>
            </Box>
            <PermittedButton
              color="error"
              aria-label={`Take away ${role.name}`}
              onClick={() => setTaking(role)}
              reason={
                may('removeRoleMember', { roleId: role.id, userId: user.id })
                  ? undefined
                  : `Your roles do not allow ${permissionOf('removeRoleMember')}`
              }
            >
              Take away
            </PermittedButton>
          </ListItem>
        ))}
      </List>
      {assigning && <AssignRole user={user} roles={roles.data ?? []} onClose={() => setAssigning(false)} />}
      {taking && <TakeRole role={taking} user={user} onClose={() => setTaking(undefined)} />}
    </Section>
  )
}
