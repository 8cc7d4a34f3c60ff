'use client'

import Button from '@mui/material/Button'
import Dialog from '@mui/material/Dialog'
import DialogActions from '@mui/material/DialogActions'
import DialogContent from '@mui/material/DialogContent'
import DialogTitle from '@mui/material/DialogTitle'
import MenuItem from '@mui/material/MenuItem'
import TextField from '@mui/material/TextField'
import Typography from '@mui/material/Typography'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { type ApiKey, keysQuery } from '@/client/queries'
import { exactMoment } from '@/components/moment'
import { ProblemAlert } from '@/components/problem-alert'
import { useEnvironmentPath } from '@/session/use-environment-path'
import { keyQuery, rotateKey } from '../queries'
import { KeySecret } from './key-secret'
import { previousWorksUntil } from './key-state'

const HOUR_SECONDS = 3600
const GRACES = [
  [0, 'Stops at once'],
  [HOUR_SECONDS, 'Works for 1 more hour'],
  [24 * HOUR_SECONDS, 'Works for 1 more day'],
  [7 * 24 * HOUR_SECONDS, 'Works for 7 more days'],
  [30 * 24 * HOUR_SECONDS, 'Works for 30 more days'],
] as const

/** Gives a key a new secret, and the old one time to be replaced where it is used. */
export function RotateKey({ apiKey, onClose }: { apiKey: ApiKey; onClose: () => void }) {
  const path = useEnvironmentPath()
  const client = useQueryClient()
  const [graceSeconds, setGraceSeconds] = useState<number>(24 * HOUR_SECONDS)
  const rotate = useMutation({
    mutationFn: () => rotateKey(path, apiKey, graceSeconds),
    onSuccess: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: keyQuery(path, apiKey.id).queryKey }),
        client.invalidateQueries({ queryKey: keysQuery(path).queryKey }),
      ]),
  })
  const older = previousWorksUntil(apiKey, Date.now())
  if (rotate.data) return <KeySecret apiKey={rotate.data} title={`${apiKey.name} has a new secret`} onClose={onClose} />
  return (
    <Dialog open onClose={rotate.isPending ? undefined : onClose} aria-labelledby="rotate-title">
      <DialogTitle id="rotate-title">Rotate {apiKey.name}?</DialogTitle>
      <DialogContent>
        <ProblemAlert error={rotate.error} />
        <Typography sx={{ mb: 2 }}>
          The key gets a new secret, shown once. Limits, scope and use stay as they are. Until the old secret stops,
          both work: replace it in the program meanwhile.
        </Typography>
        <TextField
          select
          label="The current secret"
          value={graceSeconds}
          onChange={(event) => setGraceSeconds(Number(event.target.value))}
          {...(graceSeconds === 0 && { helperText: 'Programs that still use it are refused with 401 from then on.' })}
        >
          {GRACES.map(([seconds, text]) => (
            <MenuItem key={seconds} value={seconds}>
              {text}
            </MenuItem>
          ))}
        </TextField>
        {older && (
          <Typography sx={{ mt: 2, color: 'warning.main' }}>
            The secret before that, which would work until {exactMoment(older)}, stops at once.
          </Typography>
        )}
      </DialogContent>
      <DialogActions>
        <Button color="secondary" onClick={onClose} disabled={rotate.isPending}>
          Cancel
        </Button>
        <Button variant="contained" loading={rotate.isPending} onClick={() => rotate.mutate()}>
          Rotate
        </Button>
      </DialogActions>
    </Dialog>
  )
}
