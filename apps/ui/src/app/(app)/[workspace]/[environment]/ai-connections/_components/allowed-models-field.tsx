'use client'

import Autocomplete from '@mui/material/Autocomplete'
import Box from '@mui/material/Box'
import FormControlLabel from '@mui/material/FormControlLabel'
import Radio from '@mui/material/Radio'
import RadioGroup from '@mui/material/RadioGroup'
import TextField from '@mui/material/TextField'
import { useState } from 'react'
import { type Control, useController, useFormState } from 'react-hook-form'
import { firstErrorIn } from '@/components/form/errors-by-path'
import type { ConnectionValues } from './connection-values'

type AllowedModelsFieldProps = {
  readonly control: Control<ConnectionValues>
  /** What can be chosen; other names can be typed. */
  readonly known: readonly string[]
  readonly disabled?: boolean
}

/** Which models may be called through a connection: every one, or only those that are named. */
export function AllowedModelsField({ control, known, disabled = false }: AllowedModelsFieldProps) {
  const { field } = useController({ control, name: 'allowedModels' })
  const { errors } = useFormState({ control })
  // Whoever looks at the other choice does not lose what was chosen.
  const [chosen, setChosen] = useState<string[]>(field.value ?? [])
  const [text, setText] = useState('')
  const wrong = firstErrorIn(errors, 'allowedModels')
  const choose = (models: string[]) => {
    const unique = [...new Set(models.map((model) => model.trim()).filter(Boolean))]
    setChosen(unique)
    field.onChange(unique)
  }
  return (
    <Box>
      <RadioGroup
        aria-label="Allowed models"
        value={field.value === null ? 'all' : 'some'}
        onChange={(_, value) => field.onChange(value === 'all' ? null : chosen)}
      >
        <FormControlLabel value="all" control={<Radio size="small" />} disabled={disabled} label="Every model" />
        <FormControlLabel value="some" control={<Radio size="small" />} disabled={disabled} label="Only these models" />
      </RadioGroup>
      {field.value !== null && (
        <Autocomplete
          multiple
          freeSolo
          disabled={disabled}
          options={known}
          value={field.value}
          inputValue={text}
          onInputChange={(_, next) => setText(next)}
          onChange={(_, models) => choose(models)}
          onBlur={() => {
            // What was typed and not confirmed would be lost unseen.
            if (text.trim()) choose([...(field.value ?? []), text])
            setText('')
            field.onBlur()
          }}
          filterSelectedOptions
          sx={{ mt: 1 }}
          renderInput={(params) => (
            <TextField
              {...params}
              label="Models"
              error={wrong !== undefined}
              helperText={
                wrong ??
                (field.value?.length === 0
                  ? 'None is named: nothing can be called through the connection.'
                  : 'As the provider calls them. Choose, or type a name and press Enter.')
              }
            />
          )}
        />
      )}
      {field.value === null && wrong && (
        <Box role="alert" sx={{ color: 'error.main', fontSize: 12 }}>
          {wrong}
        </Box>
      )}
    </Box>
  )
}
