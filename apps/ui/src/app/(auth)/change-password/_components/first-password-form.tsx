'use client'

import Box from '@mui/material/Box'
import Typography from '@mui/material/Typography'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useEffect } from 'react'
import { isProblem } from '@/client/problem'
import { sessionQuery } from '@/client/queries'
import { PasswordForm } from '@/components/password-form'
import { ErrorState } from '@/components/states'

/** The first thing that a person with a one-time password does. */
export function FirstPasswordForm() {
  const router = useRouter()
  const client = useQueryClient()
  const { data, error, refetch } = useQuery(sessionQuery)
  const signedOut = isProblem(error, 'not_signed_in')
  useEffect(() => {
    if (signedOut) router.replace('/sign-in')
  }, [signedOut, router])
  if (error && !signedOut) return <ErrorState error={error} onRetry={refetch} />
  return (
    <Box sx={{ display: 'grid', gap: 2 }}>
      <div>
        <Typography variant="h1">Choose a password</Typography>
        <Typography sx={{ color: 'text.secondary', mt: 0.5 }}>
          {data
            ? `${data.user.email} signed in with a password for one time.`
            : 'You signed in with a password for one time.'}{' '}
          Choose your own to go on.
        </Typography>
      </div>
      <PasswordForm
        currentLabel="One-time password"
        action="Save and go on"
        onChanged={async () => {
          await client.refetchQueries(sessionQuery)
          router.replace('/')
        }}
      />
    </Box>
  )
}
