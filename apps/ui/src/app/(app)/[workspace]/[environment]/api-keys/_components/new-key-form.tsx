'use client'

import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import { useQueryClient } from '@tanstack/react-query'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { keysQuery } from '@/client/queries'
import { LeaveGuard } from '@/components/form/leave-guard'
import { useProblemForm } from '@/components/form/use-problem-form'
import { ProblemAlert } from '@/components/problem-alert'
import { useEnvironmentPath } from '@/session/use-environment-path'
import { createKey, type KeyWithValue } from '../queries'
import { KeyFields } from './key-fields'
import { KeySecret } from './key-secret'
import { type KeyValues, keyResolver, NEW_KEY, sentOf, shownPaths } from './key-values'

/** From the form to the value of the new key. */
export function NewKeyForm() {
  const path = useEnvironmentPath()
  const router = useRouter()
  const client = useQueryClient()
  const [made, setMade] = useState<KeyWithValue>()
  const { form, submit, error, busy } = useProblemForm<KeyValues>({
    resolver: keyResolver,
    defaultValues: NEW_KEY,
    onSubmit: async (values) => {
      setMade(await createKey(path, sentOf(values)))
      await client.invalidateQueries({ queryKey: keysQuery(path).queryKey })
    },
  })
  return (
    <Box component="form" onSubmit={submit} noValidate sx={{ maxWidth: 860 }}>
      <ProblemAlert error={error} shownFields={shownPaths(error)} />
      <KeyFields control={form.control} isNew />
      <Box sx={{ display: 'flex', gap: 1, flexWrap: 'wrap' }}>
        <Button type="submit" variant="contained" loading={busy} disabled={made !== undefined}>
          Create API key
        </Button>
        <Button component={Link} href={`${path.href}/api-keys`} color="secondary">
          Cancel
        </Button>
      </Box>
      <LeaveGuard active={form.formState.isDirty && made === undefined} onLeave={() => form.reset()} />
      {made && (
        <KeySecret
          apiKey={made}
          title={`${made.name} was created`}
          onClose={() => router.push(`${path.href}/api-keys/${made.id}`)}
        />
      )}
    </Box>
  )
}
