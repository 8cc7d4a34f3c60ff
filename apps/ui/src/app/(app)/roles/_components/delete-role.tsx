'use client'

import Box from '@mui/material/Box'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { answerOf, api, ifMatch } from '@/client/api'
import { peopleKey, type Role, roleMembersQuery } from '@/client/people-queries'
import { sessionQuery } from '@/client/queries'
import { ConfirmDialog } from '@/components/confirm-dialog'
import { useMay } from '@/session/use-permission'
import { notify } from '@/stores/interface-store'

/** Deletes a role. Who has it loses it first: a role that somebody has can't be deleted. */
export function DeleteRole({ role, onClose }: { role: Role; onClose: () => void }) {
  const may = useMay()
  const router = useRouter()
  const client = useQueryClient()
  const { data: members } = useQuery({
    ...roleMembersQuery(role.id),
    enabled: may('listRoleMembers', { roleId: role.id }),
  })
  const remove = async () => {
    const path = { roleId: role.id }
    for (const { userId } of members ?? [])
      await answerOf(api.DELETE('/roles/{roleId}/members/{userId}', { params: { path: { ...path, userId } } }))
    await answerOf(api.DELETE('/roles/{roleId}', { params: { path, header: ifMatch(role.version) } }))
    notify(`Role ${role.name} was deleted`)
    void client.invalidateQueries({ queryKey: sessionQuery.queryKey })
    // Asked for again where it is shown next, not here: the page would ask for what is gone.
    await client.invalidateQueries({ queryKey: peopleKey, refetchType: 'none' })
    router.push('/roles')
  }
  const some = members !== undefined && members.length > 0
  return (
    <ConfirmDialog
      title={`Delete ${role.name}?`}
      action={some ? 'Take it from them and delete' : 'Delete'}
      {...(some && { typed: role.name })}
      onConfirm={remove}
      onClose={onClose}
    >
      {some ? (
        <>
          {members.length === 1 ? 'One user loses' : `${members.length} users lose`} what only this role allows, from
          the next request on:
          <Box component="ul" sx={{ my: 1, pl: 2.5, maxHeight: 200, overflow: 'auto', overflowWrap: 'anywhere' }}>
            {members.map(({ userId, name, email }) => (
              <li key={userId}>
                {name} ({email})
              </li>
            ))}
          </Box>
          What the role denies them goes by their other roles.
        </>
      ) : members ? (
        'Nobody has it: nobody loses anything.'
      ) : (
        'It is refused while somebody has the role.'
      )}
    </ConfirmDialog>
  )
}
