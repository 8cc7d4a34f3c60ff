'use client'

import { type BaseSyntheticEvent, useEffect, useRef, useState } from 'react'
import { type DefaultValues, type FieldPath, type FieldValues, type Resolver, useForm } from 'react-hook-form'
import { isProblem } from '@/client/problem'

type Options<Values extends FieldValues> = {
  /** Of a schema of the contract, by `contractResolver`. */
  readonly resolver?: Resolver<Values>
  readonly defaultValues: DefaultValues<Values>
  /** The field of which no two may be the same, where it is not `name`: there it is said that it is taken. */
  readonly unique?: FieldPath<Values>
  /** Rejects with what stopped it: its field errors are shown at the fields, and all that was typed stays. */
  readonly onSubmit: (values: Values) => Promise<unknown>
}

/** A form that is held against the contract in the browser and again by the API. */
export function useProblemForm<Values extends FieldValues>(options: Options<Values>) {
  const { resolver, defaultValues, onSubmit, unique = 'name' } = options
  const form = useForm<Values>({
    defaultValues,
    mode: 'onTouched',
    ...(resolver && { resolver }),
  })
  const [error, setError] = useState<unknown>()
  const send = form.handleSubmit(async (values) => {
    setError(undefined)
    try {
      await onSubmit(values)
    } catch (fault) {
      setError(fault)
      if (!isProblem(fault)) return
      for (const { path, message } of fault.errors)
        form.setError(path as FieldPath<Values>, { type: 'server', message })
      if (fault.code === 'name_taken')
        form.setError(unique as FieldPath<Values>, { type: 'server', message: fault.detail }, { shouldFocus: true })
    }
  })
  const sending = useRef(false)
  const submit = async (event?: BaseSyntheticEvent) => {
    event?.preventDefault()
    // A second press before the button shows the first one.
    if (sending.current) return
    sending.current = true
    // What the API said of a field that no input is registered for would hold the form back for ever.
    form.clearErrors()
    try {
      await send(event)
    } finally {
      sending.current = false
    }
  }
  useLeaveWarning(form.formState.isDirty && (error !== undefined || !form.formState.isSubmitSuccessful))
  return { form, submit, error, busy: form.formState.isSubmitting }
}

/** The browser asks before the page with what was typed goes away. */
export function useLeaveWarning(active: boolean): void {
  useEffect(() => {
    if (!active) return
    const warn = (event: BeforeUnloadEvent) => event.preventDefault()
    window.addEventListener('beforeunload', warn)
    return () => window.removeEventListener('beforeunload', warn)
  }, [active])
}
