'use client'

import MenuItem from '@mui/material/MenuItem'
import TextField from '@mui/material/TextField'

type Option = { readonly id: string; readonly name: string }

type FilterSelectProps = {
  readonly label: string
  /** What it says where nothing is chosen, e.g. `All resources`. */
  readonly all: string
  readonly value: string | undefined
  readonly options: readonly Option[]
  /** What is chosen but not among the options. */
  readonly nameOf?: (value: string) => string
  readonly width?: number
  readonly onChange: (value: string | undefined) => void
}

/** Narrows a list to one of several things. */
export function FilterSelect({ label, all, value, options, nameOf, width = 170, onChange }: FilterSelectProps) {
  const known = value === undefined || options.some(({ id }) => id === value)
  return (
    <TextField
      select
      label={label}
      value={value ?? ''}
      onChange={(event) => onChange(event.target.value || undefined)}
      sx={{ width: { xs: 'calc(50% - 4px)', sm: width } }}
      slotProps={{ inputLabel: { shrink: true }, select: { displayEmpty: true } }}
    >
      <MenuItem value="">{all}</MenuItem>
      {!known && <MenuItem value={value}>{nameOf?.(value) ?? value}</MenuItem>}
      {options.map(({ id, name }) => (
        <MenuItem key={id} value={id}>
          {name}
        </MenuItem>
      ))}
    </TextField>
  )
}

type FilterTextProps = {
  readonly label: string
  readonly value: string | undefined
  readonly placeholder?: string
  readonly width?: number
  readonly onChange: (value: string | undefined) => void
}

/** Narrows a list to what has a text; taken with Enter, or when the field is left. */
export function FilterText({ label, value, placeholder, width = 170, onChange }: FilterTextProps) {
  const take = (text: string) => {
    const wanted = text.trim() || undefined
    if (wanted !== value) onChange(wanted)
  }
  return (
    <TextField
      // What comes from elsewhere, e.g. by clearing all filters, replaces what was typed.
      key={value}
      label={label}
      defaultValue={value ?? ''}
      placeholder={placeholder}
      onBlur={(event) => take(event.target.value)}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && event.target instanceof HTMLInputElement) take(event.target.value)
      }}
      sx={{ width: { xs: 'calc(50% - 4px)', sm: width } }}
      slotProps={{ inputLabel: { shrink: true }, htmlInput: { maxLength: 256 } }}
    />
  )
}
