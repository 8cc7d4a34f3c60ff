'use client'

import { useMay } from '@/session/use-permission'
import { usePlace, useWorkspaceId } from '@/session/use-place'
import { ENVIRONMENT_PAGES, INSTALLATION_PAGES, type Page, WORKSPACE_PAGES } from './pages'

export type PageLink = Page & { readonly href: string }
export type Section = { readonly title: string; readonly pages: readonly PageLink[] }

/** The pages that who is signed in may see, with those of the place where they are, or were last. */
export function usePages(): readonly Section[] {
  const may = useMay()
  const place = usePlace()
  const workspaceId = useWorkspaceId()
  const linked = (pages: readonly Page[], base: string) =>
    pages.filter(({ needs }) => !needs || may(needs, place)).map((page) => ({ ...page, href: `${base}${page.path}` }))
  const sections = [
    {
      title: 'Environment',
      pages: place ? linked(ENVIRONMENT_PAGES, `/${place.workspaceId}/${place.environmentId}`) : [],
    },
    { title: 'Workspace', pages: workspaceId ? linked(WORKSPACE_PAGES, `/${workspaceId}`) : [] },
    { title: 'Installation', pages: linked(INSTALLATION_PAGES, '') },
  ]
  return sections.filter(({ pages }) => pages.length > 0)
}
