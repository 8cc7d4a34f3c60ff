'use client'

import Box from '@mui/material/Box'
import MuiLink from '@mui/material/Link'
import Typography from '@mui/material/Typography'
import Link from 'next/link'
import { CopyButton } from '@/components/copy-button'
import { Section } from '@/components/section'
import { useMay } from '@/session/use-permission'
import { useSession } from '@/session/use-session'

export function Profile() {
  const session = useSession()
  const may = useMay()
  if (!session) return null
  const { id, name, email } = session.user
  return (
    <Section
      title="Profile"
      description={
        may('getUser', { userId: id }) ? (
          <>
            Also shown{' '}
            <MuiLink component={Link} href={`/users/${id}`} underline="always">
              among the users
            </MuiLink>
            , with what you may do and by which statement.
          </>
        ) : (
          'An administrator can change your name and address.'
        )
      }
    >
      <Box
        component="dl"
        sx={{
          display: 'grid',
          gridTemplateColumns: 'max-content minmax(0, 1fr)',
          columnGap: 3,
          rowGap: 1,
          m: 0,
          alignItems: 'center',
          '& dt': { color: 'text.secondary' },
          '& dd': { m: 0, overflowWrap: 'anywhere' },
        }}
      >
        <Typography component="dt">Name</Typography>
        <Typography component="dd">{name}</Typography>
        <Typography component="dt">E-mail</Typography>
        <Typography component="dd">{email}</Typography>
        <Typography component="dt">User id</Typography>
        <Box component="dd" sx={{ display: 'flex', alignItems: 'center' }}>
          <code>{id}</code>
          <CopyButton text={id} label="Copy the user id" />
        </Box>
      </Box>
    </Section>
  )
}
