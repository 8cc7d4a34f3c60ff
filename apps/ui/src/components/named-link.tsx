'use client'

import Box from '@mui/material/Box'
import MuiLink from '@mui/material/Link'
import Link from 'next/link'
import { useEnvironmentPath } from '@/session/use-environment-path'
import type { NamedKind, Names } from './use-names'

type NamedLinkProps = { readonly names: Names; readonly kind: NamedKind; readonly id: string }

/** The name of what a record names by its id, as a link to it; what was deleted is said to be. */
export function NamedLink({ names, kind, id }: NamedLinkProps) {
  const { href } = useEnvironmentPath()
  const found = names.find(kind, id)
  const name = nameIn(names, kind, id)
  if (typeof found === 'string' || kind === 'member')
    return (
      <Box component="span" title={id} sx={{ color: found === 'deleted' ? 'text.secondary' : 'inherit' }}>
        {name}
      </Box>
    )
  return (
    <MuiLink
      component={Link}
      href={`${href}/${FOLDERS[kind]}/${id}`}
      underline="always"
      sx={{ overflowWrap: 'anywhere' }}
    >
      {name}
    </MuiLink>
  )
}

/** The same as text alone. */
export function nameIn(names: Names, kind: NamedKind, id: string): string {
  const found = names.find(kind, id)
  // The end of an id tells it from others; its beginning is the time.
  const short = `…${id.slice(-8)}`
  return found === 'loading' ? '…' : found === 'unknown' ? short : found === 'deleted' ? `deleted ${short}` : found.name
}

const FOLDERS = { resource: 'ai-resources', connection: 'ai-connections', key: 'api-keys' } as const
