'use client'

import { useParams } from 'next/navigation'
import { useMemo } from 'react'
import type { EnvironmentPath } from '@/client/queries'

/** The environment of the page, as parameters of the API's paths, and where its pages begin. */
export function useEnvironmentPath(): EnvironmentPath & { readonly href: string } {
  const { workspace: workspaceId = '', environment: environmentId = '' } = useParams<Partial<Record<string, string>>>()
  return useMemo(
    () => ({ workspaceId, environmentId, href: `/${workspaceId}/${environmentId}` }),
    [workspaceId, environmentId],
  )
}
