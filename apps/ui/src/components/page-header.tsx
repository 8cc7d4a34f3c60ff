'use client'

import Box from '@mui/material/Box'
import Breadcrumbs from '@mui/material/Breadcrumbs'
import MuiLink from '@mui/material/Link'
import Typography from '@mui/material/Typography'
import Link from 'next/link'
import { type ReactNode, useEffect } from 'react'

type PageHeaderProps = {
  readonly title: string
  /** The pages above this one. */
  readonly trail?: readonly { readonly label: string; readonly href: string }[]
  readonly description?: ReactNode
  /** Beside the title, e.g. chips. */
  readonly badges?: ReactNode
  readonly actions?: ReactNode
}

/** The beginning of every page; it also names the page in the browser. */
export function PageHeader({ title, trail = [], description, badges, actions }: PageHeaderProps) {
  useEffect(() => {
    document.title = `${title} · VM-X AI`
  }, [title])
  return (
    <Box component="header" sx={{ mb: 3 }}>
      {trail.length > 0 && (
        <Breadcrumbs sx={{ mb: 0.5, fontSize: 13 }} aria-label="Breadcrumbs">
          {trail.map(({ label, href }) => (
            <MuiLink key={href} component={Link} href={href} sx={{ color: 'text.secondary' }}>
              {label}
            </MuiLink>
          ))}
          <Typography sx={{ fontSize: 13, color: 'text.primary' }} aria-current="page">
            {title}
          </Typography>
        </Breadcrumbs>
      )}
      <Box sx={{ display: 'flex', gap: 2, flexWrap: 'wrap', alignItems: 'flex-start', minHeight: 36 }}>
        <Box sx={{ flexGrow: 1, minWidth: 0 }}>
          <Box sx={{ display: 'flex', gap: 1, alignItems: 'center', flexWrap: 'wrap' }}>
            <Typography variant="h1" sx={{ overflowWrap: 'anywhere' }}>
              {title}
            </Typography>
            {badges}
          </Box>
          {description && (
            <Typography component="div" sx={{ mt: 0.5, color: 'text.secondary', maxWidth: 760 }}>
              {description}
            </Typography>
          )}
        </Box>
        {actions && <Box sx={{ display: 'flex', gap: 1, flexWrap: 'wrap' }}>{actions}</Box>}
      </Box>
    </Box>
  )
}
