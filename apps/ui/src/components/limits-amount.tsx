'use client'

import TextField from '@mui/material/TextField'

type AmountFieldProps = {
  readonly label: string
  readonly value: number | undefined
  readonly onChange: (value: number | undefined) => void
  readonly error?: string | undefined
  readonly disabled?: boolean
  /** What an empty field means. */
  readonly placeholder?: string
}

/** A whole number from zero on; empty where there is none. */
export function AmountField(props: AmountFieldProps) {
  const { label, value, onChange, error, disabled = false, placeholder = 'unlimited' } = props
  return (
    <TextField
      label={label}
      value={value ?? ''}
      placeholder={placeholder}
      disabled={disabled}
      error={error !== undefined}
      helperText={error}
      onChange={(event) => onChange(amountOf(event.target.value))}
      slotProps={{ htmlInput: { inputMode: 'numeric', autoComplete: 'off' }, inputLabel: { shrink: true } }}
    />
  )
}

/** Also of what is pasted with separators, e.g. `100,000`. */
function amountOf(text: string): number | undefined {
  const digits = text.replace(/\D/g, '').slice(0, MOST_DIGITS)
  return digits === '' ? undefined : Number(digits)
}

/** All numbers of so many digits are exact. */
const MOST_DIGITS = 15
