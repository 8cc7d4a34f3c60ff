'use client'

import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { isProblem } from '@/client/problem'
import { type AiResource, environmentKey } from '@/client/queries'
import { ProblemAlert } from '@/components/problem-alert'
import { type Target, TargetPicker } from '@/components/target-picker'
import { useEnvironmentPath } from '@/session/use-environment-path'
import { permissionOf, useMay } from '@/session/use-permission'
import { NotPermitted } from './not-permitted'
import { createResource, type Existing } from './setup'

type ResourceStepProps = { readonly existing: Existing; readonly onResource: (resource: AiResource) => void }

/** Makes a resource with a connection that is there already. */
export function ResourceStep({ existing, onResource }: ResourceStepProps) {
  const path = useEnvironmentPath()
  const may = useMay()
  const client = useQueryClient()
  const [target, setTarget] = useState<Target>({ connectionId: '', model: '' })
  const create = useMutation({
    mutationFn: () => createResource(path, existing, { ...target, model: target.model.trim() }),
    onSuccess: onResource,
    onSettled: () => client.invalidateQueries({ queryKey: environmentKey(path) }),
  })
  if (!may('createAiResource'))
    return <NotPermitted what="create AI resources" permissions={[permissionOf('createAiResource')]} />
  const fieldError = isProblem(create.error) ? create.error.errors.map(({ message }) => message).join('; ') : ''
  return (
    <Box
      component="form"
      aria-label="Create an AI resource"
      onSubmit={(event) => {
        event.preventDefault()
        create.mutate()
      }}
      sx={{ display: 'grid', gap: 2, maxWidth: 720 }}
    >
      {!fieldError && <ProblemAlert error={create.error} />}
      <TargetPicker
        value={target}
        onChange={setTarget}
        connections={existing.connections}
        label="Model"
        error={fieldError || undefined}
      />
      <Box>
        <Button
          type="submit"
          variant="contained"
          loading={create.isPending}
          disabled={target.connectionId === '' || target.model.trim() === ''}
        >
          Create the resource
        </Button>
      </Box>
    </Box>
  )
}
