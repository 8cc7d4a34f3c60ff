'use client'

import Typography from '@mui/material/Typography'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { answerOf, api, ifMatch } from '@/client/api'
import { peopleKey, type User } from '@/client/people-queries'
import { ConfirmDialog } from '@/components/confirm-dialog'
import { PermittedButton } from '@/components/permitted-button'
import { Section } from '@/components/section'
import { permissionOf, useMay } from '@/session/use-permission'
import { notify } from '@/stores/interface-store'
import { LastAdministrator } from './last-administrator'

/** Disables a user and enables them again. */
export function StateOfUser({ user }: { user: User }) {
  const may = useMay()
  const client = useQueryClient()
  const [asking, setAsking] = useState(false)
  const path = { userId: user.id }
  const disabled = user.state === 'disabled'
  const change = async () => {
    const params = { path, header: ifMatch(user.version) }
    await answerOf(api.PATCH('/users/{userId}', { params, body: { disabled: !disabled } }))
    await client.invalidateQueries({ queryKey: peopleKey })
    notify(`${user.name} is ${disabled ? 'enabled' : 'disabled'} now`)
  }
  return (
    <Section title="State" description={STATES[user.state]}>
      <LastAdministrator user={user} />
      <PermittedButton
        variant="outlined"
        color={disabled ? 'primary' : 'error'}
        onClick={() => setAsking(true)}
        reason={
          may('updateUser', path) ? undefined : `Your roles do not allow ${permissionOf('updateUser')} on this user`
        }
      >
        {disabled ? 'Enable the user' : 'Disable the user'}
      </PermittedButton>
      {asking && (
        <ConfirmDialog
          title={`${disabled ? 'Enable' : 'Disable'} ${user.name}?`}
          action={disabled ? 'Enable' : 'Disable'}
          onConfirm={change}
          onClose={() => setAsking(false)}
        >
          {disabled
            ? 'They can sign in again with the password that they had, and must choose a new one then. Their roles and memberships are as before.'
            : 'They are signed out everywhere at once and can not sign in. Their roles and memberships stay, and API keys that they know go on working.'}
          <Typography variant="body2" sx={{ mt: 1, color: 'text.secondary' }}>
            Refused where their roles allow more than yours.
          </Typography>
        </ConfirmDialog>
      )}
    </Section>
  )
}

const STATES = {
  active: 'Active: they can sign in with a password of their own.',
  must_change_password: 'They can sign in, and must choose a password of their own before anything else.',
  disabled: 'Disabled: they can not sign in, and nothing is allowed to them.',
} satisfies Record<User['state'], string>
