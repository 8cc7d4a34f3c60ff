'use client'

import Box from '@mui/material/Box'
import { useQueryClient } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { answerOf, api, ifMatch } from '@/client/api'
import { peopleKey, type User } from '@/client/people-queries'
import { ConfirmDialog } from '@/components/confirm-dialog'
import { PermittedButton } from '@/components/permitted-button'
import { Section } from '@/components/section'
import { permissionOf, useMay } from '@/session/use-permission'
import { notify } from '@/stores/interface-store'
import { LastAdministrator } from './last-administrator'

/** Deletes a user, saying what goes and what stays. */
export function DeleteUser({ user }: { user: User }) {
  const may = useMay()
  const router = useRouter()
  const client = useQueryClient()
  const [asking, setAsking] = useState(false)
  const path = { userId: user.id }
  const remove = async () => {
    await answerOf(api.DELETE('/users/{userId}', { params: { path, header: ifMatch(user.version) } }))
    notify(`${user.name} was deleted`)
    // Asked for again where it is shown next, not here: the page would ask for who is gone.
    await client.invalidateQueries({ queryKey: peopleKey, refetchType: 'none' })
    router.push('/users')
  }
  return (
    <Section
      title="Delete the user"
      description="To keep somebody out for a while, disable them under Sign-in instead: that can be undone."
    >
      <LastAdministrator user={user} />
      <PermittedButton
        color="error"
        variant="outlined"
        onClick={() => setAsking(true)}
        reason={
          may('deleteUser', path) ? undefined : `Your roles do not allow ${permissionOf('deleteUser')} on this user`
        }
      >
        Delete the user
      </PermittedButton>
      {asking && (
        <ConfirmDialog
          title={`Delete ${user.name}?`}
          action="Delete"
          typed={user.email}
          onConfirm={remove}
          onClose={() => setAsking(false)}
        >
          They are signed out everywhere, lose their roles and leave every workspace.
          <Box sx={{ mt: 1 }}>
            What they made stays, API keys that they know go on working, and the changes that they made are still
            listed. The last administrator and the last owner of a workspace can not be deleted, nor somebody whose
            roles allow more than yours.
          </Box>
        </ConfirmDialog>
      )}
    </Section>
  )
}
