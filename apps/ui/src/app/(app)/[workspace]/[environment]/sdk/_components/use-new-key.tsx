'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import dynamic from 'next/dynamic'
import { type FormEvent, useState } from 'react'
import { answerOf, api } from '@/client/api'
import { isProblem } from '@/client/problem'
import { environmentKey } from '@/client/queries'
import { ProblemAlert } from '@/components/problem-alert'
import { useEnvironmentPath } from '@/session/use-environment-path'

const SecretOnce = dynamic(() => import('@/components/secret-once').then((module) => module.SecretOnce), { ssr: false })

const PATH = '/workspaces/{workspaceId}/environments/{environmentId}/api-keys'

/**
 * Creates an API key for every resource of the environment and shows its value once. The page may put it into examples as
 * long as it is open: it is kept nowhere else.
 */
export function useNewKey({ name: initialName, onCreate }: { name: string; onCreate?: () => void }) {
  const { workspaceId, environmentId } = useEnvironmentPath()
  const client = useQueryClient()
  const [name, setName] = useState(initialName)
  const [value, setValue] = useState<string>()
  const [shown, setShown] = useState(false)
  const create = useMutation({
    mutationFn: () => answerOf(api.POST(PATH, { params: { path: { workspaceId, environmentId } }, body: { name } })),
    onSuccess: async (created) => {
      onCreate?.()
      setValue(created.value)
      setShown(true)
      await client.invalidateQueries({ queryKey: environmentKey({ workspaceId, environmentId }) })
    },
  })
  const fieldError = fieldErrorOf(create.error)
  return {
    name,
    setName,
    /** Once it is created. */
    value,
    busy: create.isPending,
    fieldError,
    submit: (event: FormEvent) => {
      event.preventDefault()
      create.mutate()
    },
    alert: create.error && fieldError === undefined ? <ProblemAlert error={create.error} /> : null,
    dialog:
      shown && value !== undefined ? (
        <SecretOnce title="Your API key" value={value} label="key" onClose={() => setShown(false)} />
      ) : null,
  }
}

function fieldErrorOf(error: unknown): string | undefined {
  if (isProblem(error, 'name_taken')) return 'is taken: choose another name'
  return isProblem(error) ? error.errors.find(({ path }) => path === 'name')?.message : undefined
}
