'use client'

import Alert from '@mui/material/Alert'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import Dialog from '@mui/material/Dialog'
import DialogActions from '@mui/material/DialogActions'
import DialogContent from '@mui/material/DialogContent'
import DialogTitle from '@mui/material/DialogTitle'
import Skeleton from '@mui/material/Skeleton'
import Typography from '@mui/material/Typography'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { isProblem } from '@/client/problem'
import { type AiConnection, type AiResource, resourceQuery } from '@/client/queries'
import { CodeBlock } from '@/components/code-block'
import { ConfirmDialog } from '@/components/confirm-dialog'
import { Moment } from '@/components/moment'
import { ErrorState } from '@/components/states'
import { useEnvironmentPath } from '@/session/use-environment-path'
import { notify } from '@/stores/interface-store'
import { type Revision, restoreRevision, revisionQuery } from '../queries'
import { FieldDiff } from './field-diff'
import { FIELD_LABELS, valuesOf } from './resource-form'
import { revisionChanges } from './revision-changes'

type RevisionDialogProps = {
  readonly resource: AiResource
  readonly revision: Revision
  readonly connections: readonly AiConnection[]
  readonly dirty: boolean
  readonly readOnly: boolean
  readonly onRestored: (resource: AiResource) => void
  readonly onClose: () => void
}

/** A revision beside what is saved now. */
export function RevisionDialog(props: RevisionDialogProps) {
  const { resource, revision, connections, dirty, readOnly, onRestored, onClose } = props
  const path = useEnvironmentPath()
  const client = useQueryClient()
  const [confirming, setConfirming] = useState(false)
  const { data, error, refetch } = useQuery(revisionQuery(path, resource.id, revision.id))
  const names = new Map(connections.map(({ id, name }) => [id, name]))
  const isNow = revision.revision === resource.version
  const changes = data && revisionChanges(data.document, valuesOf(resource), names)
  const restore = async () => {
    try {
      const restored = await restoreRevision(path, resource, revision.id)
      notify(`Revision ${revision.revision} is restored as revision ${restored.version}`)
      onRestored(restored)
      onClose()
    } catch (fault) {
      if (isProblem(fault, 'version_mismatch'))
        await client.invalidateQueries({ queryKey: resourceQuery(path, resource.id).queryKey })
      throw fault
    }
  }
  return (
    <Dialog open onClose={onClose} maxWidth="md" aria-labelledby="revision-title">
      <DialogTitle id="revision-title">Revision {revision.revision}</DialogTitle>
      <DialogContent>
        <Typography variant="body2" sx={{ color: 'text.secondary', mb: 2 }}>
          Saved <Moment at={revision.createdAt} />.{' '}
          {isNow
            ? 'It is what is saved now.'
            : 'What it had and is gone now is marked with −, what is new since with +.'}
        </Typography>
        {error && !data ? (
          <ErrorState error={error} onRetry={refetch} />
        ) : (
          !data && <Skeleton variant="rounded" height={240} />
        )}
        {isNow && data && (
          <CodeBlock label={`revision ${revision.revision}`} code={JSON.stringify(data.document, null, 2)} />
        )}
        {!isNow && changes?.length === 0 && <Alert severity="info">It is the same as what is saved now.</Alert>}
        {!isNow &&
          changes?.map(({ field, then, now }) => (
            <Box key={field} sx={{ mb: 2 }}>
              <Typography variant="h3" sx={{ mb: 0.5 }}>
                {FIELD_LABELS[field]}
              </Typography>
              <FieldDiff label={FIELD_LABELS[field]} before={then} after={now} />
            </Box>
          ))}
        {dirty && !isNow && (
          <Alert severity="info" variant="outlined">
            Save or discard your changes before you restore a revision.
          </Alert>
        )}
      </DialogContent>
      <DialogActions>
        <Button color="secondary" onClick={onClose}>
          Close
        </Button>
        {!readOnly && !isNow && (
          <Button
            variant="contained"
            disabled={dirty || !changes || changes.length === 0}
            onClick={() => setConfirming(true)}
          >
            Restore
          </Button>
        )}
      </DialogActions>
      {confirming && (
        <ConfirmDialog
          title={`Restore revision ${revision.revision}?`}
          action="Restore"
          onConfirm={restore}
          onClose={() => setConfirming(false)}
        >
          {resource.name} becomes what it was then, its name too. The next request is routed by it. What is saved now
          stays among the revisions.
        </ConfirmDialog>
      )}
    </Dialog>
  )
}
