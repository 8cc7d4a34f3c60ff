'use client'

import Autocomplete from '@mui/material/Autocomplete'
import Box from '@mui/material/Box'
import Chip from '@mui/material/Chip'
import FormHelperText from '@mui/material/FormHelperText'
import TextField from '@mui/material/TextField'
import Typography from '@mui/material/Typography'
import { useQuery } from '@tanstack/react-query'
import { type HTMLAttributes, type ReactNode, useId, useState } from 'react'
import { isProblem } from '@/client/problem'
import { type AiConnection, providersQuery } from '@/client/queries'
import { useEnvironmentPath } from '@/session/use-environment-path'
import { useMay } from '@/session/use-permission'
import { connectionModelsQuery } from './connection-models-query'
import { type ModelChoice, modelChoices } from './model-choices'

export type Target = { readonly connectionId: string; readonly model: string }

type TargetPickerProps = {
  /** Both are empty where nothing is chosen yet. */
  readonly value: Target
  readonly onChange: (target: Target) => void
  readonly connections: readonly AiConnection[]
  /** What it is chosen for, e.g. `Primary model`. */
  readonly label: string
  readonly error?: string | undefined
  readonly disabled?: boolean | undefined
}

/** Chooses a connection and a model of it: out of what the connection allows, else out of what is known, or any other. */
export function TargetPicker({ value, onChange, connections, label, error, disabled = false }: TargetPickerProps) {
  const path = useEnvironmentPath()
  const may = useMay()
  const errorId = useId()
  const [opened, setOpened] = useState(false)
  const connection = connections.find(({ id }) => id === value.connectionId)
  const { data: providers } = useQuery({ ...providersQuery(path), enabled: may('listProviders') })
  const defaultsOf = (of: AiConnection | undefined) =>
    providers?.find(({ id }) => id === of?.provider)?.defaultModels ?? []
  const mayAsk = may('listAiConnectionModels', { aiConnectionId: value.connectionId })
  const offered = useQuery({
    ...connectionModelsQuery(path, value.connectionId),
    enabled: opened && mayAsk && connection?.allowedModels === null,
  })
  const choices = modelChoices(connection, {
    defaults: defaultsOf(connection),
    offered: offered.data?.items.map(({ id }) => id) ?? [],
    current: value.model,
  })
  const message = error && (value.connectionId === '' ? NOTHING : value.model === '' ? NO_MODEL : error)
  const choose = (next: AiConnection) => {
    const models = modelChoices(next, { defaults: defaultsOf(next), offered: [], current: '' })
    const kept = models.some(({ model }) => model === value.model)
    onChange({ connectionId: next.id, model: kept ? value.model : (models[0]?.model ?? '') })
  }
  return (
    <Box role="group" aria-label={label} aria-describedby={message ? errorId : undefined} sx={{ minWidth: 0 }}>
      <Box
        sx={{
          display: 'grid',
          gap: 1.5,
          gridTemplateColumns: { xs: 'minmax(0, 1fr)', sm: 'repeat(2, minmax(0, 1fr))' },
        }}
      >
        <ConnectionField
          value={connection ?? unknownConnection(value.connectionId)}
          connections={connections}
          onChange={choose}
          invalid={error !== undefined}
          disabled={disabled}
        />
        <ModelField
          // Text is free or not for as long as the field is there.
          key={String(connection?.allowedModels === null)}
          value={value.model}
          choices={choices}
          anyModel={connection?.allowedModels === null}
          onChange={(model) => onChange({ connectionId: value.connectionId, model })}
          onOpen={() => setOpened(true)}
          loading={offered.isFetching}
          note={noteOf(connection, value.model, offered)}
          invalid={error !== undefined}
          disabled={disabled || value.connectionId === ''}
        />
      </Box>
      {message && (
        <FormHelperText error id={errorId}>
          {message}
        </FormHelperText>
      )}
    </Box>
  )
}

const NOTHING = 'Choose a connection and a model of it'
const NO_MODEL = 'Choose a model'

type Listed = Pick<AiConnection, 'id' | 'name' | 'provider' | 'enabled'>

/** One that was deleted, or that this person may not see. */
const unknownConnection = (id: string): Listed | undefined =>
  id === '' ? undefined : { id, name: `Connection ${id.slice(0, 8)}…`, provider: 'you can not see it', enabled: true }

