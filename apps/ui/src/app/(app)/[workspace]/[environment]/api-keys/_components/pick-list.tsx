'use client'

import Autocomplete from '@mui/material/Autocomplete'
import TextField from '@mui/material/TextField'

export type Item = { readonly id: string; readonly name: string }

type PickListProps = {
  readonly label: string
  readonly help?: string | undefined
  readonly items: readonly Item[]
  /** Ids. */
  readonly value: readonly string[]
  readonly error?: string | undefined
  readonly disabled: boolean
  readonly onChange: (ids: string[]) => void
  readonly onBlur: () => void
}

/** Chooses several things by their names. */
export function PickList({ label, help, items, value, error, disabled, onChange, onBlur }: PickListProps) {
  const names = new Map(items.map(({ id, name }) => [id, name]))
  return (
    <Autocomplete
      multiple
      disableCloseOnSelect
      filterSelectedOptions
      disabled={disabled}
      options={items.map(({ id }) => id)}
      value={[...value]}
      // What this person may not list keeps its place under its id.
      getOptionLabel={(id) => names.get(id) ?? `…${id.slice(-8)}`}
      onChange={(_, ids) => onChange(ids)}
      onBlur={onBlur}
      noOptionsText="Nothing more to choose"
      renderInput={(params) => (
        <TextField {...params} label={label} error={error !== undefined} helperText={error ?? help} />
      )}
    />
  )
}
