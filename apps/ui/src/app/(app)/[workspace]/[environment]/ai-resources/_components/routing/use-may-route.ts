'use client'

import { useMay } from '@/session/use-permission'

/** Whether who is signed in may ask where requests would go: of the resource as it is saved, and of a draft. */
export function useMayRoute(resourceId: string | undefined): { readonly saved: boolean; readonly draft: boolean } {
  const may = useMay()
  if (resourceId === undefined) return { saved: false, draft: may('routeNewAiResource') }
  const ids = { aiResourceId: resourceId }
  const saved = may('routeAiResource', ids)
  return { saved, draft: saved && may('updateAiResource', ids) }
}
