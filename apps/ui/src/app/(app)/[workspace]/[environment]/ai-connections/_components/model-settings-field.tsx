'use client'

import AddIcon from '@mui/icons-material/Add'
import Autocomplete from '@mui/material/Autocomplete'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import TextField from '@mui/material/TextField'
import Typography from '@mui/material/Typography'
import { useState } from 'react'
import { type Control, useController, useFormState, useWatch } from 'react-hook-form'
import { errorsByPath } from '@/components/form/errors-by-path'
import type { ConnectionValues } from './connection-values'
import { type ModelSettings, ModelSettingsCard } from './model-settings-card'

type ModelSettingsFieldProps = {
  readonly connectionId: string
  readonly control: Control<ConnectionValues>
  readonly known: readonly string[]
  readonly disabled: boolean
}

/** Sizes and limits of single models of a connection. */
export function ModelSettingsField({ connectionId, control, known, disabled }: ModelSettingsFieldProps) {
  const { field } = useController({ control, name: 'models' })
  const { errors } = useFormState({ control })
  const wrong = errorsByPath(errors)
  const allowed = useWatch({ control, name: 'allowedModels' })
  const [name, setName] = useState('')
  const models = Object.entries(field.value)
  const set = (model: string, settings: ModelSettings | undefined) => {
    const others = models.filter(([other]) => other !== model)
    field.onChange(
      settings === undefined
        ? Object.fromEntries(others)
        : Object.fromEntries(
            model in field.value
              ? models.map(([other, old]) => [other, other === model ? settings : old])
              : [...others, [model, settings]],
          ),
    )
  }
  const wanted = name.trim()
  const add = () => {
    set(wanted, NOTHING_SET)
    setName('')
  }
  const choices = (allowed ?? known).filter((model) => !(model in field.value))
  return (
    <Box sx={{ display: 'grid', gap: 1.5 }}>
      {models.length === 0 && (
        <Typography variant="body2" sx={{ color: 'text.secondary' }}>
          No model has settings of its own.
        </Typography>
      )}
      {models.map(([model, settings]) => (
        <ModelSettingsCard
          key={model}
          connectionId={connectionId}
          model={model}
          settings={settings}
          isAllowed={allowed === null || allowed.includes(model)}
          disabled={disabled}
          errors={errorsOf(wrong, model)}
          onChange={(next) => set(model, next)}
          onRemove={() => set(model, undefined)}
        />
      ))}
      {!disabled && (
        <Box sx={{ display: 'flex', gap: 1, maxWidth: 560, alignItems: 'flex-start' }}>
          <Autocomplete
            freeSolo
            fullWidth
            options={choices}
            inputValue={name}
            onInputChange={(_, next) => setName(next)}
            renderInput={(params) => <TextField {...params} label="Model" />}
          />
          <Button
            variant="outlined"
            startIcon={<AddIcon />}
            disabled={wanted === '' || wanted in field.value}
            onClick={add}
            sx={{ minHeight: 40, flexShrink: 0 }}
          >
            Add
          </Button>
        </Box>
      )}
    </Box>
  )
}

const NOTHING_SET: ModelSettings = { contextTokens: null, maxOutputTokens: null, capacity: [], maxConcurrent: null }

/** What is wrong with one model, by the path below it. */
function errorsOf(errors: Readonly<Record<string, string>>, model: string): Record<string, string> {
  const own = `models.${model}`
  return Object.fromEntries(
    Object.entries(errors)
      .filter(([path]) => path === own || path.startsWith(`${own}.`))
      .map(([path, message]) => [path.slice(own.length + 1), message]),
  )
}
