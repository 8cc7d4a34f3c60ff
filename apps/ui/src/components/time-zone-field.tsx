'use client'

import Autocomplete from '@mui/material/Autocomplete'
import TextField from '@mui/material/TextField'
import { useMemo } from 'react'
import { type Control, type FieldPath, type FieldValues, useController } from 'react-hook-form'

type TimeZoneFieldProps<Values extends FieldValues> = {
  readonly control: Control<Values>
  readonly name: FieldPath<Values>
  readonly disabled?: boolean
}

/** A time zone out of those that the browser knows; any other name of the IANA database can be typed. */
export function TimeZoneField<Values extends FieldValues>({ control, name, disabled }: TimeZoneFieldProps<Values>) {
  const { field, fieldState } = useController({ control, name })
  const options = useMemo(() => [...new Set(['UTC', localTimeZone(), ...Intl.supportedValuesOf('timeZone')])], [])
  return (
    <Autocomplete
      freeSolo
      options={options}
      value={field.value}
      inputValue={field.value}
      onChange={(_, zone) => field.onChange(zone ?? '')}
      onInputChange={(_, text, reason) => {
        if (reason === 'input') field.onChange(text)
      }}
      onBlur={field.onBlur}
      disabled={disabled ?? false}
      renderInput={(params) => (
        <TextField
          {...params}
          label="Time zone"
          required
          error={fieldState.error !== undefined}
          helperText={fieldState.error?.message ?? 'Where the days, weeks and months of limits begin'}
        />
      )}
    />
  )
}

export const localTimeZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone
