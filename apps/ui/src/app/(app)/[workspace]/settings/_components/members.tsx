'use client'

import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import Chip from '@mui/material/Chip'
import MenuItem from '@mui/material/MenuItem'
import TextField from '@mui/material/TextField'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import dynamic from 'next/dynamic'
import { useState } from 'react'
import { answerOf, api, ifMatch } from '@/client/api'
import { workspaceMembersQuery, workspaceQuery } from '@/client/people-queries'
import { type Workspace, workspacesQuery } from '@/client/queries'
import type { components } from '@/client/schema'
import { ListTable } from '@/components/list-table'
import { Moment } from '@/components/moment'
import { PermittedButton } from '@/components/permitted-button'
import { ProblemAlert } from '@/components/problem-alert'
import { permissionOf, useMay } from '@/session/use-permission'
import { useSession } from '@/session/use-session'
import { notify } from '@/stores/interface-store'

const AddMember = dynamic(() => import('./add-member').then((module) => module.AddMember), { ssr: false })
const EndMembership = dynamic(() => import('./end-membership').then((module) => module.EndMembership), { ssr: false })
const MemberAccess = dynamic(() => import('./member-access').then((module) => module.MemberAccess), { ssr: false })

export type Member = components['schemas']['WorkspaceMember']
type Asked = { readonly action: 'add' } | { readonly action: 'end' | 'access'; readonly member: Member }

/** Who is in a workspace, and as what. */
export function Members({ workspace }: { workspace: Workspace }) {
  const may = useMay()
  const session = useSession()
  const client = useQueryClient()
  const [asked, setAsked] = useState<Asked>()
  const [failure, setFailure] = useState<unknown>()
  const close = () => setAsked(undefined)
  const { data, error, refetch } = useQuery(workspaceMembersQuery(workspace.id))
  const owners = data?.filter(({ membership }) => membership === 'owner').length ?? 0
  const isLast = ({ membership }: Member) => membership === 'owner' && owners === 1
  const change = async ({ userId, name, version }: Member, membership: Member['membership']) => {
    setFailure(undefined)
    try {
      const params = { path: { workspaceId: workspace.id, userId }, header: ifMatch(version) }
      await answerOf(api.PATCH('/workspaces/{workspaceId}/members/{userId}', { params, body: { membership } }))
      notify(`${name} is ${membership === 'owner' ? 'an owner' : 'a member'} now`)
    } catch (fault) {
      setFailure(fault)
    }
    // One's own membership is part of what the workspace says.
    await Promise.all(
      [workspaceMembersQuery(workspace.id), workspaceQuery(workspace.id), workspacesQuery].map(({ queryKey }) =>
        client.invalidateQueries({ queryKey }),
      ),
    )
  }
  const refusal = (operation: Parameters<typeof may>[0], member: Member) => {
    if (!may(operation, { userId: member.userId }))
      return workspace.membership === 'owner'
        ? `Your roles do not allow ${permissionOf(operation)} here`
        : 'Only owners change who is in the workspace'
    return isLast(member) ? LAST_OWNER : undefined
  }
  return (
    <>
      <Box
        sx={{ display: 'flex', gap: 2, flexWrap: 'wrap', alignItems: 'center', justifyContent: 'space-between', mb: 2 }}
      >
        <Box sx={{ flex: '1 1 260px', fontSize: 14, color: 'text.secondary', maxWidth: 720 }}>
          Only members see anything of a workspace. What they may do in it, their roles say; to change the workspace and
          who is in it takes an owner.
        </Box>
        {may('addWorkspaceMember') && (
          <Button variant="contained" onClick={() => setAsked({ action: 'add' })}>
            Add a member
          </Button>
        )}
      </Box>
      <ProblemAlert error={failure} />
      <ListTable
        label="members"
        rows={data}
        error={error}
        onRetry={refetch}
        rowKey={({ userId }) => userId}
        empty={null}
        {...((data?.length ?? 0) > 5 && { searchText: ({ name, email }: Member) => `${name} ${email}` })}
        columns={[
          {
            id: 'name',
            label: 'Name',
            sort: ({ name }) => name,
            cell: ({ userId, name, email }) => (
              <>
                <Box component="span" sx={{ fontWeight: 600 }}>
                  {name}
                </Box>
                {userId === session?.user.id && <Chip variant="outlined" label="you" sx={{ ml: 1 }} />}
                <Box sx={{ color: 'text.secondary', fontSize: 13 }}>{email}</Box>
              </>
            ),
          },
          {
            id: 'membership',
            label: 'Is',
            sort: ({ membership }) => membership,
            cell: (member) =>
              may('updateWorkspaceMember', { userId: member.userId }) ? (
                <TextField
                  select
                  value={member.membership}
                  disabled={isLast(member)}
                  onChange={({ target }) => void change(member, target.value === 'owner' ? 'owner' : 'member')}
                  slotProps={{ htmlInput: { 'aria-label': `What ${member.name} is` } }}
                  helperText={isLast(member) ? 'The last owner stays' : undefined}
                  sx={{ width: { xs: 112, sm: 124 } }}
                >
                  <MenuItem value="owner">Owner</MenuItem>
                  <MenuItem value="member">Member</MenuItem>
                </TextField>
              ) : (
                <Chip
                  variant="outlined"
                  color={member.membership === 'owner' ? 'primary' : 'default'}
                  label={member.membership}
                />
              ),
          },
          {
            id: 'since',
            label: 'Since',
            hideBelow: 'md',
            sort: ({ createdAt }) => createdAt,
            cell: ({ createdAt }) => <Moment at={createdAt} />,
          },
          {
            id: 'actions',
            label: 'Actions',
            align: 'right',
            cell: (member) => {
              const own = member.userId === session?.user.id
              return (
                <Box sx={{ display: 'flex', justifyContent: 'flex-end', flexWrap: 'wrap' }}>
                  {(own || may('getUserAccess', { userId: member.userId })) && (
                    <Button
                      aria-label={`Access of ${member.name}`}
                      onClick={() => setAsked({ action: 'access', member })}
                    >
                      Access
                    </Button>
                  )}
                  <PermittedButton
                    color="error"
                    aria-label={own ? 'Leave the workspace' : `Remove ${member.name}`}
                    onClick={() => setAsked({ action: 'end', member })}
                    reason={own ? (isLast(member) ? LAST_OWNER : undefined) : refusal('removeWorkspaceMember', member)}
                  >
                    {own ? 'Leave' : 'Remove'}
                  </PermittedButton>
                </Box>
              )
            },
          },
        ]}
      />
      {asked?.action === 'add' && <AddMember workspaceId={workspace.id} onClose={close} />}
      {asked?.action === 'end' && (
        <EndMembership
          workspace={workspace}
          member={asked.member}
          own={asked.member.userId === session?.user.id}
          onClose={close}
        />
      )}
      {asked?.action === 'access' && <MemberAccess workspaceId={workspace.id} member={asked.member} onClose={close} />}
    </>
  )
}

const LAST_OWNER = 'The last owner stays, or nobody could change the workspace: make somebody else an owner first'
