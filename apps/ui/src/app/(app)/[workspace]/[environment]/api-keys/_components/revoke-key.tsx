'use client'

import { useQueryClient } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { type ApiKey, environmentKey } from '@/client/queries'
import { ConfirmDialog } from '@/components/confirm-dialog'
import { Moment } from '@/components/moment'
import { useEnvironmentPath } from '@/session/use-environment-path'
import { notify } from '@/stores/interface-store'
import { revokeKey } from '../queries'

/** Ends a key for good, and says who would notice. */
export function RevokeKey({ apiKey, onClose }: { apiKey: ApiKey; onClose: () => void }) {
  const path = useEnvironmentPath()
  const router = useRouter()
  const client = useQueryClient()
  const revoke = async () => {
    await revokeKey(path, apiKey)
    notify(`${apiKey.name} was revoked`)
    router.push(`${path.href}/api-keys`)
    await client.invalidateQueries({ queryKey: environmentKey(path), refetchType: 'none' })
  }
  return (
    <ConfirmDialog
      title={`Revoke ${apiKey.name}?`}
      action="Revoke"
      {...(apiKey.lastUsedAt !== null && { typed: apiKey.name })}
      onConfirm={revoke}
      onClose={onClose}
    >
      {apiKey.lastUsedAt === null ? (
        'No request with it is on record: nothing should break.'
      ) : (
        <>
          It was last used <Moment at={apiKey.lastUsedAt} />. Programs that use it are refused with 401 from the next
          request on.
        </>
      )}{' '}
      It can not be brought back; its audit and usage stay. To stop it for a while, switch it off instead.
    </ConfirmDialog>
  )
}
