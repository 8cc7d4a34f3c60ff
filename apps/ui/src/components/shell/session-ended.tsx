'use client'

import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import Dialog from '@mui/material/Dialog'
import DialogActions from '@mui/material/DialogActions'
import DialogContent from '@mui/material/DialogContent'
import DialogTitle from '@mui/material/DialogTitle'
import Typography from '@mui/material/Typography'
import { useQueryClient } from '@tanstack/react-query'
import { answerOf, api } from '@/client/api'
import { sessionQuery } from '@/client/queries'
import { FormTextField } from '../form/fields'
import { useProblemForm } from '../form/use-problem-form'
import { ProblemAlert } from '../problem-alert'

/** Signs the same person in again, before a page that keeps what was typed; until then nothing of it is seen. */
export function SessionEnded({ email }: { email: string }) {
  const client = useQueryClient()
  const { form, submit, error, busy } = useProblemForm({
    defaultValues: { password: '' },
    onSubmit: async ({ password }) => {
      await answerOf(api.POST('/auth/sign-in', { body: { email, password } }))
      await client.fetchQuery({ ...sessionQuery, staleTime: 0 })
      void client.invalidateQueries()
    },
  })
  return (
    <Dialog
      open
      aria-labelledby="session-ended-title"
      slotProps={{ backdrop: { sx: { bgcolor: 'background.default' } } }}
    >
      <Box component="form" onSubmit={submit} noValidate>
        <DialogTitle id="session-ended-title">Your session has ended</DialogTitle>
        <DialogContent sx={{ display: 'grid', gap: 2 }}>
          <Typography>Sign in again as {email} to go on. What you typed is still there.</Typography>
          <ProblemAlert error={error} shownFields={['password']} />
          <FormTextField
            control={form.control}
            name="password"
            label="Password"
            type="password"
            autoComplete="current-password"
            autoFocus
            required
          />
        </DialogContent>
        <DialogActions>
          <Button color="secondary" href="/sign-in">
            Sign in as somebody else
          </Button>
          <Button type="submit" variant="contained" loading={busy}>
            Sign in
          </Button>
        </DialogActions>
      </Box>
    </Dialog>
  )
}
