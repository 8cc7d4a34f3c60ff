'use client'

import { useParams } from 'next/navigation'
import { useEffect, useState } from 'react'
import { useInterface } from '@/stores/interface-store'

export type Place = { readonly workspaceId: string; readonly environmentId: string }

/** Where the person is: the environment of the page, else the one of before. */
export function usePlace(): Place | undefined {
  const { workspace, environment } = useParams<Partial<Record<string, string>>>()
  const lastPlace = useInterface((state) => state.lastPlace)
  // What the browser remembers is not known to the server: the first picture must do without it.
  const [mounted, setMounted] = useState(false)
  useEffect(() => setMounted(true), [])
  if (workspace !== undefined && environment !== undefined)
    return { workspaceId: workspace, environmentId: environment }
  if (!mounted || lastPlace === undefined) return undefined
  return workspace === undefined || workspace === lastPlace.workspaceId ? lastPlace : undefined
}

/** The workspace of the page, else the one of before: it is known also where it has no environment yet. */
export function useWorkspaceId(): string | undefined {
  const { workspace } = useParams<Partial<Record<string, string>>>()
  return usePlace()?.workspaceId ?? workspace
}
