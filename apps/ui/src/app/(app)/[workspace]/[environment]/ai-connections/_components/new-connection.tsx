'use client'

import Button from '@mui/material/Button'
import Skeleton from '@mui/material/Skeleton'
import { useQuery } from '@tanstack/react-query'
import dynamic from 'next/dynamic'
import Link from 'next/link'
import { useSearchParams } from 'next/navigation'
import { connectionsQuery, providersQuery } from '@/client/queries'
import { PageHeader } from '@/components/page-header'
import { ErrorState, NoPermission } from '@/components/states'
import { useEnvironmentPath } from '@/session/use-environment-path'
import { permissionOf, useMay } from '@/session/use-permission'
import { ProviderGallery } from './provider-gallery'

const loading = () => <Skeleton variant="rounded" height={420} />
const NewConnectionForm = dynamic(() => import('./new-connection-form').then((module) => module.NewConnectionForm), {
  ssr: false,
  loading,
})

/** From a provider to a connection: first the gallery, then the provider's form, which the address names. */
export function NewConnection() {
  const path = useEnvironmentPath()
  const may = useMay()
  const wanted = useSearchParams().get('provider')
  const providers = useQuery(providersQuery(path))
  const connections = useQuery({ ...connectionsQuery(path), enabled: may('listAiConnections') })
  const list = `${path.href}/ai-connections`
  const provider = providers.data?.find(({ id }) => id === wanted)
  const trail = [{ label: 'AI connections', href: list }]
  if (!may('createAiConnection'))
    return (
      <>
        <PageHeader title="New AI connection" trail={trail} />
        <NoPermission>It takes the permission “{permissionOf('createAiConnection')}”.</NoPermission>
      </>
    )
  if (wanted === null || (providers.data && !provider))
    return (
      <>
        <PageHeader
          title="New AI connection"
          trail={trail}
          description="Where should requests go? Choose who answers them."
        />
        <ProviderGallery />
      </>
    )
  const namesKnown = !connections.isLoading
  return (
    <>
      <PageHeader
        title={provider ? `New connection to ${provider.name}` : 'New AI connection'}
        trail={[...trail, { label: 'Providers', href: `${list}/new` }]}
        actions={
          <Button component={Link} href={`${list}/new`} color="secondary" variant="outlined">
            Other provider
          </Button>
        }
      />
      {providers.error && !providers.data && <ErrorState error={providers.error} onRetry={providers.refetch} />}
      {provider && namesKnown ? (
        <NewConnectionForm
          key={provider.id}
          provider={provider}
          taken={connections.data?.map(({ name }) => name) ?? []}
        />
      ) : (
        !providers.error && loading()
      )}
    </>
  )
}
