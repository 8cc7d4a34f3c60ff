'use client'

import Skeleton from '@mui/material/Skeleton'
import { useQuery } from '@tanstack/react-query'
import { useSearchParams } from 'next/navigation'
import { connectionsQuery, resourceQuery } from '@/client/queries'
import { PageHeader } from '@/components/page-header'
import { ErrorState, NoPermission } from '@/components/states'
import { useEnvironmentPath } from '@/session/use-environment-path'
import { permissionOf, useMay } from '@/session/use-permission'
import { CreateResource } from './create-resource'
import { NEW_RESOURCE, nameOfCopy, valuesOf } from './resource-form'

/** The page of a resource that is not there yet; `?copy=<id>` begins with what another one is. */
export function NewResource() {
  const path = useEnvironmentPath()
  const may = useMay()
  const copied = useSearchParams().get('copy')
  const original = useQuery({ ...resourceQuery(path, copied ?? ''), enabled: copied !== null })
  const mayList = may('listAiConnections')
  const connections = useQuery({ ...connectionsQuery(path), enabled: mayList })
  const allowed = may('createAiResource')
  const error = original.error ?? connections.error
  if (allowed && (copied === null || original.data) && (connections.data || !mayList))
    return (
      <CreateResource
        connections={connections.data ?? []}
        initial={
          original.data
            ? { ...valuesOf(original.data), name: nameOfCopy(original.data.name) }
            : firstOf(connections.data)
        }
        original={original.data}
      />
    )
  return (
    <>
      <PageHeader title="New AI resource" trail={[{ label: 'AI resources', href: `${path.href}/ai-resources` }]} />
      {!allowed ? (
        <NoPermission>Creating an AI resource takes the permission “{permissionOf('createAiResource')}”.</NoPermission>
      ) : error ? (
        <ErrorState error={error} onRetry={original.error ? original.refetch : connections.refetch} />
      ) : (
        <Skeleton variant="rounded" height={480} />
      )}
    </>
  )
}

type Connections = readonly {
  readonly id: string
  readonly enabled: boolean
  readonly allowedModels: string[] | null
}[]

/** Where there is only one connection it is the one that is meant. */
function firstOf(connections: Connections = []) {
  const usable = connections.filter(({ enabled }) => enabled)
  const [only] = usable
  if (!only || usable.length > 1) return NEW_RESOURCE
  return { ...NEW_RESOURCE, model: { connectionId: only.id, model: only.allowedModels?.[0] ?? '' } }
}
