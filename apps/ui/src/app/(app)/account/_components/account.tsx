'use client'

import Box from '@mui/material/Box'
import { useQueryClient } from '@tanstack/react-query'
import { PageHeader } from '@/components/page-header'
import { PasswordForm } from '@/components/password-form'
import { Section } from '@/components/section'
import { notify } from '@/stores/interface-store'
import { OwnRoles } from './own-roles'
import { OwnSessions } from './own-sessions'
import { OwnWorkspaces } from './own-workspaces'
import { Profile } from './profile'
import { sessionsQuery } from './sessions-query'

/** Who is signed in: their name, password, sessions, roles and workspaces. */
export function Account() {
  const client = useQueryClient()
  const changed = async () => {
    notify('The password is changed: every other session has ended')
    await client.invalidateQueries({ queryKey: sessionsQuery.queryKey })
  }
  return (
    <>
      <PageHeader title="Your account" />
      <Box
        sx={{
          display: 'grid',
          columnGap: 2,
          alignItems: 'start',
          gridTemplateColumns: { xs: 'minmax(0, 1fr)', md: 'repeat(2, minmax(0, 1fr))' },
        }}
      >
        <Box sx={{ minWidth: 0 }}>
          <Profile />
          <Section title="Password" description="Changing it ends every other session of yours.">
            <PasswordForm currentLabel="Current password" action="Change the password" onChanged={changed} />
          </Section>
        </Box>
        <Box sx={{ minWidth: 0 }}>
          <OwnRoles />
          <OwnWorkspaces />
        </Box>
      </Box>
      <OwnSessions />
    </>
  )
}
