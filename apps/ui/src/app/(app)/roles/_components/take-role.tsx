'use client'

import Box from '@mui/material/Box'
import { useQueryClient } from '@tanstack/react-query'
import { BUILT_IN_ROLES } from '@vm-x/contract'
import { answerOf, api } from '@/client/api'
import { peopleKey } from '@/client/people-queries'
import { sessionQuery } from '@/client/queries'
import { ConfirmDialog } from '@/components/confirm-dialog'
import { useSession } from '@/session/use-session'
import { notify } from '@/stores/interface-store'

type Named = { readonly id: string; readonly name: string }
type TakeRoleProps = { readonly role: Named; readonly user: Named; readonly onClose: () => void }

/** Takes a role from a user. */
export function TakeRole({ role, user, onClose }: TakeRoleProps) {
  const client = useQueryClient()
  const own = useSession()?.user.id === user.id
  const take = async () => {
    const params = { path: { roleId: role.id, userId: user.id } }
    await answerOf(api.DELETE('/roles/{roleId}/members/{userId}', { params }))
    // What one may see is less from now on, where it was one's own: the session says so before the lists are asked for.
    if (own) await client.invalidateQueries({ queryKey: sessionQuery.queryKey })
    void client.invalidateQueries({ queryKey: peopleKey })
    notify(`${user.name} does not have the role ${role.name} any more`)
  }
  return (
    <ConfirmDialog title={`Take ${role.name} from ${user.name}?`} action="Take away" onConfirm={take} onClose={onClose}>
      From {own ? 'your' : 'their'} next request on, what only this role allows is refused, and what it denied goes by
      the other roles.
      {own && <Box sx={{ mt: 1 }}>This is a role of your own: you may not be able to give it back to yourself.</Box>}
      {role.id === BUILT_IN_ROLES.admin.id && (
        <Box sx={{ mt: 1 }}>The last administrator keeps it: somebody else who has signed in must have it first.</Box>
      )}
    </ConfirmDialog>
  )
}
