'use client'

import Alert from '@mui/material/Alert'
import Button from '@mui/material/Button'
import Chip from '@mui/material/Chip'
import { useQueryClient } from '@tanstack/react-query'
import dynamic from 'next/dynamic'
import Link from 'next/link'
import { useEffect, useState } from 'react'
import { type AiConnection, type AiResource, environmentKey, resourceQuery } from '@/client/queries'
import { isSame } from '@/components/form/changed-fields'
import { LeaveGuard } from '@/components/form/leave-guard'
import { SaveBar } from '@/components/form/save-bar'
import { useVersionedSave } from '@/components/form/use-versioned-save'
import { PageHeader } from '@/components/page-header'
import { useShortcut } from '@/components/shell/use-shortcut'
import { useEnvironmentPath } from '@/session/use-environment-path'
import { permissionOf, useMay } from '@/session/use-permission'
import { notify } from '@/stores/interface-store'
import { updateResource } from '../queries'
import { ResourceEditor } from './resource-editor'
import { FIELD_LABELS, type ResourceValues, valuesOf } from './resource-form'
import { ResourceMenu } from './resource-menu'
import { TabPlaceholder } from './tab-placeholder'
import { useDraft, useKeptDraft } from './use-draft'
import { useResourceForm } from './use-resource-form'

const RevisionsTab = dynamic(() => import('./revisions-tab').then((module) => module.RevisionsTab), {
  ssr: false,
  loading: TabPlaceholder,
})
const UseItTab = dynamic(() => import('./use-it-tab').then((module) => module.UseItTab), {
  ssr: false,
  loading: TabPlaceholder,
})
const ConfirmDialog = dynamic(() => import('@/components/confirm-dialog').then((module) => module.ConfirmDialog), {
  ssr: false,
})

type EditResourceProps = { readonly resource: AiResource; readonly connections: readonly AiConnection[] }

/** A resource that is there, with all that can be done with it. */
export function EditResource({ resource, connections }: EditResourceProps) {
  const path = useEnvironmentPath()
  const may = useMay()
  const client = useQueryClient()
  const draft = useDraft(resource.id)
  const [base, setBase] = useState(draft?.base ?? resource)
  const [discarding, setDiscarding] = useState(false)
  const readOnly = !may('updateAiResource', { aiResourceId: base.id })
  const query = resourceQuery(path, base.id)

  const take = (item: AiResource) => {
    setBase(item)
    form.reset(valuesOf(item))
  }
  const saved = (item: AiResource) => {
    take(item)
    client.setQueryData(query.queryKey, item)
    void client.invalidateQueries({ queryKey: environmentKey(path) })
  }
  const versioned = useVersionedSave<AiResource, ResourceValues>({
    base,
    save: (patch, version) => updateResource(path, { id: base.id, version }, patch),
    current: () => client.fetchQuery({ ...query, staleTime: 0 }),
    onSaved: (item) => {
      saved(item)
      notify(`${item.name} is saved: the next request is routed by it`)
    },
    onTaken: saved,
    labels: FIELD_LABELS,
  })
  const editing = useResourceForm({ initial: draft?.values ?? valuesOf(base), onSubmit: versioned.save })
  const { form, values, submit, error, busy } = editing
  const baseValues = valuesOf(base)
  const dirty = !isSame(baseValues, values)
  useKeptDraft(base.id, dirty ? { base, values } : undefined)
  useShortcut('s', () => dirty && !busy && void submit())

  const outdated = resource.version > base.version
  // biome-ignore lint/correctness/useExhaustiveDependencies: what others saved is taken once it arrives, if nothing is typed
  useEffect(() => {
    if (outdated && !dirty) take(resource)
  }, [outdated, dirty])

  return (
    <>
      <PageHeader
        title={base.name}
        trail={[{ label: 'AI resources', href: `${path.href}/ai-resources` }]}
        description={base.description}
        badges={
          <Chip
            label={base.enabled ? 'enabled' : 'disabled'}
            color={base.enabled ? 'success' : 'default'}
            variant="outlined"
          />
        }
        actions={
          <>
            <Button
              component={Link}
              href={`${path.href}/playground?resource=${base.id}`}
              color="secondary"
              variant="outlined"
            >
              Try in the playground
            </Button>
            <ResourceMenu
              resource={base}
              onChanged={saved}
              blocked={dirty ? 'Save or discard your changes first' : undefined}
            />
          </>
        }
      />
      {readOnly && (
        <Alert severity="info" variant="outlined" sx={{ mb: 2 }}>
          You may look at this, but not change it: no role of yours gives “{permissionOf('updateAiResource')}”.
        </Alert>
      )}
      {base.origin === 'config' && !readOnly && (
        <Alert severity="info" variant="outlined" sx={{ mb: 2 }}>
          It comes from the configuration file, which is applied at each start: what the file says of it is set again
          then.
        </Alert>
      )}
      {draft && dirty && (
        <Alert severity="info" variant="outlined" sx={{ mb: 2 }}>
          These are your changes of before. They are not saved yet.
        </Alert>
      )}
      {outdated && dirty && (
        <Alert severity="warning" variant="outlined" sx={{ mb: 2 }}>
          Somebody else has saved this meanwhile. When you save, both changes are shown beside each other.
        </Alert>
      )}
      <ResourceEditor
        editing={{ ...editing, error: dirty ? error : undefined }}
        base={baseValues}
        resourceId={base.id}
        connections={connections}
        readOnly={readOnly}
        furtherTabs={[
          {
            id: 'revisions',
            label: 'Revisions',
            content: (
              <RevisionsTab
                resource={base}
                connections={connections}
                dirty={dirty}
                onRestored={saved}
                readOnly={readOnly}
              />
            ),
          },
          { id: 'use', label: 'Use it', content: <UseItTab resource={base} /> },
        ]}
      />
      {dirty && (
        <SaveBar text={`Not saved: ${changedLabels(baseValues, values)}`}>
          <Button color="secondary" disabled={busy} onClick={() => setDiscarding(true)}>
            Discard
          </Button>
          <Button variant="contained" loading={busy} onClick={() => void submit()}>
            Save
          </Button>
        </SaveBar>
      )}
      {versioned.conflict}
      {discarding && (
        <ConfirmDialog
          title="Discard your changes?"
          action="Discard"
          onConfirm={async () => take(resource)}
          onClose={() => setDiscarding(false)}
        >
          Everything becomes what is saved. Changed were: {changedLabels(baseValues, values)}.
        </ConfirmDialog>
      )}
      <LeaveGuard active={dirty} onLeave={() => take(resource)} />
    </>
  )
}

const changedLabels = (base: ResourceValues, values: ResourceValues) =>
  (Object.keys(FIELD_LABELS) as (keyof ResourceValues)[])
    .filter((name) => !isSame(base[name], values[name]))
    .map((name) => FIELD_LABELS[name].toLowerCase())
    .join(', ')
