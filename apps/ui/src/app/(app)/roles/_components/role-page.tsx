'use client'

import Button from '@mui/material/Button'
import Chip from '@mui/material/Chip'
import Skeleton from '@mui/material/Skeleton'
import { useQuery } from '@tanstack/react-query'
import dynamic from 'next/dynamic'
import Link from 'next/link'
import { useState } from 'react'
import { roleQuery } from '@/client/people-queries'
import { PageHeader } from '@/components/page-header'
import { PageTabs } from '@/components/page-tabs'
import { PermittedButton } from '@/components/permitted-button'
import { ErrorState } from '@/components/states'
import { permissionOf, useMay } from '@/session/use-permission'
import { ROLES_TRAIL } from './trail'

const loading = () => <Skeleton variant="rounded" height={480} aria-label="Loading" />
const EditRole = dynamic(() => import('./edit-role').then((module) => module.EditRole), { ssr: false, loading })
const FixedRole = dynamic(() => import('./fixed-role').then((module) => module.FixedRole), { ssr: false, loading })
const RoleMembers = dynamic(() => import('./role-members').then((module) => module.RoleMembers), {
  ssr: false,
  loading,
})
const DeleteRole = dynamic(() => import('./delete-role').then((module) => module.DeleteRole), { ssr: false })

const TABS = [
  { id: 'policy', label: 'Policy' },
  { id: 'members', label: 'Who has it' },
] as const

/** One role: what it allows and who has it. */
export function RolePage({ roleId }: { roleId: string }) {
  const may = useMay()
  const [deleting, setDeleting] = useState(false)
  const { data: role, error, refetch } = useQuery(roleQuery(roleId))
  if (error && !role)
    return (
      <>
        <PageHeader title="Role" trail={ROLES_TRAIL} />
        <ErrorState error={error} onRetry={refetch} />
      </>
    )
  const mayDelete = may('deleteRole', { roleId })
  return (
    <>
      <PageHeader
        title={role?.name ?? 'Role'}
        trail={ROLES_TRAIL}
        badges={role?.builtIn && <Chip variant="outlined" label="built in" />}
        actions={
          role && (
            <>
              {may('createRole') && (
                <Button component={Link} href={`/roles/new?from=${roleId}`} variant="outlined">
                  Duplicate as a new role
                </Button>
              )}
              {!role.builtIn && (
                <PermittedButton
                  color="error"
                  variant="outlined"
                  onClick={() => setDeleting(true)}
                  reason={mayDelete ? undefined : `Your roles do not allow ${permissionOf('deleteRole')}`}
                >
                  Delete
                </PermittedButton>
              )}
            </>
          )
        }
      />
      <PageTabs label="Role" tabs={TABS}>
        {(tab) => {
          if (!role) return loading()
          if (tab === 'members') return <RoleMembers role={role} />
          if (!role.builtIn && may('updateRole', { roleId })) return <EditRole key={roleId} role={role} />
          return <FixedRole role={role} />
        }}
      </PageTabs>
      {deleting && role && <DeleteRole role={role} onClose={() => setDeleting(false)} />}
    </>
  )
}
