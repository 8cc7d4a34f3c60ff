'use client'

import Box from '@mui/material/Box'
import { useQueryClient } from '@tanstack/react-query'
import { answerOf, api, ifMatch } from '@/client/api'
import { type Environment, environmentKey, environmentsQuery } from '@/client/queries'
import { ConfirmDialog } from '@/components/confirm-dialog'
import { notify } from '@/stores/interface-store'
import { EnvironmentContents } from './environment-contents'

/** Deletes an environment with all that is in it. */
export function DeleteEnvironment({ environment, onClose }: { environment: Environment; onClose: () => void }) {
  const client = useQueryClient()
  const { id, workspaceId, name, version } = environment
  const path = { workspaceId, environmentId: id }
  const remove = async () => {
    const params = { path, query: { cascade: 'true' as const }, header: ifMatch(version) }
    await answerOf(api.DELETE('/workspaces/{workspaceId}/environments/{environmentId}', { params }))
    client.removeQueries({ queryKey: environmentKey(path) })
    await client.invalidateQueries({ queryKey: environmentsQuery(workspaceId).queryKey })
    notify(`Environment ${name} was deleted`)
  }
  return (
    <ConfirmDialog title={`Delete ${name}?`} action="Delete" typed={name} onConfirm={remove} onClose={onClose}>
      What is in it is deleted with it, and its keys are refused at once.
      <EnvironmentContents path={path} />
      <Box sx={{ mt: 1 }}>Audit and usage stay. This can not be undone.</Box>
    </ConfirmDialog>
  )
}
