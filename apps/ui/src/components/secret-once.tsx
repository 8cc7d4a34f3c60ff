'use client'

import Alert from '@mui/material/Alert'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import Dialog from '@mui/material/Dialog'
import DialogActions from '@mui/material/DialogActions'
import DialogContent from '@mui/material/DialogContent'
import DialogTitle from '@mui/material/DialogTitle'
import type { ReactNode } from 'react'
import { CopyButton } from './copy-button'
import { useLeaveWarning } from './form/use-problem-form'

type SecretOnceProps = {
  readonly title: string
  readonly value: string
  /** What the value is called within a sentence, e.g. `key`. */
  readonly label: string
  readonly onClose: () => void
  /** What to do with it. */
  readonly children?: ReactNode
}

/** Shows a value that can not be shown again: a click beside it or Escape does not close it. */
export function SecretOnce({ title, value, label, onClose, children }: SecretOnceProps) {
  useLeaveWarning(true)
  return (
    <Dialog open aria-labelledby="secret-title" aria-describedby="secret-warning">
      <DialogTitle id="secret-title">{title}</DialogTitle>
      <DialogContent>
        <Alert severity="warning" variant="outlined" id="secret-warning" sx={{ mb: 2 }}>
          This is the only time that the {label} is shown. Copy it now and keep it where secrets are kept.
        </Alert>
        <Box
          sx={{
            display: 'flex',
            gap: 1,
            alignItems: 'center',
            border: 1,
            borderColor: 'divider',
            borderRadius: 1,
            bgcolor: 'background.default',
            p: 1,
            pl: 1.5,
            mb: children ? 2 : 0,
          }}
        >
          <Box component="code" sx={{ flexGrow: 1, minWidth: 0, overflowWrap: 'anywhere', userSelect: 'all' }}>
            {value}
          </Box>
          <CopyButton text={value} label={`Copy the ${label}`} />
        </Box>
        {children}
      </DialogContent>
      <DialogActions>
        <Button variant="contained" onClick={onClose}>
          I have stored it
        </Button>
      </DialogActions>
    </Dialog>
  )
}
