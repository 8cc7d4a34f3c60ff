'use client'

import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import { useQueryClient } from '@tanstack/react-query'
import { workspacePatch } from '@vm-x/contract'
import { answerOf, api, ifMatch } from '@/client/api'
import { workspaceQuery } from '@/client/people-queries'
import { type Workspace, workspacesQuery } from '@/client/queries'
import type { components } from '@/client/schema'
import { CopyButton } from '@/components/copy-button'
import { contractResolver } from '@/components/form/contract-resolver'
import { errorsByPath } from '@/components/form/errors-by-path'
import { FormTextField } from '@/components/form/fields'
import { useBase } from '@/components/form/use-base'
import { useProblemForm } from '@/components/form/use-problem-form'
import { useVersionedSave } from '@/components/form/use-versioned-save'
import { LimitsEditor } from '@/components/limits-editor'
import { ProblemAlert } from '@/components/problem-alert'
import { Section } from '@/components/section'
import { TimeZoneField } from '@/components/time-zone-field'
import { permissionOf, useMay } from '@/session/use-permission'
import { notify } from '@/stores/interface-store'
import { limitOf } from './limit-of'

/** Name, time zone and limits of a workspace. */
export function General({ workspace }: { workspace: Workspace }) {
  const client = useQueryClient()
  const allowed = useMay()('updateWorkspace')
  const { form, submit, error, busy } = useProblemForm<Values>({
    resolver: contractResolver(workspacePatch.required()),
    defaultValues: valuesOf(workspace),
    onSubmit: async (values): Promise<void> => {
      await save(values)
    },
  })
  const { base, rebase } = useBase(workspace, form, valuesOf)
  const path = { workspaceId: workspace.id }
  const { save, conflict } = useVersionedSave<Workspace, Values>({
    base,
    save: (body, version) =>
      answerOf(api.PATCH('/workspaces/{workspaceId}', { params: { path, header: ifMatch(version) }, body })),
    current: () => client.fetchQuery({ ...workspaceQuery(workspace.id), staleTime: 0 }),
    onSaved: (saved) => {
      taken(saved)
      void client.invalidateQueries({ queryKey: workspacesQuery.queryKey })
      notify('The workspace was saved')
    },
    onTaken: (theirs) => taken(theirs),
    labels: { name: 'Name', timeZone: 'Time zone', capacity: 'Limits', maxConcurrent: 'Requests at the same time' },
  })
  const taken = (item: Workspace) => {
    client.setQueryData(workspaceQuery(workspace.id).queryKey, item)
    rebase(item)
  }
  const { control } = form
  const { capacity = [], maxConcurrent = null } = form.watch()
  return (
    <form onSubmit={submit} noValidate>
      <ProblemAlert error={error} shownFields={['name', 'timeZone']} />
      <Section title="Name and time">
        <Box sx={{ display: 'grid', gap: 2, maxWidth: 480 }}>
          <FormTextField control={control} name="name" label="Name" required disabled={!allowed} />
          <TimeZoneField control={control} name="timeZone" disabled={!allowed} />
          <Box sx={{ display: 'flex', gap: 1, alignItems: 'center', fontSize: 13, color: 'text.secondary' }}>
            <Box component="span" sx={{ overflowWrap: 'anywhere' }}>
              Id <code>{workspace.id}</code>
            </Box>
            <CopyButton text={workspace.id} label="Copy the id" />
          </Box>
        </Box>
      </Section>
      <Section
        title="Limits"
        description="Of all requests in the workspace together, beside those of its environments."
      >
        <LimitsEditor
          value={{ capacity: capacity.map(limitOf), maxConcurrent }}
          onChange={(limits) => {
            const options = { shouldDirty: true, shouldValidate: true }
            form.setValue('capacity', limits.capacity, options)
            form.setValue('maxConcurrent', limits.maxConcurrent, options)
          }}
          errors={errorsByPath(form.formState.errors)}
          disabled={!allowed}
        />
      </Section>
      {allowed ? (
        <Box sx={{ display: 'flex', gap: 1 }}>
          <Button type="submit" variant="contained" loading={busy} disabled={!form.formState.isDirty}>
            Save
          </Button>
          <Button color="secondary" disabled={busy || !form.formState.isDirty} onClick={() => form.reset()}>
            Discard changes
          </Button>
        </Box>
      ) : (
        workspace.membership === 'owner' && (
          <Box sx={{ color: 'text.secondary' }}>
            Your roles do not allow <code>{permissionOf('updateWorkspace')}</code> here.
          </Box>
        )
      )}
      {conflict}
    </form>
  )
}

type Values = Required<components['schemas']['WorkspacePatch']>

const valuesOf = ({ name, timeZone, capacity, maxConcurrent }: Workspace): Values => ({
  name,
  timeZone,
  capacity,
  maxConcurrent,
})
