'use client'

import FormControlLabel from '@mui/material/FormControlLabel'
import FormHelperText from '@mui/material/FormHelperText'
import Switch from '@mui/material/Switch'
import TextField, { type TextFieldProps } from '@mui/material/TextField'
import { type Control, type FieldPath, type FieldValues, useController } from 'react-hook-form'

type Bound<Values extends FieldValues> = {
  readonly control: Control<Values>
  readonly name: FieldPath<Values>
}

type TextProps<Values extends FieldValues> = Bound<Values> &
  Omit<TextFieldProps, 'name' | 'value' | 'onChange' | 'error'> & {
    /** `number`: the value is a number, or null where the field is empty. */
    readonly kind?: 'text' | 'number'
  }

/** A text field of a form; what is wrong takes the place of what helps. */
export function FormTextField<Values extends FieldValues>({
  control,
  name,
  kind,
  helperText,
  ...rest
}: TextProps<Values>) {
  const { field, fieldState } = useController({ control, name })
  const { ref, value, onChange, ...bound } = field
  return (
    <TextField
      {...rest}
      {...bound}
      inputRef={ref}
      value={value ?? ''}
      onChange={(event) => onChange(kind === 'number' ? numberOf(event.target.value) : event.target.value)}
      {...(kind === 'number' && { type: 'number' })}
      error={fieldState.error !== undefined}
      helperText={fieldState.error?.message ?? helperText}
    />
  )
}

const numberOf = (text: string) => (text.trim() === '' ? null : Number(text))

type SwitchProps<Values extends FieldValues> = Bound<Values> & {
  readonly label: string
  readonly helperText?: string
  readonly disabled?: boolean
}

export function FormSwitch<Values extends FieldValues>(props: SwitchProps<Values>) {
  const { control, name, label, helperText, disabled = false } = props
  const { field, fieldState } = useController({ control, name })
  const text = fieldState.error?.message ?? helperText
  return (
    <div>
      <FormControlLabel
        label={label}
        control={
          <Switch
            checked={Boolean(field.value)}
            disabled={disabled}
            onChange={(_, on) => field.onChange(on)}
            onBlur={field.onBlur}
          />
        }
      />
      {text && <FormHelperText error={fieldState.error !== undefined}>{text}</FormHelperText>}
    </div>
  )
}
