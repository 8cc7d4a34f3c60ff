'use client'

import Typography from '@mui/material/Typography'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { answerOf, api, ifMatch } from '@/client/api'
import { peopleKey, type User } from '@/client/people-queries'
import { ConfirmDialog } from '@/components/confirm-dialog'
import { PermittedButton } from '@/components/permitted-button'
import { SecretOnce } from '@/components/secret-once'
import { Section } from '@/components/section'
import { permissionOf, useMay } from '@/session/use-permission'
import { useSession } from '@/session/use-session'

/** Gives a user who has lost their password a new one for one sign-in. */
export function ResetPassword({ user }: { user: User }) {
  const may = useMay()
  const session = useSession()
  const client = useQueryClient()
  const [asking, setAsking] = useState(false)
  const [password, setPassword] = useState<string>()
  const path = { userId: user.id }
  const reset = async () => {
    const params = { path, header: ifMatch(user.version) }
    const { oneTimePassword } = await answerOf(api.POST('/users/{userId}/reset-password', { params }))
    setPassword(oneTimePassword)
    void client.invalidateQueries({ queryKey: peopleKey })
  }
  const reason =
    session?.user.id === user.id
      ? 'Change your own under Password and sessions, with the current one'
      : user.state === 'disabled'
        ? 'They are disabled: enable them first'
        : may('resetPassword', path)
          ? undefined
          : `Your roles do not allow ${permissionOf('resetPassword')} on this user`
  return (
    <Section
      title="Password"
      description="For who has lost theirs: a password for one sign-in, at which they choose their own."
    >
      <PermittedButton variant="outlined" onClick={() => setAsking(true)} reason={reason}>
        Reset the password
      </PermittedButton>
      {asking && (
        <ConfirmDialog
          title={`Reset the password of ${user.name}?`}
          action="Reset"
          onConfirm={reset}
          onClose={() => setAsking(false)}
        >
          Their password stops working and they are signed out everywhere. You get a one-time password to hand over.
          <Typography variant="body2" sx={{ mt: 1, color: 'text.secondary' }}>
            Refused where their roles allow more than yours: whoever knows a password has its roles.
          </Typography>
        </ConfirmDialog>
      )}
      {password !== undefined && (
        <SecretOnce
          title={`One-time password of ${user.name}`}
          value={password}
          label="one-time password"
          onClose={() => setPassword(undefined)}
        >
          <Typography variant="body2">
            They sign in with {user.email} and this password, and choose their own then.
          </Typography>
        </SecretOnce>
      )}
    </Section>
  )
}
