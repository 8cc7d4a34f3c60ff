'use client'

import Box from '@mui/material/Box'
import MenuItem from '@mui/material/MenuItem'
import TextField from '@mui/material/TextField'
import { TargetPicker } from '@/components/target-picker'
import { type NamedField, partsOfTarget } from './field-catalogue'
import { NumberField } from './number-field'
import { useRule } from './rule-context'

type FieldParametersProps = {
  readonly field: NamedField
  readonly onChange: (field: NamedField) => void
  readonly disabled: boolean
}

/** What the name of a field needs besides: a key, a header, minutes, a target. */
export function FieldParameters({ field, onChange, disabled }: FieldParametersProps) {
  const { parameter } = field.definition
  if (parameter === undefined) return null
  if (parameter === 'key' || parameter === 'header')
    return (
      <TextField
        label={parameter === 'key' ? 'Key of the metadata' : 'Name of the header'}
        placeholder={parameter === 'key' ? 'team' : 'x-team'}
        value={field.key}
        onChange={(event) => onChange({ ...field, key: event.target.value.trim() })}
        disabled={disabled}
      />
    )
  return (
    <>
      <Box
        sx={{ display: 'grid', gap: 1.5, gridTemplateColumns: parameter === 'minutes' ? '96px minmax(0, 1fr)' : '1fr' }}
      >
        {parameter === 'minutes' && (
          <NumberField
            label="Minutes"
            value={field.minutes}
            onChange={(minutes) => onChange({ ...field, minutes: Number.isNaN(minutes) ? 0 : Math.round(minutes) })}
            disabled={disabled}
          />
        )}
        <WhoseFigures field={field} onChange={onChange} disabled={disabled} />
      </Box>
      {field.target !== undefined && (
        <NamedTarget target={field.target} onChange={(target) => onChange({ ...field, target })} disabled={disabled} />
      )}
    </>
  )
}

function WhoseFigures({ field, onChange, disabled }: FieldParametersProps) {
  const { connections, primary } = useRule()
  const nameOf = (id: string) => connections.find((connection) => connection.id === id)?.name ?? ''
  const another = () => `${nameOf(primary.connectionId)}/${primary.model}`
  return (
    <TextField
      select
      label="Of"
      value={field.target === undefined ? 'primary' : 'another'}
      onChange={(event) => onChange({ ...field, target: event.target.value === 'primary' ? undefined : another() })}
      disabled={disabled}
    >
      <MenuItem value="primary">the primary model</MenuItem>
      <MenuItem value="another">another target</MenuItem>
    </TextField>
  )
}

type NamedTargetProps = {
  readonly target: string
  readonly onChange: (target: string) => void
  readonly disabled: boolean
}

/** Fields name a connection as people do, not by its id. */
function NamedTarget({ target, onChange, disabled }: NamedTargetProps) {
  const { connections } = useRule()
  const { connection, model } = partsOfTarget(target)
  const found = connections.find(({ name }) => name.toLowerCase() === connection.toLowerCase())
  return (
    <TargetPicker
      label="Target that the field looks at"
      value={{ connectionId: found?.id ?? '', model }}
      onChange={(next) => {
        const name = connections.find(({ id }) => id === next.connectionId)?.name ?? connection
        onChange(`${name}/${next.model}`)
      }}
      connections={connections}
      disabled={disabled}
    />
  )
}
