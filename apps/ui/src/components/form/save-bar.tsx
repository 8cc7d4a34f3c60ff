'use client'

import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import Paper from '@mui/material/Paper'
import Typography from '@mui/material/Typography'

type SaveBarProps = {
  /** Whether anything was changed: else the bar is not there. */
  readonly dirty: boolean
  readonly busy: boolean
  readonly onDiscard: () => void
}

/** Stays at the bottom of a long form while it has changes that are not saved. */
export function SaveBar({ dirty, busy, onDiscard }: SaveBarProps) {
  return (
    <Box role="status" sx={{ position: 'sticky', bottom: 16, zIndex: 10, minHeight: 56, mt: 1 }}>
      {dirty && (
        <Paper
          variant="outlined"
          sx={{
            display: 'flex',
            gap: 1,
            alignItems: 'center',
            flexWrap: 'wrap',
            p: 1.25,
            pl: 2,
            borderColor: 'primary.main',
          }}
        >
          <Typography sx={{ flexGrow: 1, fontWeight: 550 }}>Changes are not saved</Typography>
          <Button color="secondary" onClick={onDiscard} disabled={busy}>
            Discard
          </Button>
          <Button type="submit" variant="contained" loading={busy}>
            Save
          </Button>
        </Paper>
      )}
    </Box>
  )
}
