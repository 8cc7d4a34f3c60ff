'use client'

import Alert from '@mui/material/Alert'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import Typography from '@mui/material/Typography'
import { useQueryClient } from '@tanstack/react-query'
import { useRouter, useSearchParams } from 'next/navigation'
import { useState } from 'react'
import { answerOf, api } from '@/client/api'
import { isProblem } from '@/client/problem'
import { sessionQuery } from '@/client/queries'
import { FormTextField } from '@/components/form/fields'
import { useProblemForm } from '@/components/form/use-problem-form'
import { ProblemAlert } from '@/components/problem-alert'
import { ownPath } from '@/session/own-path'

export function SignInForm() {
  const router = useRouter()
  const next = useSearchParams().get('next')
  const client = useQueryClient()
  const [cookieLost, setCookieLost] = useState(false)
  const { form, submit, error, busy } = useProblemForm({
    defaultValues: { email: '', password: '' },
    onSubmit: async (body) => {
      setCookieLost(false)
      const { user } = await answerOf(api.POST('/auth/sign-in', { body }))
      client.removeQueries()
      try {
        await client.fetchQuery(sessionQuery)
      } catch (fault) {
        if (!isProblem(fault, 'not_signed_in')) throw fault
        return setCookieLost(true)
      }
      router.replace(user.state === 'must_change_password' ? '/change-password' : ownPath(next))
    },
  })
  return (
    <Box component="form" onSubmit={submit} noValidate sx={{ display: 'grid', gap: 2 }}>
      <Typography variant="h1">Sign in</Typography>
      <ProblemAlert error={error} shownFields={['email', 'password']} />
      {cookieLost && (
        <Alert severity="error">
          The password is right, but your browser did not keep the session: this page came over plain HTTP. Open it over
          HTTPS, or at <code>localhost</code> on the machine that it runs on.
        </Alert>
      )}
      <FormTextField
        control={form.control}
        name="email"
        label="E-mail address"
        type="email"
        autoComplete="username"
        autoFocus
        required
      />
      <FormTextField
        control={form.control}
        name="password"
        label="Password"
        type="password"
        autoComplete="current-password"
        required
      />
      <Button type="submit" variant="contained" size="large" loading={busy}>
        Sign in
      </Button>
      <Typography variant="body2" sx={{ color: 'text.secondary' }}>
        The first start of the server prints an administrator and a one-time password. A lost one is replaced with{' '}
        <code>npx vmx user reset-password</code>.
      </Typography>
    </Box>
  )
}
