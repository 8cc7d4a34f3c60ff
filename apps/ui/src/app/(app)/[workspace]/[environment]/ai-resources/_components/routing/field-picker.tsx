'use client'

import Autocomplete from '@mui/material/Autocomplete'
import Box from '@mui/material/Box'
import TextField from '@mui/material/TextField'
import Typography from '@mui/material/Typography'
import { FIELDS, type FieldDefinition, fieldOf, type NamedField, parseFieldName } from './field-catalogue'
import { FieldParameters } from './field-parameters'

type FieldPickerProps = {
  readonly label: string
  /** As rules name it. */
  readonly value: string
  readonly onChange: (field: NamedField) => void
  /** Only fields of a text, for those that tell callers apart. */
  readonly textOnly?: boolean
  readonly error?: string | undefined
  readonly disabled?: boolean
}

/** Chooses a field that rules can look at, with its parameters. */
export function FieldPicker({ label, value, onChange, textOnly = false, error, disabled = false }: FieldPickerProps) {
  const field = parseFieldName(value)
  return (
    <Box sx={{ display: 'grid', gap: 1.5, gridTemplateColumns: 'minmax(0, 1fr)', minWidth: 0 }}>
      <Autocomplete<FieldDefinition, false, boolean>
        options={textOnly ? TEXT_FIELDS : FIELDS}
        value={field?.definition ?? null}
        onChange={(_, definition) => definition && onChange(fieldOf(definition))}
        disableClearable={field !== undefined}
        disabled={disabled}
        groupBy={({ group }) => group}
        getOptionKey={({ id }) => id}
        getOptionLabel={({ label: name }) => titled(name)}
        isOptionEqualToValue={(option, chosen) => option.id === chosen.id}
        filterOptions={(options, { inputValue }) => found(options, inputValue)}
        noOptionsText="No field matches"
        slotProps={{
          popper: { style: { minWidth: 320 }, placement: 'bottom-start' },
          listbox: { style: { maxHeight: 420 } },
        }}
        renderOption={({ key, ...props }, definition) => (
          <Box component="li" key={key} {...props}>
            <FieldOption definition={definition} />
          </Box>
        )}
        renderInput={(params) => (
          <TextField
            {...params}
            label={label}
            error={error !== undefined}
            helperText={error ?? (field || value === '' ? undefined : <code>{value}</code>)}
            slotProps={{ ...params.slotProps, formHelperText: { sx: { overflowWrap: 'anywhere' } } }}
          />
        )}
      />
      {field && <FieldParameters field={field} onChange={onChange} disabled={disabled} />}
    </Box>
  )
}

const TEXT_FIELDS = FIELDS.filter(({ type }) => type === 'text')

/** A field in a list: what it is called, how rules name it, and what it says. */
export function FieldOption({ definition: { id, label, explanation } }: { definition: FieldDefinition }) {
  return (
    <Box sx={{ minWidth: 0 }}>
      <Box sx={{ display: 'flex', columnGap: 1, flexWrap: 'wrap', alignItems: 'baseline' }}>
        {titled(label)}
        <Typography component="code" sx={{ color: 'text.secondary', fontSize: 12, overflowWrap: 'anywhere' }}>
          {id}
        </Typography>
      </Box>
      <Typography variant="body2" sx={{ color: 'text.secondary' }}>
        {explanation}
      </Typography>
    </Box>
  )
}

const titled = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

/** Fields with all words that were typed, in whatever is said of them. */
export function found(fields: readonly FieldDefinition[], typed: string): FieldDefinition[] {
  const words = typed.toLowerCase().split(/\s+/)
  return fields.filter(({ id, label, explanation }) => {
    const text = `${id} ${label} ${explanation}`.toLowerCase()
    return words.every((word) => text.includes(word))
  })
}
