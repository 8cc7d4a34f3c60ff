'use client'

import ForumIcon from '@mui/icons-material/ForumOutlined'
import LockIcon from '@mui/icons-material/LockOutlined'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import Skeleton from '@mui/material/Skeleton'
import { useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { connectionsQuery, resourcesQuery } from '@/client/queries'
import { PageHeader } from '@/components/page-header'
import { EmptyState, ErrorState, NoPermission } from '@/components/states'
import { useEnvironmentPath } from '@/session/use-environment-path'
import { permissionOf, useMay } from '@/session/use-permission'
import { Chat } from './chat'

/** Asks up to three resources at once and shows how each answered. */
export function Playground({ wanted }: { wanted: readonly string[] }) {
  return (
    <>
      <PageHeader
        title="Playground"
        description="Ask resources as yourself: the same routing, limits and records as for an application, without an API key. What is said here stays in this tab; records hold no text."
      />
      <Content wanted={wanted} />
    </>
  )
}

function Content({ wanted }: { wanted: readonly string[] }) {
  const may = useMay()
  const path = useEnvironmentPath()
  const mayList = may('listAiResources')
  const resources = useQuery({ ...resourcesQuery(path), enabled: mayList })
  const connections = useQuery({ ...connectionsQuery(path), enabled: may('listAiConnections') })
  if (!mayList) return <NoPermission>It needs {permissionOf('listAiResources')}.</NoPermission>
  if (resources.error && !resources.data) return <ErrorState error={resources.error} onRetry={resources.refetch} />
  if (!resources.data)
    return (
      <Box aria-busy aria-label="Loading" sx={{ display: 'grid', gap: 2 }}>
        <Skeleton variant="rounded" height={206} />
        <Skeleton variant="rounded" height={320} />
      </Box>
    )
  const askable = resources.data.filter(({ id }) => may('chatWithAiResource', { aiResourceId: id }))
  if (resources.data.length === 0)
    return (
      <EmptyState
        icon={<ForumIcon />}
        title="There is nothing to ask yet"
        action={
          <Button component={Link} href={`${path.href}/getting-started`} variant="contained">
            Get started
          </Button>
        }
      >
        The playground asks AI resources, and this environment has none.
      </EmptyState>
    )
  if (askable.length === 0)
    return (
      <EmptyState icon={<LockIcon />} title="You may not ask the resources here">
        You may look at them. Asking them needs <code>{permissionOf('chatWithAiResource')}</code>: an administrator can
        give you a role that has it.
      </EmptyState>
    )
  const providers = new Map(connections.data?.map(({ id, provider }) => [id, provider]))
  const choices = askable
    .map(({ id, name, enabled, model }) => ({ id, name, enabled, provider: providers.get(model.connectionId) }))
    .toSorted((a, b) => a.name.localeCompare(b.name))
  return <Chat choices={choices} wanted={wanted} />
}
