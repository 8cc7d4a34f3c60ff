'use client'

import { useState } from 'react'
import { isSame } from '@/components/form/changed-fields'

/** The same object as before while nothing in it has changed, so that what hangs on it is not drawn anew. */
export function useSame<Value>(value: Value): Value {
  const [kept, setKept] = useState(value)
  if (isSame(kept, value)) return kept
  setKept(() => value)
  return value
}
