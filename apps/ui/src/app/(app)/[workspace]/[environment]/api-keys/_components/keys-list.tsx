'use client'

import AddIcon from '@mui/icons-material/Add'
import KeyIcon from '@mui/icons-material/KeyOutlined'
import Button from '@mui/material/Button'
import MenuItem from '@mui/material/MenuItem'
import TextField from '@mui/material/TextField'
import Typography from '@mui/material/Typography'
import { useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { useState } from 'react'
import { type ApiKey, keysQuery } from '@/client/queries'
import { ListTable } from '@/components/list-table'
import { PageHeader } from '@/components/page-header'
import { EmptyState } from '@/components/states'
import { useEnvironmentPath } from '@/session/use-environment-path'
import { useMay } from '@/session/use-permission'
import { keyColumns } from './key-columns'
import { keyState, previousWorksUntil } from './key-state'

const FILTERS = {
  all: 'All states',
  active: 'Active',
  expiring: 'Expires soon',
  expired: 'Expired',
  disabled: 'Disabled',
  rotated: 'Old secret still works',
  unused: 'Never used',
} as const

type Filter = keyof typeof FILTERS

/** The API keys of an environment: who may call what, and whether they still do. */
export function KeysList() {
  const path = useEnvironmentPath()
  const may = useMay()
  const keys = useQuery(keysQuery(path))
  const [filter, setFilter] = useState<Filter>('all')
  const nowMs = Date.now()
  const shown = keys.data?.filter((key) => matches(key, filter, nowMs))
  const create = may('createApiKey') && (
    <Button component={Link} href={`${path.href}/api-keys/new`} variant="contained" startIcon={<AddIcon />}>
      New API key
    </Button>
  )
  return (
    <>
      <PageHeader
        title="API keys"
        description="Programs call the gateway with a key. It says what they may call, and how much."
        actions={create}
      />
      <ListTable<ApiKey>
        label="API keys"
        rows={shown}
        error={keys.error}
        onRetry={keys.refetch}
        columns={keyColumns(path.href)}
        rowKey={({ id }) => id}
        searchText={({ name, publicId, description, labels }) => [name, publicId, description, ...labels].join(' ')}
        filters={
          <TextField
            select
            value={filter}
            onChange={(event) => setFilter(event.target.value as Filter)}
            sx={{ maxWidth: 220 }}
            slotProps={{ select: { SelectDisplayProps: { 'aria-label': 'State' } } }}
          >
            {Object.entries(FILTERS).map(([value, label]) => (
              <MenuItem key={value} value={value}>
                {label}
              </MenuItem>
            ))}
          </TextField>
        }
        empty={
          keys.data?.length === 0 ? (
            <EmptyState icon={<KeyIcon />} title="No API keys yet" action={create}>
              Make one for each program, so that its use can be told apart and ended alone.
            </EmptyState>
          ) : (
            <EmptyState
              icon={<KeyIcon />}
              title="No key is in this state"
              action={
                <Button variant="outlined" onClick={() => setFilter('all')}>
                  Show all states
                </Button>
              }
            />
          )
        }
      />
      {keys.data && keys.data.length > 0 && (
        <Typography variant="body2" sx={{ color: 'text.secondary', mt: 1.5 }}>
          The value of a key is shown when it is created or rotated, and never again.
        </Typography>
      )}
    </>
  )
}

function matches(key: ApiKey, filter: Filter, nowMs: number): boolean {
  if (filter === 'all') return true
  if (filter === 'rotated') return previousWorksUntil(key, nowMs) !== undefined
  if (filter === 'unused') return key.lastUsedAt === null
  return keyState(key, nowMs) === filter
}
