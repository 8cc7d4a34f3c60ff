'use client'

import Alert from '@mui/material/Alert'
import AlertTitle from '@mui/material/AlertTitle'
import Autocomplete from '@mui/material/Autocomplete'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import MenuItem from '@mui/material/MenuItem'
import Skeleton from '@mui/material/Skeleton'
import TextField from '@mui/material/TextField'
import Typography from '@mui/material/Typography'
import { useQuery } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { useController } from 'react-hook-form'
import { type AiResource, type Provider, providersQuery } from '@/client/queries'
import { FormTextField } from '@/components/form/fields'
import { useProblemForm } from '@/components/form/use-problem-form'
import { ProblemAlert } from '@/components/problem-alert'
import { ErrorState } from '@/components/states'
import { useEnvironmentPath } from '@/session/use-environment-path'
import { permissionOf, useMay } from '@/session/use-permission'
import { FORM_HEIGHT } from './form-height.ts'
import { NotPermitted } from './not-permitted'
import { createConnection, createResource, type Existing, tryConnection } from './setup'

type ProviderFormProps = {
  readonly existing: Existing
  readonly onResource: (resource: AiResource) => void
  readonly onSettled: () => Promise<unknown>
}

/** Connects a provider with a key, which is tried first. */
export function ProviderForm(props: ProviderFormProps) {
  const may = useMay()
  const { data, error, refetch } = useQuery({ ...providersQuery(useEnvironmentPath()), enabled: may('listProviders') })
  if (!may('listProviders'))
    return <NotPermitted what="choose a provider" permissions={[permissionOf('listProviders')]} />
  if (error && !data) return <ErrorState error={error} onRetry={refetch} />
  if (!data) return <Skeleton variant="rounded" height={FORM_HEIGHT} />
  const providers = data.filter(({ id }) => id !== 'demo')
  const [first] = providers
  return first ? <Form {...props} providers={providers} first={first} /> : null
}

type Values = { provider: string; config: { baseUrl: string }; credentials: { apiKey: string }; model: string }

/** What the provider says of the key. */
type Trial = { readonly code: string; readonly message: string }

function Form({ existing, onResource, onSettled, providers, first }: FormProps) {
  const path = useEnvironmentPath()
  const [refusal, setRefusal] = useState<Trial>()
  const [offered, setOffered] = useState<readonly string[]>([])
  const doubted = useRef('')
  const { form, submit, error, busy } = useProblemForm<Values>({
    defaultValues: {
      provider: first.id,
      config: { baseUrl: '' },
      credentials: { apiKey: '' },
      model: first.defaultModels[0] ?? '',
    },
    onSubmit: async (values): Promise<void> => {
      setRefusal(undefined)
      const { provider, model } = values
      const { baseUrl } = values.config
      const { apiKey } = values.credentials
      const connection = { provider, config: baseUrl ? { baseUrl } : {}, credentials: apiKey ? { apiKey } : null }
      const trial = await tryConnection(path, { ...connection, model: model.trim() })
      if (trial.error) return setRefusal(trial.error)
      setOffered(trial.models ?? [])
      if (trial.models && doubted.current !== `${provider} ${model}` && !offers(trial.models, model.trim())) {
        doubted.current = `${provider} ${model}`
        return form.setError('model', {
          message: 'is not in the list of this provider: choose another, or connect once more to use it all the same',
        })
      }
      try {
        const { id } = await createConnection(path, existing, connection)
        onResource(await createResource(path, existing, { connectionId: id, model: model.trim() }))
      } finally {
        await onSettled()
      }
    },
  })
  const { control } = form
  const provider = providers.find(({ id }) => id === form.watch('provider')) ?? first
  const choose = (id: string) => {
    setRefusal(undefined)
    setOffered([])
    form.setValue('provider', id)
    form.setValue('model', providers.find((other) => other.id === id)?.defaultModels[0] ?? '')
    form.clearErrors()
  }
  return (
    <Box component="form" aria-label="Connect a provider" onSubmit={submit} noValidate sx={{ display: 'grid', gap: 2 }}>
      <ProblemAlert error={error} shownFields={['config.baseUrl', 'credentials.apiKey', 'model']} />
      <TextField select label="Provider" value={provider.id} onChange={(event) => choose(event.target.value)}>
        {providers.map(({ id, name }) => (
          <MenuItem key={id} value={id}>
            {name}
          </MenuItem>
        ))}
      </TextField>
      {provider.needsBaseUrl && (
        <FormTextField
          control={control}
          name="config.baseUrl"
          label="Base URL"
          required
          placeholder="https://…/v1"
          helperText="Paths of the OpenAI API are appended to it"
        />
      )}
      <FormTextField
        control={control}
        name="credentials.apiKey"
        label="API key of the provider"
        type="password"
        autoComplete="off"
        required={provider.needsApiKey}
        helperText="Sealed before it is stored; it can not be read back"
      />
      <ModelField control={control} options={[...new Set([...provider.defaultModels, ...offered])]} />
      {refusal && (
        <Alert severity="error" variant="outlined">
          <AlertTitle>{provider.name} can not be used like this: nothing was saved</AlertTitle>
          {refusal.message}
          <Box sx={{ mt: 0.5, fontSize: 12 }}>
            <code>{refusal.code}</code>
          </Box>
        </Alert>
      )}
      <Box sx={{ display: 'flex', gap: 2, alignItems: 'center', flexWrap: 'wrap' }}>
        <Button type="submit" variant="contained" loading={busy}>
          Test and connect
        </Button>
        <Typography variant="body2" role="status" sx={{ color: 'text.secondary' }}>
          {busy ? `Asking ${provider.name}…` : ''}
        </Typography>
      </Box>
    </Box>
  )
}

type FormProps = ProviderFormProps & { readonly providers: readonly Provider[]; readonly first: Provider }

/** Some list their models with a folder before the name by which they are called. */
const offers = (models: readonly string[], model: string) =>
  models.some((listed) => listed === model || listed.endsWith(`/${model}`))

type ModelFieldProps = {
  readonly control: ReturnType<typeof useProblemForm<Values>>['form']['control']
  readonly options: readonly string[]
}

function ModelField({ control, options }: ModelFieldProps) {
  const { field, fieldState } = useController({
    control,
    name: 'model',
    rules: { validate: (model) => model.trim() !== '' || 'is needed: the resource asks it' },
  })
  return (
    <Autocomplete
      freeSolo
      options={[...options]}
      inputValue={field.value}
      onInputChange={(_, text) => field.onChange(text)}
      renderInput={(params) => (
        <TextField
          {...params}
          inputRef={field.ref}
          label="Model"
          required
          error={fieldState.error !== undefined}
          helperText={fieldState.error?.message ?? 'As the provider calls it; a resource is made for it'}
          onBlur={field.onBlur}
        />
      )}
    />
  )
}
