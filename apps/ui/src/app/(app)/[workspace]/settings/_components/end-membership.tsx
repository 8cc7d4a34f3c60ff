'use client'

import { useQueryClient } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { answerOf, api, ifMatch } from '@/client/api'
import { workspaceMembersQuery } from '@/client/people-queries'
import { type Workspace, workspacesQuery } from '@/client/queries'
import { ConfirmDialog } from '@/components/confirm-dialog'
import { notify } from '@/stores/interface-store'
import type { Member } from './members'

type EndMembershipProps = {
  readonly workspace: Workspace
  readonly member: Member
  /** It is who is signed in that leaves. */
  readonly own: boolean
  readonly onClose: () => void
}

/** Takes a member out of a workspace, or leaves it. */
export function EndMembership({ workspace, member, own, onClose }: EndMembershipProps) {
  const router = useRouter()
  const client = useQueryClient()
  const path = { workspaceId: workspace.id }
  const leave = async () => {
    await answerOf(api.POST('/workspaces/{workspaceId}/leave', { params: { path } }))
    notify(`You have left ${workspace.name}`)
    // Away from its pages first: they would ask for what is not there any more.
    router.push('/workspaces')
    await client.invalidateQueries({ queryKey: workspacesQuery.queryKey })
  }
  const remove = async () => {
    const params = { path: { ...path, userId: member.userId }, header: ifMatch(member.version) }
    await answerOf(api.DELETE('/workspaces/{workspaceId}/members/{userId}', { params }))
    notify(`${member.name} is no longer in ${workspace.name}`)
    await client.invalidateQueries({ queryKey: workspaceMembersQuery(workspace.id).queryKey })
  }
  return own ? (
    <ConfirmDialog title={`Leave ${workspace.name}?`} action="Leave" onConfirm={leave} onClose={onClose}>
      From your next request on the workspace does not exist for you. What you made in it stays. Only an owner can add
      you again.
    </ConfirmDialog>
  ) : (
    <ConfirmDialog title={`Remove ${member.name}?`} action="Remove" onConfirm={remove} onClose={onClose}>
      From their next request on the workspace does not exist for them. Their roles and what they made in it stay, and
      API keys go on working: revoke those that they know.
    </ConfirmDialog>
  )
}
