'use client'

import Box from '@mui/material/Box'
import dynamic from 'next/dynamic'
import { type ReactNode, useState } from 'react'
import type { AiConnection } from '@/client/queries'
import { EditorTabs } from './editor-tabs'
import { FormProblems } from './form-problems'
import { GeneralTab } from './general-tab'
import type { ResourceValues, TabProps } from './resource-form'
import { tabsWithChanges, tabsWithErrors } from './resource-tabs'
import { TabPlaceholder } from './tab-placeholder'
import type { useResourceForm } from './use-resource-form'
import { useTab } from './use-tab'

const RoutingBuilder = dynamic(() => import('./routing/routing-builder').then((module) => module.RoutingBuilder), {
  ssr: false,
  loading: TabPlaceholder,
})
const FallbackTab = dynamic(() => import('./fallback-tab').then((module) => module.FallbackTab), {
  ssr: false,
  loading: TabPlaceholder,
})
const LimitsTab = dynamic(() => import('./limits-tab').then((module) => module.LimitsTab), {
  ssr: false,
  loading: TabPlaceholder,
})
const TimesTab = dynamic(() => import('./times-tab').then((module) => module.TimesTab), {
  ssr: false,
  loading: TabPlaceholder,
})
const DryRun = dynamic(() => import('./routing/dry-run').then((module) => module.DryRun), {
  ssr: false,
  loading: TabPlaceholder,
})

type FurtherTab = { readonly id: string; readonly label: string; readonly content: ReactNode }

type ResourceEditorProps = {
  readonly editing: ReturnType<typeof useResourceForm>
  /** What is saved; of a new resource, what it begins with. */
  readonly base: ResourceValues
  readonly resourceId?: string
  readonly connections: readonly AiConnection[]
  readonly readOnly?: boolean
  /** Behind those that edit. */
  readonly furtherTabs?: readonly FurtherTab[]
}

/** All of a resource in tabs over one form. What was opened once stays as it was left. */
export function ResourceEditor(props: ResourceEditorProps) {
  const { editing, base, resourceId, connections, readOnly = false, furtherTabs = [] } = props
  const { form, values, set, errors } = editing
  const tabProps: TabProps = { form, values, set, errors, connections, readOnly }
  const draft = () => form.getValues()
  const tabs: readonly (FurtherTab & { readonly count?: number })[] = [
    { id: 'general', label: 'General', content: <GeneralTab {...tabProps} savedName={resourceId && base.name} /> },
    {
      id: 'routing',
      label: 'Routing',
      count: values.routing.length,
      content: (
        <RoutingBuilder
          value={values.routing}
          onChange={(routing) => set('routing', routing)}
          errors={errors}
          disabled={readOnly}
          connections={[...connections]}
          resourceId={resourceId}
          draft={draft}
        />
      ),
    },
    {
      id: 'fallback',
      label: 'Fallback chain',
      count: values.fallback.enabled ? values.fallback.models.length : 0,
      content: <FallbackTab {...tabProps} />,
    },
    { id: 'limits', label: 'Limits', content: <LimitsTab {...tabProps} resourceId={resourceId} /> },
    { id: 'times', label: 'Time limits and retries', content: <TimesTab {...tabProps} /> },
    { id: 'dry-run', label: 'Dry run', content: <DryRun resourceId={resourceId} draft={draft} /> },
    ...furtherTabs,
  ]
  const { current, show } = useTab(tabs.map(({ id }) => id))
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set())
  if (!opened.has(current)) setOpened(new Set([...opened, current]))
  const faulty = tabsWithErrors(errors)
  return (
    <>
      <EditorTabs
        tabs={tabs}
        current={current}
        faulty={faulty}
        changed={tabsWithChanges(base, values)}
        onChoose={show}
      />
      <FormProblems error={editing.error} errors={errors} current={current} onShow={show} />
      {tabs.map(({ id, content }) => (
        <Box
          key={id}
          role="tabpanel"
          id={`panel-${id}`}
          aria-labelledby={`tab-${id}`}
          hidden={id !== current}
          sx={{ minWidth: 0 }}
        >
          {(opened.has(id) || id === current) && content}
        </Box>
      ))}
    </>
  )
}
