'use client'

import { type Control, useController, useFormState } from 'react-hook-form'
import { firstErrorIn } from '@/components/form/errors-by-path'
import type { KeyValues } from './key-values'
import { type Item, PickList } from './pick-list'

type PickFieldProps = {
  readonly control: Control<KeyValues>
  readonly name: 'connections'
  readonly label: string
  readonly help: string
  readonly items: readonly Item[]
  readonly disabled: boolean
}

/** A field of ids, chosen by their names. */
export function PickField({ control, name, label, help, items, disabled }: PickFieldProps) {
  const { field } = useController({ control, name })
  const { errors } = useFormState({ control })
  return (
    <PickList
      label={label}
      help={help}
      items={items}
      value={field.value}
      error={firstErrorIn(errors, name)}
      disabled={disabled}
      onChange={field.onChange}
      onBlur={field.onBlur}
    />
  )
}
