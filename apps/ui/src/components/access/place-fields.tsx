'use client'

import Box from '@mui/material/Box'
import MenuItem from '@mui/material/MenuItem'
import TextField from '@mui/material/TextField'
import { useQuery } from '@tanstack/react-query'
import { environmentsQuery, workspacesQuery } from '@/client/queries'

export type AccessPlace = { readonly workspaceId?: string; readonly environmentId?: string }

type PlaceFieldsProps = {
  readonly value: AccessPlace
  readonly onChange: (place: AccessPlace) => void
  /** The workspace is the one of the page. */
  readonly fixedWorkspace?: boolean
}

/** Chooses where: outside of workspaces, in one of them, or in an environment of it. */
export function PlaceFields({ value, onChange, fixedWorkspace = false }: PlaceFieldsProps) {
  const { workspaceId, environmentId } = value
  const workspaces = useQuery(workspacesQuery)
  const environments = useQuery({ ...environmentsQuery(workspaceId ?? ''), enabled: workspaceId !== undefined })
  const known = (id: string | undefined, all: readonly { id: string }[] | undefined) =>
    all?.some((one) => one.id === id) ? (id ?? '') : ''
  return (
    <Box sx={{ display: 'flex', columnGap: 1, rowGap: 1.5, flexWrap: 'wrap', width: { xs: 1, sm: 'auto' } }}>
      {!fixedWorkspace && (
        <TextField
          select
          label="Workspace"
          value={known(workspaceId, workspaces.data)}
          onChange={({ target }) => onChange(target.value ? { workspaceId: target.value } : {})}
          slotProps={{ inputLabel: { shrink: true }, select: { displayEmpty: true } }}
          sx={{ width: { xs: 1, sm: 220 } }}
        >
          <MenuItem value="">Outside workspaces</MenuItem>
          {workspaces.data?.map(({ id, name }) => (
            <MenuItem key={id} value={id}>
              {name}
            </MenuItem>
          ))}
        </TextField>
      )}
      <TextField
        select
        label="Environment"
        disabled={workspaceId === undefined}
        value={known(environmentId, environments.data)}
        onChange={({ target }) =>
          onChange({
            ...(workspaceId !== undefined && { workspaceId }),
            ...(target.value && { environmentId: target.value }),
          })
        }
        slotProps={{ inputLabel: { shrink: true }, select: { displayEmpty: true } }}
        sx={{ width: { xs: 1, sm: 220 } }}
      >
        <MenuItem value="">{workspaceId === undefined ? 'None' : 'The workspace itself'}</MenuItem>
        {environments.data?.map(({ id, name }) => (
          <MenuItem key={id} value={id}>
            {name}
          </MenuItem>
        ))}
      </TextField>
    </Box>
  )
}
