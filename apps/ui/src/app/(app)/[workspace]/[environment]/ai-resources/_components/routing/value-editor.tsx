'use client'

import Autocomplete from '@mui/material/Autocomplete'
import InputAdornment from '@mui/material/InputAdornment'
import MenuItem from '@mui/material/MenuItem'
import TextField from '@mui/material/TextField'
import { useQuery } from '@tanstack/react-query'
import { keysQuery } from '@/client/queries'
import { useEnvironmentPath } from '@/session/use-environment-path'
import { useMay } from '@/session/use-permission'
import { numbersIn } from './comparison-edits'
import { type FieldDefinition, needsList, needsNoValue, parseFieldName, WEEKDAYS } from './field-catalogue'
import { NumberField } from './number-field'
import type { RuleComparison } from './routing-rule'

type ValueEditorProps = {
  readonly comparison: RuleComparison
  readonly onChange: (value: RuleComparison['value']) => void
  readonly error: string | undefined
  readonly disabled: boolean
}

/** What a field is compared with, by the field's type and the operator. */
export function ValueEditor({ comparison, onChange, error, disabled }: ValueEditorProps) {
  const { field, op, value } = comparison
  if (needsNoValue(op)) return null
  const definition = parseFieldName(field)?.definition
  const shared = { onChange, error, disabled, label: needsList(op) ? 'Values' : 'Value' }
  if (definition?.id === 'time.weekday') return <WeekdayValue {...shared} value={value} many={needsList(op)} />
  if (definition?.id === 'apiKey.id' && !needsList(op)) return <KeyValue {...shared} value={value} />
  if (needsList(op)) return <ListValue {...shared} value={value} definition={definition} />
  if (definition?.type === 'number') return <NumberValue {...shared} value={value} unit={definition.unit} />
  if (definition?.type === 'flag') return <FlagValue {...shared} value={value} />
  return <TextValue {...shared} value={value} definition={definition} isPattern={op === 'matches'} />
}

type KindProps = {
  readonly label: string
  readonly value: RuleComparison['value']
  readonly onChange: (value: RuleComparison['value']) => void
  readonly error: string | undefined
  readonly disabled: boolean
}

const UNITS = { tokens: 'tokens', ms: 'ms', share: '0 to 1', percent: '%' } as const

function NumberValue({ value, unit, error, ...rest }: KindProps & { unit: keyof typeof UNITS | undefined }) {
  return (
    <NumberField
      {...rest}
      value={typeof value === 'number' ? value : Number.NaN}
      error={error !== undefined}
      helperText={error}
      slotProps={{
        input: { endAdornment: unit && <InputAdornment position="end">{UNITS[unit]}</InputAdornment> },
      }}
    />
  )
}

function FlagValue({ value, onChange, error, ...rest }: KindProps) {
  return (
    <TextField
      {...rest}
      select
      value={value === false ? 'false' : 'true'}
      onChange={(event) => onChange(event.target.value === 'true')}
      error={error !== undefined}
      helperText={error}
    >
      <MenuItem value="true">true</MenuItem>
      <MenuItem value="false">false</MenuItem>
    </TextField>
  )
}

function WeekdayValue({ value, onChange, many, error, ...rest }: KindProps & { many: boolean }) {
  const days = (Array.isArray(value) ? value : [value]).filter((day) => typeof day === 'number')
  return (
    <TextField
      {...rest}
      select
      value={many ? days : (days.find((day) => WEEKDAYS[day - 1] !== undefined) ?? '')}
      onChange={(event) => {
        const chosen: unknown = event.target.value
        onChange(Array.isArray(chosen) ? chosen.map(Number).toSorted() : Number(chosen))
      }}
      error={error !== undefined}
      helperText={error}
      slotProps={{ select: { multiple: many } }}
    >
      {WEEKDAYS.map((name, index) => (
        <MenuItem key={name} value={index + 1}>
          {name}
        </MenuItem>
      ))}
    </TextField>
  )
}

type DefinedProps = KindProps & { readonly definition: FieldDefinition | undefined }

function TextValue({ value, definition, isPattern, onChange, error, ...rest }: DefinedProps & { isPattern: boolean }) {
  const labels = useLabels(definition)
  const options = isPattern ? [] : (definition?.suggestions ?? labels)
  const text = typeof value === 'string' ? value : ''
  return (
    <Autocomplete
      freeSolo
      options={options}
      inputValue={text}
      value={text}
      onInputChange={(_, typed, reason) => reason !== 'reset' && onChange(typed)}
      onChange={(_, chosen) => onChange(chosen ?? '')}
      disabled={rest.disabled}
      disableClearable
      renderInput={(params) => (
        <TextField
          {...params}
          label={isPattern ? 'RE2 pattern' : rest.label}
          error={error !== undefined}
          helperText={error}
          {...(isPattern && { sx: { '& input': { fontFamily: 'monospace' } } })}
        />
      )}
    />
  )
}

function ListValue({ value, definition, onChange, error, ...rest }: DefinedProps) {
  const labels = useLabels(definition)
  const numeric = definition?.type === 'number'
  const items = Array.isArray(value) ? value : []
  const change = (texts: readonly string[]) =>
    onChange(numeric ? texts.flatMap((text) => numbersIn(text) ?? []) : [...texts])
  return (
    <Autocomplete
      multiple
      freeSolo
      autoSelect
      options={[...(definition?.suggestions ?? labels)]}
      value={items.map(String)}
      onChange={(_, texts) => change(texts)}
      disabled={rest.disabled}
      renderInput={(params) => (
        <TextField
          {...params}
          label={rest.label}
          error={error !== undefined}
          helperText={error ?? (items.length === 0 ? 'Enter adds a value' : undefined)}
        />
      )}
    />
  )
}

function KeyValue({ value, onChange, error, ...rest }: KindProps) {
  const keys = useKeys(true)
  const id = typeof value === 'string' ? value : ''
  if (!keys?.some((key) => key.id === id) && id !== '')
    return (
      <TextValue {...rest} value={value} onChange={onChange} error={error} definition={undefined} isPattern={false} />
    )
  return (
    <TextField
      {...rest}
      select
      value={id}
      onChange={(event) => onChange(event.target.value)}
      error={error !== undefined}
      helperText={error ?? (keys?.length === 0 ? 'There is no API key yet' : undefined)}
    >
      {(keys ?? []).map((key) => (
        <MenuItem key={key.id} value={key.id}>
          {key.name}
        </MenuItem>
      ))}
    </TextField>
  )
}

function useKeys(enabled: boolean) {
  const path = useEnvironmentPath()
  const may = useMay()
  return useQuery({ ...keysQuery(path), enabled: enabled && may('listApiKeys') }).data
}

/** The labels that keys have, where the field is about them. */
function useLabels(definition: FieldDefinition | undefined): readonly string[] {
  const keys = useKeys(definition?.id === 'apiKey.labels')
  return definition?.id === 'apiKey.labels' ? [...new Set(keys?.flatMap(({ labels }) => labels))].toSorted() : []
}
