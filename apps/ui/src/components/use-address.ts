'use client'

import { usePathname, useSearchParams } from 'next/navigation'
import { useCallback } from 'react'

/** What the page's address says behind its `?`, and how to say something else there without leaving the page. */
export function useAddress() {
  const params = useSearchParams()
  const pathname = usePathname()
  /** Sets what is named; undefined and the empty text take it out. */
  const change = useCallback(
    (changes: Readonly<Record<string, string | undefined>>) => {
      const next = new URLSearchParams(window.location.search)
      for (const [name, value] of Object.entries(changes)) {
        if (value) next.set(name, value)
        else next.delete(name)
      }
      const text = next.toString()
      window.history.replaceState(null, '', text ? `${pathname}?${text}` : pathname)
    },
    [pathname],
  )
  return { params, change }
}
