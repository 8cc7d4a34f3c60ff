'use client'

import Skeleton from '@mui/material/Skeleton'
import { useQuery } from '@tanstack/react-query'
import dynamic from 'next/dynamic'
import { useSearchParams } from 'next/navigation'
import { roleQuery } from '@/client/people-queries'
import { PageHeader } from '@/components/page-header'
import { ErrorState, NoPermission } from '@/components/states'
import { permissionOf, useMay } from '@/session/use-permission'
import { ROLES_TRAIL } from './trail'

const loading = () => <Skeleton variant="rounded" height={480} aria-label="Loading" />
const NewRole = dynamic(() => import('./new-role').then((module) => module.NewRole), { ssr: false, loading })

/** Creates a role, from scratch or out of another one: `?from=<id>`. */
export function NewRolePage() {
  const may = useMay()
  const from = useSearchParams().get('from') ?? ''
  const { data, error, refetch } = useQuery({ ...roleQuery(from), enabled: from !== '' })
  return (
    <>
      <PageHeader title={data ? `New role from ${data.name}` : 'New role'} trail={ROLES_TRAIL} />
      {!may('createRole') ? (
        <NoPermission>
          Your roles do not allow <code>{permissionOf('createRole')}</code>.
        </NoPermission>
      ) : error && !data ? (
        <ErrorState error={error} onRetry={refetch} />
      ) : from === '' || data ? (
        <NewRole original={data} />
      ) : (
        loading()
      )}
    </>
  )
}
