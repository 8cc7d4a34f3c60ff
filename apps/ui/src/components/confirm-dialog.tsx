'use client'

import Button from '@mui/material/Button'
import Dialog from '@mui/material/Dialog'
import DialogActions from '@mui/material/DialogActions'
import DialogContent from '@mui/material/DialogContent'
import DialogTitle from '@mui/material/DialogTitle'
import TextField from '@mui/material/TextField'
import Typography from '@mui/material/Typography'
import { type ReactNode, useState } from 'react'
import { ProblemAlert } from './problem-alert'

type ConfirmDialogProps = {
  readonly title: string
  /** What the action is called on its button, e.g. `Delete`. */
  readonly action: string
  /** What will break, and what stays. */
  readonly children: ReactNode
  /** What must be typed first, where much is lost. */
  readonly typed?: string
  /** Whether something within it must be decided first. */
  readonly disabled?: boolean
  /** Rejects with what stopped it; then the dialog stays and says so. */
  readonly onConfirm: () => Promise<unknown>
  readonly onClose: () => void
}

/** Asks before something is done that can't be undone. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { title, action, children, typed, disabled = false, onConfirm, onClose } = props
  const [text, setText] = useState('')
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>()
  const confirm = async () => {
    setBusy(true)
    setError(undefined)
    try {
      await onConfirm()
      onClose()
    } catch (fault) {
      setError(fault)
      setBusy(false)
    }
  }
  return (
    <Dialog open onClose={busy ? undefined : onClose} role="alertdialog" aria-labelledby="confirm-title">
      <DialogTitle id="confirm-title">{title}</DialogTitle>
      <DialogContent>
        <ProblemAlert error={error} />
        <Typography component="div">{children}</Typography>
        {typed !== undefined && (
          <TextField
            sx={{ mt: 2 }}
            autoFocus
            label={`Type “${typed}” to go on`}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        )}
      </DialogContent>
      <DialogActions>
        <Button color="secondary" onClick={onClose} disabled={busy} autoFocus={typed === undefined}>
          Cancel
        </Button>
        <Button
          color="error"
          variant="contained"
          loading={busy}
          disabled={disabled || (typed !== undefined && text !== typed)}
          onClick={() => void confirm()}
        >
          {action}
        </Button>
      </DialogActions>
    </Dialog>
  )
}