type ConnectionFieldProps = {
  readonly value: Listed | undefined
  readonly connections: readonly AiConnection[]
  readonly onChange: (connection: AiConnection) => void
  readonly invalid: boolean
  readonly disabled: boolean
}

function ConnectionField({ value, connections, onChange, invalid, disabled }: ConnectionFieldProps) {
  const known = value === undefined || connections.some(({ id }) => id === value.id)
  const options: readonly Listed[] = known ? connections : [value, ...connections]
  return (
    <Autocomplete<Listed, false, boolean>
      options={options}
      value={value ?? null}
      onChange={(_, next) => {
        const chosen = connections.find(({ id }) => id === next?.id)
        if (chosen) onChange(chosen)
      }}
      disableClearable={value !== undefined}
      disabled={disabled}
      getOptionKey={({ id }) => id}
      getOptionLabel={({ name }) => name}
      isOptionEqualToValue={(option, chosen) => option.id === chosen.id}
      filterOptions={(all, { inputValue }) =>
        all.filter(({ name, provider }) => `${name} ${provider}`.toLowerCase().includes(inputValue.toLowerCase()))
      }
      noOptionsText={connections.length === 0 ? 'There is no connection yet' : 'No connection matches'}
      renderOption={({ key, ...props }, { name, provider, enabled }) => (
        <Option key={key} props={props}>
          {name}
          <Typography variant="body2" component="span" sx={{ color: 'text.secondary', flexGrow: 1 }}>
            {provider}
          </Typography>
          {!enabled && <Chip label="disabled" variant="outlined" />}
        </Option>
      )}
      renderInput={(params) => (
        <TextField
          {...params}
          label="Connection"
          error={invalid}
          helperText={value && (value.enabled ? value.provider : `${value.provider} · disabled: it is skipped`)}
        />
      )}
    />
  )
}

type ModelFieldProps = {
  readonly value: string
  readonly choices: readonly ModelChoice[]
  /** Whether it may be one that is not among the choices. */
  readonly anyModel: boolean
  readonly onChange: (model: string) => void
  readonly onOpen: () => void
  readonly loading: boolean
  readonly note: string
  readonly invalid: boolean
  readonly disabled: boolean
}

function ModelField(props: ModelFieldProps) {
  const { value, choices, anyModel, onChange, onOpen, loading, note, invalid, disabled } = props
  const groups = new Map(choices.map(({ model, group }) => [model, group]))
  return (
    <Autocomplete<string, false, boolean, boolean>
      // Free text is controlled, a choice is not: one can't become the other.
      key={anyModel ? 'any' : 'allowed'}
      freeSolo={anyModel}
      options={choices.map(({ model }) => model)}
      groupBy={(model) => groups.get(model) ?? ''}
      value={value || null}
      onChange={(_, model) => onChange(model ?? '')}
      {...(anyModel && {
        inputValue: value,
        onInputChange: (_: unknown, text: string, reason: string) => reason === 'input' && onChange(text),
      })}
      disableClearable={!anyModel && value !== ''}
      disabled={disabled}
      selectOnFocus
      forcePopupIcon
      onOpen={onOpen}
      loading={loading}
      loadingText="Asking the provider for its models…"
      renderOption={({ key, ...attributes }, model) => (
        <Option key={key} props={attributes}>
          {model}
        </Option>
      )}
      renderInput={(params) => <TextField {...params} label="Model" error={invalid} helperText={note} />}
    />
  )
}

function Option({ props, children }: { props: HTMLAttributes<HTMLLIElement>; children: ReactNode }) {
  return (
    <Box component="li" {...props} sx={{ gap: 1, overflowWrap: 'anywhere' }}>
      {children}
    </Box>
  )
}

function noteOf(
  connection: AiConnection | undefined,
  model: string,
  offered: {
    readonly data?: { readonly error: { readonly message: string } | null } | undefined
    readonly error: unknown
  },
): string {
  if (!connection) return 'Choose a connection first'
  if (connection.allowedModels === null) {
    if (offered.data?.error) return `Any name. The provider lists none: ${offered.data.error.message}`
    if (isProblem(offered.error)) return `Any name. The provider's list did not arrive: ${offered.error.detail}`
    return 'As the provider calls it; any name is allowed'
  }
  if (model !== '' && !connection.allowedModels.includes(model)) return `${connection.name} does not allow this model`
  return `Of those that ${connection.name} allows`
}
