'use client'

import Button from '@mui/material/Button'
import Chip from '@mui/material/Chip'
import Skeleton from '@mui/material/Skeleton'
import { useMutation, useQuery } from '@tanstack/react-query'
import dynamic from 'next/dynamic'
import { useParams } from 'next/navigation'
import { useState } from 'react'
import { capacityQuery, connectionQuery, providersQuery } from '@/client/queries'
import { PageHeader } from '@/components/page-header'
import { PermittedButton } from '@/components/permitted-button'
import { ErrorState } from '@/components/states'
import { useEnvironmentPath } from '@/session/use-environment-path'
import { permissionOf, useMay } from '@/session/use-permission'
import { recentUseQuery, testConnection } from '../queries'
import { connectionHealth } from './connection-health'
import { HealthLabel } from './health-label'
import { TestResult } from './test-result'

const loading = () => <Skeleton variant="rounded" height={520} />
const ConnectionForm = dynamic(() => import('./connection-form').then((module) => module.ConnectionForm), {
  ssr: false,
  loading,
})
const DeleteConnection = dynamic(() => import('./delete-connection').then((module) => module.DeleteConnection), {
  ssr: false,
})

/** One AI connection: what it is, whether it works, and all that can be set. */
export function ConnectionPage() {
  const path = useEnvironmentPath()
  const { connection: id = '' } = useParams<Partial<Record<string, string>>>()
  const may = useMay()
  const connection = useQuery(connectionQuery(path, id))
  const providers = useQuery({ ...providersQuery(path), enabled: may('listProviders') })
  const recent = useQuery({ ...recentUseQuery(path), enabled: may('queryUsage') })
  const capacity = useQuery({ ...capacityQuery(path), enabled: may('getCapacity') })
  const test = useMutation({ mutationFn: (model?: string) => testConnection(path, id, model) })
  const [deleting, setDeleting] = useState(false)
  const trail = [{ label: 'AI connections', href: `${path.href}/ai-connections` }]
  if (connection.error && !connection.data)
    return (
      <>
        <PageHeader title="AI connection" trail={trail} />
        <ErrorState error={connection.error} onRetry={connection.refetch} />
      </>
    )
  const item = connection.data
  if (!item)
    return (
      <>
        <PageHeader title="AI connection" trail={trail} />
        {loading()}
      </>
    )
  const provider = providers.data?.find(({ id: providerId }) => providerId === item.provider)
  const heldModels =
    capacity.data?.held.filter(({ owner }) => owner.kind === 'ai-connection' && owner.id === id).length ?? 0
  const health = connectionHealth({ enabled: item.enabled, heldModels, use: recent.data?.get(id) })
  const missing = (operation: 'testAiConnection' | 'deleteAiConnection') =>
    may(operation, { aiConnectionId: id }) ? undefined : `You need the permission “${permissionOf(operation)}”`
  return (
    <>
      <PageHeader
        title={item.name}
        trail={trail}
        badges={
          <>
            <HealthLabel health={health} />
            {item.origin === 'config' && <Chip label="from the configuration file" variant="outlined" />}
          </>
        }
        description={`${provider?.name ?? item.provider}${item.config.baseUrl ? `, at ${item.config.baseUrl}` : ''}`}
        actions={
          <>
            <PermittedButton
              variant="outlined"
              loading={test.isPending}
              reason={missing('testAiConnection')}
              onClick={() => test.mutate(undefined)}
            >
              Test
            </PermittedButton>
            <PermittedButton
              variant="outlined"
              color="error"
              reason={missing('deleteAiConnection')}
              onClick={() => setDeleting(true)}
            >
              Delete
            </PermittedButton>
          </>
        }
      />
      <TestResult
        test={test.data}
        error={test.error}
        stale={test.isSuccess && Date.parse(item.updatedAt) > test.submittedAt}
        action={
          <Button size="small" color="inherit" onClick={() => test.reset()}>
            Close
          </Button>
        }
      />
      {providers.isLoading ? loading() : <ConnectionForm connection={item} provider={provider} />}
      {deleting && <DeleteConnection connection={item} onClose={() => setDeleting(false)} />}
    </>
  )
}
