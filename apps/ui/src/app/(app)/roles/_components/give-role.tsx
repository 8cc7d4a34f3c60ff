'use client'

import Autocomplete from '@mui/material/Autocomplete'
import Button from '@mui/material/Button'
import Dialog from '@mui/material/Dialog'
import DialogActions from '@mui/material/DialogActions'
import DialogContent from '@mui/material/DialogContent'
import DialogTitle from '@mui/material/DialogTitle'
import TextField from '@mui/material/TextField'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { answerOf, api } from '@/client/api'
import { peopleKey, type Role, type User, usersQuery } from '@/client/people-queries'
import { sessionQuery } from '@/client/queries'
import { ProblemAlert } from '@/components/problem-alert'
import { notify } from '@/stores/interface-store'

type GiveRoleProps = {
  readonly role: Role
  readonly having: readonly { readonly userId: string }[]
  readonly onClose: () => void
}

/** Gives a role to a user who does not have it. */
export function GiveRole({ role, having, onClose }: GiveRoleProps) {
  const client = useQueryClient()
  const users = useQuery(usersQuery)
  const [user, setUser] = useState<User | null>(null)
  const give = useMutation({
    mutationFn: ({ id: userId }: User) =>
      answerOf(api.PUT('/roles/{roleId}/members/{userId}', { params: { path: { roleId: role.id, userId } } })),
    onSuccess: async ({ name }) => {
      await client.invalidateQueries({ queryKey: peopleKey })
      void client.invalidateQueries({ queryKey: sessionQuery.queryKey })
      notify(`${name} has the role ${role.name} now`)
      onClose()
    },
  })
  return (
    <Dialog open onClose={give.isPending ? undefined : onClose} aria-labelledby="give-role">
      <DialogTitle id="give-role">Give {role.name} to a user</DialogTitle>
      <DialogContent sx={{ pt: '8px !important' }}>
        <ProblemAlert error={give.error ?? users.error} />
        <Autocomplete<User>
          options={(users.data ?? []).filter(({ id }) => !having.some(({ userId }) => userId === id))}
          loading={users.isPending}
          getOptionLabel={({ name, email }) => `${name} (${email})`}
          getOptionKey={({ id }) => id}
          value={user}
          onChange={(_, chosen) => setUser(chosen)}
          noOptionsText="Nobody without the role is like that"
          renderInput={(params) => <TextField {...params} label="User" autoFocus />}
        />
      </DialogContent>
      <DialogActions>
        <Button color="secondary" onClick={onClose} disabled={give.isPending}>
          Cancel
        </Button>
        <Button
          variant="contained"
          disabled={user === null}
          loading={give.isPending}
          onClick={() => user && give.mutate(user)}
        >
          Give the role
        </Button>
      </DialogActions>
    </Dialog>
  )
}
