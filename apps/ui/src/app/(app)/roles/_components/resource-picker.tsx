'use client'

import Alert from '@mui/material/Alert'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import Dialog from '@mui/material/Dialog'
import DialogActions from '@mui/material/DialogActions'
import DialogContent from '@mui/material/DialogContent'
import DialogTitle from '@mui/material/DialogTitle'
import ListSubheader from '@mui/material/ListSubheader'
import MenuItem from '@mui/material/MenuItem'
import TextField from '@mui/material/TextField'
import Typography from '@mui/material/Typography'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { environmentsQuery, workspacesQuery } from '@/client/queries'
import { usePlace } from '@/session/use-place'
import { ObjectSelect } from './object-select'
import {
  KINDS_OF_OBJECTS,
  KINDS_OF_WORKSPACE,
  KINDS_WITHOUT_WORKSPACE,
  RESOURCE_KINDS,
  type ResourceChoice,
  resourcePatterns,
} from './resource-choice'

type ResourcePickerProps = {
  readonly onPick: (patterns: readonly string[]) => void
  readonly onClose: () => void
}

/** Finds a resource by names and gives the patterns for it, which are built from ids. */
export function ResourcePicker({ onPick, onClose }: ResourcePickerProps) {
  const place = usePlace()
  const [choice, setChoice] = useState<ResourceChoice>({ kind: 'environment', depth: 'with-contents', ...place })
  const { kind, workspaceId, environmentId, objectId } = choice
  const inWorkspace = !KINDS_WITHOUT_WORKSPACE.includes(kind)
  const inEnvironment = inWorkspace && !KINDS_OF_WORKSPACE.includes(kind)
  const workspaces = useQuery(workspacesQuery)
  const environments = useQuery({ ...environmentsQuery(workspaceId ?? ''), enabled: workspaceId !== undefined })
  const isCertain =
    kind === 'workspace' ? workspaceId !== undefined : kind === 'environment' && environmentId !== undefined
  const patterns = resourcePatterns(choice)
  const change = (part: Partial<ResourceChoice>) => setChoice((before) => ({ ...before, ...part }))
  return (
    <Dialog open onClose={onClose} aria-labelledby="resource-picker">
      <DialogTitle id="resource-picker">Pick a resource</DialogTitle>
      <DialogContent sx={{ display: 'grid', gap: 2, pt: '8px !important' }}>
        <TextField
          select
          label="What"
          value={kind}
          onChange={({ target }) => {
            const chosen = RESOURCE_KINDS.find(({ id }) => id === target.value)
            if (chosen) change({ kind: chosen.id, objectId: undefined })
          }}
        >
          {GROUPS.flatMap((group) => [
            <ListSubheader key={group}>{group}</ListSubheader>,
            ...RESOURCE_KINDS.filter((one) => one.group === group).map(({ id, label }) => (
              <MenuItem key={id} value={id}>
                {label}
              </MenuItem>
            )),
          ])}
        </TextField>
        {inWorkspace && (
          <Choice
            label="Workspace"
            every="Every workspace"
            value={workspaceId}
            options={workspaces.data}
            onChange={(id) => change({ workspaceId: id, environmentId: undefined, objectId: undefined })}
          />
        )}
        {inEnvironment && (
          <Choice
            label="Environment"
            every="Every environment"
            value={environmentId}
            options={workspaceId === undefined ? [] : environments.data}
            onChange={(id) => change({ environmentId: id, objectId: undefined })}
          />
        )}
        {isCertain && (
          <TextField
            select
            label="How far"
            value={choice.depth}
            onChange={({ target }) => {
              const depth = DEPTHS.find((one) => one === target.value)
              if (depth) change({ depth })
            }}
          >
            <MenuItem value="with-contents">The {kind} and everything in it</MenuItem>
            <MenuItem value="itself">The {kind} itself only</MenuItem>
            <MenuItem value="contents">Everything in it only</MenuItem>
          </TextField>
        )}
        {KINDS_OF_OBJECTS.includes(kind) && (
          <ObjectSelect
            kind={kind}
            path={workspaceId && environmentId ? { workspaceId, environmentId } : undefined}
            value={objectId}
            onChange={(id) => change({ objectId: id })}
          />
        )}
        {objectId !== undefined && kind !== 'role-member' && (
          <Alert severity="info" variant="outlined">
            A certain one does not cover the list that it stands in, nor creating others.
          </Alert>
        )}
        <Box aria-live="polite">
          <Typography variant="overline" sx={{ color: 'text.secondary' }}>
            {patterns.length === 1 ? 'Pattern' : 'Patterns'}
          </Typography>
          {patterns.map((pattern) => (
            <Box key={pattern} sx={{ overflowWrap: 'anywhere' }}>
              <code>{pattern}</code>
            </Box>
          ))}
        </Box>
      </DialogContent>
      <DialogActions>
        <Button color="secondary" onClick={onClose}>
          Cancel
        </Button>
        <Button
          variant="contained"
          onClick={() => {
            onPick(patterns)
            onClose()
          }}
        >
          Add
        </Button>
      </DialogActions>
    </Dialog>
  )
}

const GROUPS = [...new Set(RESOURCE_KINDS.map(({ group }) => group))]
const DEPTHS = ['with-contents', 'itself', 'contents'] as const

type ChoiceProps = {
  readonly label: string
  readonly every: string
  readonly value: string | undefined
  readonly options: readonly { readonly id: string; readonly name: string }[] | undefined
  readonly onChange: (id: string | undefined) => void
}

function Choice({ label, every, value, options = [], onChange }: ChoiceProps) {
  return (
    <TextField
      select
      label={label}
      value={options.some(({ id }) => id === value) ? value : ''}
      onChange={({ target }) => onChange(target.value || undefined)}
      slotProps={{ inputLabel: { shrink: true }, select: { displayEmpty: true } }}
    >
      <MenuItem value="">{every}</MenuItem>
      {options.map(({ id, name }) => (
        <MenuItem key={id} value={id}>
          {name}
        </MenuItem>
      ))}
    </TextField>
  )
}
