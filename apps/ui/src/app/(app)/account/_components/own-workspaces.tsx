'use client'

import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import Chip from '@mui/material/Chip'
import MuiLink from '@mui/material/Link'
import Skeleton from '@mui/material/Skeleton'
import Typography from '@mui/material/Typography'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import Link from 'next/link'
import { useState } from 'react'
import { answerOf, api } from '@/client/api'
import { type Workspace, workspacesQuery } from '@/client/queries'
import { ConfirmDialog } from '@/components/confirm-dialog'
import { Section } from '@/components/section'
import { ErrorState } from '@/components/states'
import { useMay } from '@/session/use-permission'
import { notify, useInterface } from '@/stores/interface-store'

/** The workspaces of who is signed in, and the way out of each. */
export function OwnWorkspaces() {
  const may = useMay()
  const { data, error, refetch } = useQuery({ ...workspacesQuery, enabled: may('listWorkspaces') })
  const [leaving, setLeaving] = useState<Workspace>()
  return (
    <Section title="Your workspaces">
      {!may('listWorkspaces') ? (
        <Typography sx={{ color: 'text.secondary' }}>You may not list the workspaces that you are in.</Typography>
      ) : error && !data ? (
        <ErrorState error={error} onRetry={refetch} />
      ) : !data ? (
        <Skeleton variant="rounded" height={44} />
      ) : data.length === 0 ? (
        <Typography sx={{ color: 'text.secondary' }}>You are in none. An owner of one can add you.</Typography>
      ) : (
        <Box component="ul" sx={{ m: 0, p: 0, listStyle: 'none' }}>
          {data.map((workspace) => (
            <Box
              component="li"
              key={workspace.id}
              sx={{
                display: 'flex',
                gap: 1,
                alignItems: 'center',
                py: 0.75,
                borderTop: 1,
                borderColor: 'divider',
                '&:first-of-type': { borderTop: 0 },
              }}
            >
              <Box sx={{ flexGrow: 1, minWidth: 0, overflowWrap: 'anywhere' }}>
                <MuiLink component={Link} href={`/${workspace.id}`}>
                  {workspace.name}
                </MuiLink>
              </Box>
              <Chip label={workspace.membership} variant="outlined" />
              <Button color="secondary" aria-label={`Leave ${workspace.name}`} onClick={() => setLeaving(workspace)}>
                Leave
              </Button>
            </Box>
          ))}
        </Box>
      )}
      {leaving && <LeaveDialog workspace={leaving} onClose={() => setLeaving(undefined)} />}
    </Section>
  )
}

function LeaveDialog({ workspace, onClose }: { workspace: Workspace; onClose: () => void }) {
  const client = useQueryClient()
  const forget = useInterface((state) => state.forget)
  const leave = async () => {
    await answerOf(api.POST('/workspaces/{workspaceId}/leave', { params: { path: { workspaceId: workspace.id } } }))
    forget(workspace.id)
    client.removeQueries({ queryKey: ['workspace', workspace.id] })
    await client.invalidateQueries({ queryKey: workspacesQuery.queryKey })
    notify(`You have left ${workspace.name}`)
  }
  return (
    <ConfirmDialog title={`Leave ${workspace.name}?`} action="Leave" onConfirm={leave} onClose={onClose}>
      You will see nothing of it any more, and can not come back by yourself: one of its owners must add you again. What
      you have made in it stays, and its API keys go on working.
      {workspace.membership === 'owner' && ' You own it: its last owner can not leave.'}
    </ConfirmDialog>
  )
}
