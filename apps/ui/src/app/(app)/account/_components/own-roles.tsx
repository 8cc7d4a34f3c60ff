'use client'

import Box from '@mui/material/Box'
import MuiLink from '@mui/material/Link'
import Typography from '@mui/material/Typography'
import Link from 'next/link'
import { Section } from '@/components/section'
import { useMay } from '@/session/use-permission'
import { useSession } from '@/session/use-session'

/** What the roles of who is signed in say. */
export function OwnRoles() {
  const session = useSession()
  const may = useMay()
  const roles = session?.roles ?? []
  return (
    <Section
      title="Your roles"
      description={roles.length > 0 ? 'What they allow together, less what any of them denies.' : undefined}
    >
      {roles.length === 0 && (
        <Typography sx={{ color: 'text.secondary' }}>
          You have no role, so there is little that you may do. An administrator can give you one.
        </Typography>
      )}
      <Box sx={{ display: 'grid', gap: 2, gridTemplateColumns: 'minmax(0, 1fr)' }}>
        {roles.map(({ id, name, policy }) => (
          <div key={id}>
            <Typography variant="h3">
              {may('getRole', { roleId: id }) ? (
                <MuiLink component={Link} href={`/roles/${id}`}>
                  {name}
                </MuiLink>
              ) : (
                name
              )}
            </Typography>
            <Box component="ul" sx={{ m: 0, pl: 2.5, overflowWrap: 'anywhere' }}>
              {policy.statements.map(({ effect, actions, resources }, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: statements have no ids, and the list is only shown
                <Typography key={index} component="li" variant="body2" sx={{ color: 'text.secondary' }}>
                  {effect.toLowerCase() === 'deny' ? 'Denies' : 'Allows'} <code>{shortened(actions)}</code> on{' '}
                  <code>{shortened(resources)}</code>
                </Typography>
              ))}
            </Box>
          </div>
        ))}
      </Box>
    </Section>
  )
}

const MOST = 6

function shortened(patterns: readonly string[]): string {
  const more = patterns.length - MOST
  return `${patterns.slice(0, MOST).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}
