'use client'

import Box from '@mui/material/Box'
import Tab from '@mui/material/Tab'
import Tabs from '@mui/material/Tabs'
import Link from 'next/link'
import { useSearchParams } from 'next/navigation'
import type { ReactNode } from 'react'

type PageTabsProps<Id extends string> = {
  /** What the parts are of, e.g. `Workspace settings`. */
  readonly label: string
  readonly tabs: readonly { readonly id: Id; readonly label: string }[]
  readonly children: (tab: Id) => ReactNode
}

/** Parts of a page, of which the address names the one that is shown: `?tab=members`. */
export function PageTabs<Id extends string>({ label, tabs, children }: PageTabsProps<Id>) {
  const wanted = useSearchParams().get('tab')
  const current = tabs.find(({ id }) => id === wanted) ?? tabs[0]
  if (!current) return null
  return (
    <>
      <Tabs value={current.id} aria-label={label} sx={{ borderBottom: 1, borderColor: 'divider', mb: 2.5 }}>
        {tabs.map((tab) => (
          <Tab
            key={tab.id}
            value={tab.id}
            label={tab.label}
            component={Link}
            href={`?tab=${tab.id}`}
            replace
            scroll={false}
            id={`tab-${tab.id}`}
            aria-controls={tab.id === current.id ? 'tab-panel' : undefined}
          />
        ))}
      </Tabs>
      <Box role="tabpanel" id="tab-panel" aria-labelledby={`tab-${current.id}`}>
        {children(current.id)}
      </Box>
    </>
  )
}
