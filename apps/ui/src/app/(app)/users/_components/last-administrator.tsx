'use client'

import Alert from '@mui/material/Alert'
import { useQuery } from '@tanstack/react-query'
import { BUILT_IN_ROLES } from '@vm-x/contract'
import { type User, usersQuery } from '@/client/people-queries'
import { useMay } from '@/session/use-permission'

/** Says so where a user is the only one who administers the installation, as far as that can be seen. */
export function LastAdministrator({ user }: { user: User }) {
  const may = useMay()
  const { data } = useQuery({ ...usersQuery, enabled: may('listUsers') })
  const administrators = data?.filter(
    ({ state, roles }) => state === 'active' && roles.some(({ id }) => id === BUILT_IN_ROLES.admin.id),
  )
  if (administrators?.length !== 1 || administrators[0]?.id !== user.id) return null
  return (
    <Alert severity="info" variant="outlined" sx={{ mb: 2 }}>
      They are the last administrator: they can not be disabled or deleted, nor lose the role admin. Somebody else who
      has signed in must have it first.
    </Alert>
  )
}
