'use client'

import Box from '@mui/material/Box'
import MuiLink from '@mui/material/Link'
import { DataGrid, type GridColDef, type GridRenderCellParams } from '@mui/x-data-grid'
import type { AuditExchange } from '@vm-x/contract'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { useMemo, useState } from 'react'
import { OutcomeLabel } from '@/components/decision-outcome-label'
import { fullTime, shortTime } from '@/components/exact-time'
import { count, duration } from '@/components/figures'
import { nameIn } from '@/components/named-link'
import type { Names } from '@/components/use-names'
import { useEnvironmentPath } from '@/session/use-environment-path'
import { extraAttempts, targetOf } from './exchange-columns'

type ExchangeGridProps = { readonly exchanges: readonly AuditExchange[]; readonly names: Names }

/** One page of exchanges. A row leads to all that is known of its exchange, by a click or by Enter. */
export function ExchangeGrid({ exchanges, names }: ExchangeGridProps) {
  const { href } = useEnvironmentPath()
  const router = useRouter()
  const [nonce] = useState(nonceOfPage)
  const columns = useMemo(() => columnsWith(names, href), [names, href])
  const open = (id: unknown) => router.push(`${href}/audit/${id}`)
  return (
    <DataGrid
      aria-label="Exchanges"
      rows={exchanges}
      columns={columns}
      density="compact"
      hideFooter
      disableColumnMenu
      disableColumnSorting
      disableRowSelectionOnClick
      onRowClick={({ id }, event) => {
        if (!(event.target instanceof Element && event.target.closest('a'))) open(id)
      }}
      onCellKeyDown={({ id }, event) => {
        if (event.key === 'Enter') open(id)
      }}
      {...(nonce && { nonce })}
      sx={{
        '--DataGrid-rowBorderColor': 'var(--vmx-palette-divider)',
        borderColor: 'divider',
        bgcolor: 'background.paper',
        fontVariantNumeric: 'tabular-nums',
        '& .MuiDataGrid-row': { cursor: 'pointer' },
        '& .MuiDataGrid-columnHeaderTitle': { fontWeight: 600, fontSize: 13, color: 'text.secondary' },
      }}
    />
  )
}

type Cell = GridRenderCellParams<AuditExchange>

function columnsWith(names: Names, href: string): GridColDef<AuditExchange>[] {
  return [
    {
      field: 'startedAt',
      headerName: 'Time',
      width: 142,
      renderCell: ({ row, tabIndex }: Cell) => (
        <MuiLink
          component={Link}
          href={`${href}/audit/${row.id}`}
          tabIndex={tabIndex}
          title={fullTime(row.startedAt)}
          color="inherit"
        >
          {shortTime(row.startedAt)}
        </MuiLink>
      ),
    },
    {
      field: 'outcome',
      headerName: 'Outcome',
      flex: 1.2,
      minWidth: 190,
      renderCell: ({ row }: Cell) => <OutcomeLabel outcome={row.outcome} />,
    },
    { field: 'status', headerName: 'Status', width: 66 },
    {
      field: 'requestedModel',
      headerName: 'Asked for',
      flex: 1,
      minWidth: 100,
      valueGetter: (_, row) => row.requestedModel ?? '',
    },
    {
      field: 'target',
      headerName: 'Target',
      flex: 1.3,
      minWidth: 130,
      valueGetter: (_, row) => targetOf(row) ?? '',
      renderCell: ({ row, value }: Cell) => <Target text={String(value)} extra={extraAttempts(row)} />,
    },
    {
      field: 'apiKeyId',
      headerName: 'Asked by',
      flex: 1.2,
      minWidth: 100,
      valueGetter: (_, { apiKeyId, userId }) =>
        apiKeyId ? nameIn(names, 'key', apiKeyId) : userId ? nameIn(names, 'member', userId) : '',
    },
    figure('input', 'Tokens in', 82, ({ usage }) => usage && count(usage.input)),
    figure('output', 'out', 60, ({ usage }) => usage && count(usage.output)),
    figure('timeToFirstTokenMs', 'First token', 90, ({ timeToFirstTokenMs: ms }) => ms !== undefined && duration(ms)),
    figure('durationMs', 'Duration', 84, ({ durationMs }) => duration(durationMs)),
  ]
}

const figure = (
  field: string,
  headerName: string,
  width: number,
  text: (row: AuditExchange) => string | false | undefined,
): GridColDef<AuditExchange> => ({
  field,
  headerName,
  width,
  align: 'right',
  headerAlign: 'right',
  valueGetter: (_, row) => text(row) || '',
})

function Target({ text, extra }: { text: string; extra: number }) {
  return (
    <Box component="span" title={text} sx={{ overflow: 'hidden', textOverflow: 'ellipsis' }}>
      {text}
      {extra > 0 && (
        <Box component="span" sx={{ color: 'text.secondary' }}>
          {` after ${extra} more`}
        </Box>
      )}
    </Box>
  )
}

/** The grid makes style elements of its own, which the page's policy only takes with its nonce. */
const nonceOfPage = () => document.querySelector<HTMLScriptElement>('script[nonce]')?.nonce
