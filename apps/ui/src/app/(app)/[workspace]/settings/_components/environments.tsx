'use client'

import LayersIcon from '@mui/icons-material/LayersOutlined'
import Box from '@mui/material/Box'
import MuiLink from '@mui/material/Link'
import { useQuery } from '@tanstack/react-query'
import dynamic from 'next/dynamic'
import Link from 'next/link'
import { useState } from 'react'
import { type Environment, environmentsQuery } from '@/client/queries'
import { LimitsSummary } from '@/components/limits-summary'
import { ListTable } from '@/components/list-table'
import { Moment } from '@/components/moment'
import { PermittedButton } from '@/components/permitted-button'
import { EmptyState } from '@/components/states'
import { permissionOf, useMay } from '@/session/use-permission'

const EnvironmentDialog = dynamic(() => import('./environment-dialog').then((module) => module.EnvironmentDialog), {
  ssr: false,
})
const DeleteEnvironment = dynamic(() => import('./delete-environment').then((module) => module.DeleteEnvironment), {
  ssr: false,
})

type Asked = { readonly action: 'edit' | 'delete'; readonly environment: Environment } | { readonly action: 'create' }

/** The environments of a workspace. */
export function Environments({ workspaceId }: { workspaceId: string }) {
  const may = useMay()
  const [asked, setAsked] = useState<Asked>()
  const close = () => setAsked(undefined)
  const { data, error, refetch } = useQuery(environmentsQuery(workspaceId))
  const reason = (operation: 'updateEnvironment' | 'deleteEnvironment', environmentId: string) =>
    may(operation, { environmentId }) ? undefined : `Your roles do not allow ${permissionOf(operation)} here`
  const create = (
    <PermittedButton
      variant="contained"
      onClick={() => setAsked({ action: 'create' })}
      reason={
        may('createEnvironment') ? undefined : `Your roles do not allow ${permissionOf('createEnvironment')} here`
      }
    >
      Create an environment
    </PermittedButton>
  )
  return (
    <>
      <Box sx={{ display: 'flex', gap: 2, flexWrap: 'wrap', alignItems: 'center', mb: 2 }}>
        <Box sx={{ flex: '1 1 260px', fontSize: 14, color: 'text.secondary' }}>
          An environment has its own connections, resources and API keys, e.g. production and staging.
        </Box>
        {create}
      </Box>
      <ListTable
        label="environments"
        rows={data}
        error={error}
        onRetry={refetch}
        rowKey={({ id }) => id}
        empty={
          <EmptyState icon={<LayersIcon />} title="There is no environment yet" action={create}>
            API keys belong to one, with the connections and resources that they reach. Begin with one, e.g. production.
          </EmptyState>
        }
        columns={[
          {
            id: 'name',
            label: 'Name',
            sort: ({ name }) => name,
            cell: ({ id, name }) => (
              <MuiLink component={Link} href={`/${workspaceId}/${id}/getting-started`} sx={{ fontWeight: 600 }}>
                {name}
              </MuiLink>
            ),
          },
          { id: 'limits', label: 'Limits', hideBelow: 'md', cell: (environment) => <LimitsSummary {...environment} /> },
          {
            id: 'created',
            label: 'Created',
            hideBelow: 'sm',
            sort: ({ createdAt }) => createdAt,
            cell: ({ createdAt }) => <Moment at={createdAt} />,
          },
          {
            id: 'actions',
            label: 'Actions',
            align: 'right',
            cell: (environment) => (
              <Box sx={{ display: 'flex', justifyContent: 'flex-end' }}>
                <PermittedButton
                  aria-label={`Change ${environment.name}`}
                  reason={reason('updateEnvironment', environment.id)}
                  onClick={() => setAsked({ action: 'edit', environment })}
                >
                  Change
                </PermittedButton>
                <PermittedButton
                  aria-label={`Delete ${environment.name}`}
                  color="error"
                  reason={reason('deleteEnvironment', environment.id)}
                  onClick={() => setAsked({ action: 'delete', environment })}
                >
                  Delete
                </PermittedButton>
              </Box>
            ),
          },
        ]}
      />
      {asked?.action === 'create' && <EnvironmentDialog workspaceId={workspaceId} onClose={close} />}
      {asked?.action === 'edit' && (
        <EnvironmentDialog workspaceId={workspaceId} environment={asked.environment} onClose={close} />
      )}
      {asked?.action === 'delete' && <DeleteEnvironment environment={asked.environment} onClose={close} />}
    </>
  )
}
