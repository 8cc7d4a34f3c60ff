'use client'

import Skeleton from '@mui/material/Skeleton'
import { useQuery } from '@tanstack/react-query'
import { useParams } from 'next/navigation'
import { connectionsQuery, resourceQuery } from '@/client/queries'
import { PageHeader } from '@/components/page-header'
import { ErrorState } from '@/components/states'
import { useEnvironmentPath } from '@/session/use-environment-path'
import { useMay } from '@/session/use-permission'
import { EditResource } from './edit-resource'

export function ResourcePage() {
  const { resource: id = '' } = useParams<Partial<Record<string, string>>>()
  const path = useEnvironmentPath()
  const may = useMay()
  const { data: resource, error, refetch } = useQuery(resourceQuery(path, id))
  const mayList = may('listAiConnections')
  const connections = useQuery({ ...connectionsQuery(path), enabled: mayList })
  if (resource && (connections.data || connections.error || !mayList))
    return <EditResource key={id} resource={resource} connections={connections.data ?? []} />
  return (
    <>
      <PageHeader title="AI resource" trail={[{ label: 'AI resources', href: `${path.href}/ai-resources` }]} />
      {error ? <ErrorState error={error} onRetry={refetch} /> : <Skeleton variant="rounded" height={480} />}
    </>
  )
}
