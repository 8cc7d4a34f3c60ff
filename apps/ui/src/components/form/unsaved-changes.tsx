'use client'

import Button from '@mui/material/Button'
import { SaveBar } from './save-bar'

type UnsavedChangesProps = {
  /** Whether anything was changed: else the bar is not there. */
  readonly dirty: boolean
  readonly busy: boolean
  readonly onDiscard: () => void
}

/** The bar of a form that is saved as a whole. */
export function UnsavedChanges({ dirty, busy, onDiscard }: UnsavedChangesProps) {
  if (!dirty) return null
  return (
    <SaveBar text="Changes are not saved">
      <Button color="secondary" onClick={onDiscard} disabled={busy}>
        Discard
      </Button>
      <Button type="submit" variant="contained" loading={busy}>
        Save
      </Button>
    </SaveBar>
  )
}
