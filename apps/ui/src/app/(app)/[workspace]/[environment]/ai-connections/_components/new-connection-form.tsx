'use client'

import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { useWatch } from 'react-hook-form'
import { isProblem } from '@/client/problem'
import { environmentKey, type Provider } from '@/client/queries'
import { FormTextField } from '@/components/form/fields'
import { FormLimits } from '@/components/form/form-limits'
import { LeaveGuard } from '@/components/form/leave-guard'
import { SchemaFields } from '@/components/form/schema-fields'
import { useProblemForm } from '@/components/form/use-problem-form'
import { ProblemAlert } from '@/components/problem-alert'
import { Section } from '@/components/section'
import { useEnvironmentPath } from '@/session/use-environment-path'
import { notify } from '@/stores/interface-store'
import { createConnection, testNewConnection } from '../queries'
import { AllowedModelsField } from './allowed-models-field'
import { type ConnectionValues, connectionResolver, fieldsOf, sentOf } from './connection-values'
import { ADDRESS_HINT, KEY_HINT } from './hints'
import { TestResult } from './test-result'
import { uniqueName } from './unique-name'

type NewConnectionFormProps = { readonly provider: Provider; readonly taken: readonly string[] }

/** The form of a provider, made from its schemas; what is typed can be tested before it is saved. */
export function NewConnectionForm({ provider, taken }: NewConnectionFormProps) {
  const path = useEnvironmentPath()
  const router = useRouter()
  const client = useQueryClient()
  const { form, submit, error, busy } = useProblemForm<ConnectionValues>({
    resolver: connectionResolver(provider),
    defaultValues: {
      name: uniqueName(provider.id, taken),
      provider: provider.id,
      config: {},
      credentials: {},
      credentialChoice: 'replace',
      stored: { credential: false, baseUrl: undefined },
      allowedModels: null,
      models: {},
      timeouts: {},
      capacity: [],
      maxConcurrent: null,
      discoveredCapacity: 'ignore',
      enabled: true,
    },
    onSubmit: async (values) => {
      const { id, name } = await createConnection(path, sentOf(values))
      await client.invalidateQueries({ queryKey: environmentKey(path) })
      notify(`${name} was created`)
      router.push(`${path.href}/ai-connections/${id}`)
    },
  })
  const { control } = form
  const [config, credentials, allowedModels] = useWatch({ control, name: ['config', 'credentials', 'allowedModels'] })
  const typed = JSON.stringify([config, credentials])
  const test = useMutation({
    mutationFn: async () => {
      const sent = sentOf(form.getValues())
      const model = allowedModels?.[0]
      const place = { provider: provider.id, config: sent.config ?? {}, credentials: sent.credentials ?? null }
      return { typed, result: await testNewConnection(path, { ...place, ...(model !== undefined && { model }) }) }
    },
    onError: (fault) => {
      if (!isProblem(fault)) return
      for (const { path: at, message } of fault.errors) form.setError(at as 'config', { type: 'server', message })
    },
  })
  const tryIt = async () => {
    if (await form.trigger(['config', 'credentials'], { shouldFocus: true })) test.mutate()
  }
  const fields = fieldsOf(provider)
  const found = test.data?.result.models ?? []
  const known = [...new Set([...found, ...provider.defaultModels])]
  return (
    <Box component="form" onSubmit={submit} noValidate sx={{ maxWidth: 860 }}>
      <ProblemAlert error={error} shownFields={['name', ...SHOWN]} />
      <Section title="Access" description={`How requests reach ${provider.name}, and what the connection is called.`}>
        <Box sx={{ display: 'grid', gap: 2, maxWidth: 560 }}>
          <FormTextField
            control={control}
            name="name"
            label="Name"
            required
            autoComplete="off"
            helperText="Up to 64 letters, digits, dots, dashes and underscores. Clients may call “name/model”."
          />
          <SchemaFields
            control={control}
            within="config"
            fields={fields.config}
            hints={{ baseUrl: ADDRESS_HINT }}
            placeholders={provider.defaultBaseUrl === null ? {} : { baseUrl: provider.defaultBaseUrl }}
          />
          <SchemaFields
            control={control}
            within="credentials"
            fields={fields.credentials}
            hints={{ apiKey: KEY_HINT }}
          />
          <Box>
            <Button variant="outlined" onClick={() => void tryIt()} loading={test.isPending}>
              Test
            </Button>
          </Box>
          <TestResult test={test.data?.result} error={test.error} stale={test.data?.typed !== typed} />
        </Box>
      </Section>
      <Section title="Models" description="What may be called through the connection. A test finds what there is.">
        <Box sx={{ maxWidth: 560 }}>
          <AllowedModelsField control={control} known={known} />
        </Box>
      </Section>
      <Section title="Limits" description="How much goes through the connection at most. You can set them later.">
        <FormLimits control={control} />
      </Section>
      <Box sx={{ display: 'flex', gap: 1, flexWrap: 'wrap' }}>
        <Button type="submit" variant="contained" loading={busy}>
          Create AI connection
        </Button>
        <Button component={Link} href={`${path.href}/ai-connections`} color="secondary">
          Cancel
        </Button>
      </Box>
      <LeaveGuard active={form.formState.isDirty && !busy} onLeave={() => form.reset()} />
    </Box>
  )
}

const SHOWN = ['config.baseUrl', 'credentials.apiKey']
