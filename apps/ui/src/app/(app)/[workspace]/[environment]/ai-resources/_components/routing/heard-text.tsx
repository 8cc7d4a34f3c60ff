'use client'

import Box from '@mui/material/Box'
import type { ReactNode } from 'react'

/** Text for people who hear the page; those who see it are told by other signs. */
export function HeardText({ role, children }: { role?: 'status'; children: ReactNode }) {
  return (
    <Box
      component="span"
      role={role}
      sx={{ position: 'absolute', width: '1px', height: '1px', overflow: 'hidden', clipPath: 'inset(50%)' }}
    >
      {children}
    </Box>
  )
}
