'use client'

import Button from '@mui/material/Button'
import Dialog from '@mui/material/Dialog'
import DialogActions from '@mui/material/DialogActions'
import DialogContent from '@mui/material/DialogContent'
import DialogTitle from '@mui/material/DialogTitle'
import FormControlLabel from '@mui/material/FormControlLabel'
import FormHelperText from '@mui/material/FormHelperText'
import Radio from '@mui/material/Radio'
import RadioGroup from '@mui/material/RadioGroup'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { answerOf, api } from '@/client/api'
import { peopleKey, type Role, type User } from '@/client/people-queries'
import { sessionQuery } from '@/client/queries'
import { ProblemAlert } from '@/components/problem-alert'
import { permissionOf, useMay } from '@/session/use-permission'
import { notify } from '@/stores/interface-store'
import { useGrantReason } from '../../roles/_components/use-grant-reason'

type AssignRoleProps = { readonly user: User; readonly roles: readonly Role[]; readonly onClose: () => void }

/** Gives a user one of the roles that they do not have. Those that who is signed in can't give say why. */
export function AssignRole({ user, roles, onClose }: AssignRoleProps) {
  const may = useMay()
  const client = useQueryClient()
  const grantReason = useGrantReason()
  const [chosen, setChosen] = useState('')
  const give = useMutation({
    mutationFn: (roleId: string) =>
      answerOf(api.PUT('/roles/{roleId}/members/{userId}', { params: { path: { roleId, userId: user.id } } })),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: peopleKey })
      void client.invalidateQueries({ queryKey: sessionQuery.queryKey })
      notify(`${user.name} has the role now: it counts from their next request`)
      onClose()
    },
  })
  const others = roles.filter(({ id }) => !user.roles.some((had) => had.id === id))
  const reasonOf = ({ id, policy }: Role) =>
    may('addRoleMember', { roleId: id, userId: user.id })
      ? grantReason(policy)
      : `Your roles do not allow ${permissionOf('addRoleMember')} on this role`
  return (
    <Dialog open onClose={give.isPending ? undefined : onClose} aria-labelledby="assign-role">
      <DialogTitle id="assign-role">Give {user.name} a role</DialogTitle>
      <DialogContent>
        <ProblemAlert error={give.error} />
        {others.length === 0 && 'They have every role that there is.'}
        <RadioGroup aria-labelledby="assign-role" value={chosen} onChange={(_, id) => setChosen(id)}>
          {others.map((role) => {
            const reason = reasonOf(role)
            return (
              <div key={role.id}>
                <FormControlLabel
                  value={role.id}
                  control={<Radio />}
                  label={role.name}
                  disabled={reason !== undefined}
                />
                <FormHelperText sx={{ ml: 4, mt: -0.5, overflowWrap: 'anywhere' }}>
                  {reason ?? role.description}
                </FormHelperText>
              </div>
            )
          })}
        </RadioGroup>
      </DialogContent>
      <DialogActions>
        <Button color="secondary" onClick={onClose} disabled={give.isPending}>
          Cancel
        </Button>
        <Button
          variant="contained"
          disabled={chosen === ''}
          loading={give.isPending}
          onClick={() => give.mutate(chosen)}
        >
          Give the role
        </Button>
      </DialogActions>
    </Dialog>
  )
}
