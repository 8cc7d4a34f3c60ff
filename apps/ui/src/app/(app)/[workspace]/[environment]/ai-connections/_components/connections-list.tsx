'use client'

import AddIcon from '@mui/icons-material/Add'
import HubIcon from '@mui/icons-material/HubOutlined'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import Typography from '@mui/material/Typography'
import { useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { capacityQuery, connectionsQuery, keysQuery, providersQuery, resourcesQuery } from '@/client/queries'
import { ListTable } from '@/components/list-table'
import { PageHeader } from '@/components/page-header'
import { EmptyState } from '@/components/states'
import { useEnvironmentPath } from '@/session/use-environment-path'
import { useMay } from '@/session/use-permission'
import { recentUseQuery } from '../queries'
import { CONNECTION_COLUMNS, type ConnectionRow, connectionRows } from './connection-rows'
import { ProviderGallery } from './provider-gallery'

/** The AI connections of an environment, with what they did lately. */
export function ConnectionsList() {
  const path = useEnvironmentPath()
  const may = useMay()
  const connections = useQuery(connectionsQuery(path))
  const providers = useQuery({ ...providersQuery(path), enabled: may('listProviders') })
  const recent = useQuery({ ...recentUseQuery(path), enabled: may('queryUsage') })
  const capacity = useQuery({ ...capacityQuery(path), enabled: may('getCapacity'), refetchInterval: 30_000 })
  const resources = useQuery({ ...resourcesQuery(path), enabled: may('listAiResources') })
  const keys = useQuery({ ...keysQuery(path), enabled: may('listApiKeys') })
  const mayCreate = may('createAiConnection')
  const rows =
    connections.data &&
    connectionRows({
      href: path.href,
      connections: connections.data,
      providers: providers.data,
      recent: recent.data,
      held: capacity.data?.held,
      resources: resources.data,
      keys: keys.data,
    })
  return (
    <>
      <PageHeader
        title="AI connections"
        description="A connection is a credential at a provider. AI resources send requests through it."
        actions={
          mayCreate && (
            <Button
              component={Link}
              href={`${path.href}/ai-connections/new`}
              variant="contained"
              startIcon={<AddIcon />}
            >
              New AI connection
            </Button>
          )
        }
      />
      <ListTable<ConnectionRow>
        label="AI connections"
        rows={rows}
        error={connections.error}
        onRetry={connections.refetch}
        columns={CONNECTION_COLUMNS}
        rowKey={({ connection }) => connection.id}
        searchText={({ connection, providerName }) => `${connection.name} ${providerName}`}
        empty={<NoConnections mayCreate={mayCreate} />}
      />
      {rows && rows.length > 0 && (
        <Typography variant="body2" sx={{ color: 'text.secondary', mt: 1.5 }}>
          Health, requests, errors and latency are those of the last hour.
        </Typography>
      )}
    </>
  )
}

function NoConnections({ mayCreate }: { mayCreate: boolean }) {
  return (
    <>
      <EmptyState icon={<HubIcon />} title="No AI connections yet">
        Connect a provider, then let AI resources use it.{' '}
        {mayCreate ? 'Choose one to begin.' : 'A role of yours does not allow it: ask an administrator.'}
      </EmptyState>
      {mayCreate && (
        <Box sx={{ px: { xs: 2, sm: 2.5 }, pb: 2 }}>
          <ProviderGallery />
        </Box>
      )}
    </>
  )
}
