'use client'

import { useEffect, useState } from 'react'
import type { FieldValues, UseFormReturn } from 'react-hook-form'

type Versioned = { readonly version: number }

/**
 * What a form began with: it stays while somebody types, whatever others save meanwhile, and follows `item` where nothing
 * has been typed.
 */
export function useBase<Item extends Versioned, Values extends FieldValues>(
  item: Item,
  form: UseFormReturn<Values>,
  valuesOf: (item: Item) => Values,
) {
  const [base, setBase] = useState(item)
  const rebase = (next: Item) => {
    setBase(next)
    form.reset(valuesOf(next))
  }
  const { isDirty } = form.formState
  useEffect(() => {
    if (isDirty || item.version <= base.version) return
    setBase(item)
    form.reset(valuesOf(item))
  }, [isDirty, item, base, form, valuesOf])
  return { base, rebase }
}
