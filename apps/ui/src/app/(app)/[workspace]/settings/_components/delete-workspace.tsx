'use client'

import Box from '@mui/material/Box'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { answerOf, api, ifMatch } from '@/client/api'
import { workspaceMembersQuery } from '@/client/people-queries'
import { environmentsQuery, type Workspace, workspacesQuery } from '@/client/queries'
import { ConfirmDialog } from '@/components/confirm-dialog'
import { PermittedButton } from '@/components/permitted-button'
import { Section } from '@/components/section'
import { permissionOf, useMay } from '@/session/use-permission'
import { notify } from '@/stores/interface-store'
import { EnvironmentContents } from './environment-contents'

/** Says what is lost with a workspace, and deletes it. */
export function DeleteWorkspace({ workspace }: { workspace: Workspace }) {
  const may = useMay()
  const router = useRouter()
  const client = useQueryClient()
  const [asking, setAsking] = useState(false)
  const { id, name, version, membership } = workspace
  const environments = useQuery(environmentsQuery(id))
  const members = useQuery({ ...workspaceMembersQuery(id), enabled: may('listWorkspaceMembers') })
  const remove = async () => {
    const params = { path: { workspaceId: id }, query: { cascade: 'true' as const }, header: ifMatch(version) }
    await answerOf(api.DELETE('/workspaces/{workspaceId}', { params }))
    notify(`Workspace ${name} was deleted`)
    // Away from its pages first: they would ask for what is gone.
    router.push('/workspaces')
    await client.invalidateQueries({ queryKey: workspacesQuery.queryKey })
  }
  const lost = (
    <Box sx={{ fontSize: 14 }}>
      {environments.data?.map((environment) => (
        <Box key={environment.id} sx={{ mt: 1.5 }}>
          Environment <strong>{environment.name}</strong>
          <EnvironmentContents path={{ workspaceId: id, environmentId: environment.id }} />
        </Box>
      ))}
      {environments.data?.length === 0 && <Box sx={{ mt: 1.5 }}>There is no environment in it.</Box>}
      <Box sx={{ mt: 1.5 }}>
        {members.data &&
          `${members.data.length} ${members.data.length === 1 ? 'person is' : 'people are'} in it and lose it. `}
        Nobody can look at its audit and usage any more.
      </Box>
    </Box>
  )
  return (
    <Section title="Delete the workspace" description="Everything in it goes with it. This can not be undone.">
      {lost}
      <PermittedButton
        color="error"
        variant="outlined"
        sx={{ mt: 2 }}
        onClick={() => setAsking(true)}
        reason={
          may('deleteWorkspace')
            ? undefined
            : membership === 'owner'
              ? `Your roles do not allow ${permissionOf('deleteWorkspace')} here`
              : 'Only owners of the workspace may delete it'
        }
      >
        Delete the workspace
      </PermittedButton>
      {asking && (
        <ConfirmDialog
          title={`Delete ${name}?`}
          action="Delete"
          typed={name}
          onConfirm={remove}
          onClose={() => setAsking(false)}
        >
          All keys in it are refused at once, and everything is deleted:
          {lost}
        </ConfirmDialog>
      )}
    </Section>
  )
}
