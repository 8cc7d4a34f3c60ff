'use client'

import Box from '@mui/material/Box'
import Typography from '@mui/material/Typography'
import type { ReactNode } from 'react'

/** Steps in the order in which they happened, joined by a line. */
export function Timeline({ label, children }: { label: string; children: ReactNode }) {
  return (
    <Box component="ol" aria-label={label} sx={{ listStyle: 'none', m: 0, p: 0 }}>
      {children}
    </Box>
  )
}

type StepProps = {
  readonly icon: ReactNode
  readonly title: ReactNode
  /** At the end of the title's line, e.g. how long it took. */
  readonly aside?: ReactNode
  readonly children?: ReactNode
}

export function Step({ icon, title, aside, children }: StepProps) {
  return (
    <Box
      component="li"
      sx={{
        display: 'grid',
        gridTemplateColumns: '22px minmax(0, 1fr)',
        columnGap: 1.25,
        '&:last-child .line': { display: 'none' },
        '&:last-child .content': { pb: 0 },
      }}
    >
      <Box sx={{ display: 'flex', flexDirection: 'column', alignItems: 'center' }}>
        <Box sx={{ height: 24, display: 'flex', alignItems: 'center' }}>{icon}</Box>
        <Box className="line" sx={{ width: '1px', flexGrow: 1, bgcolor: 'divider' }} />
      </Box>
      <Box className="content" sx={{ pb: 2, minWidth: 0 }}>
        <Box sx={{ display: 'flex', flexWrap: 'wrap', columnGap: 1.5, alignItems: 'baseline' }}>
          <Typography
            component="div"
            sx={{
              fontWeight: 600,
              fontSize: 14,
              flexGrow: 1,
              minWidth: 0,
              overflowWrap: 'anywhere',
              lineHeight: '24px',
            }}
          >
            {title}
          </Typography>
          {aside && (
            <Typography component="div" variant="body2" className="figures" sx={{ color: 'text.secondary' }}>
              {aside}
            </Typography>
          )}
        </Box>
        {children}
      </Box>
    </Box>
  )
}

/** What is said below the title of a step. */
export function Remark({ children }: { children: ReactNode }) {
  return (
    <Typography component="div" variant="body2" sx={{ color: 'text.secondary', overflowWrap: 'anywhere' }}>
      {children}
    </Typography>
  )
}
