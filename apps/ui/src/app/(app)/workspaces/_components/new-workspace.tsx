'use client'

import Button from '@mui/material/Button'
import Dialog from '@mui/material/Dialog'
import DialogActions from '@mui/material/DialogActions'
import DialogContent from '@mui/material/DialogContent'
import DialogTitle from '@mui/material/DialogTitle'
import { useQueryClient } from '@tanstack/react-query'
import { workspaceInput } from '@vm-x/contract'
import { useRouter } from 'next/navigation'
import { answerOf, api } from '@/client/api'
import { workspacesQuery } from '@/client/queries'
import { contractResolver } from '@/components/form/contract-resolver'
import { FormTextField } from '@/components/form/fields'
import { useProblemForm } from '@/components/form/use-problem-form'
import { ProblemAlert } from '@/components/problem-alert'
import { localTimeZone, TimeZoneField } from '@/components/time-zone-field'
import { notify } from '@/stores/interface-store'

/** Creates a workspace and goes to its environments: without one there is nothing to do in it. */
export function NewWorkspace({ onClose }: { onClose: () => void }) {
  const router = useRouter()
  const client = useQueryClient()
  const { form, submit, error, busy } = useProblemForm<{ name: string; timeZone?: string }>({
    resolver: contractResolver(workspaceInput.pick({ name: true, timeZone: true })),
    defaultValues: { name: '', timeZone: localTimeZone() },
    onSubmit: async (body) => {
      const workspace = await answerOf(api.POST('/workspaces', { body }))
      await client.invalidateQueries({ queryKey: workspacesQuery.queryKey })
      notify(`Workspace ${workspace.name} was created: you own it`)
      router.push(`/${workspace.id}/settings?tab=environments`)
    },
  })
  return (
    <Dialog open onClose={busy ? undefined : onClose} aria-labelledby="new-workspace">
      <form onSubmit={submit} noValidate>
        <DialogTitle id="new-workspace">Create a workspace</DialogTitle>
        <DialogContent sx={{ display: 'grid', gap: 2, pt: '8px !important' }}>
          <ProblemAlert error={error} shownFields={['name', 'timeZone']} />
          <FormTextField
            control={form.control}
            name="name"
            label="Name"
            required
            autoFocus
            helperText="Letters, digits, dots, dashes and underscores. Unique in this installation"
          />
          <TimeZoneField control={form.control} name="timeZone" />
        </DialogContent>
        <DialogActions>
          <Button color="secondary" onClick={onClose} disabled={busy}>
            Cancel
          </Button>
          <Button type="submit" variant="contained" loading={busy}>
            Create
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
