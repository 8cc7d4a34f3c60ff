'use client'

import CheckCircleIcon from '@mui/icons-material/CheckCircle'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import Typography from '@mui/material/Typography'
import type { ReactNode } from 'react'

type StepProps = {
  readonly number: number
  readonly title: string
  readonly done: boolean
  /** One line: what is there, or what comes before. */
  readonly summary: ReactNode
  /** Where it is done; shown while it is open. */
  readonly children: ReactNode
  readonly open: boolean
  /** Opens it, where it is closed and can be done. */
  readonly reopen?: { readonly label: string; readonly onOpen: () => void } | undefined
}

/** One step of the way, in a list of them. */
export function Step({ number, title, done, summary, children, open, reopen }: StepProps) {
  return (
    <Box
      component="li"
      aria-current={open && !done ? 'step' : undefined}
      sx={{
        display: 'grid',
        gridTemplateColumns: '28px minmax(0, 1fr)',
        columnGap: 1.5,
        p: { xs: 2, sm: 2.5 },
        borderTop: 1,
        borderColor: 'divider',
        '&:first-of-type': { borderTop: 0 },
      }}
    >
      {done ? (
        <CheckCircleIcon color="success" titleAccess="Done" />
      ) : (
        <Box
          aria-hidden
          sx={{
            width: 24,
            height: 24,
            borderRadius: '50%',
            border: 1,
            borderColor: open ? 'primary.main' : 'divider',
            color: open ? 'primary.main' : 'text.secondary',
            fontSize: 13,
            fontWeight: 650,
            display: 'grid',
            placeItems: 'center',
          }}
        >
          {number}
        </Box>
      )}
      <Box sx={{ minWidth: 0 }}>
        <Box sx={{ display: 'flex', gap: 1, alignItems: 'flex-start', flexWrap: 'wrap' }}>
          <Box sx={{ flexGrow: 1, minWidth: 0 }}>
            <Typography variant="h3" component="h2">
              {title}
            </Typography>
            <Typography component="div" variant="body2" sx={{ color: 'text.secondary', overflowWrap: 'anywhere' }}>
              {summary}
            </Typography>
          </Box>
          {!open && reopen && (
            <Button variant="outlined" color="secondary" onClick={reopen.onOpen}>
              {reopen.label}
            </Button>
          )}
        </Box>
        {open && <Box sx={{ mt: 2 }}>{children}</Box>}
      </Box>
    </Box>
  )
}
