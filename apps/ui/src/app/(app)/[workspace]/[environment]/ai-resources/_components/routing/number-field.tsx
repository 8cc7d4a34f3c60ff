'use client'

import TextField, { type TextFieldProps } from '@mui/material/TextField'
import { useState } from 'react'

type NumberFieldProps = Omit<TextFieldProps, 'value' | 'onChange'> & {
  /** NaN: what is typed is no number, or nothing. */
  readonly value: number
  readonly onChange: (value: number) => void
}

/** A number that may be typed in any steps, e.g. `0.` on the way to `0.5`. */
export function NumberField({ value, onChange, slotProps, ...rest }: NumberFieldProps) {
  const [text, setText] = useState(Number.isNaN(value) ? '' : String(value))
  const shown = Object.is(numberOf(text), value) ? text : Number.isNaN(value) ? '' : String(value)
  const type = (typed: string) => {
    setText(typed)
    onChange(numberOf(typed))
  }
  return (
    <TextField
      {...rest}
      value={shown}
      onChange={(event) => type(event.target.value)}
      slotProps={{ ...slotProps, htmlInput: { inputMode: 'decimal', ...slotProps?.htmlInput } }}
    />
  )
}

const numberOf = (text: string) => (text.trim() === '' ? Number.NaN : Number(text.trim()))
