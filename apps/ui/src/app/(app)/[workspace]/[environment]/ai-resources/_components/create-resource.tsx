'use client'

import Alert from '@mui/material/Alert'
import Button from '@mui/material/Button'
import MuiLink from '@mui/material/Link'
import { useQueryClient } from '@tanstack/react-query'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { type AiConnection, type AiResource, environmentKey, resourceQuery } from '@/client/queries'
import { isSame } from '@/components/form/changed-fields'
import { LeaveGuard } from '@/components/form/leave-guard'
import { SaveBar } from '@/components/form/save-bar'
import { PageHeader } from '@/components/page-header'
import { useShortcut } from '@/components/shell/use-shortcut'
import { useEnvironmentPath } from '@/session/use-environment-path'
import { useMay } from '@/session/use-permission'
import { notify } from '@/stores/interface-store'
import { createResource } from '../queries'
import { ResourceEditor } from './resource-editor'
import type { ResourceValues } from './resource-form'
import { useDraft, useKeptDraft } from './use-draft'
import { useResourceForm } from './use-resource-form'

type CreateResourceProps = {
  readonly initial: ResourceValues
  /** What it is a copy of. */
  readonly original: AiResource | undefined
  readonly connections: readonly AiConnection[]
}

export function CreateResource({ initial, original, connections }: CreateResourceProps) {
  const path = useEnvironmentPath()
  const router = useRouter()
  const may = useMay()
  const client = useQueryClient()
  const page = `${path.href} new ${original?.id ?? ''}`
  const draft = useDraft(page)
  const [base] = useState(initial)
  const [done, setDone] = useState(false)
  const editing = useResourceForm({
    initial: draft?.values ?? base,
    onSubmit: async (values) => {
      const created = await createResource(path, values)
      setDone(true)
      client.setQueryData(resourceQuery(path, created.id).queryKey, created)
      void client.invalidateQueries({ queryKey: environmentKey(path) })
      notify(`${created.name} is there: API keys that may use all resources can name it now`)
      router.push(`${path.href}/ai-resources/${created.id}?tab=use`)
    },
  })
  const { form, values, submit, busy } = editing
  const dirty = !done && !isSame(base, values)
  useKeptDraft(page, dirty ? { base: undefined, values } : undefined)
  useShortcut('s', () => !busy && !done && void submit())
  return (
    <>
      <PageHeader
        title={original ? `Copy of ${original.name}` : 'New AI resource'}
        trail={[{ label: 'AI resources', href: `${path.href}/ai-resources` }]}
        description="A virtual model: clients name it, and it decides which provider and model answers."
      />
      {connections.length === 0 && (
        <Alert severity="warning" variant="outlined" sx={{ mb: 2 }}>
          {may('listAiConnections') ? (
            <>
              It needs a connection to a provider, and there is none yet.{' '}
              <MuiLink component={Link} underline="always" href={`${path.href}/ai-connections`}>
                Add an AI connection
              </MuiLink>
            </>
          ) : (
            'It needs a connection to a provider, and you may not see those of this environment.'
          )}
        </Alert>
      )}
      {draft && dirty && (
        <Alert severity="info" variant="outlined" sx={{ mb: 2 }}>
          This is what you had typed before. It is not created yet.
        </Alert>
      )}
      <ResourceEditor editing={editing} base={base} connections={connections} />
      <SaveBar text="Only the name and the primary model are needed. All else can be changed later.">
        <Button component={Link} href={`${path.href}/ai-resources`} color="secondary" disabled={busy}>
          Cancel
        </Button>
        <Button variant="contained" loading={busy || done} onClick={() => void submit()}>
          Create
        </Button>
      </SaveBar>
      <LeaveGuard active={dirty} onLeave={() => form.reset(base)} />
    </>
  )
}
