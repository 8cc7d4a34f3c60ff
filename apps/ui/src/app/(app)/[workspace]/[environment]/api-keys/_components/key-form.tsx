'use client'

import Alert from '@mui/material/Alert'
import Box from '@mui/material/Box'
import { useQueryClient } from '@tanstack/react-query'
import { type ApiKey, keysQuery } from '@/client/queries'
import { LeaveGuard } from '@/components/form/leave-guard'
import { UnsavedChanges } from '@/components/form/unsaved-changes'
import { useBase } from '@/components/form/use-base'
import { useProblemForm } from '@/components/form/use-problem-form'
import { useVersionedSave } from '@/components/form/use-versioned-save'
import { ProblemAlert } from '@/components/problem-alert'
import { useEnvironmentPath } from '@/session/use-environment-path'
import { permissionOf, useMay } from '@/session/use-permission'
import { notify } from '@/stores/interface-store'
import { getKey, type KeyPatch, keyQuery, updateKey } from '../queries'
import { KeyFields } from './key-fields'
import { type KeyValues, keyResolver, LABELS, sentOf, shownPaths, valuesOf } from './key-values'

/** Changes a key. */
export function KeyForm({ apiKey }: { apiKey: ApiKey }) {
  const path = useEnvironmentPath()
  const client = useQueryClient()
  const may = useMay()
  const disabled = !may('updateApiKey', { apiKeyId: apiKey.id })
  const { form, submit, error, busy } = useProblemForm<KeyValues>({
    resolver: keyResolver,
    defaultValues: valuesOf(apiKey),
    onSubmit: async (values): Promise<void> => {
      await versioned.save(sentOf(values))
    },
  })
  const { base, rebase } = useBase(apiKey, form, valuesOf)
  const take = (item: ApiKey) => {
    rebase(item)
    client.setQueryData(keyQuery(path, item.id).queryKey, item)
    void client.invalidateQueries({ queryKey: keysQuery(path).queryKey })
  }
  const versioned = useVersionedSave<ApiKey, KeyPatch>({
    base,
    save: (patch, version) => updateKey(path, { id: apiKey.id, version }, patch),
    current: () => getKey(path, apiKey.id),
    onSaved: (item) => {
      take(item)
      notify(`${item.name} was saved`)
    },
    onTaken: take,
    labels: LABELS,
  })
  const { isDirty } = form.formState
  return (
    <Box component="form" onSubmit={submit} noValidate>
      {disabled && (
        <Alert severity="info" variant="outlined" sx={{ mb: 2 }}>
          You may look at this key. To change it you need the permission “{permissionOf('updateApiKey')}”.
        </Alert>
      )}
      <ProblemAlert error={error} shownFields={shownPaths(error)} />
      <KeyFields control={form.control} disabled={disabled} />
      {!disabled && <UnsavedChanges dirty={isDirty} busy={busy} onDiscard={() => form.reset(valuesOf(base))} />}
      <LeaveGuard active={isDirty && !busy} onLeave={() => form.reset(valuesOf(base))} />
      {versioned.conflict}
    </Box>
  )
}
