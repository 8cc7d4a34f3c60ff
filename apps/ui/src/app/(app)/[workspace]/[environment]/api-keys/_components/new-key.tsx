'use client'

import Skeleton from '@mui/material/Skeleton'
import dynamic from 'next/dynamic'
import { PageHeader } from '@/components/page-header'
import { NoPermission } from '@/components/states'
import { useEnvironmentPath } from '@/session/use-environment-path'
import { permissionOf, useMay } from '@/session/use-permission'

const NewKeyForm = dynamic(() => import('./new-key-form').then((module) => module.NewKeyForm), {
  ssr: false,
  loading: () => <Skeleton variant="rounded" height={640} />,
})

/** Makes an API key. */
export function NewKey() {
  const path = useEnvironmentPath()
  const may = useMay()
  return (
    <>
      <PageHeader
        title="New API key"
        trail={[{ label: 'API keys', href: `${path.href}/api-keys` }]}
        description="Its value is made by the gateway and shown once, after you create it."
      />
      {may('createApiKey') ? (
        <NewKeyForm />
      ) : (
        <NoPermission>It takes the permission “{permissionOf('createApiKey')}”.</NoPermission>
      )}
    </>
  )
}
