'use client'

import Autocomplete from '@mui/material/Autocomplete'
import TextField from '@mui/material/TextField'
import { useQuery } from '@tanstack/react-query'
import { rolesQuery, usersQuery } from '@/client/people-queries'
import { connectionsQuery, type EnvironmentPath, keysQuery, resourcesQuery } from '@/client/queries'
import { useMay } from '@/session/use-permission'
import type { ResourceKind } from './resource-choice'

type ObjectSelectProps = {
  readonly kind: ResourceKind
  /** Undefined while no certain environment is chosen. */
  readonly path: EnvironmentPath | undefined
  readonly value: string | undefined
  readonly onChange: (id: string | undefined) => void
}

/** A certain user, role, connection, resource or key by its name; none stands for each. */
export function ObjectSelect({ kind, path, value, onChange }: ObjectSelectProps) {
  const may = useMay()
  const place = path ?? { workspaceId: '', environmentId: '' }
  const users = useQuery({ ...usersQuery, enabled: kind === 'user' && may('listUsers') })
  const roles = useQuery({ ...rolesQuery, enabled: (kind === 'role' || kind === 'role-member') && may('listRoles') })
  const connections = useQuery({ ...connectionsQuery(place), enabled: kind === 'ai-connection' && path !== undefined })
  const resources = useQuery({ ...resourcesQuery(place), enabled: kind === 'ai-resource' && path !== undefined })
  const keys = useQuery({ ...keysQuery(place), enabled: kind === 'api-key' && path !== undefined })
  const options = {
    user: users.data?.map(({ id, email }) => ({ id, name: email })),
    role: roles.data,
    'role-member': roles.data,
    'ai-connection': connections.data,
    'ai-resource': resources.data,
    'api-key': keys.data,
  }
  const named: readonly Named[] = (kind in options && options[kind as keyof typeof options]) || []
  const needsPlace = path === undefined && !['user', 'role', 'role-member'].includes(kind)
  return (
    <Autocomplete<Named>
      key={kind}
      options={[...named]}
      getOptionLabel={({ name }) => name}
      getOptionKey={({ id }) => id}
      isOptionEqualToValue={(one, other) => one.id === other.id}
      value={named.find(({ id }) => id === value) ?? null}
      onChange={(_, option) => onChange(option?.id)}
      disabled={needsPlace}
      renderInput={(params) => (
        <TextField
          {...params}
          label="Which"
          placeholder="Each, and their list"
          helperText={needsPlace ? 'Choose an environment first to pick a certain one' : undefined}
          slotProps={{ ...params.slotProps, inputLabel: { ...params.slotProps.inputLabel, shrink: true } }}
        />
      )}
    />
  )
}

type Named = { readonly id: string; readonly name: string }
