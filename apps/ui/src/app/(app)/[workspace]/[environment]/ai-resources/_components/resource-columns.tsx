'use client'

import WarningIcon from '@mui/icons-material/WarningAmber'
import Box from '@mui/material/Box'
import Chip from '@mui/material/Chip'
import MuiLink from '@mui/material/Link'
import Skeleton from '@mui/material/Skeleton'
import Tooltip from '@mui/material/Tooltip'
import Typography from '@mui/material/Typography'
import Link from 'next/link'
import type { AiConnection, AiResource } from '@/client/queries'
import { share, shortCount } from '@/components/figures'
import { LimitsSummary } from '@/components/limits-summary'
import type { Column } from '@/components/list-table'
import type { HourOfUse } from '../queries'
import { stateOf } from './fallback-order'
import { ResourceMenu } from './resource-menu'
import { nameOf } from './tried-order'

type ColumnsOptions = {
  readonly href: string
  readonly connections: readonly AiConnection[] | undefined
  readonly hour: ReadonlyMap<string, HourOfUse> | undefined
  /** Whether this person may see what is used. */
  readonly withUsage: boolean
}

export function resourceColumns({ href, connections, hour, withUsage }: ColumnsOptions): readonly Column<AiResource>[] {
  const usage: Column<AiResource> = {
    id: 'hour',
    label: 'Last hour',
    align: 'right',
    hideBelow: 'sm',
    sort: ({ id }) => hour?.get(id)?.requests ?? 0,
    cell: ({ id }) => (hour ? <Hour {...(hour.get(id) ?? { requests: 0, errorShare: 0 })} /> : <Skeleton />),
  }
  return [
    {
      id: 'name',
      label: 'Name',
      sort: ({ name }) => name,
      cell: ({ id, name, description, enabled }) => (
        <>
          <Box sx={{ display: 'flex', gap: 1, alignItems: 'center', flexWrap: 'wrap' }}>
            <MuiLink component={Link} href={`${href}/ai-resources/${id}`} sx={{ fontWeight: 600 }}>
              {name}
            </MuiLink>
            {!enabled && <Chip label="disabled" variant="outlined" />}
          </Box>
          {description && (
            <Typography variant="body2" sx={{ color: 'text.secondary', maxWidth: 360 }}>
              {description}
            </Typography>
          )}
        </>
      ),
    },
    {
      id: 'model',
      label: 'Primary model',
      hideBelow: 'md',
      sort: ({ model }) => (connections ? nameOf(model, connections) : model.model),
      cell: ({ model }) => <Primary target={model} connections={connections} />,
    },
    {
      id: 'routing',
      label: 'Rules',
      align: 'right',
      hideBelow: 'lg',
      sort: ({ routing }) => routing.length,
      cell: ({ routing }) => <Rules routing={routing} />,
    },
    {
      id: 'fallback',
      label: 'Fallbacks',
      align: 'right',
      hideBelow: 'lg',
      sort: ({ fallback }) => (fallback.enabled ? fallback.models.length : 0),
      cell: ({ fallback }) => (fallback.enabled ? fallback.models.length : 'off'),
    },
    {
      id: 'limits',
      label: 'Limits',
      hideBelow: 'lg',
      cell: ({ capacity, maxConcurrent }) => <LimitsSummary capacity={capacity} maxConcurrent={maxConcurrent} />,
    },
    ...(withUsage ? [usage] : []),
    { id: 'actions', label: '', align: 'right', cell: (resource) => <ResourceMenu resource={resource} /> },
  ]
}

function Rules({ routing }: Pick<AiResource, 'routing'>) {
  const on = routing.filter(({ enabled }) => enabled).length
  if (on === routing.length) return <>{on}</>
  return (
    <Tooltip title={`${routing.length - on} of them switched off`}>
      <span>
        {on} of {routing.length}
      </span>
    </Tooltip>
  )
}

type PrimaryProps = { readonly target: AiResource['model']; readonly connections: readonly AiConnection[] | undefined }

function Primary({ target, connections }: PrimaryProps) {
  if (!connections) return <>{target.model}</>
  const state = stateOf(target, connections)
  const why =
    state === 'disabled'
      ? 'Its connection is disabled'
      : state === 'not-allowed'
        ? 'Its connection does not allow it'
        : ''
  return (
    <Box sx={{ display: 'inline-flex', gap: 0.75, alignItems: 'center' }}>
      {nameOf(target, connections)}
      {why && (
        <Tooltip title={why}>
          <WarningIcon titleAccess={why} color="warning" sx={{ fontSize: 17 }} />
        </Tooltip>
      )}
    </Box>
  )
}

function Hour({ requests, errorShare }: HourOfUse) {
  return (
    <Box sx={{ whiteSpace: 'nowrap' }}>
      {shortCount(requests)}
      <Typography variant="body2" sx={{ color: errorShare > 0 ? 'error.main' : 'text.secondary', minHeight: 20 }}>
        {requests > 0 && (errorShare > 0 ? `${share(errorShare)} errors` : 'no errors')}
      </Typography>
    </Box>
  )
}
