'use client'

import Box from '@mui/material/Box'
import MuiLink from '@mui/material/Link'
import Typography from '@mui/material/Typography'
import type { ConnectionUse } from '@vm-x/contract'
import Link from 'next/link'
import { useEnvironmentPath } from '@/session/use-environment-path'

const KINDS = {
  'ai-resource': { label: 'AI resource', folder: 'ai-resources' },
  'api-key': { label: 'API key', folder: 'api-keys' },
} as const

/** What names a connection, as links to it. */
export function UsesList({ uses }: { uses: readonly ConnectionUse[] }) {
  const { href } = useEnvironmentPath()
  if (uses.length === 0)
    return <Typography sx={{ color: 'text.secondary' }}>Nothing that you may see uses it.</Typography>
  return (
    <Box component="ul" aria-label="Used by" sx={{ m: 0, pl: 2.5, display: 'grid', gap: 0.75 }}>
      {uses.map(({ kind, id, name, models }) => (
        <li key={id}>
          {KINDS[kind].label}{' '}
          <MuiLink component={Link} href={`${href}/${KINDS[kind].folder}/${id}`} sx={{ fontWeight: 600 }}>
            {name}
          </MuiLink>
          {models.length > 0 && (
            <Box component="span" sx={{ color: 'text.secondary', overflowWrap: 'anywhere' }}>
              {' '}
              for <code>{models.join(', ')}</code>
            </Box>
          )}
        </li>
      ))}
    </Box>
  )
}
