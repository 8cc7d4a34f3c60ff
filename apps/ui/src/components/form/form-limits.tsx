'use client'

import Skeleton from '@mui/material/Skeleton'
import dynamic from 'next/dynamic'
import { type Control, type FieldPath, type FieldValues, useController, useFormState } from 'react-hook-form'
import type { Limit } from '../limits-editor'
import { errorsByPath } from './errors-by-path'

const LimitsEditor = dynamic(() => import('../limits-editor').then((module) => module.LimitsEditor), {
  ssr: false,
  loading: () => <Skeleton variant="rounded" height={152} />,
})

type FormLimitsProps<Values extends FieldValues> = { readonly control: Control<Values>; readonly disabled?: boolean }

/** The limits of a form: its fields `capacity` and `maxConcurrent`. */
export function FormLimits<Values extends FieldValues & { capacity: Limit[]; maxConcurrent: number | null }>({
  control,
  disabled = false,
}: FormLimitsProps<Values>) {
  const capacity = useController({ control, name: 'capacity' as FieldPath<Values> })
  const maxConcurrent = useController({ control, name: 'maxConcurrent' as FieldPath<Values> })
  const { errors } = useFormState({ control })
  return (
    <LimitsEditor
      value={{ capacity: capacity.field.value, maxConcurrent: maxConcurrent.field.value }}
      errors={errorsByPath(errors)}
      disabled={disabled}
      onChange={(next) => {
        if (next.capacity !== capacity.field.value) capacity.field.onChange(next.capacity)
        if (next.maxConcurrent !== maxConcurrent.field.value) maxConcurrent.field.onChange(next.maxConcurrent)
      }}
    />
  )
}
