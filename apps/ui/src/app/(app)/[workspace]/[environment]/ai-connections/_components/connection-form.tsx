'use client'

import Alert from '@mui/material/Alert'
import Box from '@mui/material/Box'
import { useQueryClient } from '@tanstack/react-query'
import { useCallback } from 'react'
import { answerOf, api } from '@/client/api'
import { type AiConnection, connectionQuery, environmentKey, type Provider } from '@/client/queries'
import { LeaveGuard } from '@/components/form/leave-guard'
import { UnsavedChanges } from '@/components/form/unsaved-changes'
import { useBase } from '@/components/form/use-base'
import { useProblemForm } from '@/components/form/use-problem-form'
import { useVersionedSave } from '@/components/form/use-versioned-save'
import { PageTabs } from '@/components/page-tabs'
import { ProblemAlert } from '@/components/problem-alert'
import { useEnvironmentPath } from '@/session/use-environment-path'
import { permissionOf, useMay } from '@/session/use-permission'
import { notify } from '@/stores/interface-store'
import { type ConnectionPatch, ONE_CONNECTION, updateConnection } from '../queries'
import { type ConnectionValues, connectionResolver, sentOf, valuesOf } from './connection-values'
import { GeneralTab } from './general-tab'
import { LimitsTab } from './limits-tab'
import { ModelsTab } from './models-tab'
import { UseTab } from './use-tab'

type ConnectionFormProps = { readonly connection: AiConnection; readonly provider: Provider | undefined }

const TABS = [
  { id: 'general', label: 'General' },
  { id: 'models', label: 'Models' },
  { id: 'limits', label: 'Limits' },
  { id: 'use', label: 'Use' },
] as const

const LABELS = {
  name: 'Name',
  enabled: 'Enabled',
  config: 'Address and settings',
  credentials: 'Credential',
  timeouts: 'Time limits',
  allowedModels: 'Allowed models',
  models: 'Models',
  capacity: 'Limits',
  maxConcurrent: 'Requests at the same time',
  discoveredCapacity: 'Limits told by the provider',
}

const tabOf = (field: string): (typeof TABS)[number]['id'] =>
  ['allowedModels', 'models'].includes(field)
    ? 'models'
    : ['capacity', 'maxConcurrent', 'discoveredCapacity'].includes(field)
      ? 'limits'
      : 'general'

/** What of a connection is changed; a credential is not repeated where the changes of two people are shown. */
type Shown = Omit<ConnectionPatch, 'credentials'> & { readonly credentials?: string | null }

/** All that can be set of a connection: one form over several tabs. */
export function ConnectionForm({ connection, provider }: ConnectionFormProps) {
  const path = useEnvironmentPath()
  const client = useQueryClient()
  const may = useMay()
  const { id } = connection
  const disabled = !may('updateAiConnection', { aiConnectionId: id })
  const valuesFor = useCallback((item: AiConnection) => valuesOf(item, provider), [provider])
  const { form, submit, error, busy } = useProblemForm<ConnectionValues>({
    resolver: connectionResolver(provider),
    defaultValues: valuesFor(connection),
    onSubmit: async (values) => {
      const { provider: _, credentials, ...rest } = sentOf(values)
      const shown = credentials === undefined ? {} : { credentials: credentials && 'A new one, not shown' }
      await versioned.save({ ...rest, ...shown })
    },
  })
  const { base, rebase } = useBase(connection, form, valuesFor)
  const versioned = useVersionedSave<AiConnection, Shown>({
    base,
    save: ({ credentials, ...patch }, version) => {
      const real = credentials === undefined ? {} : { credentials: sentOf(form.getValues()).credentials ?? null }
      return updateConnection(path, id, { ...patch, ...real }, version)
    },
    current: () => answerOf(api.GET(ONE_CONNECTION, { params: { path: { ...path, aiConnectionId: id } } })),
    onSaved: (item) => {
      rebase(item)
      client.setQueryData(connectionQuery(path, id).queryKey, item)
      void client.invalidateQueries({ queryKey: environmentKey(path) })
      notify(`${item.name} was saved`)
    },
    onTaken: (item) => {
      rebase(item)
      client.setQueryData(connectionQuery(path, id).queryKey, item)
    },
    labels: LABELS,
  })
  const { isDirty, isSubmitted, errors } = form.formState
  const wrongTabs = TABS.filter(({ id: tabId }) => Object.keys(errors).some((field) => tabOf(field) === tabId))
  const tab = { connection, provider, control: form.control, disabled }
  return (
    <Box component="form" onSubmit={submit} noValidate>
      {disabled && (
        <Alert severity="info" variant="outlined" sx={{ mb: 2 }}>
          You may look at this connection. To change it you need the permission “{permissionOf('updateAiConnection')}”.
        </Alert>
      )}
      <ProblemAlert error={error} />
      {!error && isSubmitted && wrongTabs.length > 0 && (
        <Alert severity="error" sx={{ mb: 2 }}>
          Not saved. Look at the fields that are marked under {wrongTabs.map(({ label }) => label).join(' and ')}.
        </Alert>
      )}
      <PageTabs label={`Parts of ${connection.name}`} tabs={TABS}>
        {(shown) =>
          shown === 'general' ? (
            <GeneralTab {...tab} />
          ) : shown === 'models' ? (
            <ModelsTab {...tab} />
          ) : shown === 'limits' ? (
            <LimitsTab {...tab} />
          ) : (
            <UseTab connection={connection} />
          )
        }
      </PageTabs>
      {!disabled && <UnsavedChanges dirty={isDirty} busy={busy} onDiscard={() => form.reset(valuesFor(base))} />}
      <LeaveGuard active={isDirty && !busy} onLeave={() => form.reset(valuesFor(base))} />
      {versioned.conflict}
    </Box>
  )
}
