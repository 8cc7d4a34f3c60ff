'use client'

import DevicesIcon from '@mui/icons-material/DevicesOutlined'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import Chip from '@mui/material/Chip'
import Tooltip from '@mui/material/Tooltip'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { answerOf, api } from '@/client/api'
import type { components } from '@/client/schema'
import { ConfirmDialog } from '@/components/confirm-dialog'
import { type Column, ListTable } from '@/components/list-table'
import { Moment } from '@/components/moment'
import { EmptyState } from '@/components/states'
import { notify } from '@/stores/interface-store'
import { programOf } from './program-of.ts'
import { sessionsQuery } from './sessions-query'

type Session = components['schemas']['Session']

/** Where the person is signed in, and the way to end each. */
export function OwnSessions() {
  const { data, error, refetch } = useQuery(sessionsQuery)
  const [ending, setEnding] = useState<Session>()
  const columns: readonly Column<Session>[] = [
    {
      id: 'program',
      label: 'Signed in with',
      cell: ({ userAgent, current }) => (
        <Box sx={{ display: 'flex', gap: 1, alignItems: 'center', flexWrap: 'wrap' }}>
          <Tooltip title={userAgent ?? ''}>
            <span>{programOf(userAgent)}</span>
          </Tooltip>
          {current && <Chip label="This session" color="primary" variant="outlined" />}
        </Box>
      ),
    },
    {
      id: 'address',
      label: 'From',
      cell: ({ sourceAddress }) => <code>{sourceAddress ?? 'unknown'}</code>,
      hideBelow: 'sm',
    },
    {
      id: 'seen',
      label: 'Last used',
      cell: ({ lastSeenAt }) => <Moment at={lastSeenAt} />,
      sort: ({ lastSeenAt }) => lastSeenAt,
    },
    {
      id: 'begun',
      label: 'Signed in',
      cell: ({ createdAt }) => <Moment at={createdAt} />,
      sort: ({ createdAt }) => createdAt,
      hideBelow: 'md',
    },
    { id: 'ends', label: 'Ends', cell: ({ expiresAt }) => <Moment at={expiresAt} />, hideBelow: 'md' },
    {
      id: 'actions',
      label: '',
      align: 'right',
      cell: (session) =>
        session.current ? null : (
          <Button
            color="error"
            aria-label={`End the session of ${programOf(session.userAgent)}`}
            onClick={() => setEnding(session)}
          >
            End
          </Button>
        ),
    },
  ]
  return (
    <Box component="section" aria-labelledby="sessions" sx={{ mt: 1 }}>
      <Box component="h2" id="sessions" sx={{ typography: 'h2', m: 0, mb: 1.5 }}>
        Sessions
      </Box>
      <ListTable
        label="sessions"
        rows={data && inOrder(data)}
        error={error}
        onRetry={refetch}
        columns={columns}
        rowKey={({ id }) => id}
        empty={<EmptyState icon={<DevicesIcon />} title="There is no session" />}
      />
      {ending && <EndDialog session={ending} onClose={() => setEnding(undefined)} />}
    </Box>
  )
}

const inOrder = (sessions: readonly Session[]) =>
  sessions.toSorted((a, b) => Number(b.current) - Number(a.current) || b.lastSeenAt.localeCompare(a.lastSeenAt))

function EndDialog({ session, onClose }: { session: Session; onClose: () => void }) {
  const client = useQueryClient()
  const end = async () => {
    await answerOf(api.DELETE('/auth/sessions/{sessionId}', { params: { path: { sessionId: session.id } } }))
    await client.invalidateQueries({ queryKey: sessionsQuery.queryKey })
    notify('The session has ended')
  }
  return (
    <ConfirmDialog title="End this session?" action="End the session" onConfirm={end} onClose={onClose}>
      {programOf(session.userAgent)}
      {session.sourceAddress && ` at ${session.sourceAddress}`} is signed out at once. If you do not know it, change
      your password as well.
    </ConfirmDialog>
  )
}
