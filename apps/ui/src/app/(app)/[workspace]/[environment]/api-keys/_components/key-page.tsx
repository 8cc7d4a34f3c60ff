'use client'

import Skeleton from '@mui/material/Skeleton'
import { useQuery } from '@tanstack/react-query'
import dynamic from 'next/dynamic'
import { useParams } from 'next/navigation'
import { useState } from 'react'
import { PageHeader } from '@/components/page-header'
import { PermittedButton } from '@/components/permitted-button'
import { ErrorState } from '@/components/states'
import { useEnvironmentPath } from '@/session/use-environment-path'
import { permissionOf, useMay } from '@/session/use-permission'
import { keyQuery } from '../queries'
import { KeyFacts } from './key-facts'
import { KeyStateChips } from './key-state-chips'

const loading = () => <Skeleton variant="rounded" height={640} />
const KeyForm = dynamic(() => import('./key-form').then((module) => module.KeyForm), { ssr: false, loading })
const RotateKey = dynamic(() => import('./rotate-key').then((module) => module.RotateKey), { ssr: false })
const RevokeKey = dynamic(() => import('./revoke-key').then((module) => module.RevokeKey), { ssr: false })

/** One API key: whether it works, what it may do, and the ways to end it. */
export function KeyPage() {
  const path = useEnvironmentPath()
  const { key: id = '' } = useParams<Partial<Record<string, string>>>()
  const may = useMay()
  const { data: apiKey, error, refetch } = useQuery(keyQuery(path, id))
  const [open, setOpen] = useState<'rotate' | 'revoke'>()
  const trail = [{ label: 'API keys', href: `${path.href}/api-keys` }]
  if (!apiKey)
    return (
      <>
        <PageHeader title="API key" trail={trail} />
        {error ? <ErrorState error={error} onRetry={refetch} /> : loading()}
      </>
    )
  const missing = (operation: 'rotateApiKey' | 'deleteApiKey') =>
    may(operation, { apiKeyId: id }) ? undefined : `You need the permission “${permissionOf(operation)}”`
  return (
    <>
      <PageHeader
        title={apiKey.name}
        trail={trail}
        badges={<KeyStateChips apiKey={apiKey} />}
        {...(apiKey.description && { description: apiKey.description })}
        actions={
          <>
            <PermittedButton variant="outlined" reason={missing('rotateApiKey')} onClick={() => setOpen('rotate')}>
              Rotate
            </PermittedButton>
            <PermittedButton
              variant="outlined"
              color="error"
              reason={missing('deleteApiKey')}
              onClick={() => setOpen('revoke')}
            >
              Revoke
            </PermittedButton>
          </>
        }
      />
      <KeyFacts apiKey={apiKey} />
      <KeyForm apiKey={apiKey} />
      {open === 'rotate' && <RotateKey apiKey={apiKey} onClose={() => setOpen(undefined)} />}
      {open === 'revoke' && <RevokeKey apiKey={apiKey} onClose={() => setOpen(undefined)} />}
    </>
  )
}
