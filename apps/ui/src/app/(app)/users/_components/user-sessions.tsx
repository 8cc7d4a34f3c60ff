'use client'

import DevicesIcon from '@mui/icons-material/DevicesOutlined'
import Box from '@mui/material/Box'
import Chip from '@mui/material/Chip'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { answerOf, api } from '@/client/api'
import { type User, userSessionsQuery } from '@/client/people-queries'
import type { components } from '@/client/schema'
import { ConfirmDialog } from '@/components/confirm-dialog'
import { type Column, ListTable } from '@/components/list-table'
import { Moment } from '@/components/moment'
import { PermittedButton } from '@/components/permitted-button'
import { Section } from '@/components/section'
import { EmptyState } from '@/components/states'
import { permissionOf, useMay } from '@/session/use-permission'
import { useSession } from '@/session/use-session'
import { notify } from '@/stores/interface-store'

type Session = components['schemas']['Session']

/** Where a user is signed in. */
export function UserSessions({ user }: { user: User }) {
  const may = useMay()
  const own = useSession()?.user.id === user.id
  const client = useQueryClient()
  const [asking, setAsking] = useState(false)
  const path = { userId: user.id }
  const { data, error, refetch } = useQuery(userSessionsQuery(user.id))
  const end = async () => {
    await answerOf(api.DELETE('/users/{userId}/sessions', { params: { path } }))
    notify(`${user.name} is signed out everywhere`)
    await client.invalidateQueries()
  }
  return (
    <Section
      title="Sessions"
      actions={
        data &&
        data.length > 0 && (
          <PermittedButton
            color="error"
            variant="outlined"
            onClick={() => setAsking(true)}
            reason={
              may('endUserSessions', path)
                ? undefined
                : `Your roles do not allow ${permissionOf('endUserSessions')} here`
            }
          >
            End all sessions
          </PermittedButton>
        )
      }
    >
      <ListTable
        label="sessions"
        rows={data}
        error={error}
        onRetry={refetch}
        columns={COLUMNS}
        rowKey={({ id }) => id}
        empty={<EmptyState icon={<DevicesIcon />} title="They are signed in nowhere" />}
      />
      {asking && (
        <ConfirmDialog
          title={`End all sessions of ${user.name}?`}
          action="End all"
          onConfirm={end}
          onClose={() => setAsking(false)}
        >
          {own
            ? 'You are signed out everywhere, here as well.'
            : 'They are signed out everywhere at once and can sign in again. Refused where their roles allow more than yours.'}
        </ConfirmDialog>
      )}
    </Section>
  )
}

const COLUMNS: Column<Session>[] = [
  {
    id: 'where',
    label: 'Browser or program',
    cell: ({ userAgent, current }) => (
      <>
        {current && <Chip variant="outlined" color="primary" label="this one" sx={{ mr: 1 }} />}
        <Box component="span">{userAgent ?? 'unknown'}</Box>
      </>
    ),
  },
  {
    id: 'address',
    label: 'Address',
    hideBelow: 'sm',
    cell: ({ sourceAddress }) => (
      <Box component="span" sx={{ whiteSpace: 'nowrap' }}>
        {sourceAddress ?? 'unknown'}
      </Box>
    ),
  },
  {
    id: 'seen',
    label: 'Last seen',
    sort: ({ lastSeenAt }) => lastSeenAt,
    cell: ({ lastSeenAt }) => <Moment at={lastSeenAt} />,
  },
  {
    id: 'begun',
    label: 'Since',
    hideBelow: 'md',
    sort: ({ createdAt }) => createdAt,
    cell: ({ createdAt }) => <Moment at={createdAt} />,
  },
]
