'use client'

import Button from '@mui/material/Button'
import Dialog from '@mui/material/Dialog'
import DialogActions from '@mui/material/DialogActions'
import DialogContent from '@mui/material/DialogContent'
import DialogTitle from '@mui/material/DialogTitle'
import Typography from '@mui/material/Typography'
import { useQueryClient } from '@tanstack/react-query'
import { userInput } from '@vm-x/contract'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { answerOf, api } from '@/client/api'
import { peopleKey } from '@/client/people-queries'
import type { components } from '@/client/schema'
import { contractResolver } from '@/components/form/contract-resolver'
import { FormTextField } from '@/components/form/fields'
import { useProblemForm } from '@/components/form/use-problem-form'
import { ProblemAlert } from '@/components/problem-alert'
import { SecretOnce } from '@/components/secret-once'

type Created = components['schemas']['User'] & { readonly oneTimePassword: string }

/** Creates a user, shows their one-time password, and goes on to give them roles. */
export function NewUser({ onClose }: { onClose: () => void }) {
  const router = useRouter()
  const client = useQueryClient()
  const [created, setCreated] = useState<Created>()
  const { form, submit, error, busy } = useProblemForm({
    resolver: contractResolver(userInput),
    defaultValues: { email: '', name: '' },
    unique: 'email',
    onSubmit: async (body) => {
      setCreated(await answerOf(api.POST('/users', { body })))
      await client.invalidateQueries({ queryKey: peopleKey })
    },
  })
  if (created)
    return (
      <SecretOnce
        title={`${created.name} can sign in now`}
        value={created.oneTimePassword}
        label="one-time password"
        onClose={() => router.push(`/users/${created.id}`)}
      >
        <Typography variant="body2">
          They sign in with {created.email} and this password, and choose their own then. Without a role everything is
          refused to them: give them one on the next page, and add them to the workspaces where they work.
        </Typography>
      </SecretOnce>
    )
  return (
    <Dialog open onClose={busy ? undefined : onClose} aria-labelledby="new-user">
      <form onSubmit={submit} noValidate>
        <DialogTitle id="new-user">Create a user</DialogTitle>
        <DialogContent sx={{ display: 'grid', gap: 2, pt: '8px !important' }}>
          <ProblemAlert error={error} shownFields={['email', 'name']} />
          <FormTextField control={form.control} name="name" label="Name" autoComplete="off" required autoFocus />
          <FormTextField
            control={form.control}
            name="email"
            label="E-mail address"
            type="email"
            autoComplete="off"
            required
            helperText="They sign in with it. Nothing is sent to it"
          />
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
