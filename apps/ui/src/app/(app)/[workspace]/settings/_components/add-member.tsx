'use client'

import Button from '@mui/material/Button'
import Dialog from '@mui/material/Dialog'
import DialogActions from '@mui/material/DialogActions'
import DialogContent from '@mui/material/DialogContent'
import DialogTitle from '@mui/material/DialogTitle'
import MenuItem from '@mui/material/MenuItem'
import Typography from '@mui/material/Typography'
import { useQueryClient } from '@tanstack/react-query'
import { emailAddress, membership } from '@vm-x/contract'
import { answerOf, api } from '@/client/api'
import { workspaceMembersQuery } from '@/client/people-queries'
import { FormTextField } from '@/components/form/fields'
import { useProblemForm } from '@/components/form/use-problem-form'
import { ProblemAlert } from '@/components/problem-alert'
import { notify } from '@/stores/interface-store'

/** Adds a user of the installation to a workspace. */
export function AddMember({ workspaceId, onClose }: { workspaceId: string; onClose: () => void }) {
  const client = useQueryClient()
  const { form, submit, error, busy } = useProblemForm({
    defaultValues: { email: '', membership: 'member' },
    onSubmit: async (values): Promise<void> => {
      if (!emailAddress.safeParse(values.email).success)
        return form.setError('email', { message: 'must be an e-mail address' })
      const body = { email: values.email, membership: membership.parse(values.membership) }
      const added = await answerOf(
        api.POST('/workspaces/{workspaceId}/members', { params: { path: { workspaceId } }, body }),
      )
      await client.invalidateQueries({ queryKey: workspaceMembersQuery(workspaceId).queryKey })
      notify(`${added.name} is in the workspace now`)
      onClose()
    },
  })
  return (
    <Dialog open onClose={busy ? undefined : onClose} aria-labelledby="add-member">
      <form onSubmit={submit} noValidate>
        <DialogTitle id="add-member">Add a member</DialogTitle>
        <DialogContent sx={{ display: 'grid', gap: 2, pt: '8px !important' }}>
          <ProblemAlert error={error} shownFields={['email']} />
          <FormTextField
            control={form.control}
            name="email"
            label="E-mail address"
            type="email"
            autoComplete="off"
            required
            autoFocus
            helperText="Of a user of this installation; who is not one yet is created under Users"
          />
          <FormTextField control={form.control} name="membership" label="As" select>
            <MenuItem value="member">Member</MenuItem>
            <MenuItem value="owner">Owner</MenuItem>
          </FormTextField>
          <Typography variant="body2" sx={{ color: 'text.secondary' }}>
            A member does what their roles allow. An owner may also change the workspace and who is in it, with a role
            that allows it.
          </Typography>
        </DialogContent>
        <DialogActions>
          <Button color="secondary" onClick={onClose} disabled={busy}>
            Cancel
          </Button>
          <Button type="submit" variant="contained" loading={busy}>
            Add
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
