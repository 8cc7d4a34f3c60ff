'use client'

import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import Chip from '@mui/material/Chip'
import { useQuery } from '@tanstack/react-query'
import { usersQuery } from '@/client/people-queries'
import { workspacesQuery } from '@/client/queries'
import { FilterSelect } from '@/components/filter-fields'
import { TimeSpanField } from '@/components/time-span-field'
import type { TimeSpan } from '@/components/time-spans'
import { useMay } from '@/session/use-permission'
import { ACTIONS, KINDS } from './change-words'

export const FILTER_NAMES = ['workspaceId', 'environmentId', 'actorId', 'action', 'objectKind', 'objectId'] as const

export type ChangeFilters = Readonly<Partial<Record<(typeof FILTER_NAMES)[number], string>>>

type ChangeFiltersProps = {
  readonly filters: ChangeFilters
  readonly time: TimeSpan
  readonly change: (changes: Readonly<Record<string, string | undefined>>) => void
}

const NONE = Object.fromEntries([...FILTER_NAMES, 'span', 'from', 'to'].map((name) => [name, undefined]))
const KIND_OPTIONS = Object.entries(KINDS).map(([id, name]) => ({ id, name }))

export function ChangeFilterBar({ filters, time, change }: ChangeFiltersProps) {
  const may = useMay()
  const { data: workspaces = [] } = useQuery(workspacesQuery)
  const { data: users } = useQuery({ ...usersQuery, enabled: may('listUsers') })
  const narrowed = Object.keys(filters).length > 0 || Object.keys(time).length > 0
  return (
    <Box
      role="group"
      aria-label="Filters"
      sx={{ display: 'flex', columnGap: 1, rowGap: 1.5, flexWrap: 'wrap', alignItems: 'center', mb: 2 }}
    >
      <TimeSpanField
        any
        spans={['1h', '24h', '7d', '30d', '90d']}
        value={time}
        onChange={({ span, from, to }) => change({ span, from, to })}
      />
      <FilterSelect
        label="Workspace"
        all="All of them"
        value={filters.workspaceId}
        options={workspaces}
        onChange={(workspaceId) => change({ workspaceId, environmentId: undefined })}
      />
      {(users || filters.actorId) && (
        <FilterSelect
          label="Who"
          all="Anybody"
          width={210}
          value={filters.actorId}
          options={users?.map(({ id, email }) => ({ id, name: email })) ?? []}
          onChange={(actorId) => change({ actorId })}
        />
      )}
      <FilterSelect
        label="Action"
        all="All actions"
        width={210}
        value={filters.action}
        options={ACTIONS}
        onChange={(action) => change({ action })}
      />
      <FilterSelect
        label="Kind of object"
        all="All kinds"
        value={filters.objectKind}
        options={KIND_OPTIONS}
        onChange={(objectKind) => change({ objectKind })}
      />
      {filters.objectId && (
        <Chip
          variant="outlined"
          label={`Object …${filters.objectId.slice(-8)}`}
          onDelete={() => change({ objectId: undefined })}
        />
      )}
      {filters.environmentId && (
        <Chip
          variant="outlined"
          label={`Environment …${filters.environmentId.slice(-8)}`}
          onDelete={() => change({ environmentId: undefined })}
        />
      )}
      {narrowed && (
        <Button color="secondary" onClick={() => change(NONE)}>
          Clear
        </Button>
      )}
    </Box>
  )
}
