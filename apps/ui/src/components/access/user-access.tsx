'use client'

import Alert from '@mui/material/Alert'
import Box from '@mui/material/Box'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { userAccessQuery } from '@/client/people-queries'
import { usePlace } from '@/session/use-place'
import { ErrorState } from '../states'
import { AccessTable } from './access-table'
import { type AccessPlace, PlaceFields } from './place-fields'

type UserAccessProps = {
  readonly userId: string
  /** Of the page: then only its environments are chosen from. */
  readonly workspaceId?: string
}

/** What a user may do in a place, and which statement of which role decides. */
export function UserAccess({ userId, workspaceId }: UserAccessProps) {
  const last = usePlace()
  const [chosen, setChosen] = useState<AccessPlace>()
  const place = chosen ?? (workspaceId ? { workspaceId } : (last ?? {}))
  const { data, error, refetch } = useQuery({ ...userAccessQuery(userId, place), placeholderData: keepPreviousData })
  if (error && !data) return <ErrorState error={error} onRetry={refetch} />
  return (
    <Box>
      {data?.state === 'disabled' && (
        <Alert severity="warning" variant="outlined" sx={{ mb: 2 }}>
          The user is disabled: nothing is allowed, whatever their roles say.
        </Alert>
      )}
      {data && place.workspaceId !== undefined && data.membership === null && (
        <Alert severity="info" variant="outlined" sx={{ mb: 2 }}>
          They are no member of this workspace: it does not exist for them, whatever their roles allow.
        </Alert>
      )}
      <AccessTable
        label="What the user may do"
        rows={workspaceId ? data?.permissions.filter(({ needs }) => needs !== null) : data?.permissions}
        standing={data && { state: data.state, membership: data.membership }}
        filters={<PlaceFields value={place} onChange={setChosen} fixedWorkspace={workspaceId !== undefined} />}
      />
    </Box>
  )
}
