'use client'

import MenuItem from '@mui/material/MenuItem'
import type { Control, FieldPath, FieldValues } from 'react-hook-form'
import { FormSwitch, FormTextField } from './fields'
import type { SchemaField } from './schema-problems'

type SchemaFieldsProps<Values extends FieldValues> = {
  readonly control: Control<Values>
  /** The field of the form that holds them, e.g. `config`. */
  readonly within: string
  readonly fields: readonly SchemaField[]
  /** What is said below a field that the schema says nothing of, by its name. */
  readonly hints?: Readonly<Record<string, string>>
  /** What counts where a field is empty, by its name. */
  readonly placeholders?: Readonly<Record<string, string>>
  readonly disabled?: boolean
}

/** Inputs for what a JSON Schema asks for. */
export function SchemaFields<Values extends FieldValues>(props: SchemaFieldsProps<Values>) {
  const { control, within, fields, hints = {}, placeholders = {}, disabled = false } = props
  return fields.map(({ name, label, description, kind, required, choices }) => {
    const path = `${within}.${name}` as FieldPath<Values>
    const help = description ?? hints[name]
    if (kind === 'switch')
      return (
        <FormSwitch
          key={name}
          control={control}
          name={path}
          label={label}
          disabled={disabled}
          {...(help && { helperText: help })}
        />
      )
    const common = { control, name: path, label, required, disabled, helperText: help }
    if (kind === 'choice')
      return (
        <FormTextField key={name} {...common} select>
          {!required && <MenuItem value="">Not set</MenuItem>}
          {choices.map((choice) => (
            <MenuItem key={choice} value={choice}>
              {choice}
            </MenuItem>
          ))}
        </FormTextField>
      )
    const placeholder = placeholders[name]
    return (
      <FormTextField
        key={name}
        {...common}
        kind={kind === 'number' ? 'number' : 'text'}
        autoComplete="off"
        {...(kind === 'secret' && { type: 'password', autoComplete: 'new-password' })}
        {...(placeholder && { placeholder, slotProps: { inputLabel: { shrink: true } } })}
        {...(kind === 'address' && { spellCheck: false })}
      />
    )
  })
}
