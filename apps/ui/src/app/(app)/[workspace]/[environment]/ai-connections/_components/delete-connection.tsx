'use client'

import Checkbox from '@mui/material/Checkbox'
import FormControlLabel from '@mui/material/FormControlLabel'
import Skeleton from '@mui/material/Skeleton'
import Typography from '@mui/material/Typography'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { isProblem } from '@/client/problem'
import { type AiConnection, environmentKey } from '@/client/queries'
import { ConfirmDialog } from '@/components/confirm-dialog'
import { useEnvironmentPath } from '@/session/use-environment-path'
import { notify } from '@/stores/interface-store'
import { deleteConnection, usesQuery } from '../queries'
import { UsesList } from './uses-list'

type DeleteConnectionProps = { readonly connection: AiConnection; readonly onClose: () => void }

/** Asks before a connection is deleted, and says what goes with it. */
export function DeleteConnection({ connection, onClose }: DeleteConnectionProps) {
  const path = useEnvironmentPath()
  const router = useRouter()
  const client = useQueryClient()
  const [cascade, setCascade] = useState(false)
  const { data: uses, isLoading } = useQuery({ ...usesQuery(path, connection.id), staleTime: 0 })
  // What this person may not see is known only when the API refuses.
  const [refused, setRefused] = useState(false)
  const isSeen = uses !== undefined && uses.length > 0
  const isUsed = isSeen || refused
  const remove = async () => {
    try {
      await deleteConnection(path, { id: connection.id, version: connection.version, cascade })
    } catch (error) {
      setRefused(isProblem(error, 'in_use'))
      throw error
    }
    notify(`${connection.name} was deleted`)
    router.push(`${path.href}/ai-connections`)
    await client.invalidateQueries({ queryKey: environmentKey(path), refetchType: 'none' })
  }
  return (
    <ConfirmDialog
      title={`Delete ${connection.name}?`}
      action={cascade ? 'Delete all of it' : 'Delete'}
      disabled={isLoading || (isUsed && !cascade)}
      {...(cascade && { typed: connection.name })}
      onConfirm={remove}
      onClose={onClose}
    >
      {isLoading && <Skeleton height={60} />}
      {!isLoading &&
        !isUsed &&
        'Nothing that you may see uses it. Its credential is gone for good. Its audit and usage stay.'}
      {isUsed && (
        <>
          <Typography sx={{ mb: 1 }}>It is still used, so it is not deleted alone:</Typography>
          {isSeen && <UsesList uses={uses} />}
          <FormControlLabel
            sx={{ mt: 1.5, alignItems: 'flex-start' }}
            control={<Checkbox checked={cascade} onChange={(_, on) => setCascade(on)} sx={{ mt: -1 }} />}
            label="Delete the AI resources that use it as well, and take it from the API keys. Clients that ask for those resources get an error from then on."
          />
        </>
      )}
    </ConfirmDialog>
  )
}
