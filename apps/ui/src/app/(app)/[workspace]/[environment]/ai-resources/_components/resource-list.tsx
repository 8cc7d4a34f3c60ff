'use client'

import AltRouteIcon from '@mui/icons-material/AltRoute'
import Button from '@mui/material/Button'
import MuiLink from '@mui/material/Link'
import { useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { useMemo } from 'react'
import { type AiResource, connectionsQuery, resourcesQuery } from '@/client/queries'
import { ListTable } from '@/components/list-table'
import { PageHeader } from '@/components/page-header'
import { PermittedButton } from '@/components/permitted-button'
import { EmptyState } from '@/components/states'
import { useEnvironmentPath } from '@/session/use-environment-path'
import { permissionOf, useMay } from '@/session/use-permission'
import { lastHourQuery } from '../queries'
import { resourceColumns } from './resource-columns'

export function ResourceList() {
  const path = useEnvironmentPath()
  const may = useMay()
  const { data, error, refetch } = useQuery(resourcesQuery(path))
  const { data: connections } = useQuery({ ...connectionsQuery(path), enabled: may('listAiConnections') })
  const mayUsage = may('queryUsage')
  const { data: hour } = useQuery({ ...lastHourQuery(path), enabled: mayUsage })
  const { href } = path
  const columns = useMemo(
    () => resourceColumns({ href, connections, hour, withUsage: mayUsage }),
    [href, connections, hour, mayUsage],
  )
  const create = (
    <PermittedButton
      href={`${href}/ai-resources/new`}
      LinkComponent={Link}
      variant="contained"
      reason={may('createAiResource') ? undefined : `It takes the permission “${permissionOf('createAiResource')}”`}
    >
      New AI resource
    </PermittedButton>
  )
  return (
    <>
      <PageHeader
        title="AI resources"
        description="Virtual models: clients name one as their model, and its rules, fallbacks and limits decide what answers."
        actions={data?.length === 0 ? undefined : create}
      />
      <ListTable<AiResource>
        label="AI resources"
        rows={data}
        error={error}
        onRetry={refetch}
        columns={columns}
        rowKey={({ id }) => id}
        searchText={(resource) => searchText(resource, connections)}
        empty={
          <EmptyState
            icon={<AltRouteIcon />}
            title="No AI resource yet"
            action={
              <>
                {create}
                {connections?.length === 0 && (
                  <Button component={Link} href={`${href}/ai-connections`} variant="outlined">
                    Add an AI connection first
                  </Button>
                )}
              </>
            }
          >
            A resource is what applications name as their model. You can then change the model behind it, route by what
            is asked, fall back when a provider fails and limit its use, without touching the applications.{' '}
            <MuiLink component={Link} underline="always" href={`${href}/getting-started`}>
              Getting started
            </MuiLink>{' '}
            makes the first one with you.
          </EmptyState>
        }
      />
    </>
  )
}

function searchText(
  { name, description, model }: AiResource,
  connections: readonly { id: string; name: string }[] = [],
) {
  const connection = connections.find(({ id }) => id === model.connectionId)
  return [name, description, model.model, connection?.name].join(' ')
}
