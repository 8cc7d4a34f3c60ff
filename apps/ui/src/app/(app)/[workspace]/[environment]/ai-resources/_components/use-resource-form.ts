'use client'

import type { Resolver } from 'react-hook-form'
import { errorsByPath } from '@/components/form/errors-by-path'
import { useProblemForm } from '@/components/form/use-problem-form'
import type { ResourceValues, SetValue } from './resource-form'

type Options = {
  readonly initial: ResourceValues
  readonly onSubmit: (values: ResourceValues) => Promise<unknown>
}

// The schemas are large, and not needed before something is typed.
const resolver: Resolver<ResourceValues> = async (...form) =>
  (await import('./resource-resolver')).resourceResolver(...form)

/** The one form of all tabs of the editor. */
export function useResourceForm({ initial, onSubmit }: Options) {
  const { form, submit, error, busy } = useProblemForm<ResourceValues>({
    resolver,
    defaultValues: initial,
    onSubmit,
  })
  const { errors: faults, isSubmitted } = form.formState
  const set: SetValue = (name, value) =>
    form.setValue(name, value as never, {
      shouldDirty: true,
      // What is just being put together is not yet wrong.
      shouldValidate: isSubmitted || faults[name] !== undefined,
    })
  return { form, values: form.watch(), set, errors: errorsByPath(faults), submit, error, busy }
}
