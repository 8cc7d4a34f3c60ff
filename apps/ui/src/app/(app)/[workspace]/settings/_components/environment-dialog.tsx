'use client'

import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import Dialog from '@mui/material/Dialog'
import DialogActions from '@mui/material/DialogActions'
import DialogContent from '@mui/material/DialogContent'
import DialogTitle from '@mui/material/DialogTitle'
import Typography from '@mui/material/Typography'
import { useQueryClient } from '@tanstack/react-query'
import { environmentPatch } from '@vm-x/contract'
import { useState } from 'react'
import { answerOf, api, ifMatch } from '@/client/api'
import { type Environment, environmentsQuery } from '@/client/queries'
import type { components } from '@/client/schema'
import { contractResolver } from '@/components/form/contract-resolver'
import { errorsByPath } from '@/components/form/errors-by-path'
import { FormTextField } from '@/components/form/fields'
import { useProblemForm } from '@/components/form/use-problem-form'
import { useVersionedSave } from '@/components/form/use-versioned-save'
import { LimitsEditor } from '@/components/limits-editor'
import { ProblemAlert } from '@/components/problem-alert'
import { notify } from '@/stores/interface-store'
import { limitOf } from './limit-of'

type EnvironmentDialogProps = {
  readonly workspaceId: string
  /** The one to change; without it one is created. */
  readonly environment?: Environment
  readonly onClose: () => void
}

type Values = Required<components['schemas']['EnvironmentPatch']>

const LIST = '/workspaces/{workspaceId}/environments'
const ONE = `${LIST}/{environmentId}` as const

/** Name and limits of an environment. */
export function EnvironmentDialog({ workspaceId, environment, onClose }: EnvironmentDialogProps) {
  const client = useQueryClient()
  const [base, setBase] = useState(environment)
  const { form, submit, error, busy } = useProblemForm<Values>({
    resolver: contractResolver(environmentPatch.required()),
    defaultValues: valuesOf(environment),
    onSubmit: async (values): Promise<void> => {
      if (base) await save(values)
      else done(await answerOf(api.POST(LIST, { params: { path: { workspaceId } }, body: values })), 'created')
    },
  })
  const path = { workspaceId, environmentId: environment?.id ?? '' }
  const { save, conflict } = useVersionedSave<Environment, Values>({
    base: base ?? NONE,
    save: (body, version) => answerOf(api.PATCH(ONE, { params: { path, header: ifMatch(version) }, body })),
    current: () => answerOf(api.GET(ONE, { params: { path } })),
    onSaved: (saved) => done(saved, 'saved'),
    onTaken: (theirs) => {
      setBase(theirs)
      form.reset(valuesOf(theirs))
    },
    labels: { name: 'Name', capacity: 'Limits', maxConcurrent: 'Requests at the same time' },
  })
  const done = ({ name }: Environment, what: string) => {
    void client.invalidateQueries({ queryKey: environmentsQuery(workspaceId).queryKey })
    notify(`Environment ${name} was ${what}`)
    onClose()
  }
  const { capacity = [], maxConcurrent = null } = form.watch()
  return (
    <Dialog open onClose={busy ? undefined : onClose} maxWidth="md" aria-labelledby="environment-title">
      <form onSubmit={submit} noValidate>
        <DialogTitle id="environment-title">
          {environment ? `Change ${environment.name}` : 'Create an environment'}
        </DialogTitle>
        <DialogContent sx={{ display: 'grid', gap: 2, pt: '8px !important' }}>
          <ProblemAlert error={error} shownFields={['name']} />
          <FormTextField
            control={form.control}
            name="name"
            label="Name"
            required
            autoFocus
            helperText="Letters, digits, dots, dashes and underscores. Renaming breaks nothing: keys and policies go by the id"
          />
          <Box>
            <Typography variant="h3" sx={{ mb: 1 }}>
              Limits of all requests in it together
            </Typography>
            <LimitsEditor
              value={{ capacity: capacity.map(limitOf), maxConcurrent }}
              onChange={(limits) => {
                const options = { shouldDirty: true, shouldValidate: true }
                form.setValue('capacity', limits.capacity, options)
                form.setValue('maxConcurrent', limits.maxConcurrent, options)
              }}
              errors={errorsByPath(form.formState.errors)}
            />
          </Box>
        </DialogContent>
        <DialogActions>
          <Button color="secondary" onClick={onClose} disabled={busy}>
            Cancel
          </Button>
          <Button type="submit" variant="contained" loading={busy}>
            {environment ? 'Save' : 'Create'}
          </Button>
        </DialogActions>
      </form>
      {conflict}
    </Dialog>
  )
}

/** Stands for the one that is yet to be created, which has no version. */
const NONE: Environment = {
  id: '',
  workspaceId: '',
  name: '',
  capacity: [],
  maxConcurrent: null,
  createdAt: '',
  updatedAt: '',
  createdBy: '',
  updatedBy: '',
  version: 0,
}

const valuesOf = ({ name, capacity, maxConcurrent }: Environment = NONE): Values => ({ name, capacity, maxConcurrent })
