'use client'

import Box from '@mui/material/Box'
import Typography from '@mui/material/Typography'
import type { ReactNode } from 'react'

/** Stays in sight at the end of a long form: what is not saved yet, and what to do with it. */
export function SaveBar({ text, children }: { text: ReactNode; children: ReactNode }) {
  return (
    <Box
      role="region"
      aria-label="Changes"
      sx={{
        position: 'sticky',
        bottom: 12,
        zIndex: 5,
        mt: 2,
        px: 2,
        py: 1.25,
        display: 'flex',
        flexWrap: 'wrap',
        alignItems: 'center',
        gap: 1,
        bgcolor: 'background.paper',
        border: 1,
        borderColor: 'primary.main',
        borderRadius: 1,
      }}
    >
      <Typography variant="body2" aria-live="polite" sx={{ flexGrow: 1, minWidth: 0 }}>
        {text}
      </Typography>
      {children}
    </Box>
  )
}
