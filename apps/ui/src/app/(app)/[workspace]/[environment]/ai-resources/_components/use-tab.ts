'use client'

import { useSearchParams } from 'next/navigation'
import { useState } from 'react'

/** The tab that is shown: the first, or the one that the address names, `?tab=limits`. It changes at once, the address after. */
export function useTab(ids: readonly string[]) {
  const named = useSearchParams().get('tab')
  const [state, setState] = useState({ named, tab: named })
  // Led here by a link.
  if (state.named !== named) setState({ named, tab: named })
  const current = ids.find((id) => id === state.tab) ?? ids[0] ?? ''
  const show = (tab: string) => {
    setState((before) => ({ ...before, tab }))
    window.history.replaceState(null, '', `?tab=${tab}`)
  }
  return { current, show }
}
