'use client'

import Alert from '@mui/material/Alert'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import Chip from '@mui/material/Chip'
import Dialog from '@mui/material/Dialog'
import DialogActions from '@mui/material/DialogActions'
import DialogContent from '@mui/material/DialogContent'
import DialogTitle from '@mui/material/DialogTitle'
import Typography from '@mui/material/Typography'
import { useState } from 'react'
import { Moment } from '../moment'
import { ProblemAlert } from '../problem-alert'
import { isSame } from './changed-fields'

type ConflictDialogProps = {
  readonly base: object
  readonly mine: object
  readonly theirs: object & { readonly updatedAt: string }
  readonly labels: Readonly<Record<string, string>>
  readonly onKeepMine: () => Promise<unknown>
  readonly onTakeTheirs: () => void
  readonly onClose: () => void
}

/** Fields that change with every save. */
const BOOKKEEPING = ['version', 'updatedAt', 'updatedBy']

/** Shows what two people changed at the same time, and lets the later one decide. */
export function ConflictDialog(props: ConflictDialogProps) {
  const { base, mine, theirs, labels, onKeepMine, onTakeTheirs, onClose } = props
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>()
  const changedByThem = Object.keys(theirs).filter(
    (name) => !BOOKKEEPING.includes(name) && !isSame(Reflect.get(base, name), Reflect.get(theirs, name)),
  )
  const names = [...new Set([...Object.keys(mine), ...changedByThem])]
  const both = Object.keys(mine).some((name) => changedByThem.includes(name))
  const keep = async () => {
    setBusy(true)
    setError(undefined)
    try {
      await onKeepMine()
    } catch (fault) {
      setError(fault)
    }
    setBusy(false)
  }
  return (
    <Dialog open onClose={onClose} maxWidth="md" aria-labelledby="conflict-title">
      <DialogTitle id="conflict-title">Somebody else saved this meanwhile</DialogTitle>
      <DialogContent>
        <ProblemAlert error={error} />
        <Typography sx={{ mb: 2 }}>
          It was saved <Moment at={theirs.updatedAt} />, after you opened it. Nothing of yours is lost.
        </Typography>
        {both && (
          <Alert severity="warning" sx={{ mb: 2 }}>
            You both changed the fields that are marked. Saving yours replaces theirs there.
          </Alert>
        )}
        {names.map((name) => (
          <Box key={name} sx={{ mb: 2 }}>
            <Box sx={{ display: 'flex', gap: 1, alignItems: 'center', mb: 0.5 }}>
              <Typography variant="h3">{labels[name] ?? name}</Typography>
              {name in mine && changedByThem.includes(name) && (
                <Chip label="both changed" color="warning" variant="outlined" />
              )}
            </Box>
            <Box sx={{ display: 'grid', gridTemplateColumns: { xs: '1fr', sm: 'repeat(3, 1fr)' }, gap: 1 }}>
              <Value title="When you opened it" value={Reflect.get(base, name)} />
              <Value title="Theirs, saved" value={Reflect.get(theirs, name)} marked={changedByThem.includes(name)} />
              <Value
                title="Yours, not saved"
                value={name in mine ? Reflect.get(mine, name) : Reflect.get(base, name)}
                marked={name in mine}
              />
            </Box>
          </Box>
        ))}
      </DialogContent>
      <DialogActions sx={{ flexWrap: 'wrap' }}>
        <Button color="secondary" onClick={onClose} disabled={busy}>
          Back to the form
        </Button>
        <Button color="secondary" variant="outlined" onClick={onTakeTheirs} disabled={busy}>
          Discard mine, show theirs
        </Button>
        <Button variant="contained" onClick={() => void keep()} loading={busy}>
          Save my changes over it
        </Button>
      </DialogActions>
    </Dialog>
  )
}

function Value({ title, value, marked = false }: { title: string; value: unknown; marked?: boolean }) {
  return (
    <Box sx={{ border: 1, borderColor: marked ? 'warning.main' : 'divider', borderRadius: 1, p: 1, minWidth: 0 }}>
      <Typography variant="overline" sx={{ color: 'text.secondary', display: 'block' }}>
        {title}
      </Typography>
      <Box
        component="pre"
        sx={{ m: 0, whiteSpace: 'pre-wrap', overflowWrap: 'anywhere', maxHeight: 240, overflow: 'auto' }}
      >
        {typeof value === 'string' ? value || '(empty)' : JSON.stringify(value ?? null, null, 2)}
      </Box>
    </Box>
  )
}
